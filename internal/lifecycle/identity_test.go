package lifecycle_test

import (
	"maps"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
)

func prints(changes ...string) lifecycle.Fingerprints {
	p := lifecycle.Fingerprints{
		lifecycle.PrintURL: "https://shop.example", lifecycle.PrintPath: "/srv/www/shop/rel1",
		lifecycle.PrintDomains: "d41d8cd98f00b204e9800998ecf8427e", lifecycle.PrintDatabase: "uid:appdock.db",
	}
	for i := 0; i < len(changes); i += 2 {
		if changes[i+1] == "-" {
			delete(p, changes[i])
		} else {
			p[changes[i]] = changes[i+1]
		}
	}
	return p
}

// TestJudge is protocol-shop-identity.md 2.2 and 8.
func TestJudge(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		stored, current lifecycle.Fingerprints
		ignore          []string
		registered      bool
		score           int
		want            lifecycle.Verdict
	}{
		"nothing is kept":             {lifecycle.Fingerprints{}, prints(), nil, true, 0, lifecycle.TakePrints},
		"all as it was":               {prints(), prints(), nil, true, 0, lifecycle.KeepPrints},
		"another URL":                 {prints(), prints(lifecycle.PrintURL, "http://shop.example"), nil, true, 100, lifecycle.Suggest},
		"a slash more":                {prints(), prints(lifecycle.PrintURL, "https://shop.example/"), nil, true, 100, lifecycle.Suggest},
		"another URL, no app":         {prints(), prints(lifecycle.PrintURL, "http://shop.example"), nil, false, 100, lifecycle.TakePrints},
		"another domain alone":        {prints(), prints(lifecycle.PrintDomains, "x"), nil, true, 25, lifecycle.KeepPrints},
		"another release folder":      {prints(), prints(lifecycle.PrintPath, "/srv/www/shop/rel2"), nil, true, 25, lifecycle.KeepPrints},
		"release folder and domain":   {prints(), prints(lifecycle.PrintPath, "/srv/www/shop/rel2", lifecycle.PrintDomains, "x"), nil, true, 50, lifecycle.KeepPrints},
		"three quarters of the path":  {prints(), prints(lifecycle.PrintPath, "/srv/a/shop/rel1"), nil, true, 75, lifecycle.Suggest},
		"another folder altogether":   {prints(), prints(lifecycle.PrintPath, "/data"), nil, true, 100, lifecycle.Suggest},
		"a folder that is ignored":    {prints(), prints(lifecycle.PrintPath, "/data"), []string{lifecycle.PrintPath}, true, 0, lifecycle.KeepPrints},
		"another database":            {prints(), prints(lifecycle.PrintDatabase, "other:appdock.db"), nil, true, 100, lifecycle.Suggest},
		"one that is not kept":        {prints(lifecycle.PrintDomains, "-"), prints(), nil, true, 25, lifecycle.TakePrints},
		"one of 100 that is not kept": {prints(lifecycle.PrintDatabase, "-"), prints(), nil, true, 100, lifecycle.TakePrints},
		"not kept, and another":       {prints(lifecycle.PrintDatabase, "-"), prints(lifecycle.PrintURL, "x"), nil, true, 200, lifecycle.Suggest},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			stored, current := maps.Clone(test.stored), maps.Clone(test.current)
			c, got := lifecycle.Judge(test.stored, test.current, test.ignore, test.registered)
			if got != test.want || c.Score != test.score {
				t.Errorf("%s with score %d, want %s with %d", got, c.Score, test.want, test.score)
			}
			if !maps.Equal(stored, test.stored) || !maps.Equal(current, test.current) {
				t.Error("the fingerprints were changed")
			}
		})
	}
}

// TestPathScore has the examples of protocol-shop-identity.md 2.2 and 8.5.
func TestPathScore(t *testing.T) {
	t.Parallel()
	tests := []struct {
		stored, current string
		want            int
	}{
		{"/a/b/c", "/a/b/c", 0},
		{"/a/b/c", "/a/b/d", 33},
		{"/a/b", "/x/b", 100},
		{"/a", "/a/b", 50},
		{"/srv/www/shop/rel1", "/srv/www/shop/rel2", 25},
		{"", "/a", 100},
	}
	for _, test := range tests {
		c := lifecycle.Compare(lifecycle.Fingerprints{lifecycle.PrintPath: test.stored}, lifecycle.Fingerprints{lifecycle.PrintPath: test.current}, nil)
		if c.Score != test.want {
			t.Errorf("%s to %s: %d, want %d", test.stored, test.current, c.Score, test.want)
		}
	}
}

func TestParseStrategy(t *testing.T) {
	t.Parallel()
	tests := map[string]lifecycle.Strategy{
		"move-shop-permanently": lifecycle.MoveShop, "MoveShopPermanently": lifecycle.MoveShop,
		"reinstall-apps": lifecycle.ReinstallApps, "ReinstallApps": lifecycle.ReinstallApps,
		"uninstall-apps": lifecycle.UninstallApps, "UninstallApps": lifecycle.UninstallApps,
		"": "", "move": "", "Move-shop-permanently": "",
	}
	for name, want := range tests {
		got, err := lifecycle.ParseStrategy(name)
		if got != want || (want == "") != (appdock.CodeOf(err) == lifecycle.CodeStrategy) {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
}
