package server_test

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
)

// finding is what a search should find.
type finding struct {
	ids    []string // of the page, in its order
	total  int      // by the way to count that was asked for
	scores map[string]float64
}

// finds gives what a search finds; ok is false if the criteria say something that the
// reference has no meaning for.
func (r *reference) finds(name string, criteria map[string]any) (f finding, ok bool) {
	ok = spoken(func() { f = r.found(name, criteria) })
	return f, ok
}

func (r *reference) found(name string, criteria map[string]any) finding {
	d, _ := r.schema.Definition(name)
	matches, scores := r.matching(d, criteria, true)
	ordered := r.ordered(d, matches, scores, criteria)
	if grouping := textsOf(criteria["grouping"]); len(grouping) > 0 {
		ordered = r.oneOfEach(d, matches, ordered, grouping)
	}
	f := finding{ids: ordered, scores: scores, total: len(ordered)}
	if criteria["ids"] != nil {
		return f // page, limit and total-count-mode say nothing (admin-api.md 5.1)
	}
	limit, page := 500, 1
	if criteria["limit"] != nil {
		limit = int(as[float64](criteria["limit"]))
		if criteria["page"] != nil {
			page = int(as[float64](criteria["page"]))
		}
	}
	f.ids = ordered[min(len(ordered), limit*(page-1)):]
	f.ids = f.ids[:min(len(f.ids), limit)]
	switch fmt.Sprint(criteria["total-count-mode"]) {
	case "1", "exact":
	case "2", "next-pages":
		f.total = min(max(0, f.total-limit*(page-1)), limit*6+1)
	default:
		f.total = len(f.ids)
	}
	return f
}

// judge compares what was found.
func (f finding) judge(t *testing.T, what string, total int, records []map[string]any) {
	t.Helper()
	var got []string
	for _, record := range records {
		got = append(got, record["_uniqueIdentifier"].(string))
	}
	if len(f.scores) == 0 && !slices.Equal(got, f.ids) {
		t.Errorf("%s finds %v, want %v", what, got, f.ids)
	}
	if total != f.total {
		t.Errorf("%s: total %d, want %d", what, total, f.total)
	}
	if len(f.scores) == 0 || t.Failed() {
		return
	}
	// Sums of scores differ by how they are added: whoever has as much may stand there.
	if len(got) != len(f.ids) {
		t.Fatalf("%s finds %v, want %v", what, got, f.ids)
	}
	for i, id := range got {
		have, found := f.scores[id]
		if !found || id != f.ids[i] && !alike(have, f.scores[f.ids[i]]) {
			t.Fatalf("%s finds %v, want %v, with scores %v", what, got, f.ids, f.scores)
		}
		extensions, _ := records[i]["extensions"].(map[string]any)
		search, _ := extensions["search"].(map[string]any)
		text, _ := search["_score"].(string)
		if n, err := strconv.ParseFloat(text, 64); err != nil || !alike(n, have) {
			t.Errorf("%s: %s has score %q, want %v", what, id, text, have)
		}
	}
}

// alike says that two numbers are the same but for how they were added up.
func alike(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)+math.Abs(b)) }

// matching are the records that criteria hold for, without order, and what they are worth if
// that counts. Post-filters hold for rows and not for aggregations.
func (r *reference) matching(d *entity.Definition, criteria map[string]any, rows bool) (map[string]map[string]any, map[string]float64) {
	wanted := r.records[d.Name]
	if criteria["ids"] != nil {
		wanted = map[string]map[string]any{}
		for _, id := range textsOf(criteria["ids"]) {
			if record, ok := r.records[d.Name][strings.ToLower(id)]; ok {
				wanted[strings.ToLower(id)] = record
			}
		}
	}
	lists := [][]any{filtersOf(criteria["filter"])}
	if rows {
		lists = append(lists, filtersOf(criteria["post-filter"]))
	}
	worth := r.worth(d, criteria)
	found, scores := map[string]map[string]any{}, map[string]float64{}
	for id, record := range wanted {
		holds := yes
		for _, filters := range lists {
			holds = min(holds, r.every(d, record, filters, false))
		}
		if holds != yes {
			continue
		}
		if worth != nil {
			if scores[id] = worth(record); scores[id] <= 0 {
				delete(scores, id)
				continue
			}
		}
		found[id] = record
	}
	return found, scores
}

