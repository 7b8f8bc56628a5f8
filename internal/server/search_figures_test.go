package server_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock/internal/sqlstore"
)

// figures compares the answer to an aggregation with what the records have (admin-api.md 5.4).
// It reports whether the reference has a meaning for it.
func (r *reference) figures(t *testing.T, what, name string, criteria, asked map[string]any, answers map[string]map[string]any) bool {
	t.Helper()
	d, _ := r.schema.Definition(name)
	var wrong string
	judged := spoken(func() {
		found, _ := r.matching(d, criteria, false)
		for asked["type"] == "filter" { // the answer stands under the name of what is filtered
			maps.DeleteFunc(found, func(_ string, record map[string]any) bool {
				return r.every(d, record, filtersOf(asked["filter"]), false) != yes
			})
			asked = as[map[string]any](asked["aggregation"])
		}
		chain := []map[string]any{}
		var paths []string
		for at, ok := asked, true; ok; at, ok = at["aggregation"].(map[string]any) {
			chain, paths = append(chain, at), append(paths, as[string](at["field"]))
			if at["type"] != "terms" && at["type"] != "histogram" {
				break // nothing stands in a figure
			}
		}
		var rows [][]spot
		for _, id := range slices.Sorted(maps.Keys(found)) {
			rows = append(rows, r.joined(d, found[id], paths...)...)
		}
		wrong = figured(chain, rows, answers[as[string](asked["name"])])
	})
	if judged && wrong != "" {
		t.Errorf("%s: %s", what, wrong)
	}
	return judged
}

// figured says what is wrong with the answer to the first of a chain of aggregations, each of
// which stands in the one before. The rows are those that its paths lead to.
func figured(chain []map[string]any, rows [][]spot, got map[string]any) string {
	asked := chain[0]
	values := make([]spot, len(rows))
	for i, row := range rows {
		values[i] = row[0]
	}
	differs := func(what string, want any) string {
		have := got[what]
		a, isNumber := number(have)
		b, alsoNumber := number(want)
		if isNumber && alsoNumber && alike(a, b) || have == want {
			return ""
		}
		return fmt.Sprintf("%s of %v is %v, want %v", what, asked["field"], have, want)
	}
	switch kind := asked["type"]; kind {
	case "count":
		different := map[any]bool{}
		for _, at := range values {
			if at.value != nil {
				different[at.group()] = true
			}
		}
		return differs("count", float64(len(different)))
	case "sum", "avg", "min", "max", "stats":
		sum, least, greatest, count := 0.0, any(nil), any(nil), 0.0
		for _, at := range values {
			v := at.compares(at.value)
			if v == nil {
				continue
			}
			if n, ok := v.(float64); ok {
				sum += n
			}
			count++
			if least == nil || valuesCompare(v, least) < 0 {
				least = v
			}
			if greatest == nil || valuesCompare(v, greatest) > 0 {
				greatest = v
			}
		}
		want := map[string]any{"sum": sum, "avg": sum / max(1, count), "min": shownKey(least), "max": shownKey(greatest)}
		if kind != "stats" {
			return differs(kind.(string), want[kind.(string)])
		}
		for _, what := range slices.Sorted(maps.Keys(want)) {
			if wrong := differs(what, want[what]); wrong != "" {
				return wrong
			}
		}
		return ""
	case "range":
		return ranged(asked, values, got)
	case "entity":
		ids := map[string]bool{}
		for _, at := range values {
			if at.value != nil {
				ids[as[string](at.value)] = true
			}
		}
		records, _ := got["entities"].([]any)
		for _, item := range records {
			id := item.(map[string]any)["id"].(string)
			if !ids[id] {
				return fmt.Sprintf("%v leads to no %s", asked["field"], id)
			}
			delete(ids, id)
		}
		if len(ids) > 0 {
			return fmt.Sprintf("%v leads to %v too", asked["field"], ids)
		}
		return ""
	case "terms", "histogram":
		return counted(chain, rows, got)
	}
	panic(unspoken(fmt.Sprint(asked["type"])))
}

// number reads a number, which extremes have as text.
func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case string:
		n, err := strconv.ParseFloat(v, 64)
		return n, err == nil
	}
	return 0, false
}

// shownKey is a value as the text of a key, or of an extreme.
func shownKey(v any) any {
	switch v := v.(type) {
	case nil:
		return nil
	case bool:
		return map[bool]string{true: "1", false: "0"}[v]
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64)
	case time.Time:
		return v.Format("2006-01-02 15:04:05.000")
	}
	return fmt.Sprint(v)
}

func ranged(asked map[string]any, values []spot, got map[string]any) string {
	ranges, _ := got["ranges"].(map[string]any)
	for _, item := range asked["ranges"].([]any) {
		within := item.(map[string]any)
		ends, count := [2]string{"*", "*"}, 0.0
		for i, end := range []string{"from", "to"} {
			if within[end] != nil {
				ends[i] = textOf(within[end])
			}
		}
		key := ends[0] + "-" + ends[1]
		if within["key"] != nil {
			key = textOf(within["key"])
		}
		for _, at := range values {
			n, ok := at.compares(at.value).(float64)
			if ok && (within["from"] == nil || n >= as[float64](within["from"])) && (within["to"] == nil || n < as[float64](within["to"])) {
				count++
			}
		}
		if ranges[key] != count {
			return fmt.Sprintf("range %s of %v has %v, want %v", key, asked["field"], ranges[key], count)
		}
	}
	return ""
}

