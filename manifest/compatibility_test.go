package manifest

import "testing"

func TestConstraintMatchesAsComposerDoes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		constraint string
		in, out    []string
	}{
		"a tilde with three parts keeps two":      {"~6.5.0", []string{"6.5.0.0", "6.5.8.14"}, []string{"6.4.20.2", "6.6.0.0", "6.6.10.2"}},
		"a tilde with two parts keeps one":        {"~6.5", []string{"6.5.0.0", "6.6.10.2", "6.7.10.0"}, []string{"6.4.20.2", "7.0.0.0"}},
		"a tilde with four parts keeps three":     {"~6.5.1.2", []string{"6.5.1.2", "6.5.1.9"}, []string{"6.5.1.1", "6.5.2.0"}},
		"a tilde with one part keeps it":          {"~6", []string{"6.0.0.0", "6.9.0.0"}, []string{"7.0.0.0"}},
		"a caret keeps the first part":            {"^6.5", []string{"6.5.0.0", "6.7.10.0"}, []string{"6.4.0.0", "7.0.0.0"}},
		"a caret below 1 keeps the second":        {"^0.3", []string{"0.3.0", "0.3.9"}, []string{"0.2.9", "0.4.0"}},
		"a caret below 0.1 keeps the third":       {"^0.0.3", []string{"0.0.3", "0.0.3.7"}, []string{"0.0.4", "0.1.0"}},
		"a caret of a bare zero":                  {"^0", []string{"0.0.1", "0.9"}, []string{"1.0"}},
		"two carets joined by a double pipe":      {"^6.5.0||^7.1", []string{"6.5.0.0", "7.1.0.0"}, []string{"7.0.9.0", "8.0.0.0"}},
		"a single pipe with blanks":               {"6.5.* | 6.7.*", []string{"6.5.3.0", "6.7.1.0"}, []string{"6.6.0.0"}},
		"a blank is and":                          {">=6.5 <6.7", []string{"6.5.0.0", "6.6.10.2"}, []string{"6.4.9.9", "6.7.0.0", "6.7.0.0-RC1"}},
		"a comma is and":                          {">=6.5, <6.7", []string{"6.6.10.2"}, []string{"6.7.0.0"}},
		"blanks after an operator":                {">= 6.5", []string{"6.5.0.0"}, []string{"6.4.0.0"}},
		"at least begins with the earliest draft": {">=6.5", []string{"6.5.0.0-RC1"}, []string{"6.4.99.0"}},
		"more than a version":                     {">6.5.0", []string{"6.5.0.1", "6.6.0.0"}, []string{"6.5.0.0"}},
		"at most a version":                       {"<=6.5.0", []string{"6.5.0.0", "6.4.0.0"}, []string{"6.5.0.1"}},
		"exactly, filled with zeros":              {"6.5.0", []string{"6.5.0.0", "v6.5.0"}, []string{"6.5.0.1"}},
		"exactly, with a sign":                    {"=6.5.0.1", []string{"6.5.0.1"}, []string{"6.5.0.0"}},
		"not a version":                           {"!=6.5.1.0", []string{"6.5.0.0"}, []string{"6.5.1.0", "6.5.1"}},
		"not, as in SQL":                          {"<>6.5.1.0", []string{"6.5.0.0"}, []string{"6.5.1.0"}},
		"a wildcard":                              {"6.5.*", []string{"6.5.0.0", "6.5.9.9"}, []string{"6.6.0.0", "6.4.0.0"}},
		"two wildcards":                           {"6.*.*", []string{"6.5.0.0"}, []string{"7.0.0.0"}},
		"everything":                              {"*", []string{"0.1", "6.7.10.0"}, []string{"nonsense", ""}},
		"a range with a short end":                {"6.4 - 6.5", []string{"6.4.0.0", "6.5.8.0"}, []string{"6.6.0.0"}},
		"a range with a full end":                 {"6.4.0 - 6.5.0", []string{"6.5.0.0"}, []string{"6.5.0.1"}},
		"a stability flag":                        {">=6.5@dev", []string{"6.5.0.0"}, nil},
		"a release candidate":                     {">=6.5.0.0-RC2", []string{"6.5.0.0-RC2", "6.5.0.0"}, []string{"6.5.0.0-RC1", "6.5.0.0-beta3"}},
		"the default":                             {defaultCompatibility, []string{"6.4.0.0", "6.7.10.0"}, []string{"6.3.5.4"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, err := ParseConstraint(tt.constraint)
			if err != nil {
				t.Fatal(err)
			}
			for _, version := range tt.in {
				if !c.Matches(version) {
					t.Errorf("%q does not match %q", tt.constraint, version)
				}
			}
			for _, version := range tt.out {
				if c.Matches(version) {
					t.Errorf("%q matches %q", tt.constraint, version)
				}
			}
		})
	}
}

