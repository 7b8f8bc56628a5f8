// Package similar finds the name that a misspelt one probably means.
package similar

import (
	"iter"
	"strings"
	"unicode/utf8"
)

// Closest returns the candidate that is closest to name, the first by the alphabet of those
// equally close; empty when none is close.
func Closest(name string, candidates iter.Seq[string]) string {
	limit := 2 // one fault in a short name, two in a longer one, a third of a long one
	if length := utf8.RuneCountInString(name); length > 3 {
		limit = max(2, length/3) + 1
	}
	closest, best := "", limit
	for candidate := range candidates {
		if strings.EqualFold(candidate, name) {
			return candidate
		}
		if d := distance(name, candidate, limit); d < best || d == best && closest != "" && candidate < closest {
			closest, best = candidate, d
		}
	}
	return closest
}

// distance is the number of characters to insert, remove, replace or swap with
// the next one that turn a into b, or limit when it takes that many or more.
func distance(a, b string, limit int) int {
	if difference := len(a) - len(b); difference >= 4*limit || -difference >= 4*limit {
		return limit // even if all characters that differ have four bytes
	}
	from, to := []rune(a), []rune(b)
	if difference := len(from) - len(to); difference >= limit || -difference >= limit {
		return limit
	}
	before, previous, current := make([]int, len(to)+1), make([]int, len(to)+1), make([]int, len(to)+1)
	for j := range previous {
		previous[j] = j
	}
	for i := 1; i <= len(from); i++ {
		current[0] = i
		least := i
		for j := 1; j <= len(to); j++ {
			cost := 1
			if from[i-1] == to[j-1] {
				cost = 0
			}
			current[j] = min(previous[j]+1, current[j-1]+1, previous[j-1]+cost)
			if i > 1 && j > 1 && from[i-1] == to[j-2] && from[i-2] == to[j-1] {
				current[j] = min(current[j], before[j-2]+1)
			}
			least = min(least, current[j])
		}
		if least >= limit {
			return limit
		}
		before, previous, current = previous, current, before
	}
	return min(previous[len(to)], limit)
}
