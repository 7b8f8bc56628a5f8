package httpapi

import (
	"bytes"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// document writes records in the form of JSON:API (admin-api.md 4.2).
type document struct {
	base string       // of the API, such as "https://shop.example/api"
	form entity.Plain // what is shown of records, as in plain JSON
	seen map[recordKey]bool
	// schema tells which associations lead to what is stored here: the others have no path.
	schema *entity.Schema
	// paths are the associations that have one, by entity.
	paths map[*entity.Definition][]bool
	// related are the records that were met and are to be included.
	related []entity.Record
	// extended are the resources that hold what a record's entity does not have by itself: its
	// score and the associations of apps.
	extended [][]byte
}

type recordKey struct {
	entity string
	id     appdock.ID
}

// address is what a client asked for.
type address struct{ url, query string }

// list is a page of records.
func (d *document) list(page entity.Page, c *entity.Criteria, at address) []byte {
	d.seen = make(map[recordKey]bool, len(page.Records))
	for _, r := range page.Records {
		d.seen[keyOfRecord(r)] = true
	}
	body := []byte(`{"data":[`)
	for i, r := range page.Records {
		if i > 0 {
			body = append(body, ',')
		}
		body = d.resource(body, r)
	}
	body = append(body, `],"included":[`...)
	body = d.included(body)
	body = append(body, `],"links":{`...)
	for _, l := range pageLinks(page.Total, c, at) {
		body = appendMember(body, l.rel)
		body = appendText(body, l.url)
	}
	body = append(body, `},"meta":{"totalCountMode":`...)
	body = strconv.AppendInt(body, int64(c.Total), 10)
	body = append(body, `,"total":`...)
	body = strconv.AppendInt(body, int64(page.Total), 10)
	body = appendAggregations(append(body, `},"aggregations":`...), page.Aggregations, d.form)
	return append(body, '}')
}

// detail is one record.
func (d *document) detail(r entity.Record, at address) []byte {
	d.seen = map[recordKey]bool{keyOfRecord(r): true}
	body := d.resource([]byte(`{"data":`), r)
	body = append(body, `,"included":[`...)
	body = d.included(body)
	body = append(body, `],"links":{"self":`...)
	body = appendText(body, at.String())
	return append(body, `}}`...)
}

// included appends what was met, each record once, and what is met with it.
func (d *document) included(body []byte) []byte {
	for i := 0; i < len(d.related); i++ {
		if i > 0 {
			body = append(body, ',')
		}
		body = d.resource(body, d.related[i])
	}
	for _, extension := range d.extended {
		if body[len(body)-1] != '[' {
			body = append(body, ',')
		}
		body = append(body, extension...)
	}
	return body
}

// resource appends one record, and remembers those that it leads to.
func (d *document) resource(dst []byte, r entity.Record) []byte {
	if len(dst) > d.form.Max {
		return append(dst, "null"...)
	}
	definition := r.Definition
	identifier := string(entity.AppendIdentifier(nil, &r))
	self := collectionURL(d.base, definition.Name) + "/" + strings.Trim(identifier, `"`)
	members, cut := d.form.Includes[definition.Name]
	wanted := func(name string) bool { return !cut || slices.Contains(members, name) }

	dst = append(append(dst, `{"id":`...), identifier...)
	dst = append(dst, `,"type":`...)
	dst = appendText(dst, definition.Name)
	dst = append(dst, `,"attributes":{`...)
	for i, f := range definition.Fields {
		if shown(f) && r.Shows(i) && f.Name != "id" && wanted(f.Name) {
			dst = appendMember(dst, f.Name)
			dst = appendAttribute(dst, f, r.Get(f.Name))
		}
	}
	if slices.ContainsFunc(definition.Fields, translates) && wanted("translated") {
		dst = append(appendMember(dst, "translated"), '{')
		for i, f := range definition.Fields {
			if translates(f) && r.Shows(i) {
				dst = appendAttribute(appendMember(dst, f.Name), f, r.Translated(i))
			}
		}
		dst = append(dst, '}')
	}
	dst = append(dst, `},"links":{"self":`...)
	dst = appendText(dst, self)
	dst = append(dst, `},"relationships":{`...)
	for i, a := range definition.Associations {
		if _, loaded := r.Loaded[a.Name]; (loaded || r.Only == nil) && wanted(a.Name) && !a.Extension {
			dst = d.relationship(appendMember(dst, a.Name), r, i, self)
		}
	}
	if extension := d.extension(r, self); extension != nil && wanted("extensions") {
		dst = append(appendMember(dst, "extensions"), `{"data":{"type":"extension","id":`...)
		dst = append(append(dst, identifier...), `}}`...)
		d.extended = append(d.extended, extension)
	}
	return append(dst, `},"meta":null}`...)
}

// extension is the resource of type "extension" of a record; nil if it has none (admin-api.md
// 4.2).
func (d *document) extension(r entity.Record, self string) []byte {
	has := r.Score != nil
	dst := entity.AppendIdentifier([]byte(`{"id":`), &r)
	dst = append(dst, `,"type":"extension","attributes":{`...)
	if r.Score != nil {
		dst = entity.AppendScore(append(dst, `"search":`...), *r.Score)
	}
	dst = append(dst, `},"links":{},"relationships":{`...)
	for i, a := range r.Definition.Associations {
		if _, loaded := r.Loaded[a.Name]; loaded && a.Extension {
			dst, has = d.relationship(appendMember(dst, a.Name), r, i, self+"/extensions"), true
		}
	}
	if !has {
		return nil
	}
	return append(dst, `},"meta":null}`...)
}

// pathsOf tells of each association of an entity whether it has a path.
func (d *document) pathsOf(definition *entity.Definition) []bool {
	if paths, known := d.paths[definition]; known {
		return paths
	}
	paths := make([]bool, len(definition.Associations))
	for i, a := range definition.Associations {
		paths[i] = d.schema.Stored(a)
	}
	if d.paths == nil {
		d.paths = map[*entity.Definition][]bool{}
	}
	d.paths[definition] = paths
	return paths
}

// relationship appends where the association at a place leads: null or [] if it was not loaded.
func (d *document) relationship(dst []byte, r entity.Record, i int, self string) []byte {
	a := r.Definition.Associations[i]
	loaded := r.Loaded[a.Name].Records
	dst = append(dst, `{"data":`...)
	switch {
	case a.Many():
		dst = append(dst, '[')
		for i, to := range loaded {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = d.identifier(dst, to)
		}
		dst = append(dst, ']')
	case len(loaded) == 0:
		dst = append(dst, `null`...)
	default:
		dst = d.identifier(dst, loaded[0])
	}
	dst = append(dst, `,"links":{`...)
	if d.pathsOf(r.Definition)[i] {
		dst = appendText(append(dst, `"related":`...), self+"/"+kebab(a.Name))
	}
	return append(dst, `}}`...)
}

// identifier appends what refers to a record, and remembers the record.
func (d *document) identifier(dst []byte, r entity.Record) []byte {
	if key := keyOfRecord(r); !d.seen[key] {
		d.seen[key] = true
		d.related = append(d.related, r)
	}
	dst = append(dst, `{"type":`...)
	dst = appendText(dst, r.Definition.Name)
	dst = entity.AppendIdentifier(append(dst, `,"id":`...), &r)
	return append(dst, '}')
}

func keyOfRecord(r entity.Record) recordKey { return recordKey{r.Definition.Name, r.ID()} }

func shown(f entity.Field) bool { return !f.Hidden && f.Type != entity.Blob }

func translates(f entity.Field) bool { return f.Translated && shown(f) }

// appendAttribute appends the value of the field at position i. Floats keep a fraction,
// also when there is none, as only JSON:API has it (admin-api.md 4.1).
func appendAttribute(dst []byte, f entity.Field, v any) []byte {
	start := len(dst)
	dst = entity.AppendValue(dst, &f, v)
	if _, number := v.(float64); number && !bytes.Contains(dst[start:], []byte(".")) {
		dst = append(dst, ".0"...)
	}
	return dst
}

// appendMember appends a member's name, behind a comma if it is not the first.
func appendMember(dst []byte, name string) []byte {
	if dst[len(dst)-1] != '{' {
		dst = append(dst, ',')
	}
	return append(appendText(dst, name), ':')
}

// appendText appends a JSON text.
func appendText(dst []byte, s string) []byte {
	return entity.AppendValue(dst, &entity.Field{Type: entity.String}, s)
}

// kebab spells a property as a segment of a path: "crossSellings" is cross-sellings.
func kebab(name string) string {
	var b strings.Builder
	for _, r := range name {
		if unicode.IsUpper(r) {
			b.WriteByte('-')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// String is the whole URL.
func (a address) String() string {
	if a.query == "" {
		return a.url
	}
	return a.url + "?" + a.query
}

// page is the URL of another page: the query stays but for page and limit.
func (a address) page(page, limit int) string {
	var kept []string
	for pair := range strings.SplitSeq(a.query, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if text, err := url.QueryUnescape(name); err == nil {
			name = text
		}
		if pair != "" && name != "page" && name != "limit" {
			kept = append(kept, pair)
		}
	}
	kept = append(kept, "limit="+strconv.Itoa(limit), "page="+strconv.Itoa(page))
	return a.url + "?" + strings.Join(kept, "&")
}

// link is one of a page's links.
type link struct{ rel, url string }

// pageLinks leads from one page to the others, as far as the way of counting tells
// whether there are any (admin-api.md 4.2).
func pageLinks(total int, c *entity.Criteria, at address) []link {
	self := link{"self", at.String()}
	if c.Limit == 0 {
		return []link{self}
	}
	page := 1 + c.Offset/c.Limit
	pages := (total + c.Limit - 1) / c.Limit // of all, or of those from here on
	to := func(rel string, page int) link { return link{rel, at.page(page, c.Limit)} }
	links := []link{to("first", 1)}
	if page > 1 {
		links = append(links, to("prev", page-1))
	}
	switch c.Total {
	case entity.CountPage:
		if total >= c.Limit {
			links = append(links, to("next", page+1))
		}
	case entity.CountAll:
		if page < pages {
			links = append(links, to("next", page+1))
		}
		links = append(links, to("last", max(pages, 1)))
	case entity.CountNext:
		if total > c.Limit {
			links = append(links, to("next", page+1))
		}
		if total < c.Limit*5+1 {
			links = append(links, to("last", page+max(pages, 1)-1))
		}
	}
	return append(links, self)
}
