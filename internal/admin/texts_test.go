package admin

import (
	"regexp"
	"strings"
	"testing"

	"github.com/appdock/appdock/protocol"
)

var verb = regexp.MustCompile(`%[sd]`)

// Each text is there in each language, with the same things to put in, in the same order.
func TestTextsAreWholeInAllLanguages(t *testing.T) {
	t.Parallel()
	for key, line := range allTexts {
		english := strings.Join(verb.FindAllString(line[0], -1), "")
		for at, text := range line {
			if text == "" || strings.Join(verb.FindAllString(text, -1), "") != english {
				t.Errorf("%s in %s: %q", key, languages[at], text)
			}
		}
	}
}

// Whoever is asked for a scope is told what it means.
func TestEveryScopeHasWords(t *testing.T) {
	t.Parallel()
	for _, s := range protocol.Scopes() {
		for _, key := range []string{"scope." + s.String(), "resource." + s.Resource} {
			if _, ok := allTexts[key]; !ok {
				t.Errorf("%s has no words", key)
			}
		}
	}
}

// Whoever is asked for a topic is told what it means, in each language.
func TestEveryTopicHasWords(t *testing.T) {
	t.Parallel()
	for _, topic := range protocol.Topics() {
		if topic.RunTime { // nobody is asked for those
			continue
		}
		for at, lang := range languages {
			words := texts{lang, at}.topic(topic.Name).Words
			if strings.Contains(words, "topic.") || strings.Contains(words, "%!") || words == "" {
				t.Errorf("%s in %s: %q", topic.Name, lang, words)
			}
		}
	}
	if got := (texts{"de", 1}).topic("order_address.updated").Words; got != "die Adresse einer Bestellung geändert wird" {
		t.Errorf("got %q", got)
	}
}

// Every text that a page asks for is there.
func TestPagesFindTheirTexts(t *testing.T) {
	t.Parallel()
	entries, err := files.ReadDir("pages")
	if err != nil {
		t.Fatal(err)
	}
	asked := regexp.MustCompile(`\.T "([^"]+)"`)
	for _, e := range entries {
		page, err := files.ReadFile("pages/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range asked.FindAllStringSubmatch(string(page), -1) {
			if _, ok := allTexts[m[1]]; !ok {
				t.Errorf("%s asks for %q", e.Name(), m[1])
			}
		}
	}
}

func TestLanguageOfABrowser(t *testing.T) {
	t.Parallel()
	for accepted, want := range map[string]string{
		"": "en", "fr": "en", "de": "de", "de-AT,de;q=0.9,en;q=0.8": "de", "fr-CH, nl;q=0.9": "nl", "EN-us": "en", ";;,,": "en",
	} {
		if got := textsFor(accepted).lang; got != want {
			t.Errorf("%q: got %s, want %s", accepted, got, want)
		}
	}
}

func TestOnlyPagesOfOursAreGoneOnTo(t *testing.T) {
	t.Parallel()
	for next, ours := range map[string]bool{
		"/admin/apps": true, "/oauth/authorize?client_id=a&redirect_uri=https%3A%2F%2Fapp.example": true,
		"": false, "https://evil.example/admin/": false, "//evil.example/admin/": false, `/\evil.example/admin/`: false, "/api/order": false,
		"/admin/\r\nSet-Cookie: a=b": false, "/administration": false, "javascript:alert(1)": false, "/oauth/authorize/x": false,
	} {
		if got := local(next); (got == next) != ours || !ours && got != "/admin/" {
			t.Errorf("%q: goes on to %q", next, got)
		}
	}
}

// Each place of the admin that apps can put a frame at is said in words, in each language.
func TestEveryPlaceHasWords(t *testing.T) {
	t.Parallel()
	for _, area := range []string{"order", "product", "customer", "dashboard"} {
		for _, view := range []string{"detail", "list", "index"} {
			for at, lang := range languages {
				if got := (texts{lang, at}).place("admin." + area + "." + view + ".main"); got == "" || strings.Contains(got, ".") {
					t.Errorf("%s.%s in %s: %q", area, view, lang, got)
				}
			}
		}
	}
	if got := (texts{"en", 0}).place("admin.moon.detail.main"); got != "admin.moon.detail.main" {
		t.Errorf("got %q", got)
	}
}
