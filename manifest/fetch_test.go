package manifest

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/protocol"
)

// network answers calls from memory and remembers them.
type network struct {
	mu      sync.Mutex
	answers map[string]protocol.Answer // by method and URL
	errs    map[string]error
	called  map[string]int
}

func (n *network) Call(ctx context.Context, call protocol.Call) (protocol.Answer, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	key := call.Method + " " + call.URL
	if call.Timeout.Total > 5*time.Second || call.Timeout.Total <= 0 || call.Timeout.Connect <= 0 {
		return protocol.Answer{}, fmt.Errorf("nobody waits for %+v", call.Timeout) // app-json.md 1: 5 s
	}
	if n.called == nil {
		n.called = map[string]int{}
	}
	n.called[key]++
	if err := errors.Join(ctx.Err(), n.errs[key]); err != nil {
		return protocol.Answer{}, err
	}
	answer, ok := n.answers[key]
	if !ok {
		answer.Status = http.StatusNotFound
	}
	if int64(len(answer.Body)) > call.MaxAnswer {
		answer.Body, answer.Truncated = answer.Body[:call.MaxAnswer], true
	}
	return answer, nil
}

// The snippets of blocks are beside the app.json. What cannot be had is a warning.
func TestFetchSnippets(t *testing.T) {
	t.Parallel()
	text := func(status int, body string) protocol.Answer {
		return protocol.Answer{Status: status, Body: []byte(body)}
	}
	blocks := `"theme_extensions": {"app_blocks": [
{"id": "a", "target": "x", "snippet": "blocks/a.twig"}, {"id": "same", "target": "y", "snippet": "blocks/a.twig"}, {"id": "gone", "target": "x", "snippet": "gone.twig"},
{"id": "large", "target": "x", "snippet": "large.twig"}, {"id": "empty", "target": "x", "snippet": "empty.twig"}, {"id": "down", "target": "x", "snippet": "down.twig"}]}`
	n := &network{
		answers: map[string]protocol.Answer{
			"GET https://a.com/apps/app.json":      text(200, appJSON(blocks)),
			"GET https://a.com/apps/blocks/a.twig": text(200, "{{ 1 }}"),
			"GET https://a.com/apps/large.twig":    text(200, strings.Repeat("x", 64<<10+1)),
			"GET https://a.com/apps/empty.twig":    text(200, "\n"),
		},
		errs: map[string]error{"GET https://a.com/apps/down.twig": errors.New("nobody is there")},
	}
	app, problems, err := Fetch(t.Context(), n, "https://a.com/apps", false, false)
	if err != nil || app == nil {
		t.Fatalf("%v %v", problems, err)
	}
	got := map[string]string{}
	for _, b := range app.Theme.Blocks {
		got[b.ID] = b.Snippet + b.Unread
	}
	want := map[string]string{
		"a": "{{ 1 }}", "same": "{{ 1 }}", "gone": "https://a.com/apps/gone.twig answered 404", "large": "https://a.com/apps/large.twig is larger than 65536 bytes",
		"empty": "https://a.com/apps/empty.twig is empty", "down": "https://a.com/apps/down.twig cannot be fetched: nobody is there",
	}
	if diff := cmp.Diff(want, got); diff != "" || n.called["GET https://a.com/apps/blocks/a.twig"] != 1 {
		t.Errorf("(-want +got):\n%s%v", diff, n.called)
	}
	broken := func(_, text string) error { return errors.New("no " + text) }
	var told []string
	for _, p := range Validate(app, Environment{CompileTwig: broken}) {
		if strings.HasPrefix(p.Code, "app_json.snippet") {
			told = append(told, string(p.Severity)+" "+p.Message)
		}
	}
	if len(told) != 5 || !slices.Contains(told, `error snippet "blocks/a.twig" does not compile, line 1: no {{ 1 }}`) || !slices.Contains(told, `warning snippet "gone.twig" shows nothing: https://a.com/apps/gone.twig answered 404`) {
		t.Errorf("%s", strings.Join(told, "\n"))
	}
}

