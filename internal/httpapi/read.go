package httpapi

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// search answers POST /api/search/{entity} (admin-api.md 5).
func search(c *call, d *entity.Definition) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	return c.answerList(d, tree)
}

// list answers GET /api/{entity}: a search whose criteria stand in the query.
func list(c *call, d *entity.Definition) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	return c.answerList(d, tree)
}

// searchIDs answers POST /api/search-ids/{entity}, always in plain JSON.
func searchIDs(c *call, d *entity.Definition) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	_, page, err := c.find(d, tree)
	if err != nil {
		return err
	}
	found := struct {
		Total int   `json:"total"`
		Data  []any `json:"data"`
	}{page.Total, make([]any, len(page.Records))}
	for i, r := range page.Records {
		found.Data[i] = primaryKey(r)
	}
	return web.JSON(c.w, http.StatusOK, found)
}

// primaryKey is the id of a record, or the two keys that identify it.
func primaryKey(r entity.Record) any {
	if len(r.Definition.Pair) == 0 {
		return r.ID()
	}
	keys := make(map[string]appdock.ID, len(r.Definition.Pair))
	for _, name := range r.Definition.Pair {
		keys[name] = r.Key(name)
	}
	return keys
}

// detail answers GET /api/{entity}/{id}.
func detail(c *call, d *entity.Definition) error {
	f, err := negotiate(c.r.Header.Values("Accept"))
	if err != nil {
		return err
	}
	view, err := c.view()
	if err != nil {
		return err
	}
	a, err := c.askDetail(d, c.target.id)
	if err != nil {
		return err
	}
	return c.answerDetail(d, view, a, f)
}

// find reads what is asked for and finds it.
func (c *call) find(d *entity.Definition, tree map[string]any) (a asked, page entity.Page, err error) {
	if a, err = readCriteria(d, tree, c.options.MaxLimit, c.options.Now()); err != nil {
		return a, page, err
	}
	view, err := c.view()
	if err != nil {
		return a, page, err
	}
	if c.only != nil {
		a.criteria.Filters = append(a.criteria.Filters, *c.only)
	}
	page, err = c.options.Records.Search(c.r.Context(), c.actor, view, &a.criteria)
	return a, page, err
}

// answerList finds records and sends them.
func (c *call) answerList(d *entity.Definition, tree map[string]any) error {
	f, err := negotiate(c.r.Header.Values("Accept"))
	if err != nil {
		return err
	}
	a, page, err := c.find(d, tree)
	if err != nil {
		return err
	}
	form, err := c.form(a)
	if err != nil {
		return err
	}
	if f == plain {
		return c.options.bodies.With(func(body []byte) ([]byte, error) {
			body = plainList(body, page, form)
			return body, c.send(f, body)
		})
	}
	doc, err := c.document(form)
	if err != nil {
		return err
	}
	return c.send(f, doc.list(page, &a.criteria, c.address()))
}

// form is how records are shown.
func (c *call) form(a asked) (entity.Plain, error) {
	schema, err := c.schema()
	if err != nil {
		return entity.Plain{}, err
	}
	return entity.Plain{Includes: a.members(schema), Max: c.options.MaxAnswer}, nil
}

// document is an answer in the form of JSON:API.
func (c *call) document(form entity.Plain) (*document, error) {
	schema, err := c.schema()
	return &document{base: c.shop.URL + "/api", form: form, schema: schema}, err
}

// send answers with records, unless there are more of them than an answer may hold.
func (c *call) send(f format, body []byte) error {
	if len(body) > c.options.MaxAnswer {
		return entity.TooManyBytes(c.options.MaxAnswer)
	}
	web.Send(c.w, http.StatusOK, string(f), body)
	return nil
}

// askDetail reads what the query asks to be loaded with one record.
func (c *call) askDetail(d *entity.Definition, id appdock.ID) (asked, error) {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return asked{}, err
	}
	tree["ids"] = []any{id.String()} // takes the place of pages
	return readCriteria(d, tree, c.options.MaxLimit, c.options.Now())
}

// answerDetail finds one record and sends it.
func (c *call) answerDetail(d *entity.Definition, view entity.View, a asked, f format) error {
	form, err := c.form(a)
	if err != nil {
		return err
	}
	page, err := c.options.Records.Search(c.r.Context(), c.actor, view, &a.criteria)
	if err != nil {
		return err
	}
	if len(page.Records) == 0 {
		return entity.NoRecord(d.Name, a.criteria.IDs[0])
	}
	if f == plain {
		return c.send(f, append(form.Append([]byte(`{"data":`), page.Records[0]), '}'))
	}
	doc, err := c.document(form)
	if err != nil {
		return err
	}
	return c.send(f, doc.detail(page.Records[0], c.address()))
}

// plainList appends the plain form of a page.
func plainList(body []byte, page entity.Page, form entity.Plain) []byte {
	body = strconv.AppendInt(append(body, `{"total":`...), int64(page.Total), 10)
	body = append(body, `,"data":`...)
	body = form.AppendList(body, page.Records)
	body = appendAggregations(append(body, `,"aggregations":`...), page.Aggregations, form)
	return append(body, '}')
}

// address is what was asked for, by the shop's own name.
func (c *call) address() address {
	return address{url: c.shop.URL + c.r.URL.EscapedPath(), query: c.r.URL.RawQuery}
}

// formOrJSON reads the body, a JSON object or a form in bracket syntax.
func (c *call) formOrJSON() (map[string]any, error) {
	v, err := c.formOrValue()
	if err != nil {
		return nil, err
	}
	if list, is := v.([]any); is && len(list) > 0 { // an empty one is what PHP makes of an empty object
		return nil, badRequest("Expected an object, not a list: send what is in the list by itself.")
	}
	tree, ok := object(v)
	if !ok {
		return nil, badRequest(malformed)
	}
	return tree, nil
}

// formOrValue reads the body, any JSON or a form in bracket syntax; nothing is an empty object.
func (c *call) formOrValue() (any, error) {
	body, err := web.Body(c.r)
	if err != nil {
		return nil, err
	}
	switch t := mediaType(c.r.Header.Get("Content-Type")); t {
	case "application/x-www-form-urlencoded":
		return parseQuery(string(body))
	case "", string(plain), string(jsonAPI):
	default:
		if len(body) > 0 {
			return nil, contentTypeUnsupported(c.r)
		}
	}
	if len(body) == 0 {
		return map[string]any{}, nil
	}
	return parseJSON(body)
}

// members turns includes and excludes into the members to show, by entity.
func (a asked) members(schema *entity.Schema) map[string][]string {
	members := make(map[string][]string, len(a.includes)+len(a.excludes))
	for name, fields := range a.includes {
		members[name] = fields
	}
	for name, without := range a.excludes {
		d, ok := schema.Definition(name)
		if !ok {
			continue
		}
		shown, cut := members[name]
		if !cut {
			shown = allMembers(d)
		}
		members[name] = slices.DeleteFunc(slices.Clone(shown), func(m string) bool { return slices.Contains(without, m) })
	}
	return members
}

// allMembers names what a record's object may have.
func allMembers(d *entity.Definition) []string {
	names := []string{"translated", "extensions", "_uniqueIdentifier", "versionId"}
	for _, f := range d.Fields {
		names = append(names, f.Name)
	}
	for _, a := range d.Associations {
		names = append(names, a.Name)
	}
	return names
}

func contentTypeUnsupported(r *http.Request) error {
	return unsupported(fmt.Sprintf("The Content-Type %q is unsupported.", r.Header.Get("Content-Type")))
}
