package main

import (
	"fmt"
	"strings"
	"testing"
)

func TestPlainTags(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ src, want string }{
		"a tag of Twig's own family":     {`{%- sw_include '@a' only %}`, `{%- include    '@a' only %}`},
		"a closing one":                  {`{% end_sw_embed %}{%endsw_embed%}`, `{% endembed     %}{%endembed   %}`},
		"a word between arguments":       {`{% sw_icon 'a' style {b: 1} %}`, `{% sw_icon 'a' ,     {b: 1} %}`},
		"the word in a string":           {`{% sw_icon 'with it' style {} %}`, `{% sw_icon 'with it' ,     {} %}`},
		"the word as a key":              {`{% app_block "a" with {with: 1, only: 2} %}`, `{% app_block "a" ,    {with: 1, only: 2} %}`},
		"a closing bracket in a string":  {`{% app_block "%}" with {} %}`, `{% app_block "%}" ,    {} %}`},
		"a tag that only begins like it": {`{% sw_included 'a' %}{% sw_icons 'a' style {} %}`, `{% sw_included 'a' %}{% sw_icons 'a' style {} %}`},
		"text":                           {`sw_include with`, `sw_include with`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := plainTags(test.src); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestUnknownNamesOfATemplateAreBounded(t *testing.T) {
	t.Parallel()
	var src strings.Builder
	for i := range 1000 {
		fmt.Fprintf(&src, "{{ f%d() }}\n", i)
	}
	if n := len(newTemplates().check("a.twig", src.String(), false)); n != maxUnknown {
		t.Errorf("got %d findings, want %d", n, maxUnknown)
	}
}

// TestLargeTemplatesAreNotReadForever: names of which one more is found at each reading.
func TestLargeTemplatesAreNotReadForever(t *testing.T) {
	t.Parallel()
	const chain = "{{ a|b1|b2|b3|b4|b5|b6|b7|b8|b9 }}"
	tests := map[string]struct{ size, want int }{"small": {100, 9}, "a MiB": {1 << 20, 3}, "two": {2 << 20, 2}}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			src := chain + strings.Repeat(" ", tt.size-len(chain))
			if n := len(newTemplates().check("a.twig", src, false)); n != tt.want {
				t.Errorf("got %d findings, want %d", n, tt.want)
			}
		})
	}
}

// FuzzCheckTemplate holds that findings have a place in the text, and that plain tags move nothing.
func FuzzCheckTemplate(f *testing.F) {
	for _, seed := range []string{"", "{% sw_icon 'a' style {} %}{{ a| }}", "{% end_sw_embed", "{{ \"{% app_block with \n%}\" }}", "{{ a(\n)|b is c }}"} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, src string, script bool) {
		plain := plainTags(src)
		if len(plain) != len(src) || strings.Count(plain, "\n") != strings.Count(src, "\n") {
			t.Errorf("%q became %q", src, plain)
		}
		lines := 1 + strings.Count(src, "\n") + strings.Count(src, "\r")
		for _, x := range newTemplates().check("a.twig", src, script) {
			if x.Line < 1 || x.Line > lines || x.Column < 1 || x.Message == "" {
				t.Errorf("%q: %s", src, x)
			}
		}
	})
}
