package manifest

import (
	"os"
	"strings"
	"testing"
	"unicode/utf8"
)

// checkProblems holds what is true of all problems of all inputs.
func checkProblems(t *testing.T, text string, problems Problems) {
	t.Helper()
	lines := strings.Split(strings.TrimPrefix(text, byteOrderMark), "\n")
	for i, p := range problems {
		if p.Line < 1 || p.Line > len(lines) || p.Column < 1 || p.Column > utf8.RuneCountInString(lines[p.Line-1])+1 {
			t.Errorf("the place of %s is not in the file", p)
		}
		if p.Code == "" || p.Message == "" || !utf8.ValidString(p.String()) || strings.ContainsAny(p.Message+p.Hint, "\n\r\x00") || len(p.Message) > 2000 {
			t.Errorf("nobody can read %q", p)
		}
		if i > 0 && problems[i-1].File == p.File && problems[i-1].Line > p.Line {
			t.Errorf("%s is not in order", p)
		}
	}
}

func FuzzParseXML(f *testing.F) {
	everything, err := os.ReadFile("testdata/everything.xml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(everything))
	f.Add(app("\n<webhooks><webhook name=\"a>'b\" url = 'https://a.example/\">' event=\"order.written\" x='1'/></webhooks>"))
	f.Add("<?xml version=\"1.0\" encoding=\"latin1\"?><manifest>&foo;</manifest>")
	f.Add("<!DOCTYPE manifest [<!ENTITY a \"b\">]><manifest>&a;</manifest>")
	f.Add("\uFEFF<manifest\r\n/>\r\n<!-- \u00e4 -->")
	f.Fuzz(func(t *testing.T, text string) {
		app, problems := ParseXML("m.xml", []byte(text), false)
		checkProblems(t, text, problems)
		if (app == nil) != problems.HasErrors() {
			t.Fatalf("app is nil: %t, problems have errors: %t", app == nil, problems.HasErrors())
		}
		if app == nil {
			return
		}
		checkProblems(t, text, Validate(app, Environment{Folder: "MyApp", Store: true}))
		again, _ := ParseXML("m.xml", app.Source.Bytes(), false)
		if again == nil || again.Hash() != app.Hash() || again.Name != app.Name {
			t.Error("the text of the app is another app")
		}
	})
}
