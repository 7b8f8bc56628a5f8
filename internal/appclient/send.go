package appclient

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
	"github.com/appdock/appdock/protocol"
)

// Send makes one attempt of a webhook. The app's word is its status: an answer that
// breaks off after it is an answer.
func (c *Client) Send(ctx context.Context, call protocol.Call, key webhook.Key) webhook.Outcome {
	start := c.now()
	answer, err := c.exchange(ctx, call)
	outcome := webhook.Outcome{Status: answer.Status, Took: c.now().Sub(start)}
	if outcome.Class() != webhook.Accepted {
		outcome.Request = Text(call, key)
	}
	if answer.Status == 0 {
		outcome.Error = sentence(err)
		outcome.Another = appdock.CodeOf(err) != CodeURLInvalid
		return outcome
	}
	outcome.Another = webhook.Another(answer.Status)
	outcome.RetryAfter = retryAfter(answer.Header.Get("Retry-After"), c.now())
	outcome.Response = answerText(answer, key)
	if answer.Status >= 300 && answer.Status < 400 {
		outcome.Error = "redirect not allowed: " + where(answer.Header.Get("Location"))
	}
	return outcome
}

// sentence is why there was no answer, as one line.
func sentence(err error) string {
	if e, ok := errors.AsType[*appdock.Error](err); ok {
		return e.Cause + " [" + e.Code + "]"
	}
	return err.Error()
}

// retryAfter reads seconds or an HTTP date (RFC 9110 section 10.2.3); 0 if it is neither.
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" { // hardly any answer has one
		return 0
	}
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil {
		return max(0, at.Sub(now))
	}
	return 0
}

// maxText is how much of a request or an answer the log keeps (protocol-webhooks.md 4).
const maxText = 64 << 10

// Text is a call as the log shows it, secrets redacted and those of key wherever they stand.
func Text(call protocol.Call, key webhook.Key) string {
	target, host := call.URL, ""
	if u, err := url.Parse(call.URL); err == nil {
		target, host = u.RequestURI(), u.Host
	}
	call.URL = target
	call = call.Redacted(key.Secret.Reveal(), key.Previous.Reveal())
	var text strings.Builder
	fmt.Fprintf(&text, "%s %s\nHost: %s\n", call.Method, call.URL, host)
	for _, h := range call.Header {
		fmt.Fprintf(&text, "%s: %s\n", h.Name, h.Value)
	}
	fmt.Fprintf(&text, "\n%s", call.Body)
	return printable(text.String())
}

// answerText is an answer as the log shows it, secrets redacted.
func answerText(answer protocol.Answer, key webhook.Key) string {
	if answer.Status/100 == 2 && len(answer.Body) == 0 { // the usual answer, which nobody looks at
		return strconv.Itoa(answer.Status) + " " + http.StatusText(answer.Status) + "\n\n"
	}
	answer = answer.Redacted(key.Secret.Reveal(), key.Previous.Reveal())
	var text strings.Builder
	fmt.Fprintf(&text, "%d %s\n", answer.Status, http.StatusText(answer.Status))
	for _, name := range slices.Sorted(maps.Keys(answer.Header)) {
		for _, value := range answer.Header[name] {
			fmt.Fprintf(&text, "%s: %s\n", name, value)
		}
	}
	fmt.Fprintf(&text, "\n%s", answer.Body)
	return printable(text.String())
}

// printable makes a stranger's text fit for a terminal: valid, without control
// characters, and not too long.
func printable(text string) string {
	text = strings.Map(func(r rune) rune {
		if r == '\n' || r == '\t' || !unicode.IsControl(r) {
			return r
		}
		return -1
	}, strings.ToValidUTF8(text, "\uFFFD"))
	if len(text) > maxText {
		text = strings.ToValidUTF8(text[:maxText], "") + "…"
	}
	return text
}