// worth is what a record is worth to the queries and the term (admin-api.md 5.5); nil if there
// are none.
func (r *reference) worth(d *entity.Definition, criteria map[string]any) func(map[string]any) float64 {
	term := ""
	if criteria["term"] != nil {
		term = strings.TrimSpace(as[string](criteria["term"]))
	}
	queries, _ := criteria["query"].([]any)
	if term == "" && len(queries) == 0 {
		return nil
	}
	return func(record map[string]any) float64 {
		sum := 0.0
		for _, item := range queries {
			sum += r.worthOfQuery(d, record, item.(map[string]any))
		}
		if term != "" {
			sum += r.worthOfTerm(d, record, term)
		}
		return sum
	}
}

func (r *reference) worthOfQuery(d *entity.Definition, record, query map[string]any) float64 {
	score := 1.0
	if query["score"] != nil {
		score = as[float64](query["score"])
	}
	if r.every(d, record, []any{query["query"]}, false) != yes {
		return 0
	}
	if query["scoreField"] != nil {
		at := r.follow(d, record, as[string](query["scoreField"]))
		if times, ok := at.compares(at.value).(float64); ok {
			return score * times
		}
	}
	return score
}

// worthOfTerm looks for a term as a whole, and for each of its words, in what the entity is
// searched by.
func (r *reference) worthOfTerm(d *entity.Definition, record map[string]any, term string) float64 {
	const words = 6 // that count
	sum := 0.0
	for _, path := range slices.Sorted(maps.Keys(r.searched(d))) {
		weight := r.searched(d)[path]
		sum += r.worthOfText(d, record, path, term, weight)
		parts := strings.Fields(term)
		if len(parts) == 1 || strings.HasSuffix(path, "Number") {
			continue
		}
		for _, word := range parts[:min(len(parts), words)] {
			share := float64(utf8.RuneCountInString(word)) / float64(utf8.RuneCountInString(term))
			sum += r.worthOfText(d, record, path, word, weight*share)
		}
	}
	return sum
}

// worthOfText gives a weight to who equals a text, and half of it to who contains it.
func (r *reference) worthOfText(d *entity.Definition, record map[string]any, path, text string, weight float64) (sum float64) {
	for kind, share := range map[string]float64{"equals": 1, "contains": 0.5} {
		if r.every(d, record, []any{map[string]any{"type": kind, "field": path, "value": text}}, false) == yes {
			sum += weight * share
		}
	}
	return sum
}

// searched are the paths that a term is looked for in, with their weights.
func (r *reference) searched(d *entity.Definition) map[string]float64 {
	const low = 80
	found := map[string]float64{}
	add := func(way string, d *entity.Definition, times float64) {
		for _, f := range d.Fields {
			if f.Rank == 0 {
				continue
			}
			if !isText(f) {
				panic(unspoken("a term in what is no text"))
			}
			found[way+f.Name] = f.Rank * times
		}
	}
	add("", d, 1)
	for _, a := range d.Associations {
		if target, ok := r.schema.Definition(a.Target); ok && a.Rank > 0 {
			add(a.Name+".", target, a.Rank)
		}
	}
	for _, translated := range []bool{true, false} {
		if len(found) > 0 {
			break
		}
		for _, f := range d.Fields {
			if isText(f) && !f.Hidden && !f.Runtime && (f.Translated || !translated) {
				found[f.Name] = low
			}
		}
	}
	return found
}

func isText(f entity.Field) bool {
	return f.Type == entity.String || f.Type == entity.Text || f.Type == entity.Email
}

// ordered are the ids of records in the order that is asked for, which always ends with the id.
func (r *reference) ordered(d *entity.Definition, found map[string]map[string]any, scores map[string]float64, criteria map[string]any) []string {
	sorts := sortsOf(criteria["sort"])
	if len(sorts) == 0 {
		switch {
		case r.worth(d, criteria) != nil:
			sorts = []any{map[string]any{"field": "_score", "order": "desc"}}
		case criteria["ids"] != nil:
			given := textsOf(criteria["ids"])
			place := func(id string) int {
				return slices.IndexFunc(given, func(one string) bool { return strings.EqualFold(one, id) })
			}
			return slices.SortedFunc(maps.Keys(found), func(a, b string) int { return cmp.Compare(place(a), place(b)) })
		}
	}
	keys := make(map[string][]any, len(found))
	var directions []bool
	by := func(descending bool, key func(id string) []any) {
		width := len(directions)
		for id := range found {
			keys[id] = append(keys[id], key(id)...)
			width = len(keys[id])
		}
		for len(directions) < width {
			directions = append(directions, descending)
		}
	}
	for _, item := range sorts {
		s := item.(map[string]any)
		natural, _ := s["naturalSorting"].(bool)
		order, _ := s["order"].(string)
		descending, field := strings.EqualFold(order, "desc"), as[string](s["field"])
		switch {
		case field == "_score":
			by(descending, func(id string) []any { return []any{scores[id]} })
		case s["type"] == "count":
			by(descending, func(id string) []any { return []any{r.counted(d, found[id], field)} })
		default:
			by(descending, func(id string) []any { return r.sortKeys(d, found[id], field, descending, natural) })
		}
	}
	if len(sorts) == 0 {
		for _, field := range []string{"autoIncrement", "createdAt"} {
			if f, ok := d.Field(field); ok {
				by(false, func(id string) []any { return []any{valueOf(f, found[id][field])} })
				break
			}
		}
	}
	return slices.SortedFunc(maps.Keys(found), func(a, b string) int {
		for i, descending := range directions {
			c := valuesCompare(keys[a][i], keys[b][i])
			if descending {
				c = -c
			}
			if c != 0 {
				return c
			}
		}
		return cmp.Compare(a, b)
	})
}

