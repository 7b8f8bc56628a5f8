package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httptrace"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

const request = "0192a0000000700080000000000000f1"

// newEdge is an edge whose clock goes on by 25 ms with each look at it, and its log.
func newEdge() (web.Edge, *bytes.Buffer) {
	var log bytes.Buffer
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	return web.Edge{
		Log: slog.New(slog.NewJSONHandler(&log, nil)),
		Now: func() time.Time {
			now = now.Add(25 * time.Millisecond)
			return now
		},
		NewID: func() appdock.ID { return appdock.MustID(request) },
	}, &log
}

// line is the log's only line, without its time.
func line(t *testing.T, log *bytes.Buffer) map[string]any {
	t.Helper()
	var got map[string]any
	if err := json.Unmarshal(log.Bytes(), &got); err != nil {
		t.Fatalf("want one line of JSON: %v\n%s", err, log)
	}
	delete(got, "time")
	return got
}

func TestFailuresAreToldAndLogged(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		err    error
		status int
		body   string
		level  string
		logged map[string]any
	}{
		"what is wrong with a request": {
			err: &appdock.Error{
				Kind: appdock.Invalid, Code: "ADK-1", Message: "No.", Cause: "it is late", Cure: "Come tomorrow.",
				Faults: []appdock.Fault{{Pointer: "/0/name", Code: "blank", Message: "must not be blank"}},
			},
			status: 400,
			body: `{"type":"about:blank","title":"Bad Request","status":400,"detail":"No.","code":"ADK-1","cause":"it is late",` +
				`"cure":"Come tomorrow.","errors":[{"detail":"must not be blank","pointer":"/0/name","code":"blank"}],"requestId":"` + request + `"}`,
			level:  "INFO",
			logged: map[string]any{"code": "ADK-1"},
		},
		"the operator's part is for the log alone": {
			err:    fmt.Errorf("place order: %w", &appdock.Error{Kind: appdock.Conflict, Message: "Somebody was faster.", Err: errors.New("row 7")}),
			status: 409,
			body:   `{"type":"about:blank","title":"Conflict","status":409,"detail":"Somebody was faster.","requestId":"` + request + `"}`,
			level:  "INFO",
			logged: map[string]any{"error": "row 7"},
		},
		"an error without a code is internal": {
			err:    errors.New("disk on fire"),
			status: 500,
			body:   `{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Internal error","requestId":"` + request + `"}`,
			level:  "ERROR",
			logged: map[string]any{"error": "disk on fire"},
		},
		"an error of kind Internal shows nothing of itself": {
			err:    fmt.Errorf("read: %w", &appdock.Error{Message: "SELECT secret", Code: "X"}),
			status: 500,
			body:   `{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"Internal error","requestId":"` + request + `"}`,
			level:  "ERROR",
			logged: map[string]any{"error": "read: SELECT secret [X]"},
		},
		"what failed and may be told is no alarm": {
			err:    &appdock.Error{Kind: appdock.Failed, Code: "ADK-2", Message: "The app did not answer."},
			status: 500,
			body:   `{"type":"about:blank","title":"Internal Server Error","status":500,"detail":"The app did not answer.","code":"ADK-2","requestId":"` + request + `"}`,
			level:  "INFO",
			logged: map[string]any{"code": "ADK-2"},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge, log := newEdge()
			w := httptest.NewRecorder()
			r := httptest.NewRequest("POST", "/orders?token=secret", nil)
			out := edge.Serve(w, r, func(http.ResponseWriter, *http.Request) error { return tt.err })
			if w.Code != tt.status || out.Status != tt.status {
				t.Errorf("got status %d (outcome %d), want %d", w.Code, out.Status, tt.status)
			}
			if got := w.Body.String(); got != tt.body {
				t.Errorf("got body\n%s\nwant\n%s", got, tt.body)
			}
			if got, want := w.Header().Get("Content-Type"), "application/problem+json"; got != want {
				t.Errorf("got content type %q, want %q", got, want)
			}
			want := map[string]any{
				"level": tt.level, "msg": "request finished", "request_id": request, "method": "POST", "path": "/orders",
				"status": float64(tt.status), "ms": float64(25), "bytes": float64(len(tt.body)),
			}
			for k, v := range tt.logged {
				want[k] = v
			}
			if diff := cmp.Diff(want, line(t, log)); diff != "" {
				t.Errorf("log line (-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachKindHasItsStatus(t *testing.T) {
	t.Parallel()
	tests := map[appdock.Kind]int{
		appdock.Internal: 500, appdock.Invalid: 400, appdock.Unauthenticated: 401, appdock.Refused: 403,
		appdock.NotFound: 404, appdock.Conflict: 409, appdock.Unmet: 412, appdock.TooLarge: 413,
		appdock.Unsupported: 415, appdock.Throttled: 429, appdock.Failed: 500, appdock.Unavailable: 503,
	}
	for kind, want := range tests {
		if got := web.Status(kind); got != want {
			t.Errorf("kind %d: got %d, want %d", kind, got, want)
		}
	}
}

func TestAPanicIsShownToTheOperatorAlone(t *testing.T) {
	t.Parallel()
	edge, log := newEdge()
	w := httptest.NewRecorder()
	edge.Serve(w, httptest.NewRequest("GET", "/", nil), func(http.ResponseWriter, *http.Request) error { panic("at the disco") })
	if w.Code != 500 || strings.Contains(w.Body.String(), "disco") {
		t.Errorf("got %d %s, want a 500 that says nothing", w.Code, w.Body)
	}
	got := line(t, log)
	if got["level"] != "ERROR" || got["error"] != "panic: at the disco" || !strings.Contains(fmt.Sprint(got["stack"]), "web_test.go") {
		t.Errorf("got line %v, want level, panic and stack", got)
	}
}

func TestAnAnswerThatBreaksOffIsNotTakenForWhole(t *testing.T) {
	t.Parallel()
	tests := map[string]web.Handler{
		"error after the beginning": func(w http.ResponseWriter, _ *http.Request) error {
			_, _ = io.WriteString(w, "half of it")
			return errors.New("the rest is lost")
		},
		"panic after the beginning": func(w http.ResponseWriter, _ *http.Request) error {
			_, _ = io.WriteString(w, "half of it")
			panic("the rest is lost")
		},
	}
	for name, handler := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			edge, log := newEdge()
			defer func() {
				if err, _ := recover().(error); !errors.Is(err, http.ErrAbortHandler) {
					t.Errorf("got panic %v, want http.ErrAbortHandler", err)
				}
				if got := line(t, log); got["level"] != "ERROR" || got["status"] != float64(200) {
					t.Errorf("got line %v, want an error with the status that was sent", got)
				}
			}()
			edge.Serve(httptest.NewRecorder(), httptest.NewRequest("GET", "/", nil), handler)
			t.Error("got an answer, want a panic that aborts the connection")
		})
	}
}

