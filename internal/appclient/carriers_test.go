package appclient

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock/protocol"
)

// standard carries calls by net/http. It is what wire is compared with: every test of
// calls runs with both.
type standard struct {
	transport *http.Transport
	agent     string
}

func newStandard(o Options) standard {
	return standard{agent: o.Agent, transport: &http.Transport{
		DialContext:            o.dialer().DialContext,
		TLSClientConfig:        o.tls(),
		TLSHandshakeTimeout:    dialTimeout,
		DisableCompression:     true,
		MaxIdleConnsPerHost:    idlePerTarget,
		MaxResponseHeaderBytes: maxAnswerHead,
	}}
}

func (s standard) close() { s.transport.CloseIdleConnections() }

func (s standard) carry(ctx context.Context, call protocol.Call) (protocol.Answer, error) {
	ctx, hangUp := context.WithCancelCause(ctx)
	defer hangUp(nil)
	connecting := time.AfterFunc(call.Timeout.Connect, func() { hangUp(errConnect) })
	defer connecting.Stop()
	request, err := s.request(httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{
		GotConn: func(httptrace.GotConnInfo) { connecting.Stop() },
	}), call)
	if err != nil {
		return protocol.Answer{}, err
	}
	// The transport itself: a client above it would follow redirects.
	response, err := s.transport.RoundTrip(request)
	if errors.Is(context.Cause(ctx), errConnect) {
		return protocol.Answer{}, errConnect
	}
	if err != nil {
		return protocol.Answer{}, notHTTP(err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode < 100 {
		return protocol.Answer{}, errNotHTTP
	}
	answer := protocol.Answer{Status: response.StatusCode, Header: response.Header}
	answer.Body, err = io.ReadAll(io.LimitReader(response.Body, call.MaxAnswer+1))
	if int64(len(answer.Body)) > call.MaxAnswer {
		answer.Body, answer.Truncated = answer.Body[:call.MaxAnswer], true
	}
	return answer, notHTTP(err)
}

// notHTTP finds the errors for which net/http has no type.
func notHTTP(err error) error {
	for _, text := range []string{"malformed HTTP", "malformed MIME", "Content-Length", "transfer encoding", "response headers exceeded", "chunk length"} {
		if err != nil && strings.Contains(err.Error(), text) {
			return fmt.Errorf("%w: %w", errNotHTTP, err)
		}
	}
	return err
}

func (s standard) request(ctx context.Context, call protocol.Call) (*http.Request, error) {
	var body io.Reader
	if call.Body != nil {
		body = bytes.NewReader(call.Body)
	}
	request, err := http.NewRequestWithContext(ctx, call.Method, call.URL, body)
	if err != nil {
		return nil, errURL
	}
	if u := request.URL; u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return nil, errURL
	}
	if user := request.URL.User; user != nil {
		password, _ := user.Password()
		request.SetBasicAuth(user.Username(), password)
	}
	for _, h := range call.Header {
		request.Header[h.Name] = append(request.Header[h.Name], h.Value)
	}
	if call.Get("User-Agent") == "" {
		request.Header.Set("User-Agent", s.agent)
	}
	request.Header.Set("Accept-Encoding", "identity")
	return request, nil
}

// maker makes a client for a test, which closes it.
type maker func(t *testing.T, change func(*Options)) *Client

func newClient(t *testing.T, change func(*Options)) *Client {
	t.Helper()
	return clientOf(t, change, func(o Options) carrier { return newWire(o.Agent, o.dialer(), o.tls()) })
}

func clientOf(t *testing.T, change func(*Options), carry func(Options) carrier) *Client {
	t.Helper()
	o := Options{Agent: "Appdock/test", Development: true, Now: time.Now}
	if change != nil {
		change(&o)
	}
	c := &Client{carrier: carry(o), now: o.Now}
	t.Cleanup(c.Close)
	return c
}

// both runs a test with each carrier.
func both(t *testing.T, test func(t *testing.T, newClient maker)) {
	t.Helper()
	t.Run("wire", func(t *testing.T) { test(t, newClient) })
	t.Run("net/http", func(t *testing.T) {
		test(t, func(t *testing.T, change func(*Options)) *Client {
			t.Helper()
			return clientOf(t, change, func(o Options) carrier { return newStandard(o) })
		})
	})
}
