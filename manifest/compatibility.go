package manifest

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Constraint is a set of platform versions, written in Composer's grammar:
// ^ ~ >= <= > < = != wildcards, hyphen ranges, blanks or commas for "and", ||
// for "or". Platform versions have four parts (6.7.10.0), which is why semantic
// versioning libraries read "~6.5.0" differently (manifest-xml.md 5).
// The zero Constraint matches every version.
type Constraint struct {
	text    string
	invalid bool
	any     []bounds // one of them must hold; none: everything matches
}

// bounds must hold all together.
type bounds []bound

type bound struct {
	operator string // >=, >, <=, <, ==, !=
	version  platformVersion
}

// String is the constraint as written.
func (c Constraint) String() string { return c.text }

// Valid is false for a text that is no constraint; it matches nothing then.
func (c Constraint) Valid() bool { return !c.invalid }

// Matches reports whether a version such as "6.7.10.0" is in the set; what is no version is not.
func (c Constraint) Matches(version string) bool {
	v, ok := parsePlatformVersion(version)
	if !ok || c.invalid {
		return false
	}
	return len(c.any) == 0 || slices.ContainsFunc(c.any, func(all bounds) bool { return all.hold(v) })
}

func (b bounds) hold(v platformVersion) bool {
	for _, bound := range b {
		order := v.compare(bound.version)
		ok := false
		switch bound.operator {
		case ">=":
			ok = order >= 0
		case ">":
			ok = order > 0
		case "<=":
			ok = order <= 0
		case "<":
			ok = order < 0
		case "==":
			ok = order == 0
		case "!=":
			ok = order != 0
		}
		if !ok {
			return false
		}
	}
	return true
}

var (
	orPattern        = regexp.MustCompile(`\s*\|\|?\s*`)
	operatorBlank    = regexp.MustCompile(`([~^<>=!])\s+`)
	hyphenPattern    = regexp.MustCompile(`^(\S+)\s+-\s+(\S+)$`)
	andPattern       = regexp.MustCompile(`\s*,\s*|\s+`)
	stabilityFlag    = regexp.MustCompile(`@(dev|alpha|beta|RC|rc|stable)$`)
	operatorPattern  = regexp.MustCompile(`^(\^|~|>=|<=|<>|!=|==|>|<|=)?(.*)$`)
	wildcardPattern  = regexp.MustCompile(`^[vV]?(\d+(?:\.\d+){0,2})(?:\.[*xX])+$`)
	versionInPattern = regexp.MustCompile(`^[vV]?(\d{1,9})(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:\.(\d{1,9}))?(?:[._-]?(dev|alpha|a|beta|b|RC|rc|stable|patch|pl|p)\.?(\d{0,9}))?(?:\+\S*)?$`)
)

// ParseConstraint reads a constraint; its rules are those of Composer's VersionParser.
func ParseConstraint(text string) (Constraint, error) {
	c := Constraint{text: text}
	if len(text) > 1000 {
		return Constraint{}, fmt.Errorf("the constraint has %d characters, at most 1000 are read", len(text))
	}
	for part := range slices.Values(orPattern.Split(strings.TrimSpace(text), -1)) {
		all, err := parseBounds(part)
		if err != nil {
			return Constraint{}, fmt.Errorf("constraint %q: %w", text, err)
		}
		c.any = append(c.any, all)
	}
	return c, nil
}

func parseBounds(part string) (bounds, error) {
	if part == "" {
		return nil, fmt.Errorf("a version is missing")
	}
	if match := hyphenPattern.FindStringSubmatch(part); match != nil {
		return hyphenRange(match[1], match[2])
	}
	var all bounds
	for _, word := range andPattern.Split(operatorBlank.ReplaceAllString(part, "$1"), -1) {
		more, err := parseBound(stabilityFlag.ReplaceAllString(word, ""))
		if err != nil {
			return nil, err
		}
		all = append(all, more...)
	}
	return all, nil
}

