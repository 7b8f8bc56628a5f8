package webhook

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var (
	noon  = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	idOne = appdock.MustID("0190000000007000800000000000000a")
)

// Every status that an app may answer with says whether another attempt is made.
func TestAfterStatus(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		status int
		state  State
		reason string
	}{
		"200 OK":                              {200, Delivered, ""},
		"201 Created":                         {201, Delivered, ""},
		"202 Accepted":                        {202, Delivered, ""},
		"203 Non-Authoritative Information":   {203, Delivered, ""},
		"204 No Content":                      {204, Delivered, ""},
		"205 Reset Content":                   {205, Delivered, ""},
		"206 Partial Content":                 {206, Delivered, ""},
		"299 no name":                         {299, Delivered, ""},
		"101 Switching Protocols":             {101, Dead, ReasonUnsendable},
		"300 Multiple Choices":                {300, Dead, ReasonRedirect},
		"301 Moved Permanently":               {301, Dead, ReasonRedirect},
		"302 Found":                           {302, Dead, ReasonRedirect},
		"303 See Other":                       {303, Dead, ReasonRedirect},
		"304 Not Modified":                    {304, Dead, ReasonRedirect},
		"307 Temporary Redirect":              {307, Dead, ReasonRedirect},
		"308 Permanent Redirect":              {308, Dead, ReasonRedirect},
		"400 Bad Request":                     {400, Dead, ReasonRejected},
		"401 Unauthorized":                    {401, Dead, ReasonUnauthorized},
		"402 Payment Required":                {402, Dead, ReasonRejected},
		"403 Forbidden":                       {403, Dead, ReasonUnauthorized},
		"404 Not Found":                       {404, Waiting, ""},
		"405 Method Not Allowed":              {405, Dead, ReasonRejected},
		"406 Not Acceptable":                  {406, Dead, ReasonRejected},
		"407 Proxy Authentication Required":   {407, Dead, ReasonRejected},
		"408 Request Timeout":                 {408, Waiting, ""},
		"409 Conflict":                        {409, Dead, ReasonRejected},
		"410 Gone":                            {410, Dead, ReasonGone},
		"411 Length Required":                 {411, Dead, ReasonRejected},
		"412 Precondition Failed":             {412, Dead, ReasonRejected},
		"413 Content Too Large":               {413, Dead, ReasonRejected},
		"414 URI Too Long":                    {414, Dead, ReasonRejected},
		"415 Unsupported Media Type":          {415, Dead, ReasonRejected},
		"418 I'm a teapot":                    {418, Dead, ReasonRejected},
		"421 Misdirected Request":             {421, Dead, ReasonRejected},
		"422 Unprocessable Content":           {422, Dead, ReasonRejected},
		"423 Locked":                          {423, Dead, ReasonRejected},
		"425 Too Early":                       {425, Dead, ReasonRejected},
		"426 Upgrade Required":                {426, Dead, ReasonRejected},
		"428 Precondition Required":           {428, Dead, ReasonRejected},
		"429 Too Many Requests":               {429, Waiting, ""},
		"431 Request Header Fields Too Large": {431, Dead, ReasonRejected},
		"451 Unavailable For Legal Reasons":   {451, Dead, ReasonRejected},
		"499 no name":                         {499, Dead, ReasonRejected},
		"500 Internal Server Error":           {500, Waiting, ""},
		"501 Not Implemented":                 {501, Waiting, ""},
		"502 Bad Gateway":                     {502, Waiting, ""},
		"503 Service Unavailable":             {503, Waiting, ""},
		"504 Gateway Timeout":                 {504, Waiting, ""},
		"507 Insufficient Storage":            {507, Waiting, ""},
		"511 Network Authentication Required": {511, Waiting, ""},
		"599 no name":                         {599, Waiting, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := Delivery{ID: idOne, State: Waiting, DueAt: noon}
			got := d.After(Outcome{Status: tt.status, Another: Another(tt.status)}, noon, DefaultSchedule())
			if got.State != tt.state || got.Reason != tt.reason {
				t.Errorf("got %s (%q), want %s (%q)", got.State, got.Reason, tt.state, tt.reason)
			}
			if got.Attempts != 1 || got.LastStatus != tt.status {
				t.Errorf("got %d attempts, status %d", got.Attempts, got.LastStatus)
			}
			if due := !got.DueAt.IsZero(); due != (tt.state == Waiting) {
				t.Errorf("due at %v in state %s", got.DueAt, got.State)
			}
		})
	}
}

