package parse

import (
	"slices"
	"strings"
)

// Nearest gives the known names that one who wrote name may have meant: those
// that contain it or are at most a third of its length in edits away, nearest
// first (spec 13).
func Nearest(name string, known []string) []string {
	type near struct {
		name     string
		distance int
	}
	var found []near
	for _, k := range known {
		if len(name)-len(k) > len(name)/3 {
			continue // at least so many edits away
		}
		d := distance(name, k)
		if d <= len(name)/3 || strings.Contains(k, name) {
			found = append(found, near{k, d})
		}
	}
	slices.SortStableFunc(found, func(a, b near) int {
		if a.distance != b.distance {
			return a.distance - b.distance
		}
		return strings.Compare(a.name, b.name)
	})
	names := make([]string, len(found))
	for i, f := range found {
		names[i] = f.name
	}
	return names
}

// distance is the Levenshtein distance in bytes.
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
