package manifest

import (
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

func TestSnippetRules(t *testing.T) {
	t.Parallel()
	const cookie = "\n<cookies><cookie><snippet-name>my.cookie</snippet-name><cookie>c</cookie></cookie>\n<group><snippet-name>cookie.groupStatistical</snippet-name></group></cookies>"
	tests := map[string]struct {
		rule  rule
		app   string
		files map[string]string
		want  string
	}{
		"the same keys": {rule: snippetFiles, files: map[string]string{
			"Resources/snippet/a.en-GB.json": `{"my": {"a": "A"}}`, "Resources/snippet/de/a.de-DE.json": `{}`, "Resources/snippet/de/a.en-GB.json": `{}`,
			"Resources/app/administration/snippet/en-GB.json": `{"my": "A"}`, "Resources/app/administration/snippet/de-DE.json": `{"my": "B"}`,
		}},
		"other keys": {rule: snippetFiles, files: map[string]string{
			"Resources/snippet/a.en-GB.json": `{"my": {"title": "A"}}`, "Resources/snippet/a.de-DE.json": "{\"my\":\n{\"titel\": \"A\"}}",
		}, want: "F/Resources/snippet/a.de-DE.json:1:1: warning snippet.missing_key: key \"my.title\" of a.en-GB.json is missing\n" +
			"F/Resources/snippet/a.de-DE.json:2:2: warning snippet.extra_key: key \"my.titel\" is not in a.en-GB.json\n    did you mean \"my.title\"?\n"},
		"bare languages": {rule: snippetFiles, files: map[string]string{"Resources/snippet/a.en.json": `{}`, "Resources/snippet/a.de.base.json": `{}`}},
		"no English": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/a.de-DE.json": `{}`},
			want: "F/Resources/snippet/a.de-DE.json:1:1: warning snippet.no_english: there is no English file beside this one\n",
		},
		"no English in the admin": {
			rule: snippetFiles, files: map[string]string{"Resources/app/administration/snippet/de-DE.json": `{}`, "Resources/app/administration/snippet/fr-FR.json": `{}`},
			want: "F/Resources/app/administration/snippet/de-DE.json:1:1: error snippet.no_english: there is no English file beside this one\n",
		},
		"no JSON": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/a.en-GB.json": "{\"a\":\n1"},
			want: "F/Resources/snippet/a.en-GB.json:2:2: error snippet.json: unexpected end of file\n",
		},
		"no object": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/a.en-GB.json": "[]"},
			want: "F/Resources/snippet/a.en-GB.json:1:1: error snippet.json: the file must hold an object of texts, found array\n",
		},
		"no text": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/a.en-GB.json": `{"a": {"b": 1}}`},
			want: "F/Resources/snippet/a.en-GB.json:1:13: error snippet.json: snippet \"a.b\" must be a text, found number\n",
		},
		"no locale in the name": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/texts.json": "{}"},
			want: "F/Resources/snippet/texts.json:1:1: warning snippet.filename: the file's name is not <name>.<locale>.json\n",
		},
		"an unknown locale": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/texts.english.json": "{}"},
			want: "F/Resources/snippet/texts.english.json:1:1: warning snippet.locale: \"english\" in the file's name is no known locale\n",
		},
		"a locale of no country": {
			rule: snippetFiles, files: map[string]string{"Resources/snippet/a.en-GB.json": "{}", "Resources/snippet/a.de.json": "{}", "Resources/snippet/a.xx-XX.json": "{}"},
			want: "F/Resources/snippet/a.xx-XX.json:1:1: warning snippet.locale: \"xx-XX\" in the file's name is no known locale\n",
		},
		"a cookie's text": {rule: snippetMissing, app: cookie, files: map[string]string{"Resources/snippet/a.en-GB.json": `{"my": {"cookie": "A"}}`}},
		"a cookie without its text": {
			rule: snippetMissing, app: cookie, files: map[string]string{"Resources/snippet/a.en-GB.json": `{"my": {"cookies": "A"}}`},
			want: "F/manifest.xml:3:18: warning manifest.snippet_missing: snippet \"my.cookie\" is in no snippet file\n    did you mean \"my.cookies\"?\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"manifest.xml": {Data: []byte(app(tt.app))}}
			for name, text := range tt.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			app, problems, err := Parse(files, Options{Folder: "F"})
			if err != nil || app == nil {
				t.Fatalf("%v, problems:\n%s", err, problems)
			}
			r := newReview(app, Environment{Files: files})
			tt.rule(r)
			r.problems.Sort()
			if diff := cmp.Diff(tt.want, r.problems.String()); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}