func TestAfterWait(t *testing.T) {
	t.Parallel()
	between := func(d time.Duration) [2]time.Duration { return [2]time.Duration{d * 8 / 10, d * 12 / 10} }
	exactly := func(d time.Duration) [2]time.Duration { return [2]time.Duration{d, d} }
	down := Outcome{Another: true, Error: "connection refused"}
	busy := func(status int, after time.Duration) Outcome {
		return Outcome{Status: status, Another: true, RetryAfter: after}
	}
	tests := map[string]struct {
		attempts int
		outcome  Outcome
		want     [2]time.Duration
	}{
		"after the first attempt":                   {0, down, between(5 * time.Second)},
		"after the second":                          {1, down, between(30 * time.Second)},
		"after the third":                           {2, down, between(5 * time.Minute)},
		"after the fourth":                          {3, down, between(30 * time.Minute)},
		"after the fifth":                           {4, down, between(2 * time.Hour)},
		"after the sixth":                           {5, down, between(5 * time.Hour)},
		"after the seventh":                         {6, down, between(10 * time.Hour)},
		"after the eighth":                          {7, down, between(10 * time.Hour)},
		"after the ninth":                           {8, down, between(24 * time.Hour)},
		"after the tenth":                           {9, down, between(24 * time.Hour)},
		"429 says when":                             {0, busy(429, time.Hour), exactly(time.Hour)},
		"503 says when":                             {0, busy(503, time.Second), exactly(time.Second)},
		"four hours are the most":                   {0, busy(429, 4*time.Hour), exactly(4 * time.Hour)},
		"more than four hours are not honoured":     {0, busy(429, 4*time.Hour+1), between(5 * time.Second)},
		"less than a second is not honoured":        {3, busy(503, time.Second-1), between(30 * time.Minute)},
		"500 is not asked when":                     {0, busy(500, time.Hour), between(5 * time.Second)},
		"no answer although something said a delay": {0, busy(0, time.Hour), between(5 * time.Second)},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for n := range byte(50) {
				d := Delivery{ID: appdock.ID{15: n}, State: Waiting, Attempts: tt.attempts}
				got := d.After(tt.outcome, noon, DefaultSchedule())
				if wait := got.DueAt.Sub(noon); got.State != Waiting || wait < tt.want[0] || wait > tt.want[1] {
					t.Fatalf("got %s after %v, want %v to %v", got.State, wait, tt.want[0], tt.want[1])
				}
				if again := d.After(tt.outcome, noon, DefaultSchedule()); !cmp.Equal(again, got) {
					t.Fatalf("the same input gave another result: %s", cmp.Diff(got, again))
				}
			}
		})
	}
}

