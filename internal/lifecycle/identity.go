package lifecycle

import (
	"cmp"
	"maps"
	"slices"
	"strings"
)

// Fingerprints say where a shop lives, by identifier: the marks that were taken when its id
// was last known to be right (protocol-shop-identity.md 2.2).
type Fingerprints map[string]string

// The identifiers, in the order in which people are shown them.
const (
	PrintURL      = "app_url"                   // the base URL
	PrintPath     = "installation_path"         // the data folder
	PrintDomains  = "sales_channel_domain_urls" // a hash of all of them
	PrintDatabase = "database_server_uid"       // of the data folder's instance and its database
)

// prints gives what a fingerprint that differs counts; that of the path is graded.
func prints() []struct {
	identifier string
	score      int
} {
	return []struct {
		identifier string
		score      int
	}{{PrintURL, 100}, {PrintPath, 100}, {PrintDomains, 25}, {PrintDatabase, 100}}
}

// Threshold is the score from which on a shop may be another one.
const Threshold = 75

// Comparison of the fingerprints that are kept with those of now.
type Comparison struct {
	Prints []Print
	Score  int // the sum of what differs
}

// Print is one fingerprint that was compared.
type Print struct {
	Identifier string
	Stored     string
	Current    string
	Score      int  // 0: they match
	Ignored    bool // by identity.ignore: its score does not count
	Missing    bool // it was not kept
}

// Match reports whether the fingerprint is as it was.
func (p Print) Match() bool { return !p.Missing && p.Stored == p.Current }

// Suggested reports whether the shop may have moved or be a copy.
func (c Comparison) Suggested() bool { return c.Score >= Threshold }

// Compare gives a score to what differs between the fingerprints that are kept and those of
// now. One that was not kept counts as different.
func Compare(stored, current Fingerprints, ignore []string) Comparison {
	var c Comparison
	for _, known := range prints() {
		now, taken := current[known.identifier]
		before, kept := stored[known.identifier]
		if !taken && !kept {
			continue
		}
		p := Print{Identifier: known.identifier, Stored: before, Current: now, Missing: !kept, Ignored: slices.Contains(ignore, known.identifier)}
		switch {
		case p.Match():
		case known.identifier == PrintPath && kept:
			p.Score = pathScore(before, now)
		default:
			p.Score = known.score
		}
		if !p.Ignored {
			c.Score += p.Score
		}
		c.Prints = append(c.Prints, p)
	}
	return c
}

// pathScore grades how far a folder moved: each part counts alike, and fails with the first
// one before it that does.
func pathScore(stored, current string) int {
	if stored == "" {
		return 100
	}
	before, now := strings.Split(strings.Trim(stored, "/"), "/"), strings.Split(strings.Trim(current, "/"), "/")
	parts := max(len(before), len(now))
	same := 0
	for same < min(len(before), len(now)) && before[same] == now[same] {
		same++
	}
	return 100 / parts * (parts - same)
}

// Verdict is what a comparison means.
type Verdict string

// The verdicts.
const (
	KeepPrints Verdict = "keep"    // it is the same shop; what is kept stays
	TakePrints Verdict = "take"    // it is the same shop; those of now are kept from now on
	Suggest    Verdict = "suggest" // a person must say whether it moved or is a copy
)

// Judge decides what fingerprints mean. registered says that an app holds a secret of the
// shop: without one nobody was told where the shop is, and it may be anywhere.
func Judge(stored, current Fingerprints, ignore []string, registered bool) (Comparison, Verdict) {
	if len(stored) == 0 {
		return Compare(current, current, ignore), TakePrints
	}
	c := Compare(stored, current, ignore)
	switch {
	case onlyMissing(c): // an earlier version of the host did not take them
		return c, TakePrints
	case !c.Suggested():
		return c, KeepPrints
	case !registered:
		return c, TakePrints
	}
	return c, Suggest
}

// onlyMissing reports whether fingerprints are missing, and all that were kept match.
func onlyMissing(c Comparison) bool {
	missing := false
	for _, p := range c.Prints {
		if !p.Missing && !p.Match() {
			return false
		}
		missing = missing || p.Missing
	}
	return missing
}

// Strategy is how a person settles what fingerprints suggest (protocol-shop-identity.md 4).
type Strategy string

// The strategies.
const (
	MoveShop      Strategy = "move-shop-permanently"
	ReinstallApps Strategy = "reinstall-apps"
	UninstallApps Strategy = "uninstall-apps"
)

// strategies gives each with its other spelling and what it does.
func strategies() []struct {
	strategy    Strategy
	other, text string
} {
	return []struct {
		strategy    Strategy
		other, text string
	}{
		{MoveShop, "MoveShopPermanently", "the shop moved: it keeps its identity, its apps are registered again and stay installed; the old place loses them"},
		{ReinstallApps, "ReinstallApps", "this is a copy that shall use the apps: it gets an identity of its own, and its apps register anew"},
		{UninstallApps, "UninstallApps", "this is a copy without apps: it gets an identity of its own, and its apps are removed without being told"},
	}
}

// Strategies gives the strategies with what each does, by name.
func Strategies() map[Strategy]string {
	list := map[Strategy]string{}
	for _, s := range strategies() {
		list[s.strategy] = s.text
	}
	return list
}

// ParseStrategy finds a strategy by either of its spellings; what is none is Invalid.
func ParseStrategy(name string) (Strategy, error) {
	for _, s := range strategies() {
		if name == string(s.strategy) || strings.EqualFold(name, s.other) {
			return s.strategy, nil
		}
	}
	return "", errStrategy(name)
}

// strategyNames lists them for a person who must choose.
func strategyNames() string {
	names := slices.SortedFunc(maps.Keys(Strategies()), func(a, b Strategy) int { return cmp.Compare(a, b) })
	texts := make([]string, len(names))
	for i, n := range names {
		texts[i] = string(n)
	}
	return strings.Join(texts, ", ")
}
