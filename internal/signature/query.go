package signature

import (
	"cmp"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/appdock/appdock/protocol"
)

// order of the parameters that hosts add (protocol-signing.md 3).
var order = []string{
	"shop-id", "shop-url", "timestamp", "sw-version", "app-version", "in-app-purchases", "sw-context-language", "sw-user-language", "sw-user-id",
}

// step is one way to change the parts of a query.
type step struct {
	change Change
	do     func(parts []string) []string
}

// queries yields what the query may have been, the fewest changes first.
func queries(captured []byte) iter.Seq2[[]byte, []Change] {
	return func(yield func([]byte, []Change) bool) {
		type variant struct {
			text    string
			changes []Change
		}
		var parts []string
		if len(captured) > 0 {
			parts = strings.Split(string(captured), "&")
		}
		list := []variant{{string(captured), nil}}
		seen := map[string]bool{string(captured): true}
		for _, steps := range [][]step{dropping(parts), encodings(), orders(), addresses()} {
			for _, v := range slices.Clone(list) {
				if len(v.changes) == maxChanges {
					continue
				}
				for _, s := range steps {
					var now []string
					if v.text != "" {
						now = strings.Split(v.text, "&")
					}
					text := strings.Join(s.do(now), "&")
					if !seen[text] {
						seen[text] = true
						list = append(list, variant{text, append(slices.Clone(v.changes), s.change)})
					}
				}
			}
		}
		slices.SortStableFunc(list, func(a, b variant) int { return cmp.Compare(len(a.changes), len(b.changes)) })
		for _, v := range list {
			if !yield([]byte(v.text), v.changes) {
				return
			}
		}
	}
}

func each(f func(name, value string, assigned bool) string) func([]string) []string {
	return func(parts []string) []string {
		out := make([]string, len(parts))
		for i, part := range parts {
			name, value, assigned := strings.Cut(part, "=")
			out[i] = f(name, value, assigned)
		}
		return out
	}
}