func TestAfterEnds(t *testing.T) {
	t.Parallel()
	down := Outcome{Another: true}
	tests := map[string]struct {
		before   Delivery
		outcome  Outcome
		schedule Schedule
		want     Delivery
	}{
		"the eleventh attempt is the last": {
			Delivery{State: Waiting, Attempts: 10},
			down, DefaultSchedule(),
			Delivery{State: Dead, Attempts: 11, Reason: ReasonExhausted},
		},
		"the eleventh may succeed": {
			Delivery{State: Waiting, Attempts: 10, Reason: "x"},
			Outcome{Status: 204},
			DefaultSchedule(),
			Delivery{State: Delivered, Attempts: 11, LastStatus: 204},
		},
		"a schedule without waits makes one attempt": {
			Delivery{State: Waiting},
			down,
			Schedule{},
			Delivery{State: Dead, Attempts: 1, Reason: ReasonExhausted},
		},
		"a replay that fails is dead again": {
			Delivery{State: Waiting, Attempts: 14},
			down, DefaultSchedule(),
			Delivery{State: Dead, Attempts: 15, Reason: ReasonExhausted},
		},
		"the last attempt ends even if the app says when": {
			Delivery{State: Waiting, Attempts: 10},
			Outcome{Status: 429, Another: true, RetryAfter: time.Hour},
			DefaultSchedule(),
			Delivery{State: Dead, Attempts: 11, LastStatus: 429, Reason: ReasonExhausted},
		},
		"what cannot be sent is not tried again": {
			Delivery{State: Waiting},
			Outcome{Error: "not a URL"},
			DefaultSchedule(),
			Delivery{State: Dead, Attempts: 1, Reason: ReasonUnsendable},
		},
		"what is over stays": {
			Delivery{State: Dead, Attempts: 3, Reason: "x"},
			Outcome{Status: 204},
			DefaultSchedule(),
			Delivery{State: Dead, Attempts: 3, Reason: "x"},
		},
		"a trial that arrives": {
			Delivery{State: Parked, Attempts: 3, Reason: "x"},
			Outcome{Status: 204},
			DefaultSchedule(),
			Delivery{State: Delivered, Attempts: 4, LastStatus: 204},
		},
		"a trial that fails stays parked, however many there were": {
			Delivery{State: Parked, Attempts: 30, Reason: "x", DueAt: noon},
			Outcome{Status: 503, Another: true},
			DefaultSchedule(),
			Delivery{State: Parked, Attempts: 31, LastStatus: 503, Reason: "x", DueAt: noon},
		},
		"a trial that is told to go stays parked": {
			Delivery{State: Parked, Reason: "x"},
			Outcome{Status: 410},
			DefaultSchedule(),
			Delivery{State: Parked, Attempts: 1, LastStatus: 410, Reason: "x"},
		},
		"a trial whose message is bad is over": {
			Delivery{State: Parked, Reason: "x"},
			Outcome{Status: 400},
			DefaultSchedule(),
			Delivery{State: Dead, Attempts: 1, LastStatus: 400, Reason: ReasonRejected},
		},
		"a replay has the whole schedule again": {
			Delivery{State: Waiting, Attempts: 11, Replayed: 11},
			Outcome{Status: 500, Another: true},
			Schedule{0},
			Delivery{State: Waiting, Attempts: 12, Replayed: 11, LastStatus: 500, DueAt: noon},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(tt.want, tt.before.After(tt.outcome, noon, tt.schedule)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

// An outage must not end in a stampede: deliveries that failed together come back apart.
func TestJitterSpreads(t *testing.T) {
	t.Parallel()
	seen := map[time.Time]bool{}
	for n := range byte(100) {
		d := Delivery{ID: appdock.ID{15: n}, State: Waiting}
		seen[d.After(Outcome{Another: true}, noon, DefaultSchedule()).DueAt] = true
	}
	if len(seen) < 95 {
		t.Errorf("100 deliveries are due at %d times", len(seen))
	}
}

// The table in the manual is the table in the code.
func TestTransitionsGolden(t *testing.T) {
	t.Parallel()
	var got bytes.Buffer
	got.WriteString("| from | what happens | to |\n| --- | --- | --- |\n")
	for _, row := range transitions() {
		fmt.Fprintf(&got, "| `%s` | %s | `%s` |\n", row.from, row.what, row.to)
	}
	const golden = "testdata/transitions.md"
	if *update {
		if err := os.WriteFile(golden, got.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("run with -update and read the difference (-want +got)\n%s", diff)
	}
}