func TestFetch(t *testing.T) {
	t.Parallel()
	ok := protocol.Answer{Status: 200, Body: []byte(appJSON(""))}
	tests := map[string]struct {
		address     string
		development bool
		answer      protocol.Answer
		called      string
		wantErr     string
		problem     string
	}{
		"the app's address":        {address: "https://a.com", answer: ok, called: "GET https://a.com/app.json"},
		"with a slash":             {address: " https://a.com/ ", answer: ok, called: "GET https://a.com/app.json"},
		"a folder and a query":     {address: "https://a.com/b?c=d#e", answer: ok, called: "GET https://a.com/b/app.json?c=d"},
		"the file":                 {address: "https://a.com/b/my.json", answer: ok, called: "GET https://a.com/b/my.json"},
		"http":                     {address: "http://a.com", wantErr: "must begin with https://"},
		"http to oneself":          {address: "http://localhost:8000", wantErr: "must begin with https://"},
		"http in development":      {address: "http://localhost:8000", development: true, answer: ok, called: "GET http://localhost:8000/app.json"},
		"http elsewhere":           {address: "http://a.com", development: true, wantErr: "must begin with https://"},
		"a file of the machine":    {address: "file:///etc/passwd", wantErr: "has no host"},
		"a password":               {address: "https://u:secret@a.com", wantErr: `https://u:xxxxx@a.com" must not hold a user name`},
		"no address":               {address: "https://a.com/%zz", wantErr: "cannot be parsed"},
		"not there":                {address: "https://a.com", answer: protocol.Answer{Status: 404}, called: "GET https://a.com/app.json", wantErr: "it answered 404"},
		"a redirect":               {address: "https://a.com", answer: protocol.Answer{Status: 302, Header: http.Header{"Location": {"https://b.com/"}}}, called: "GET https://a.com/app.json", wantErr: `it answered 302 and points to "https://b.com/", which is not followed`},
		"a page":                   {address: "https://a.com", answer: protocol.Answer{Status: 200, Body: []byte("<html>")}, called: "GET https://a.com/app.json", problem: "json.malformed"},
		"more than is read":        {address: "https://a.com", answer: protocol.Answer{Status: 200, Body: bytes.Repeat([]byte(" "), maxJSON+2)}, called: "GET https://a.com/app.json", problem: "json.too_large"},
		"an app that is not sound": {address: "https://a.com", answer: protocol.Answer{Status: 200, Body: []byte("{}")}, called: "GET https://a.com/app.json", problem: "app_json.missing_field"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			n := &network{answers: map[string]protocol.Answer{tt.called: tt.answer}}
			app, problems, err := Fetch(t.Context(), n, tt.address, tt.development, false)
			if tt.called == "" && len(n.called) > 0 || tt.called != "" && n.called[tt.called] != 1 {
				t.Errorf("called %v, want %q", n.called, tt.called)
			}
			if got := errorText(err); tt.wantErr == "" && err != nil || !strings.Contains(got, tt.wantErr) || strings.Contains(got, "secret") {
				t.Errorf("error %q, want %q", got, tt.wantErr)
			}
			switch {
			case tt.problem != "":
				if app != nil || len(problems) == 0 || problems[0].Code != tt.problem || !strings.HasPrefix(problems[0].File, "https://a.com/") {
					t.Errorf("problems, want %s:\n%s", tt.problem, problems)
				}
			case tt.wantErr == "" && app == nil:
				t.Errorf("no app:\n%s", problems)
			}
		})
	}
}

