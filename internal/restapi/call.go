package restapi

import (
	"bytes"
	"cmp"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// call is one request and what is known of it.
type call struct {
	*api
	ctx    context.Context
	r      *http.Request
	route  *route
	path   map[string]string // what stands in the place of the names in the route's path
	query  url.Values
	shop   appdock.Shop
	bearer oauth.Bearer
	fields []string // the members that are wanted; nil: all
	view   entity.View
	sees   appdock.Privileges // what may be read of what is shown; nil: not asked yet
	net    *bool              // the shop shows its prices net; nil: not asked yet
	sent   []byte             // the body, as it came
	in     any                // the body, decoded
	work   *shop.Work         // the unit of work that the call runs in; nil: it only reads
	nested bool               // it is part of a batch, which was admitted

	header   http.Header // of the answer, whatever it is
	etag     string      // of what is shown, with its quotes; empty: it has none
	location string      // of what was made; empty: nothing was
	modified time.Time   // when that was changed last
	weak     bool        // the tag is made of what is shown
	leave    func()      // ends what the call takes of its app's share; nil: nothing
}

// id reads an id in the path; what is none leads nowhere.
func (c *call) id(name string) (appdock.ID, error) {
	id, err := appdock.ParseID(c.path[name])
	if err != nil {
		return id, c.nothing()
	}
	return id, nil
}

// nothing says that the path leads to nothing.
func (c *call) nothing() *problem {
	return &problem{Status: http.StatusNotFound, Code: "not_found", Detail: "There is nothing at " + c.r.URL.Path + "."}
}

// viewer is who looks at what is shown.
func (c *call) viewer() viewer {
	return viewer{c.shop, c.bearer.Actor.Privileges, c.net != nil && *c.net}
}

// search finds records that are shown, with the rights of the token and those on what stands
// inside of its resources ([protocol.Scope.Shows]): the store refuses all else.
func (c *call) search(criteria *entity.Criteria) (entity.Page, error) {
	if c.sees == nil {
		c.sees = shownTo(c.bearer.Actor.Privileges)
	}
	if c.net == nil && priced(criteria.Entity) {
		net, err := showsNet(c.consult)
		if err != nil {
			return entity.Page{}, err
		}
		c.net = &net
	}
	reader := c.bearer.Actor
	reader.Shop, reader.Privileges = c.shop.ID, c.sees
	if criteria.Term != "" && criteria.Entity == "order" && !c.sees.Has("customer:read") {
		// Who ordered cannot be found out by looking for a name.
		reader.Privileges = slices.DeleteFunc(slices.Clone(c.sees), func(p appdock.Privilege) bool { return p == "order_customer:read" })
	}
	return c.look(reader, criteria)
}

// consult finds records that are not shown, but that the host needs to know to do what is
// asked: who may place an order need not be shown what the shop has.
func (c *call) consult(criteria *entity.Criteria) (entity.Page, error) {
	return c.look(appdock.Host(c.shop.ID), criteria)
}

func (c *call) look(reader appdock.Actor, criteria *entity.Criteria) (entity.Page, error) {
	if c.work != nil {
		return c.work.Search(reader, c.view, criteria)
	}
	return web.Within(c.ctx, c.options.Patience, func(ctx context.Context) (entity.Page, error) {
		return c.options.Records.Search(ctx, reader, c.view, criteria)
	})
}

// inTime does something within the time that a request has of the shop. What takes long outside
// of it, such as a download, has a time of its own.
func inTime[T any](c *call, do func() (T, error)) (T, error) {
	whole := c.ctx
	defer func() { c.ctx = whole }()
	return web.Within(whole, c.options.Patience, func(ctx context.Context) (T, error) {
		c.ctx = ctx
		return do()
	})
}

// shownTo are the reads that somebody with a grant is shown resources with.
func shownTo(grant appdock.Privileges) appdock.Privileges {
	all := slices.Clone(grant)
	all = append(all, "country_state:read") // in the list of countries, which any token may see
	for _, s := range protocol.Scopes() {
		shown := s.Shows()
		if s.Action != "read" || len(shown) == 0 {
			continue
		}
		if slices.ContainsFunc(s.Privileges(), func(p string) bool { return !grant.Has(appdock.Privilege(p)) }) {
			continue
		}
		for _, p := range shown {
			all = append(all, appdock.Privilege(p))
		}
	}
	return appdock.NewPrivileges(all...)
}

// cost is what the call takes out of the buckets.
func (c *call) cost() int {
	switch {
	case c.route == nil: // a browser asks what it may ask
		return readCost
	case c.route.costs > 0:
		return c.route.costs
	case c.r.URL.Query().Has("q"):
		return searchCost
	case c.r.Method == http.MethodGet, c.r.Method == http.MethodHead:
		return readCost
	}
	return writeCost
}

// acceptable refuses a client that wants another type than there is.
func (c *call) acceptable() error {
	offered := c.route.content
	if offered == "" {
		offered = "application/json"
	}
	accepted := strings.Join(c.r.Header.Values("Accept"), ",")
	if accepted == "" {
		return nil
	}
	for wish := range strings.SplitSeq(accepted, ",") {
		kind, parameters, _ := strings.Cut(wish, ";")
		if strings.ReplaceAll(parameters, " ", "") == "q=0" {
			continue
		}
		kind = strings.ToLower(strings.TrimSpace(kind))
		group, _, _ := strings.Cut(offered, "/")
		if kind == offered || kind == "*/*" || kind == group+"/*" {
			return nil
		}
	}
	return &problem{Status: http.StatusNotAcceptable, Code: "not_acceptable", Detail: "This resource is shown as " + offered + " alone."}
}

// answer does what is asked and gives what to send.
func (c *call) answer() (*answer, error) {
	if err := c.inLanguage(); err != nil {
		return nil, err
	}
	if err := c.chosen(); err != nil {
		return nil, err
	}
	if c.route.decode != nil {
		if err := c.route.decode(c); err != nil {
			return nil, err
		}
	}
	if c.route.changes() {
		return c.change()
	}
	out, err := inTime(c, c.handled)
	if err != nil {
		return nil, err
	}
	if c.etag != "" && c.route.method == http.MethodGet && matches(c.r.Header.Get("If-None-Match"), c.etag) {
		return &answer{status: http.StatusNotModified, header: out.header}, nil
	}
	return out, nil
}

// handled lets the handler of the route answer.
func (c *call) handled() (*answer, error) {
	v, err := c.route.handle(c)
	if err != nil {
		return nil, err
	}
	return c.render(v)
}

// told gives the problem that an error is told as; an error that is none is the host's own.
func (c *call) told(err error) error {
	if e, ok := errors.AsType[*appdock.Error](err); ok && e.Kind != appdock.Internal && e.Kind != appdock.Failed {
		return problemOf(e)
	}
	return err
}

// render makes the answer of what is shown.
func (c *call) render(v any) (*answer, error) {
	out := &answer{status: c.route.status, header: http.Header{}}
	if c.location != "" {
		out.header.Set("Location", c.location)
	}
	switch v := v.(type) {
	case nil:
	case *raw:
		out.header.Set("Content-Type", v.content)
		out.body = v.text
	default:
		body, err := encode(v)
		if err == nil && c.fields != nil {
			body, err = cut(body, c.fields)
		}
		if err != nil {
			return nil, fmt.Errorf("write the answer: %w", err)
		}
		out.header.Set("Content-Type", "application/json; charset=utf-8")
		out.body = body
		if c.weak {
			sum := fnv.New64a()
			_, _ = sum.Write(body) // never fails
			c.etag = `W/"` + strconv.FormatUint(sum.Sum64(), 36) + `"`
		}
	}
	if c.etag != "" {
		out.header.Set("ETag", c.etag)
	}
	if c.etag != "" && !c.weak && !c.modified.IsZero() {
		out.header.Set("Last-Modified", c.modified.UTC().Format(http.TimeFormat))
	}
	return out, nil
}

// encode writes plain JSON: nothing is escaped that need not be.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	err := e.Encode(v)
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), err
}

