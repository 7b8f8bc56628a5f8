package web

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"

	"github.com/appdock/appdock"
)

// body ends with an error behind max bytes. Unlike [http.MaxBytesReader] it leaves the
// connection alone: one request that was too large costs the client no other.
type body struct {
	io.ReadCloser
	max  int64
	left int64 // below 0: the body is too large
}

// limited gives the body of r, which fails before anything is read if the client says
// itself that it is too large.
func limited(r *http.Request, max int64) io.ReadCloser {
	left := max
	if r.ContentLength > max {
		left = -1
	}
	return &body{ReadCloser: r.Body, max: max, left: left}
}

// Read implements [io.Reader].
func (b *body) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, tooLarge(b.max)
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one more than allowed, to see whether there is one
	}
	n, err := b.ReadCloser.Read(p)
	b.left -= int64(n)
	if b.left < 0 {
		return n - 1, tooLarge(b.max)
	}
	return n, err
}

// Limit makes a body end at max bytes that is smaller than what the edge allows.
func Limit(r *http.Request, max int64) { r.Body = limited(r, max) }

func tooLarge(max int64) error {
	return &appdock.Error{
		Kind:    appdock.TooLarge,
		Message: fmt.Sprintf("The body of the request is larger than %d bytes.", max),
		Cure:    "Send less at once.",
	}
}

// drain reads what is left of a body that was too large, up to as much again, so that the
// connection can carry the next request. A client that asked before sending is not asked
// for what nobody reads; a body that is larger still costs it the connection.
func drain(r *http.Request, received io.Reader, max int64) {
	if r.Header.Get("Expect") != "" {
		return
	}
	// A failure here is the client's who went away.
	_, _ = io.CopyN(io.Discard, received, 2*max)
}

// Body reads the whole body; one that is too large is an error of kind TooLarge.
func Body(r *http.Request) ([]byte, error) {
	var b bytes.Buffer
	b.Grow(int(min(max(r.ContentLength, 0), mostAhead)) + bytes.MinRead)
	if _, err := b.ReadFrom(r.Body); err != nil {
		if appdock.KindOf(err) == appdock.TooLarge {
			return nil, err
		}
		return nil, &appdock.Error{Kind: appdock.Invalid, Message: "The body of the request ended early.", Err: err}
	}
	return b.Bytes(), nil
}

// mostAhead is how much room is made for a body before it has come: who announces more sends it
// first.
const mostAhead = 64 << 10

// Unknown says what [Decode] does with members of an object that T has no field for.
type Unknown bool

// What is done with unknown members.
const (
	Refuse Unknown = false
	Ignore Unknown = true
)

// Decode reads the body as one JSON value. Anything else, and what does not fit T, is an
// error of kind Invalid that says where.
func Decode[T any](r *http.Request, unknown Unknown) (T, error) {
	var v T
	text, err := Body(r)
	if err != nil {
		return v, err
	}
	d := json.NewDecoder(bytes.NewReader(text))
	if unknown == Refuse {
		d.DisallowUnknownFields()
	}
	if err := d.Decode(&v); err != nil {
		return v, malformed(err)
	}
	if _, err := d.Token(); err != io.EOF {
		return v, malformed(fmt.Errorf("there is more behind byte %d", d.InputOffset()))
	}
	return v, nil
}

func malformed(err error) error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Message: "The JSON payload is malformed.",
		Cause:   err.Error(),
	}
}
