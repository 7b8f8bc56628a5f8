package admin

import "testing"

func TestHostsAreShownInBothForms(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		host string
		want hostLine
	}{
		"plain":                         {"app.example", hostLine{Name: "app.example"}},
		"with a port":                   {"app.example:8443", hostLine{Name: "app.example:8443"}},
		"an address":                    {"127.0.0.1:80", hostLine{Name: "127.0.0.1:80"}},
		"an address of six":             {"[::1]:80", hostLine{Name: "[::1]:80"}},
		"as it stands in addresses":     {"xn--mller-kva.example", hostLine{Name: "müller.example", Also: "xn--mller-kva.example"}},
		"as it is read":                 {"müller.example:81", hostLine{Name: "müller.example:81", Also: "xn--mller-kva.example:81"}},
		"Japanese, in three scripts":    {"ひらカタ漢字abc.example", hostLine{Name: "ひらカタ漢字abc.example", Also: "xn--abc-0c4bpeui6eq847a6htb.example"}},
		"Cyrillic":                      {"xn--e1afmkfd.example", hostLine{Name: "пример.example", Also: "xn--e1afmkfd.example"}},
		"Cyrillic within Latin":         {"pаypal.example", hostLine{Name: "xn--pypal-4ve.example", Also: "pаypal.example", Mixed: true}},
		"the same, as it is in URLs":    {"xn--pypal-4ve.example", hostLine{Name: "xn--pypal-4ve.example", Also: "pаypal.example", Mixed: true}},
		"Greek within Latin":            {"gοogle.example", hostLine{Name: "xn--gogle-rce.example", Also: "gοogle.example", Mixed: true}},
		"what cannot be read":           {"xn--zzzzzzz-.example", hostLine{Name: "xn--zzzzzzz-.example"}},
		"letters that are not seen":     {"a\u200bb.example", hostLine{Name: "xn--ab-g1t.example"}},
		"two scripts, but in two parts": {"пример.shop.example", hostLine{Name: "пример.shop.example", Also: "xn--e1afmkfd.shop.example"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := newHostLine(tt.host); got != tt.want {
				t.Errorf("got %+v, want %+v", got, tt.want)
			}
		})
	}
}