func parseBound(word string) (bounds, error) {
	if slices.Contains([]string{"*", "x", "X"}, word) {
		return bounds{}, nil
	}
	if match := wildcardPattern.FindStringSubmatch(word); match != nil {
		low, _ := parsePlatformVersion(match[1])
		return between(low.dev(), low.next(low.given)), nil
	}
	match := operatorPattern.FindStringSubmatch(word)
	v, ok := parsePlatformVersion(match[2])
	if !ok {
		return nil, fmt.Errorf("%q is no version", match[2])
	}
	low := v
	if v.stability == stable && !v.explicit {
		low = v.dev()
	}
	switch match[1] {
	case "~":
		return between(low, v.next(max(1, v.given-1))), nil
	case "^":
		return between(low, v.next(v.significant())), nil
	case ">=", "<":
		return bounds{{match[1], low}}, nil
	case "<>", "!=":
		return bounds{{"!=", v}}, nil
	case "", "=", "==":
		return bounds{{"==", v}}, nil
	}
	return bounds{{match[1], v}}, nil
}

// hyphenRange is "1.0 - 2.0": what the end leaves out is open.
func hyphenRange(from, to string) (bounds, error) {
	low, ok := parsePlatformVersion(from)
	if !ok {
		return nil, fmt.Errorf("%q is no version", from)
	}
	high, ok := parsePlatformVersion(to)
	if !ok {
		return nil, fmt.Errorf("%q is no version", to)
	}
	if !low.explicit {
		low = low.dev()
	}
	if high.given >= 3 || high.explicit {
		return bounds{{">=", low}, {"<=", high}}, nil
	}
	return between(low, high.next(high.given)), nil
}

func between(low, high platformVersion) bounds { return bounds{{">=", low}, {"<", high}} }

// stability of a version, from the least to the most.
type stability int

const (
	development stability = iota
	alpha
	beta
	candidate
	stable
	patch
)

type platformVersion struct {
	parts     [4]int
	given     int // how many parts were written
	stability stability
	number    int  // of the stability: 2 in RC2
	explicit  bool // the stability was written
}

func parsePlatformVersion(text string) (platformVersion, bool) {
	match := versionInPattern.FindStringSubmatch(text)
	if match == nil {
		return platformVersion{}, false
	}
	v := platformVersion{stability: stable}
	for i, part := range match[1:5] {
		if part != "" {
			v.parts[i], _ = strconv.Atoi(part) // nine digits at most
			v.given = i + 1
		}
	}
	v.explicit = match[5] != ""
	v.number, _ = strconv.Atoi(match[6]) // none is 0
	switch match[5] {
	case "dev":
		v.stability = development
	case "alpha", "a":
		v.stability = alpha
	case "beta", "b":
		v.stability = beta
	case "RC", "rc":
		v.stability = candidate
	case "patch", "pl", "p":
		v.stability = patch
	}
	return v, true
}

func (v platformVersion) compare(w platformVersion) int {
	return cmp.Or(
		slices.Compare(v.parts[:], w.parts[:]),
		cmp.Compare(v.stability, w.stability),
		cmp.Compare(v.number, w.number))
}

// dev is the very first version of these parts: Composer's bounds begin and end there.
func (v platformVersion) dev() platformVersion {
	v.stability, v.number = development, 0
	return v
}

// next is the first version after all that agree with v in their first n parts.
func (v platformVersion) next(n int) platformVersion {
	v.parts[n-1]++
	for i := n; i < len(v.parts); i++ {
		v.parts[i] = 0
	}
	return v.dev()
}

// significant is how many parts a caret keeps: up to the first that is not 0.
func (v platformVersion) significant() int {
	for n := 1; n < v.given && n < 3; n++ {
		if v.parts[n-1] != 0 {
			return n
		}
	}
	return min(v.given, 3)
}