func TestConstraintsThatAreNone(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "6.5 or so", "^", ">=", "||", "6.5 ||", "~x", "1.2.3.4.5", "a.b", ">=<6", "^6.5.*"} {
		if c, err := ParseConstraint(text); err == nil {
			t.Errorf("%q was read as %v", text, c.any)
		}
	}
}

func TestTheZeroConstraintMatchesEverything(t *testing.T) {
	t.Parallel()
	if !(Constraint{}).Matches("6.7.10.0") {
		t.Error("it does not")
	}
}

func TestVersionsOfBothFormats(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		app, installed     string
		shopware, sitepack int
	}{
		"newer":                        {"1.10.0", "1.9.0", 1, 1},
		"the same":                     {"1.0.0", "1.0.0", 0, 0},
		"another build":                {"1.0.0+2", "1.0.0+10", -1, 0},
		"a build more":                 {"1.0.0+1", "1.0.0", 1, 0},
		"a word that is none of PHP's": {"1.0.0-snapshot", "1.0.0-alpha", -1, 1},
		"a pre-release that goes on":   {"1.0.0-alpha.1", "1.0.0-alpha", 1, 1},
		"patches are none to SemVer":   {"1.0.0-pl1", "1.0.0", 1, -1},
		"candidates by their texts":    {"1.0.0-rc2", "1.0.0-rc10", -1, 1},
	} {
		for format, want := range map[Format]int{Shopware: tt.shopware, SitePack: tt.sitepack} {
			if got := (&App{Format: format, Version: tt.app}).CompareVersion(tt.installed); got != want {
				t.Errorf("%s, %s: got %d, want %d", name, format, got, want)
			}
		}
	}
}

func TestCompareVersionsAsPHPDoes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		a, b string
		want int
	}{
		"equal":                          {"1.0.0", "1.0.0", 0},
		"numbers count as numbers":       {"1.10.0", "1.9.0", 1},
		"missing parts count lower":      {"1.0", "1.0.0", -1},
		"a candidate is before":          {"1.0.0-rc1", "1.0.0", -1},
		"candidates among themselves":    {"1.0.0-RC2", "1.0.0rc10", -1},
		"alpha before beta":              {"1.0.0-alpha", "1.0.0-beta", -1},
		"dev before alpha":               {"1.0.0-dev", "1.0.0-a", -1},
		"a patch is after":               {"1.0.0-pl1", "1.0.0", 1},
		"an unknown word is before all":  {"1.0.0-snapshot", "1.0.0-dev", -1},
		"a longer number than any int":   {"1.99999999999999999999", "1.2", 1},
		"leading zeros do not count":     {"1.02", "1.2", 0},
		"separators are the same":        {"1_0-0", "1.0.0", 0},
		"nothing is before something":    {"", "1", -1},
		"a build with plus counts lower": {"1.0.0", "1.0.0+1", -1},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := CompareVersions(tt.a, tt.b); got != tt.want {
				t.Errorf("got %d, want %d", got, tt.want)
			}
			if got := CompareVersions(tt.b, tt.a); got != -tt.want {
				t.Errorf("turned round: got %d, want %d", got, -tt.want)
			}
		})
	}
}
