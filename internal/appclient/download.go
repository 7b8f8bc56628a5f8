package appclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Download asks for a file at a URL that somebody sent, and hands its content to keep, at most
// max bytes of it. It calls nobody whom an app may not be called at, follows no redirect and
// ends with ctx. What is wrong with the URL is an [*appdock.Error] with the code that media
// have for it (admin-api.md 8).
func (c *Client) Download(ctx context.Context, raw string, max int64, keep func(io.Reader) error) error {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.User != nil {
		return illegalURL("it must begin with http:// or https:// and name a host, without user and password", nil)
	}
	transport := &http.Transport{DialContext: c.options.dialer().DialContext, TLSClientConfig: c.options.tls(), DisableKeepAlives: true, MaxResponseHeaderBytes: 64 << 10}
	client := &http.Client{
		Transport:     transport,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, raw, nil)
	if err != nil {
		return illegalURL("it is no URL", err)
	}
	request.Header.Set("User-Agent", c.options.Agent)
	answer, err := client.Do(request)
	if err != nil {
		if refused, ok := errors.AsType[refusedError](err); ok {
			return illegalURL(fmt.Sprintf("its host has the address %s, which the host does not call", refused.address), err)
		}
		explained := explain(protocol.Call{URL: raw}, err)
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "CONTENT__MEDIA_CANNOT_OPEN_SOURCE_STREAM_TO_READ", Message: "The file at the URL could not be read.",
			Cause: explained.Cause, Cure: "Check that the URL answers with the file, without a redirect.", Err: err,
		}
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode != http.StatusOK {
		cause := fmt.Sprintf("it answered with status %d", answer.StatusCode)
		if to := answer.Header.Get("Location"); to != "" {
			cause += ", which leads to " + where(to)
		}
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "CONTENT__MEDIA_CANNOT_OPEN_SOURCE_STREAM_TO_READ", Message: "The file at the URL could not be read.",
			Cause: cause, Cure: "Send the URL that the file itself has: redirects are not followed.",
		}
	}
	return keep(&bounded{answer.Body, max})
}

// bounded fails behind so many bytes.
type bounded struct {
	io.Reader
	left int64
}

// Read implements [io.Reader].
func (b *bounded) Read(p []byte) (int, error) {
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.Reader.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, &appdock.Error{
			Kind: appdock.TooLarge, Code: "0", Message: "The file at the URL is too large.", Cure: "Send a smaller file.",
		}
	}
	return n, err
}

func illegalURL(cause string, err error) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "CONTENT__MEDIA_ILLEGAL_URL", Message: "Provided URL is not allowed.",
		Cause: cause, Cure: "Send the public URL of a file.", Err: err,
	}
}