func errorText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func picture(t *testing.T, width, height int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, width, height))); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestProbe(t *testing.T) {
	t.Parallel()
	const sections = `<setup><registrationUrl>https://a.com/register</registrationUrl></setup>
<webhooks><webhook name="a" url="https://a.com/h" event="app.installed"/>
<webhook name="b" url="https://b.com:8443/h" event="app.installed"/>
<webhook name="c" url="https://localhost/h" event="app.installed"/></webhooks>`
	const register, other, private = "HEAD https://a.com/register", "HEAD https://b.com:8443/", "HEAD https://localhost/"
	icon := appJSON(`"icon_url": "https://a.com/i"`)
	const get = "GET https://a.com/i"
	status := func(code int) map[string]protocol.Answer {
		return map[string]protocol.Answer{register: {Status: code}}
	}
	body := func(body []byte) map[string]protocol.Answer {
		return map[string]protocol.Answer{get: {Status: 200, Body: body}}
	}
	tests := map[string]struct {
		app         string
		development bool
		answers     map[string]protocol.Answer
		errs        map[string]error
		called      []string
		want        []string
	}{
		"all is well":         {app: sections, answers: status(401), called: []string{register, other}},
		"in development":      {app: sections, development: true, answers: status(401), called: []string{register, other, private}},
		"a server that fails": {app: sections, answers: status(502), called: []string{register, other}, want: []string{"3:8: info online.registration_status: the registration URL answers 502"}},
		"a host that is not there": {
			app: sections, errs: map[string]error{other: errors.New("no such host")}, called: []string{register, other},
			want: []string{"5:19: warning online.unreachable: b.com:8443 cannot be reached: no such host"},
		},
		"a certificate that is over": {
			app: sections, errs: map[string]error{register: &tls.CertificateVerificationError{Err: errors.New("expired")}}, called: []string{register, other},
			want: []string{"3:8: error online.tls: the certificate of a.com is not valid: expired"},
		},
		"an icon":                     {app: icon, answers: body(picture(t, 64, 64)), called: []string{get}},
		"an icon that is not there":   {app: icon, called: []string{get}, want: []string{"3:13: warning app_json.icon_url_image: the address of the icon answers 404"}},
		"an icon that is not square":  {app: icon, answers: body(picture(t, 64, 32)), called: []string{get}, want: []string{"3:13: warning app_json.icon_url_image: the icon is 64x32, and not square"}},
		"an icon of another kind":     {app: icon, answers: body([]byte("GIF89a")), called: []string{get}, want: []string{"3:13: warning app_json.icon_url_image: the icon is neither a PNG nor an SVG"}},
		"an SVG":                      {app: icon, answers: body([]byte(`<?xml version="1.0"?><!-- a --><svg xmlns="http://www.w3.org/2000/svg" width="24px" height="24"/>`)), called: []string{get}},
		"an SVG that is not square":   {app: icon, answers: body([]byte(`<svg viewBox="0,0 24 12"/>`)), called: []string{get}, want: []string{"3:13: warning app_json.icon_url_image: the icon is 24x12, and not square"}},
		"an SVG that fills its place": {app: icon, answers: body([]byte(`<svg width="100%"/>`)), called: []string{get}},
		"a page instead of an icon":   {app: icon, answers: body([]byte(`<html>`)), called: []string{get}, want: []string{"3:13: warning app_json.icon_url_image: the icon is neither a PNG nor an SVG"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file, parse, text := xmlFile, ParseXML, app("\n"+tt.app)
			if strings.HasPrefix(tt.app, "{") {
				file, parse, text = jsonFile, ParseJSON, tt.app
			}
			app, problems := parse(file, []byte(text), false)
			if app == nil {
				t.Fatal(problems)
			}
			n := &network{answers: tt.answers, errs: tt.errs}
			var got []string
			for _, p := range Probe(t.Context(), app, n, tt.development) {
				got = append(got, strings.TrimPrefix(p.String(), file+":"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(slices.Sorted(slices.Values(tt.called)), slices.Sorted(maps.Keys(n.called))); diff != "" {
				t.Errorf("calls (-want +got):\n%s", diff)
			}
		})
	}
}

func TestAProbeThatIsInterruptedTellsNothing(t *testing.T) {
	t.Parallel()
	app, _ := ParseXML(xmlFile, []byte(app("\n<setup><registrationUrl>https://a.com</registrationUrl></setup>")), false)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got := Probe(ctx, app, &network{}, false); len(got) > 0 {
		t.Errorf("problems:\n%s", got)
	}
}

// TestNoAppAsksForever: an app may name any number of hosts.
func TestNoAppAsksForever(t *testing.T) {
	t.Parallel()
	var hooks strings.Builder
	for i := range maxProbes + 3 {
		fmt.Fprintf(&hooks, "<webhook name=\"a%d\" url=\"https://h%d.com\" event=\"app.installed\"/>\n", i, i)
	}
	app, _ := ParseXML(xmlFile, []byte(app("\n<webhooks>"+hooks.String()+"</webhooks>")), false)
	n := &network{}
	want := "manifest.xml:53:21: warning app.not_checked: this address and 2 more were not asked, only the first 50 are\n"
	if got := Probe(t.Context(), app, n, false).String(); got != want || len(n.called) != maxProbes {
		t.Errorf("%d calls, problems:\n%swant:\n%s", len(n.called), got, want)
	}
}