// bucket is the rows that have one key.
type bucket struct {
	key  string // as it is shown, in the form that spellings of it share
	sort any
	rows [][]spot
	// counted are the rows of its own path: what is nested leads to more.
	counted map[*int]bool
}

// counted judges buckets: their keys, their order, how many rows are in each, and what is
// nested in them.
func counted(chain []map[string]any, rows [][]spot, got map[string]any) string {
	asked := chain[0]
	type told struct { // intervals may be called alike
		key  string
		sort any
	}
	byKey := map[told]*bucket{}
	for _, row := range rows {
		b := bucket{sort: row[0].group()}
		if asked["type"] == "histogram" {
			if b.sort == nil {
				continue
			}
			b.key, b.sort = interval(asked, b.sort.(time.Time))
		} else if b.sort != nil {
			b.key = shownKey(b.sort).(string)
		}
		same := told{b.key, b.sort}
		if byKey[same] == nil {
			byKey[same], b.counted = &b, map[*int]bool{}
		}
		byKey[same].counted[row[0].row] = true
		byKey[same].rows = append(byKey[same].rows, row[1:])
	}
	by, _ := asked["sort"].(map[string]any)
	order, _ := by["order"].(string)
	natural, _ := by["naturalSorting"].(bool)
	want := slices.SortedFunc(maps.Values(byKey), func(a, b *bucket) int {
		c := valuesCompare(a.sort, b.sort)
		direction := 1
		if strings.EqualFold(order, "desc") {
			direction = -1
		}
		switch {
		case by["field"] == "_count":
			return cmp.Or(direction*cmp.Compare(len(a.counted), len(b.counted)), c)
		case natural && asked["type"] == "terms":
			length := func(b *bucket) int {
				if _, ok := b.sort.(folded); !ok && b.sort != nil {
					panic(unspoken("the length of what is no text"))
				}
				return utf8.RuneCountInString(b.key)
			}
			return direction * cmp.Or(cmp.Compare(length(a), length(b)), c)
		}
		return direction * c
	})
	if asked["limit"] != nil && asked["type"] == "terms" {
		want = want[:min(len(want), int(as[float64](asked["limit"])))]
	}
	buckets, _ := got["buckets"].([]any)
	shown := func() string {
		var keys []string
		for _, b := range want {
			keys = append(keys, fmt.Sprintf("%q: %d", b.key, len(b.counted)))
		}
		return fmt.Sprintf("buckets of %v are %v, want %v", asked["field"], buckets, keys)
	}
	if len(buckets) != len(want) {
		return shown()
	}
	for i, item := range buckets {
		have, b := item.(map[string]any), want[i]
		key := have["key"].(string)
		if _, text := b.sort.(folded); text {
			key = sqlstore.Fold(key)
		}
		if key != b.key || have["count"] != float64(len(b.counted)) {
			return shown()
		}
		if len(chain) > 1 {
			nested, _ := have[as[string](chain[1]["name"])].(map[string]any)
			if wrong := figured(chain[1:], b.rows, nested); wrong != "" {
				return fmt.Sprintf("in %q of %v: %s", b.key, asked["field"], wrong)
			}
		}
	}
	return ""
}

// interval is the key of the interval that a moment lies in, and what it is ordered by: what the
// clocks of the zone show when it begins.
func interval(asked map[string]any, at time.Time) (string, any) {
	zone := time.UTC
	if asked["timeZone"] != nil {
		var err error
		if zone, err = time.LoadLocation(as[string](asked["timeZone"])); err != nil {
			panic(unspoken(err.Error()))
		}
	}
	at = at.In(zone)
	year, month, day := at.Date()
	hour, minute := at.Hour(), at.Minute()
	begins := func(month time.Month, day, hour, minute int) time.Time {
		return time.Date(year, month, day, hour, minute, 0, 0, time.UTC)
	}
	shown := "2006-01-02 15:04:05"
	if asked["format"] != nil {
		layout, known := layouts()[as[string](asked["format"])]
		if shown = layout; !known {
			panic(unspoken("a format that Go has no layout for"))
		}
	}
	switch asked["interval"] {
	case "minute":
		at = begins(month, day, hour, minute)
	case "hour":
		at = begins(month, day, hour, 0)
	case "day":
		at = begins(month, day, 0, 0)
	case "week":
		isoYear, week := at.ISOWeek()
		at = begins(month, day-int(at.Weekday()+6)%7, 0, 0)
		if asked["format"] == nil {
			return fmt.Sprintf("%d %02d", isoYear, week), at
		}
	case "month":
		at = begins(month, 1, 0, 0)
	case "quarter":
		quarter := (int(month)-1)/3 + 1
		at = begins(time.Month(3*quarter-2), 1, 0, 0)
		if asked["format"] == nil {
			return fmt.Sprintf("%d %d", year, quarter), at
		}
	case "year":
		at = begins(1, 1, 0, 0)
	default:
		panic(unspoken("an interval"))
	}
	y, m, d := at.Date()
	return time.Date(y, m, d, at.Hour(), at.Minute(), 0, 0, zone).Format(shown), at
}

// layouts are date formats of PHP that intervals are asked for in, as Go writes them.
func layouts() map[string]string {
	return map[string]string{
		"Y-m-d": "2006-01-02", "d.m.y H:i": "02.01.06 15:04", "D, j M": "Mon, 2 Jan", `Y-m-d\TH:i:sP`: "2006-01-02T15:04:05-07:00",
		"l, F": "Monday, January", "g:i a": "3:04 pm", `\Y`: "Y",
	}
}