// encodings are the ways in which libraries write the same values.
func encodings() []step {
	change := Change{"query.encoding", "the query was decoded and encoded again: hash the raw query"}
	raw := func(decode func(string) (string, error), own, flags, plus bool) step {
		return step{change, each(func(name, value string, assigned bool) string {
			if !own && !slices.Contains(order, name) {
				return name + strings.Repeat("=", count(assigned)) + value
			}
			if flags && value == "" && !slices.Contains(order, name) {
				return name
			}
			decoded, err := decode(value)
			if err != nil || !assigned {
				return name + strings.Repeat("=", count(assigned)) + value
			}
			text := protocol.Query("", []protocol.Param{{Name: name, Value: decoded}})
			if plus {
				text = strings.ReplaceAll(text, "%20", "+")
			}
			return text
		})}
	}
	whole := func(f func(string) string) step {
		return step{change, each(func(name, value string, assigned bool) string {
			if !assigned {
				return name
			}
			return name + "=" + f(value)
		})}
	}
	var list []step
	for _, decode := range []func(string) (string, error){url.QueryUnescape, url.PathUnescape} {
		list = append(list,
			raw(decode, false, false, false), raw(decode, true, false, false), raw(decode, true, true, false), raw(decode, true, false, true), raw(decode, true, true, true))
	}
	list = append(list,
		step{change, each(func(name, value string, _ bool) string { // protocol: a flag without "="
			if value == "" && !slices.Contains(order, name) {
				return name
			}
			return name + "=" + value
		})},
		whole(func(v string) string { return strings.ReplaceAll(v, "%20", "+") }),
		whole(func(v string) string { return strings.ReplaceAll(v, "+", "%20") }),
		whole(func(v string) string { return url.QueryEscape(unescaped(v)) }),
		whole(func(v string) string { return strings.ReplaceAll(url.QueryEscape(unescaped(v)), "+", "%20") }),
		whole(unescaped),
		whole(func(v string) string { return escapes(v, strings.ToUpper) }),
		whole(func(v string) string { return escapes(v, strings.ToLower) }),
		step{change, each(func(name, value string, _ bool) string { return name + "=" + value })},
	)
	return list
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

func unescaped(v string) string {
	if decoded, err := url.QueryUnescape(v); err == nil {
		return decoded
	}
	return v
}

// escapes changes the case of percent escapes.
func escapes(v string, to func(string) string) string {
	b := []byte(v)
	for i := 0; i+2 < len(b); i++ {
		if b[i] == '%' {
			copy(b[i+1:i+3], to(string(b[i+1:i+3])))
		}
	}
	return string(b)
}

// orders puts parameters back where hosts have them, or where a sorting library puts them.
func orders() []step {
	byHost := func(own int) func([]string) []string {
		return func(parts []string) []string {
			rank := func(part string) int {
				name, _, _ := strings.Cut(part, "=")
				return slices.Index(order, name) // -1: the app's own, in front
			}
			parts = slices.Clone(parts)
			if own != 0 {
				slices.SortFunc(parts, func(a, b string) int { return own * cmp.Compare(a, b) })
			}
			slices.SortStableFunc(parts, func(a, b string) int { return cmp.Compare(rank(a), rank(b)) })
			return parts
		}
	}
	change := Change{"query.order", "the parameters were sorted or moved: keep them in the order in which they came"}
	return []step{
		{change, byHost(0)},
		{change, byHost(1)},
		{change, byHost(-1)},
		{change, func(parts []string) []string { return slices.Sorted(slices.Values(parts)) }},
	}
}

// maxChanges is how many changes of a query are tried together: what a library does in one
// go, such as sorting and encoding. All of them would be hundreds of thousands of texts.
const maxChanges = 2

// maxParts is how many parameters are tried for one that was added or dropped.
const maxParts = 40

// maxPaired is how many parameters a query may have for two of them to be tried at once:
// the hosts' own and some of the app's.
const maxPaired = 16

// dropping takes out up to two parameters that something on the way added, and puts back
// the empty ones that something dropped. A value that was dropped cannot be known.
func dropping(parts []string) []step {
	added := Change{"query.parameter_added", "a parameter was added after the query was signed"}
	dropped := Change{"query.parameter_dropped", "an empty parameter was dropped after the query was signed"}
	var list []step
	for i := range min(len(parts), maxParts) {
		list = append(list, step{added, func(p []string) []string { return slices.Delete(slices.Clone(p), i, i+1) }})
		for j := i + 1; j < len(parts) && len(parts) <= maxPaired; j++ {
			list = append(list, step{added, func(p []string) []string {
				p = slices.Delete(slices.Clone(p), j, j+1)
				return slices.Delete(p, i, i+1)
			}})
		}
	}
	for i := range min(len(parts), maxParts) + 1 {
		for _, names := range [][]string{{"in-app-purchases="}, {"sw-user-id="}} {
			list = append(list, step{dropped, func(p []string) []string { return slices.Insert(slices.Clone(p), i, names...) }})
		}
	}
	return list
}

// addresses undoes what URL libraries do to the address of a shop.
func addresses() []step {
	change := Change{"url.normalised", "the shop's address was normalised: its bytes are part of what is signed"}
	shopURL := func(f func(string) string) step {
		return step{change, each(func(name, value string, assigned bool) string {
			if name == "shop-url" {
				value = f(value)
			}
			return name + strings.Repeat("=", count(assigned)) + value
		})}
	}
	var list []step
	for _, f := range normalisations() {
		list = append(list, shopURL(f))
	}
	return list
}

// normalisations are the ways back from, and to, a normalised address.
func normalisations() []func(string) string {
	port := func(v string) string {
		scheme, rest, ok := strings.Cut(v, "://")
		if !ok {
			return v
		}
		host, path, slash := strings.Cut(rest, "/")
		port := map[string]string{"http": ":80", "https": ":443"}[scheme]
		if bare, had := strings.CutSuffix(host, port); had {
			host = bare
		} else if !strings.Contains(host, ":") {
			host += port
		}
		return scheme + "://" + host + strings.Repeat("/", count(slash)) + path
	}
	return []func(string) string{
		func(v string) string { return strings.TrimSuffix(v, "/") },
		func(v string) string { return v + "/" },
		port,
		func(v string) string { return port(strings.TrimSuffix(v, "/")) },
		func(v string) string { return port(v + "/") },
		strings.ToLower,
	}
}