// cut leaves the wanted members of an object, or of each object of a list.
func cut(text []byte, wanted []string) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(text, &members); err != nil {
		return nil, err
	}
	if _, isList := members["page"]; !isList {
		return encode(only(members, wanted))
	}
	var data []map[string]json.RawMessage
	if err := json.Unmarshal(members["data"], &data); err != nil {
		return nil, err
	}
	for i, object := range data {
		data[i] = only(object, wanted)
	}
	var err error
	if members["data"], err = encode(data); err != nil {
		return nil, err
	}
	return encode(members)
}

func only(members map[string]json.RawMessage, wanted []string) map[string]json.RawMessage {
	kept := make(map[string]json.RawMessage, len(wanted))
	for _, name := range wanted {
		if v, ok := members[name]; ok {
			kept[name] = v
		}
	}
	return kept
}

// chosen reads which members are wanted.
func (c *call) chosen() error {
	if !c.query.Has("fields") {
		return nil
	}
	c.fields = strings.Split(c.query.Get("fields"), ",")
	known := c.route.members()
	for _, name := range c.fields {
		if !slices.Contains(known, name) {
			return refuse("invalid_filter", "fields: there is no member "+quoted(name)+".")
		}
	}
	return nil
}

// inLanguage chooses the language of texts: that of the parameter locale, else one that the
// client prefers and the shop has, else that of the system (rest-api-sitepack.md 12).
func (c *call) inLanguage() error {
	c.view.Inherit = true
	wished := c.query.Get("locale")
	accepted := c.r.Header.Get("Accept-Language")
	if wished == "" && accepted == "" || !c.route.knows("locale") {
		return nil
	}
	found, err := c.search(&entity.Criteria{Entity: "language", Limit: mostOfSmall, Associations: entity.Load("locale")})
	if err != nil {
		return err
	}
	known := map[string]appdock.ID{}
	for _, language := range found.Records {
		if l, ok := language.One("locale"); ok {
			known[strings.ToLower(l.Text("code"))] = language.ID()
		}
	}
	if wished != "" {
		id, ok := known[strings.ToLower(wished)]
		if !ok {
			return refuse("invalid_filter", "The shop has no language "+quoted(wished)+".")
		}
		c.view.Language = id
	} else {
		for _, one := range preferred(accepted) {
			if id, ok := known[one]; ok {
				c.view.Language = id
				break
			}
		}
	}
	c.header.Add("Vary", "Accept-Language")
	if c.view.Language == appdock.SystemLanguage {
		c.view.Language = appdock.ID{}
	}
	return nil
}