// sortKeys are what a record is ordered by: of many rows the least value, or the greatest if
// the order descends.
func (r *reference) sortKeys(d *entity.Definition, record map[string]any, path string, descending, natural bool) []any {
	at := r.follow(d, record, path)
	if !at.many {
		return at.sortKeys(natural)
	}
	var best []any
	for _, row := range at.rows {
		keys := r.sortKeys(at.of, row, at.rest, descending, natural)
		if best == nil {
			best = keys
			continue
		}
		for i, key := range keys { // each column on its own, and null is no value
			c := valuesCompare(key, best[i])
			if key != nil && (best[i] == nil || descending == (c > 0) && c != 0) {
				best[i] = key
			}
		}
	}
	if best == nil {
		best = []any{nil, nil, nil}
	}
	return best
}

func (at spot) sortKeys(natural bool) []any {
	keys := []any{nil, nil, nil}
	switch {
	case at.inside != "": // numbers stand behind all else
		if at.value == nil {
			return keys
		}
		if flag, ok := at.value.(bool); ok {
			at.value = strconv.FormatBool(flag)
		}
		text := sqlstore.Fold(textOf(at.value))
		if number, ok := at.value.(float64); ok {
			keys[1] = number
		}
		keys[2] = folded(text)
		if natural {
			keys[0] = float64(utf8.RuneCountInString(text))
		}
		return keys
	case at.field.Type.Structured() && at.field.Type != entity.Prices:
		panic(unspoken("the order of documents"))
	}
	if keys[1] = valueOf(at.field, at.value); !natural || keys[1] == nil {
		return keys
	}
	text, ok := keys[1].(folded)
	if !ok {
		panic(unspoken("the length of what is no text"))
	}
	keys[0] = float64(utf8.RuneCountInString(string(text)))
	return keys
}

// counted is the number of values that a path leads to.
func (r *reference) counted(d *entity.Definition, record map[string]any, path string) float64 {
	at := r.follow(d, record, path)
	if !at.many {
		return map[bool]float64{true: 1}[at.value != nil]
	}
	sum := 0.0
	for _, row := range at.rows {
		sum += r.counted(at.of, row, at.rest)
	}
	return sum
}

// sortsOf reads a list of sortings or "-name,stock".
func sortsOf(v any) []any {
	text, ok := v.(string)
	if !ok {
		list, _ := v.([]any)
		return list
	}
	var sorts []any
	for part := range strings.SplitSeq(text, ",") {
		field, descending := strings.CutPrefix(strings.TrimSpace(part), "-")
		sorts = append(sorts, map[string]any{"field": field, "order": map[bool]string{true: "desc"}[descending]})
	}
	return sorts
}

// oneOfEach keeps the first record of each combination of values that paths lead to. A record
// that leads to several stands for all of them.
func (r *reference) oneOfEach(d *entity.Definition, found map[string]map[string]any, ordered, paths []string) (kept []string) {
	seen := map[string]bool{}
	for _, id := range ordered {
		first := false
		for _, row := range r.joined(d, found[id], paths...) {
			key := ""
			for _, at := range row {
				key += fmt.Sprintf("%T %v\x00", at.group(), at.group())
			}
			first = first || !seen[key]
			seen[key] = true
		}
		if first {
			kept = append(kept, id)
		}
	}
	return kept
}

// group is what records have in common that have the same value.
func (at spot) group() any {
	switch {
	case at.inside != "" && at.value != nil:
		if flag, ok := at.value.(bool); ok {
			return strconv.FormatBool(flag)
		}
		return textOf(at.value)
	case at.inside == "" && at.field.Type.Structured() && at.field.Type != entity.Prices || at.field.Type == entity.Text:
		panic(unspoken("groups of documents and long texts"))
	}
	return at.compares(at.value)
}
