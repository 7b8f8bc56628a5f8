package main

import (
	"bytes"
	"strings"
	"testing"
)

func TestTable(t *testing.T) {
	t.Parallel()
	list := func() *table {
		list := &table{head: []string{"APP", "LABEL", "STATE"}}
		list.add("Plain", "Größe 日本", "registered")
		list.add("MyExampleApp", "", "local")
		return list
	}
	tests := map[string]struct {
		to   stream
		want string
	}{
		"bare off a terminal": {
			stream{},
			"  APP           LABEL       STATE\n" +
				"  Plain         Größe 日本  registered\n" +
				"  MyExampleApp              local\n",
		},
		"with a line below the head on one": {
			stream{terminal: true},
			"  APP           LABEL       STATE\n" +
				"  ────────────  ──────────  ──────────\n" +
				"  Plain         Größe 日本  registered\n" +
				"  MyExampleApp              local\n",
		},
		"in colours": {
			stream{color: true},
			"  \x1b[1mAPP           LABEL       STATE\x1b[m\n" +
				"  Plain         Größe 日本  registered\n" +
				"  MyExampleApp              local\n",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b bytes.Buffer
			tt.to.Writer = &b
			list().write(tt.to, "  ")
			if got := b.String(); got != tt.want {
				t.Errorf("got\n%q\nwant\n%q", got, tt.want)
			}
		})
	}
}

func TestStrangersTextIsHarmless(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ text, want string }{
		"plain text stays":            {"Größe, 10 €", "Größe, 10 €"},
		"escape sequences do nothing": {"a\x1b[2Jb", "a�[2Jb"},
		"nor do their short forms":    {"a\u009b2Jb", "a�2Jb"},
		"a line stays one":            {"a\r\n\tb", "a� b"},
		"writing keeps its direction": {"a\u202eb\u2066c", "a�b�c"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := oneLine(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestColors(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args     []string
		env      map[string]string
		terminal bool
		want     bool
	}{
		"on a terminal":                 {nil, nil, true, true},
		"off a terminal":                {nil, nil, false, false},
		"NO_COLOR":                      {nil, map[string]string{"NO_COLOR": "1"}, true, false},
		"a dumb terminal":               {nil, map[string]string{"TERM": "dumb"}, true, false},
		"never":                         {[]string{"--color", "never"}, nil, true, false},
		"always":                        {[]string{"--color=always"}, nil, false, true},
		"a flag is above the variables": {[]string{"--color=always"}, map[string]string{"NO_COLOR": "1"}, true, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSession(t, "")
			s.getenv = func(name string) string { return tt.env[name] }
			s.out.terminal = tt.terminal
			s.run(t.Context(), append([]string{"version"}, tt.args...))
			if got := strings.Contains(s.stdout.String(), "\x1b["); got != tt.want {
				t.Errorf("coloured: %v, want %v\n%q", got, tt.want, s.stdout.String())
			}
		})
	}
}