// preferred gives the languages of a header Accept-Language, the best first.
func preferred(accepted string) []string {
	type wish struct {
		language string
		weight   float64
	}
	var wishes []wish
	for one := range strings.SplitSeq(accepted, ",") {
		language, weight, weighed := strings.Cut(one, ";")
		w := wish{strings.ToLower(strings.TrimSpace(language)), 1}
		if weighed {
			w.weight, _ = strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		}
		if w.weight > 0 {
			wishes = append(wishes, w)
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int { return cmp.Compare(b.weight, a.weight) })
	list := make([]string, len(wishes))
	for i, w := range wishes {
		list[i] = w.language
	}
	return list
}

// raw is shown as it is.
type raw struct {
	content string
	text    []byte
}

// matches reports whether a list of tags has one, compared weakly (RFC 9110 section 13.1.2).
func matches(list, tag string) bool {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		if one == "*" || strings.TrimPrefix(one, "W/") == strings.TrimPrefix(tag, "W/") {
			return true
		}
	}
	return false
}

// answer is what is sent.
type answer struct {
	status  int
	header  http.Header
	body    []byte
	problem *problem // shown in the place of a body
}

// worthPacking is how many bytes a body has at least that is sent packed.
const worthPacking = 1 << 10

// send writes an answer.
func (a *api) send(w http.ResponseWriter, r *http.Request, done *answer) {
	done.write(w, r, a.options.ProblemTypes)
}

func (a *answer) write(w http.ResponseWriter, r *http.Request, types string) {
	h := w.Header()
	for name, values := range a.header {
		h[name] = values
	}
	body := a.body
	if a.problem != nil {
		body = a.problem.body(r, types)
		h.Set("Content-Type", "application/problem+json")
	}
	h.Add("Vary", "Accept-Encoding")
	if len(body) >= worthPacking && packs(r.Header.Get("Accept-Encoding")) {
		var packed bytes.Buffer
		z := gzip.NewWriter(&packed)
		_, _ = z.Write(body) // memory takes all
		_ = z.Close()
		body = packed.Bytes()
		h.Set("Content-Encoding", "gzip")
	}
	if a.status == http.StatusNoContent || a.status == http.StatusNotModified {
		w.WriteHeader(a.status)
		return
	}
	web.Send(w, a.status, h.Get("Content-Type"), body)
}

// packs reports whether a client takes gzip.
func packs(accepted string) bool {
	for wish := range strings.SplitSeq(accepted, ",") {
		name, weight, _ := strings.Cut(wish, ";")
		if name = strings.TrimSpace(name); name != "gzip" && name != "*" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err != nil || q > 0
	}
	return false
}
