package web_test

import (
	"testing"

	"github.com/appdock/appdock/internal/web"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                               "",
		"<p>Green <b>tea</b></p>":        "Green  tea",
		"1 &lt; 2 &amp; 3":               "1 < 2 & 3",
		"<img src='x'>&lt;b&gt;not bold": "<b>not bold",
		"five < six":                     "five < six",
	} {
		if got := web.Plain(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
