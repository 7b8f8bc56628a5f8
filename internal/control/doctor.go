package control

import (
	"context"
	"net/http"
)

// Examinations is what a host finds out about itself and what is around it.
type Examinations interface {
	// Examine looks for what is wrong or will be soon: on the machine, on the way to the
	// shops, and with the apps. It changes nothing, and calls the shops' own URLs; apps'
	// servers are connected to and asked nothing.
	Examine(ctx context.Context) ([]Finding, error)
	// Ready says whether requests should come here, as the host saw it last.
	Ready(ctx context.Context) (Readiness, error)
}

// Readiness is whether a host takes requests, and what it depends on.
type Readiness struct {
	Ready  bool    `json:"ready"`
	Checks []Check `json:"checks"`
}

// Check is one thing that must hold before requests should come.
type Check struct {
	Name string `json:"name"`
	OK   bool   `json:"ok"`
	Text string `json:"text,omitempty"`
}

// Verdict on one thing that was looked at.
type Verdict string

// The verdicts.
const (
	OK   Verdict = "ok"
	Warn Verdict = "warn" // it works, and deserves a look
	Fail Verdict = "fail" // something does not work
)

// Finding is what came of looking at one thing.
type Finding struct {
	Check   string  `json:"check"`             // "data.space"
	Subject string  `json:"subject,omitempty"` // which one, of several: a shop's URL, an app
	Verdict Verdict `json:"status"`
	Message string  `json:"message"`
	Code    string  `json:"code,omitempty"` // for `appdock explain`, if it has one
	Cause   string  `json:"cause,omitempty"`
	Cure    string  `json:"cure,omitempty"`
}

// Failed is the finding that err is; what has no code stays in the log.
func Failed(check, subject string, err error) Finding {
	f := Explain(err)
	return Finding{Check: check, Subject: subject, Verdict: Fail, Message: f.Message, Code: f.Code, Cause: f.Cause, Cure: f.Cure}
}

func examinationRoutes() []route {
	return []route{
		{"GET /v1/doctor", "host.examine", func(r *http.Request, host Host) (any, error) {
			return host.Examine(r.Context())
		}},
		{"GET /v1/ready", "host.ready", func(r *http.Request, host Host) (any, error) {
			return host.Ready(r.Context())
		}},
	}
}

// Examine asks the host how it is.
func (c *Client) Examine(ctx context.Context) ([]Finding, error) {
	return get[[]Finding](ctx, c, "/v1/doctor")
}

// Ready asks the host whether it takes requests.
func (c *Client) Ready(ctx context.Context) (Readiness, error) {
	return get[Readiness](ctx, c, "/v1/ready")
}