func TestAClientThatWentAwayIsNoAlarm(t *testing.T) {
	t.Parallel()
	edge, log := newEdge()
	ctx, cancel := context.WithCancel(t.Context())
	w := httptest.NewRecorder()
	edge.Serve(w, httptest.NewRequest("GET", "/", nil).WithContext(ctx), func(_ http.ResponseWriter, r *http.Request) error {
		cancel()
		return fmt.Errorf("search: %w", r.Context().Err())
	})
	if got := line(t, log); got["level"] != "INFO" || got["status"] != float64(web.StatusClientGone) || w.Body.Len() > 0 {
		t.Errorf("got line %v and body %q, want status 499 and nothing sent", got, w.Body)
	}
}

func TestDecode(t *testing.T) {
	t.Parallel()
	type order struct {
		Number string `json:"number"`
	}
	tests := map[string]struct {
		body    string
		unknown web.Unknown
		want    order
		kind    appdock.Kind // of the failure; Internal: none
	}{
		"a value":                            {body: ` {"number":"1"} `, want: order{"1"}},
		"an unknown member is refused":       {body: `{"number":"1","x":2}`, kind: appdock.Invalid},
		"an unknown member may be ignored":   {body: `{"number":"1","x":2}`, unknown: web.Ignore, want: order{"1"}},
		"nothing":                            {body: ``, kind: appdock.Invalid},
		"half a value":                       {body: `{"number":`, kind: appdock.Invalid},
		"a value of another type":            {body: `{"number":1}`, kind: appdock.Invalid},
		"more than one value":                {body: `{"number":"1"}{}`, kind: appdock.Invalid},
		"garbage behind the value":           {body: `{"number":"1"}]`, kind: appdock.Invalid},
		"as large as allowed":                {body: `{"number":"` + strings.Repeat("x", 51) + `"}`, want: order{strings.Repeat("x", 51)}},
		"a byte more than allowed":           {body: `{"number":"` + strings.Repeat("x", 52) + `"}`, kind: appdock.TooLarge},
		"a byte more, if it is but a space":  {body: `{"number":"` + strings.Repeat("x", 51) + `"} `, kind: appdock.TooLarge},
		"too large and malformed: too large": {body: strings.Repeat("]", 99), kind: appdock.TooLarge},
	}
	for name, tt := range tests {
		for _, length := range []string{"known", "unknown"} {
			t.Run(name+", length "+length, func(t *testing.T) {
				t.Parallel()
				edge, _ := newEdge()
				edge.MaxBody = 64
				r := httptest.NewRequest("POST", "/", strings.NewReader(tt.body))
				if length == "unknown" {
					r.ContentLength = -1
				}
				var got order
				out := edge.Serve(httptest.NewRecorder(), r, func(_ http.ResponseWriter, r *http.Request) (err error) {
					got, err = web.Decode[order](r, tt.unknown)
					return err
				})
				if out.Err != nil && appdock.KindOf(out.Err) != tt.kind || out.Err == nil && tt.kind != appdock.Internal {
					t.Fatalf("got error %v, want kind %d", out.Err, tt.kind)
				}
				if diff := cmp.Diff(tt.want, got); tt.kind == appdock.Internal && diff != "" {
					t.Errorf("value (-want +got):\n%s", diff)
				}
			})
		}
	}
}

