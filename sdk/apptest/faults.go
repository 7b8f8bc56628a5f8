package apptest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock/protocol"
)

// Fault changes how the server answers at a step.
type Fault struct{ fault }

type fault struct {
	change func(*reply)
	before bool // the request is answered instead of handled
	times  int  // how often it applies; 0: until Behave
}

// reply is an answer that is about to be sent.
type reply struct {
	status int
	header http.Header
	body   []byte
	delay  time.Duration
	cut    bool
}

// Answer lets every request of a step be answered with the faults, in their order, on top
// of those that are set already.
func (s *Server) Answer(step Step, faults ...Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, f := range faults {
		s.faults[step] = append(s.faults[step], &f.fault)
	}
}

// Behave takes all faults away.
func (s *Server) Behave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	clear(s.faults)
}

// take returns the faults that apply to the next request of a step and counts it.
func (s *Server) take(step Step) []fault {
	s.mu.Lock()
	defer s.mu.Unlock()
	var active, left []*fault
	for _, f := range s.faults[step] {
		active = append(active, f)
		if f.times != 1 {
			left = append(left, f)
		}
		if f.times > 1 {
			f.times--
		}
	}
	s.faults[step] = left
	taken := make([]fault, len(active))
	for i, f := range active {
		taken[i] = *f
	}
	return taken
}

// Times limits a fault to the next n requests.
func (f Fault) Times(n int) Fault {
	f.times = n
	return f
}

// AfterStoring lets the app do its work first and answer wrongly then: a host that is told
// of a failure is wrong about what the app knows.
func (f Fault) AfterStoring() Fault {
	f.before = false
	return f
}

func instead(change func(*reply)) Fault { return Fault{fault{change: change, before: true}} }
func then(change func(*reply)) Fault    { return Fault{fault{change: change}} }

// Status answers with a status and no body, and does nothing else.
func Status(status int) Fault {
	return instead(func(r *reply) { *r = reply{status: status, header: r.header, delay: r.delay} })
}

// Refuse answers with a status and {"error": reason}, and does nothing else.
func Refuse(status int, reason string) Fault {
	return instead(func(r *reply) {
		body, err := json.Marshal(map[string]string{"error": reason})
		if err != nil {
			panic(err) // a map of strings can always be written
		}
		r.status, r.body = status, body
		r.header.Set("Content-Type", "application/json")
	})
}

// Busy answers 429 with Retry-After.
func Busy(after time.Duration) Fault {
	return instead(func(r *reply) {
		r.status, r.body = http.StatusTooManyRequests, nil
		r.header.Set("Retry-After", strconv.Itoa(int(after.Seconds())))
	})
}

// Redirect answers 302.
func Redirect(location string) Fault {
	return instead(func(r *reply) {
		r.status, r.body = http.StatusFound, nil
		r.header.Set("Location", location)
	})
}

// HTML answers 200 with a page.
func HTML() Fault {
	return instead(func(r *reply) {
		r.status, r.body = http.StatusOK, []byte("<!doctype html><title>Welcome</title><p>It works!")
		r.header.Set("Content-Type", "text/html")
	})
}

// Body answers 200 with any bytes.
func Body(body []byte) Fault {
	return instead(func(r *reply) { r.status, r.body = http.StatusOK, body })
}

// Slow waits before it answers; the app does its work first.
func Slow(delay time.Duration) Fault { return then(func(r *reply) { r.delay = delay }) }

// HangUp cuts the connection instead of answering.
func HangUp() Fault { return instead(func(r *reply) { r.cut = true }) }

// WrongProof answers a registration with the proof of another app secret.
func WrongProof() Fault {
	return proof(func(string) string { return protocol.Sign("another app secret", nil) })
}

// UpperCaseProof answers a registration with the right proof in the wrong case.
func UpperCaseProof() Fault { return proof(strings.ToUpper) }

// ProofWithNewline answers a registration with a proof that hosts have to accept.
func ProofWithNewline() Fault { return proof(func(p string) string { return p + "\n" }) }

func proof(change func(string) string) Fault {
	return member("proof", func(old any) any { return change(fmt.Sprint(old)) })
}

// Secret answers a registration with another shop secret than the app stores: a short, an
// empty or a long one. For a secret that the app does use, see App.ShopSecret.
func Secret(secret string) Fault { return member("secret", func(any) any { return secret }) }

// ConfirmationURL answers a registration with another confirmation URL.
func ConfirmationURL(url string) Fault {
	return member("confirmation_url", func(any) any { return url })
}

// Error puts {"error": reason} into an otherwise good answer.
func Error(reason string) Fault { return member("error", func(any) any { return reason }) }

// member changes one member of a JSON object that is about to be sent.
func member(name string, change func(any) any) Fault {
	return then(func(r *reply) {
		object := map[string]any{}
		if json.Unmarshal(r.body, &object) != nil {
			return // another fault was here first
		}
		object[name] = change(object[name])
		body, err := json.Marshal(object)
		if err != nil {
			panic(err) // it was just read
		}
		r.body = body
	})
}
