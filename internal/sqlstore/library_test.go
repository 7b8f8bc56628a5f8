package sqlstore_test

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// The tests speak of a library: books with drafts, publishers and reviews. It has a field
// of each kind and associations of each kind.

func library(tb testing.TB) *entity.Schema {
	tb.Helper()
	field := func(name string, t entity.Type) entity.Field { return entity.Field{Name: name, Type: t} }
	folded := func(name string) entity.Field { return entity.Field{Name: name, Type: entity.String, Fold: true} }
	key := func(name, target string) entity.Field {
		return entity.Field{Name: name, Type: entity.UUID, Target: target}
	}
	created, updated := field("createdAt", entity.DateTime), field("updatedAt", entity.DateTime)
	s, err := entity.NewSchema(
		entity.Definition{
			Name:      "book",
			Versioned: true,
			Fields: []entity.Field{
				field("id", entity.UUID), field("versionId", entity.Version), field("autoIncrement", entity.Int),
				folded("title"), folded("isbn"), field("notes", entity.Text), field("stock", entity.Int), field("weight", entity.Float),
				field("lent", entity.Bool), field("printedAt", entity.DateTime), field("tags", entity.Strings), field("shelfIds", entity.IDs),
				field("customFields", entity.Object), field("price", entity.Prices), field("cover", entity.Blob),
				key("publisherId", "publisher"), field("publisherVersionId", entity.Version),
				{Name: "age", Type: entity.Int, Runtime: true},
				created, updated,
			},
			Associations: []entity.Association{
				{Name: "publisher", Kind: entity.ToOne, Target: "publisher", Via: "publisherId"},
				{Name: "reviews", Kind: entity.HasMany, Target: "review", Via: "bookId"},
				{Name: "summary", Kind: entity.HasOne, Target: "summary", Via: "bookId"},
				{Name: "films", Kind: entity.HasMany, Target: "film"},
			},
			Unique: []entity.Unique{{Fields: []string{"isbn"}, Code: "ISBN_TAKEN"}},
		},
		entity.Definition{
			Name:   "publisher",
			Fields: []entity.Field{field("id", entity.UUID), folded("name"), field("cityName", entity.String), created, updated},
			Associations: []entity.Association{
				{Name: "books", Kind: entity.HasMany, Target: "book", Via: "publisherId"},
			},
		},
		entity.Definition{
			Name:      "review",
			Versioned: true,
			Fields:    []entity.Field{field("id", entity.UUID), key("bookId", "book"), field("stars", entity.Int), folded("by"), created, updated},
			Associations: []entity.Association{
				{Name: "book", Kind: entity.ToOne, Target: "book", Via: "bookId"},
			},
		},
		entity.Definition{
			Name:      "summary",
			Versioned: true,
			Fields:    []entity.Field{field("id", entity.UUID), key("bookId", "book"), field("pages", entity.Int)},
		},
		entity.Definition{Name: "shelf", Derived: true, Fields: []entity.Field{field("id", entity.UUID)}},
	)
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

func id(name string) appdock.ID {
	sum := sha256.Sum256([]byte(name))
	var id appdock.ID
	copy(id[:], sum[:])
	return id
}

var printed = time.Date(1999, 12, 31, 23, 59, 59, int(123*time.Millisecond), time.UTC)

// books are the rows of a library; the other shop has those that look like them.
func books() []entity.Change {
	insert := func(name string, set map[string]any) entity.Change {
		return entity.Change{Entity: entityOf(name), Kind: entity.Inserted, ID: id(name), Set: set}
	}
	price := func(gross, net float64) json.RawMessage {
		return json.RawMessage(fmt.Sprintf(`[{"currencyId":"%s","gross":1,"net":1},{"currencyId":"%s","gross":%v,"net":%v}]`,
			id("other currency"), appdock.DefaultCurrency, gross, net))
	}
	return []entity.Change{
		insert("publisher/north", map[string]any{"name": "Nördlich & Söhne", "cityName": "Oslo"}),
		insert("publisher/south", map[string]any{"name": "South", "cityName": "ROME"}),
		insert("book/a", map[string]any{
			"title": "Élan vital", "isbn": "111", "notes": "50% off_now", "stock": int64(1), "weight": 0.5, "lent": true, "printedAt": printed,
			"tags": json.RawMessage(`["red","Blue"]`), "shelfIds": json.RawMessage(`["` + id("shelf").String() + `"]`),
			"customFields": json.RawMessage(`{"color":"Red","size":5,"done":true,"day":"2020-01-01T00:00:00.000+00:00","deep":{"x":"y"}}`),
			"price":        price(10, 8), "cover": []byte{0, 1}, "publisherId": id("publisher/north"), "createdAt": printed,
		}),
		insert("book/b", map[string]any{
			"title": "Straße", "isbn": "222", "notes": "50 Öff ñow", "stock": int64(2), "weight": 1.5, "lent": false, "printedAt": printed.Add(time.Hour),
			"tags": json.RawMessage(`["red"]`), "customFields": json.RawMessage(`{"color":"blue","size":15,"done":false}`),
			"price": price(20, 16), "publisherId": id("publisher/north"), "createdAt": printed,
		}),
		insert("book/c", map[string]any{
			"title": "ﬁnal 100%", "isbn": "333", "stock": int64(3), "lent": false, "tags": json.RawMessage(`[]`),
			"customFields": json.RawMessage(`{"color":null,"size":"7"}`), "publisherId": id("publisher/south"), "createdAt": printed,
		}),
		insert("book/d", map[string]any{"title": "zebra", "isbn": "444", "stock": int64(10), "createdAt": printed}),
		insert("book/e", map[string]any{"isbn": "5"}),
		insert("review/a1", map[string]any{"bookId": id("book/a"), "stars": int64(1), "by": "Ann"}),
		insert("review/a2", map[string]any{"bookId": id("book/a"), "stars": int64(5), "by": "Bob"}),
		insert("review/b1", map[string]any{"bookId": id("book/b"), "stars": int64(5), "by": "Ann"}),
		insert("review/c1", map[string]any{"bookId": id("book/c"), "stars": int64(3), "by": nil}),
		insert("review/none", map[string]any{"bookId": nil, "stars": int64(5), "by": "Zoe"}),
		insert("summary/a", map[string]any{"bookId": id("book/a"), "pages": int64(100)}),
	}
}

func entityOf(name string) string {
	for i, r := range name {
		if r == '/' {
			return name[:i]
		}
	}
	return name
}

func is(field string, values ...any) entity.Filter {
	return entity.Filter{Kind: entity.Equals, Field: field, Values: values}
}

func any1(field string, values ...any) entity.Filter {
	return entity.Filter{Kind: entity.EqualsAny, Field: field, Values: values}
}

func text(kind entity.FilterKind, field, value string) entity.Filter {
	return entity.Filter{Kind: kind, Field: field, Values: []any{value}}
}

func within(field string, b entity.Bounds) entity.Filter {
	return entity.Filter{Kind: entity.Range, Field: field, Bounds: b}
}

func group(kind entity.FilterKind, queries ...entity.Filter) entity.Filter {
	return entity.Filter{Kind: kind, Queries: queries}
}

// question is what is asked of the library, and the books that are the answer.
type question struct {
	filters  []entity.Filter
	sort     []entity.Sort
	queries  []entity.Query
	grouping []string
	want     string // the last letters of the ids, in order
}

// questions have their sources in admin-api.md 5.2 and 5.3.
func questions() map[string]question {
	one := func(f entity.Filter, want string) question { return question{filters: []entity.Filter{f}, want: want} }
	sorted := func(want string, sort ...entity.Sort) question { return question{sort: sort, want: want} }
	return map[string]question{
		"everything in the order it was made":       {want: "abcde"},
		"equals ignores accents and case":           one(is("title", "ELAN VITAL"), "a"),
		"equals takes ß for ss":                     one(is("title", "strasse"), "b"),
		"equals takes ligatures apart":              one(is("title", "FINAL 100%"), "c"),
		"equals with the name of the entity before": one(is("book.title", "zebra"), "d"),

		"equals a long text, whatever its case":         one(is("notes", "50% OFF_NOW"), "a"),
		"contains in a long text, whatever the accents": one(text(entity.Contains, "notes", "öff Ñow"), "b"),
		"a custom field, whatever the accents":          one(is("customFields.color", "RÉD"), "a"),
		"equals none of long texts":                     one(group(entity.Nand, any1("notes", "50% OFF_NOW", "x")), "b"),
		"a long text behind another, whatever its case": one(within("notes", entity.Bounds{GT: "50 OFF"}), "ab"),

		"equals null":             one(is("title", nil), "e"),
		"equals an id":            one(is("id", id("book/b")), "b"),
		"equals a key":            one(is("publisherId", id("publisher/south")), "c"),
		"equals a truth value":    one(is("lent", false), "bc"),
		"equals a moment":         one(is("printedAt", printed), "a"),
		"equals the live version": one(is("versionId", appdock.LiveVersion), "abcde"),

		"equals the version of what a key leads to": one(is("publisherVersionId", appdock.LiveVersion), "abcde"),
		"equals any":                                        one(any1("stock", int64(2), int64(10), int64(99)), "bd"),
		"equals any folded text":                            one(any1("title", "ZEBRA", "STRASSE"), "bd"),
		"equals any or null":                                one(any1("title", "ZEBRA", nil), "de"),
		"equals none of":                                    one(group(entity.Nand, any1("title", "ZEBRA", "STRASSE")), "ac"),
		"equals none of, as one value":                      one(group(entity.Nand, any1("title", "ZEBRA")), "abc"),
		"equals none of, each by itself":                    one(group(entity.Nor, is("title", "ZEBRA"), is("title", "STRASSE")), "ace"),
		"equals none of what it leads to":                   one(group(entity.Nand, any1("publisher.name", "SOUTH", "NORDLICH & SOHNE")), ""),
		"not twice equals any":                              one(group(entity.Nand, group(entity.Nor, any1("title", "ZEBRA", "STRASSE"))), "bd"),
		"no row of it equals any":                           one(group(entity.Nand, any1("reviews.by", "Bob", "Zoe")), "bcde"),
		"equals none of, nor null":                          one(group(entity.Nand, any1("title", "ZEBRA", "STRASSE", nil)), "ac"),
		"equals any key":                                    one(any1("publisherId", id("publisher/south"), id("nobody")), "c"),
		"equals any moment":                                 one(any1("printedAt", printed, printed.Add(1)), "a"),
		"equals any of true and false":                      one(any1("lent", true, false), "abc"),
		"equals any fraction":                               one(any1("weight", 0.5, 0.1), "a"),
		"equals the id that nobody has":                     one(is("publisherId", appdock.ID{}), ""),
		"not the id that nobody has":                        one(group(entity.Nand, any1("publisherId", appdock.ID{}, id("publisher/south"))), "ab"),
		"not any of the ids that nobody has":                one(group(entity.Nand, any1("publisherId", appdock.ID{})), "abc"),
		"a list has none of the values":                     one(group(entity.Nand, any1("tags", "Blue", "green")), "bc"),
		"a list has not the value":                          one(group(entity.Nand, is("tags", "Blue")), "bcde"),
		"a list has a value":                                one(is("tags", "red"), "ab"),
		"a list has one of the values":                      one(any1("tags", "Blue", "green"), "a"),
		"a list of ids has an id":                           one(is("shelfIds", id("shelf")), "a"),
		"a list has only the values, or nothing":            one(entity.Filter{Kind: entity.Within, Field: "tags", Values: []any{"red"}}, "bcde"),
		"a list has only some of the values":                one(entity.Filter{Kind: entity.Within, Field: "tags", Values: []any{"Blue", "green", "red"}}, "abcde"),
		"a list has only what begins so":                    one(entity.Filter{Kind: entity.Within, Field: "tags", Values: []any{entity.Beginning("re")}}, "bcde"),
		"a list has only some of the values, or begins so":  one(entity.Filter{Kind: entity.Within, Field: "tags", Values: []any{"Blue", "green", entity.Beginning("re")}}, "abcde"),
		"a list has nothing":                                one(entity.Filter{Kind: entity.Within, Field: "tags"}, "cde"),
		"a list is null":                                    one(is("tags", nil), "de"),
		"contains takes wildcards for letters":              one(text(entity.Contains, "notes", "0% OFF_"), "a"),
		"contains takes an underscore for itself":           one(text(entity.Contains, "title", "_"), ""),
		"contains takes a backslash for itself":             one(text(entity.Contains, "title", `\`), ""),
		"prefix":                                            one(text(entity.Prefix, "title", "éL"), "a"),
		"suffix":                                            one(text(entity.Suffix, "title", "0%"), "c"),
		"contains in a number":                              one(text(entity.Contains, "stock", "0"), "d"),
		"contains in an id":                                 one(text(entity.Contains, "id", id("book/b").String()[3:20]), "b"),
		"range":                                             one(within("stock", entity.Bounds{GTE: int64(2), LT: int64(10)}), "bc"),
		"range, the strict bounds win":                      one(within("stock", entity.Bounds{GT: int64(2), GTE: int64(1), LT: int64(10), LTE: int64(10)}), "c"),
		"range of moments":                                  one(within("printedAt", entity.Bounds{GT: printed}), "b"),
		"range of texts":                                    one(within("title", entity.Bounds{GTE: "STR"}), "bd"),
		"a record it leads to":                              one(is("publisher.name", "NORDLICH & SOHNE"), "ab"),
		"a text without a folded twin":                      one(is("publisher.cityName", "ROME"), "c"),
		"contains in a text without a folded twin":          one(text(entity.Contains, "publisher.cityName", "rom"), "c"),
		"a record it leads to is not there":                 one(is("publisher.name", nil), "de"),
		"the one row that leads here":                       one(is("summary.pages", int64(100)), "a"),
		"the one row that leads here is not there":          one(is("summary.pages", nil), "bcde"),
		"there is a row":                                    one(is("reviews.stars", int64(5)), "ab"),
		"there is a row, found by its key":                  one(is("reviews.id", id("review/a1")), "a"),
		"two filters of a group mean the same row":          {filters: []entity.Filter{is("reviews.stars", int64(5)), is("reviews.by", "ann")}, want: "b"},
		"two groups may mean two rows":                      {filters: []entity.Filter{group(entity.And, is("reviews.stars", int64(5))), group(entity.And, is("reviews.by", "ann"))}, want: "ab"},
		"or over rows":                                      one(group(entity.Or, is("reviews.stars", int64(3)), is("title", "zebra")), "cd"),
		"not over rows leaves out who has such a row":       one(group(entity.Nand, is("reviews.stars", int64(5))), "cde"),
		"not over rows found by their key":                  one(group(entity.Nand, is("reviews.id", id("review/a1"))), "bcde"),
		"rows of what it leads to":                          one(is("publisher.books.stock", int64(1)), "ab"),
		"rows, and what these lead to":                      one(is("reviews.book.title", "strasse"), "b"),
		"not equals has those without a value":              one(group(entity.Nand, is("title", "zebra")), "abce"),
		"not equals null":                                   one(group(entity.Nand, is("title", nil)), "abcd"),
		"not contains has only those with a value":          one(group(entity.Nand, text(entity.Contains, "title", "e")), "c"),
		"neither nor":                                       one(group(entity.Nor, is("stock", int64(1)), is("title", "zebra")), "bce"),
		"not both":                                          one(group(entity.Nand, is("lent", false), is("stock", int64(2))), "acde"),
		"twice not":                                         one(group(entity.Nand, group(entity.Nor, is("title", "zebra"))), "d"),
		"no row has both":                                   one(group(entity.Nand, is("reviews.stars", int64(5)), is("reviews.by", "ann")), "acde"),
		"no row has either":                                 one(group(entity.Nor, is("reviews.stars", int64(3)), is("reviews.by", "bob")), "bde"),
		"a row without a value":                             one(is("reviews.by", nil), "c"),
		"no row without a value":                            one(group(entity.Nand, is("reviews.by", nil)), "abde"),
		"no row has a part of it":                           one(group(entity.Nand, text(entity.Contains, "reviews.by", "O")), "bcde"),
		"no row is in the range":                            one(group(entity.Nand, within("reviews.stars", entity.Bounds{GT: int64(3)})), "cde"),
		"twice no row":                                      one(group(entity.Nand, group(entity.Nand, is("reviews.stars", int64(5)))), "ab"),
		"neither a row nor a value":                         one(group(entity.Nor, is("reviews.by", "ann"), is("title", "zebra")), "ce"),
		"not a part of what it leads to":                    one(group(entity.Nand, text(entity.Contains, "publisher.name", "SOUTH")), "ab"),
		"neither a part, nor a value":                       one(group(entity.Nor, text(entity.Contains, "title", "e"), is("stock", int64(10))), "c"),
		"not both, where one is unknown and one is not so":  one(group(entity.Nand, text(entity.Contains, "title", "e"), is("stock", int64(10))), "abce"),
		"not in the range of what it leads to":              one(group(entity.Nand, within("summary.pages", entity.Bounds{LT: int64(50)})), "a"),
		"neither in a row nor in what it leads to":          one(group(entity.Nor, is("reviews.stars", int64(5)), text(entity.Prefix, "publisher.name", "no")), "c"),
		"ß in the middle is ss":                             one(text(entity.Contains, "title", "ASS"), "b"),
		"a capital ẞ at the end is ss":                      one(text(entity.Suffix, "title", "AẞE"), "b"),
		"ss at the begin is ß":                              one(text(entity.Prefix, "title", "strasS"), "b"),
		"a percent sign in the middle of a title":           one(text(entity.Contains, "title", "%"), "c"),
		"a percent sign at the begin":                       one(text(entity.Prefix, "title", "%"), ""),
		"a percent sign at the end":                         one(text(entity.Suffix, "title", "%"), "c"),
		"an underscore at the end of a long text":           one(text(entity.Suffix, "notes", "_NOW"), "a"),
		"an underscore at the begin of a long text":         one(text(entity.Prefix, "notes", "50_"), ""),
		"a percent sign at the begin of a long text":        one(text(entity.Prefix, "notes", "50%"), "a"),
		"an asterisk is no wildcard":                        one(text(entity.Contains, "title", "*"), ""),
		"brackets are no wildcards":                         one(text(entity.Contains, "title", "[a-z]"), ""),
		"wildcards in a text without a folded twin":         one(text(entity.Contains, "publisher.cityName", "R%E"), ""),
		"wildcards in a custom field":                       one(text(entity.Contains, "customFields.color", "r_d"), ""),
		"wildcards in a number":                             one(text(entity.Prefix, "stock", "1%"), ""),
		"or of nothing":                                     one(group(entity.Or), ""),
		"and of nothing":                                    one(group(entity.And), "abcde"),
		"a custom field":                                    one(is("customFields.color", "RED"), "a"),
		"a custom field is null or missing":                 one(is("customFields.color", nil), "cde"),
		"a custom field that is a number":                   one(within("customFields.size", entity.Bounds{GT: int64(4), LTE: 15.0}), "ab"),
		"a custom field that is a text, compared as number": one(is("customFields.size", int64(7)), ""),
		"a custom field that is a number, compared as text": one(is("customFields.size", "5"), "a"),
		"a custom field that is true":                       one(is("customFields.done", true), "a"),
		"a custom field that is false":                      one(is("customFields.done", false), "b"),
		"a custom field that is a moment":                   one(within("customFields.day", entity.Bounds{GTE: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}), "a"),
		"a custom field that is any of":                     one(any1("customFields.color", "red", "blue"), "ab"),
		"a custom field that is any of several types":       one(any1("customFields.size", "7", int64(5), true), "ac"),
		"a custom field that is none of":                    one(group(entity.Nand, any1("customFields.color", "red", "blue")), ""),
		"a custom field that is none of several types":      one(group(entity.Nand, any1("customFields.size", "7", int64(5))), "b"),
		"not a custom field":                                one(group(entity.Nand, is("customFields.color", "red")), "bcde"),
		"part of a custom field":                            one(text(entity.Suffix, "customFields.color", "LUE"), "b"),
		"deep in a custom field":                            one(is("customFields.deep.x", "y"), "a"),
		"a custom field that nobody can have":               one(is(`customFields.a"b`, "x"), ""),
		"the gross price of the default currency":           one(within("price", entity.Bounds{GT: int64(10)}), "b"),
		"the net price":                                     one(is("price.net", 8.0), "a"),
		"the price of a currency":                           one(is("price."+appdock.DefaultCurrency.String()+".gross", 20.0), "b"),
		"the price of an unknown currency":                  one(is("price."+id("nothing").String()+".gross", nil), "abcde"),

		"queries give a score": {
			queries: []entity.Query{{Filter: is("title", "zebra"), Score: 5}, {Filter: is("lent", false), Score: 2.5}},
			sort:    []entity.Sort{{Field: entity.ScoreField, Descending: true}}, want: "dbc",
		},
		"a score times a number": {
			queries: []entity.Query{{Filter: within("stock", entity.Bounds{GTE: int64(0)}), Score: 0.5, Times: "stock"}, {Filter: is("title", nil), Score: 1, Times: "stock"}},
			sort:    []entity.Sort{{Field: entity.ScoreField}, {Field: "autoIncrement"}}, want: "abecd",
		},
		"scores that are too low": {queries: []entity.Query{{Filter: is("lent", true), Score: 1}, {Filter: is("stock", int64(1)), Score: -1}}, want: ""},
		"queries and filters": {
			queries: []entity.Query{{Filter: is("reviews.stars", int64(5)), Score: 1}, {Filter: group(entity.Or, is("title", "zebra"), is("publisher.name", "SOUTH")), Score: 3}},
			filters: []entity.Filter{within("stock", entity.Bounds{LT: int64(10)})},
			sort:    []entity.Sort{{Field: entity.ScoreField, Descending: true}, {Field: "autoIncrement"}}, want: "cab",
		},
		"many queries": {queries: slices.Repeat([]entity.Query{{Filter: is("title", "zebra"), Score: 1}}, 480), want: "d"},

		"one of each":              {grouping: []string{"lent"}, want: "abd"},
		"one of each pair":         {grouping: []string{"lent", "publisher.name"}, want: "abcd"},
		"the last of each":         {grouping: []string{"publisherId"}, sort: []entity.Sort{{Field: "stock", Descending: true}}, want: "dcb"},
		"one of each that are":     {grouping: []string{"lent"}, filters: []entity.Filter{within("stock", entity.Bounds{GT: int64(2)})}, want: "cd"},
		"one for each of its rows": {grouping: []string{"reviews.stars"}, want: "acd"},
		"one of each by its score": {
			grouping: []string{"lent"}, queries: []entity.Query{{Filter: within("stock", entity.Bounds{GT: int64(0)}), Score: 1, Times: "stock"}},
			sort: []entity.Sort{{Field: entity.ScoreField, Descending: true}}, want: "dca",
		},

		"sort by a text, its accents do not count": sorted("eacbd", entity.Sort{Field: "title"}),
		"sort downwards, null last":                sorted("dbcae", entity.Sort{Field: "title", Descending: true}),
		"sort by several":                          sorted("edbca", entity.Sort{Field: "lent"}, entity.Sort{Field: "stock"}),
		"sort by length first":                     sorted("edbac", entity.Sort{Field: "title", Natural: true}),
		"sort by a record it leads to":             sorted("deabc", entity.Sort{Field: "publisher.name"}, entity.Sort{Field: "autoIncrement"}),
		"sort by the smallest of its rows":         sorted("deacb", entity.Sort{Field: "reviews.stars"}, entity.Sort{Field: "autoIncrement"}),
		"sort by the largest of its rows":          sorted("abcde", entity.Sort{Field: "reviews.stars", Descending: true}, entity.Sort{Field: "autoIncrement"}),
		"sort by the smallest key of its rows":     sorted("debca", entity.Sort{Field: "reviews.bookId"}, entity.Sort{Field: "autoIncrement"}),
		"sort by whether one of its rows is so":    sorted("abcde", entity.Sort{Field: "publisher.books.lent", Descending: true}, entity.Sort{Field: "autoIncrement"}),
		"sort by a long text":                      sorted("cdeba", entity.Sort{Field: "notes"}, entity.Sort{Field: "autoIncrement"}),
		"sort by a list":                           sorted("deabc", entity.Sort{Field: "tags"}, entity.Sort{Field: "autoIncrement"}),
		"sort by how many rows there are":          sorted("edcba", entity.Sort{Field: "reviews.id", Count: true}, entity.Sort{Field: "autoIncrement", Descending: true}),
		"sort by whether there is one":             sorted("deabc", entity.Sort{Field: "publisher.name", Count: true}, entity.Sort{Field: "autoIncrement"}),
		"sort by a custom field, numbers last":     sorted("decab", entity.Sort{Field: "customFields.size"}, entity.Sort{Field: "autoIncrement"}),
		"sort by a price":                          sorted("cdeab", entity.Sort{Field: "price.gross"}, entity.Sort{Field: "autoIncrement"}),
	}
}