func TestTheConnectionSurvivesBadBodies(t *testing.T) {
	t.Parallel()
	edge, _ := newEdge()
	edge.MaxBody = 1 << 20
	server := httptest.NewServer(edge.Handler(func(w http.ResponseWriter, r *http.Request) error {
		v, err := web.Decode[any](r, web.Refuse)
		if err != nil {
			return err
		}
		return web.JSON(w, http.StatusOK, v)
	}))
	defer server.Close()
	reused := false
	ctx := httptrace.WithClientTrace(t.Context(), &httptrace.ClientTrace{
		GotConn: func(c httptrace.GotConnInfo) { reused = c.Reused },
	})
	// In this order: each must find the connection that the one before it left.
	for i, tt := range []struct {
		name   string
		body   io.Reader
		status int
	}{
		{"a good one", strings.NewReader(`{}`), 200},
		{"malformed", strings.NewReader(`{`), 400},
		{"a byte too large", strings.NewReader(strings.Repeat(" ", 1<<20+1)), 413},
		{"twice too large", strings.NewReader(strings.Repeat(" ", 2<<20)), 413},
		{"too large, of unknown length", io.MultiReader(strings.NewReader(strings.Repeat(" ", 2<<20))), 413},
		{"a good one again", strings.NewReader(`{}`), 200},
	} {
		req, err := http.NewRequestWithContext(ctx, "POST", server.URL, tt.body)
		if err != nil {
			t.Fatal(err)
		}
		res, err := server.Client().Do(req)
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		if res.StatusCode != tt.status {
			t.Errorf("%s: got %d, want %d", tt.name, res.StatusCode, tt.status)
		}
		if reused != (i > 0) {
			t.Errorf("%s: got reused %v, want %v", tt.name, reused, i > 0)
		}
	}
}

func TestAnswersAreSafeByDefault(t *testing.T) {
	t.Parallel()
	w := httptest.NewRecorder()
	web.Secure(http.NotFoundHandler()).ServeHTTP(w, httptest.NewRequest("GET", "/", nil))
	for name, want := range map[string]string{
		"X-Content-Type-Options":  "nosniff",
		"X-Frame-Options":         "DENY",
		"Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
		"Referrer-Policy":         "strict-origin-when-cross-origin",
	} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
}
