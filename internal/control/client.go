package control

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/http"
	"time"

	"github.com/appdock/appdock"
)

// maxAnswer bounds what the client reads of one answer: a host's lists are small.
const maxAnswer = 64 << 20

// Client is a host in another process, reached over its socket.
type Client struct {
	http   *http.Client
	socket string
}

var _ Host = (*Client)(nil)

// Dial gives the host whose socket stands at path. Nothing is sent yet: the first call
// fails with ADK-HOST-UNREACHABLE if nobody listens.
func Dial(path string) *Client {
	dial := func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}
	return &Client{socket: path, http: &http.Client{Transport: &http.Transport{DialContext: dial}}}
}

// Close lets go of idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Version asks for the host's version.
func (c *Client) Version(ctx context.Context) (Version, error) {
	return get[Version](ctx, c, "/v1/version")
}

// Watch gives what happens on the host until ctx ends or the host does.
func (c *Client) Watch(ctx context.Context) iter.Seq2[Activity, error] {
	return func(yield func(Activity, error) bool) {
		res, err := c.send(ctx, http.MethodGet, "/v1/watch", nil)
		if err != nil {
			yield(Activity{}, err)
			return
		}
		defer func() { _ = res.Body.Close() }() // read to its end or given up: nothing is lost with it
		lines := bufio.NewScanner(res.Body)
		for lines.Scan() {
			var a Activity
			if err := json.Unmarshal(lines.Bytes(), &a); err != nil {
				yield(Activity{}, fmt.Errorf("read activity: %w", err))
				return
			}
			if !yield(a, nil) {
				return
			}
		}
		if err := lines.Err(); err != nil && ctx.Err() == nil {
			yield(Activity{}, c.unreachable(err))
		}
	}
}

func get[T any](ctx context.Context, c *Client, path string) (T, error) {
	return call[T](ctx, c, http.MethodGet, path, nil)
}

// call sends in, if any, as JSON and reads the answer into a T.
func call[T any](ctx context.Context, c *Client, method, path string, in any) (T, error) {
	var out T
	res, err := c.send(ctx, method, path, in)
	if err != nil {
		return out, err
	}
	defer func() { _ = res.Body.Close() }() // the answer was read to its end
	if err := json.NewDecoder(io.LimitReader(res.Body, maxAnswer)).Decode(&out); err != nil {
		return out, fmt.Errorf("read the host's answer to %s %s: %w", method, path, err)
	}
	return out, nil
}

// send gives the answer of a call that succeeded; its body is the caller's to close.
func (c *Client) send(ctx context.Context, method, path string, in any) (*http.Response, error) {
	var body io.Reader
	if in != nil {
		text, err := json.Marshal(in)
		if err != nil {
			return nil, fmt.Errorf("write the call %s %s: %w", method, path, err)
		}
		body = bytes.NewReader(text)
	}
	req, err := http.NewRequestWithContext(ctx, method, "http://appdock"+path, body)
	if err != nil {
		return nil, fmt.Errorf("make the call %s %s: %w", method, path, err)
	}
	req.Header.Set("Content-Type", "application/json")
	res, err := c.http.Do(req)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if dial, ok := errors.AsType[*net.OpError](err); ok && dial.Op == "dial" {
			return nil, c.unreachable(err)
		}
		return nil, c.lost(err)
	}
	if res.StatusCode < 300 {
		return res, nil
	}
	defer func() { _ = res.Body.Close() }() // read as far as it matters
	text, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return nil, c.unreachable(err)
	}
	if told, ok := decodeFailure(text); ok {
		return nil, told
	}
	return nil, c.unreachable(fmt.Errorf("%s %s: status %d", method, path, res.StatusCode))
}

func (c *Client) unreachable(err error) error {
	cause := "nobody answers on " + c.socket
	if timeout, ok := errors.AsType[net.Error](err); ok && timeout.Timeout() {
		cause = "no answer on " + c.socket + " in time"
	}
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-HOST-UNREACHABLE",
		Message: "The host cannot be reached",
		Cause:   cause,
		Cure:    "Start it with `appdock dev`, or name its data folder with --data.",
		Err:     err,
	}
}

// lost is the failure of a call that the host took and did not answer.
func (c *Client) lost(err error) error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-HOST-LOST",
		Message: "The host ended before it answered",
		Cause:   "the connection on " + c.socket + " broke off; what was asked for may be done, half done or not begun",
		Cure:    "Start the host again, which settles what was half done, and look: appdock app list.",
		Err:     err,
	}
}

// Listening reports whether a host answers on the socket at path within a second.
func Listening(ctx context.Context, path string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return false
	}
	_ = conn.Close() // it was only asked whether it opens
	return true
}
