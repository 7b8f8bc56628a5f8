package httpapi

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
	"github.com/appdock/appdock/protocol"
)

// register describes every operation there is; the document of the API is made of the same.
func (a *restAPI) register(api huma.API) {
	huma.Register(api, restOperation("getMe", "/me", "Say whose token this is", nil), a.me)
	huma.Register(api, restOperation("getInstallation", "/installation", "Show the installation of the app", nil), a.installation)
	resource(a, api, "Product", "/products", "product", "createdAt", "products", productOf)
	resource(a, api, "Order", "/orders", "order", "orderDateTime", "orders", orderOf)
	resource(a, api, "Customer", "/customers", "customer", "createdAt", "customers", customerOf)
}

func restOperation(id, path, summary string, scope *protocol.Scope) huma.Operation {
	o := huma.Operation{
		OperationID: id, Method: http.MethodGet, Path: restBase + path, Summary: summary, Errors: []int{400, 401, 403, 404, 429, 500},
		Security: []map[string][]string{{"bearer": {}}},
	}
	if scope != nil {
		o.Description = "Needs the scope " + scope.String() + "."
		o.Metadata = map[string]any{"scope": *scope}
	}
	return o
}

type restMe struct {
	App struct {
		ID      string `json:"id"`
		Name    string `json:"name"`
		Version string `json:"version"`
	} `json:"app"`
	Shop struct {
		ID   string `json:"id"`
		Name string `json:"name"`
		URL  string `json:"url"`
	} `json:"shop"`
	Scopes         []string `json:"scopes"`
	TokenExpiresAt string   `json:"token_expires_at"`
}

type body[T any] struct{ Body T }

func (a *restAPI) me(ctx context.Context, _ *struct{}) (*body[restMe], error) {
	c := callOf(ctx)
	var out body[restMe]
	out.Body.App.ID, out.Body.App.Name, out.Body.App.Version = c.bearer.App.Name, c.bearer.App.Name, c.bearer.App.Version
	out.Body.Shop.ID, out.Body.Shop.Name, out.Body.Shop.URL = string(c.shop.ID), c.shop.Name, c.shop.URL
	out.Body.Scopes = scopesOf(c)
	out.Body.TokenExpiresAt = c.bearer.ExpiresAt.UTC().Format(restTime)
	return &out, nil
}

func scopesOf(c restCall) []string {
	list := []string{}
	for _, s := range c.bearer.Scopes {
		list = append(list, s.String())
	}
	return list
}

type restInstallation struct {
	ID      string   `json:"id"`
	Version string   `json:"version"`
	Scopes  []string `json:"scopes"`
	Shop    wireID   `json:"shop"`
}

func (a *restAPI) installation(ctx context.Context, _ *struct{}) (*body[restInstallation], error) {
	c := callOf(ctx)
	return &body[restInstallation]{restInstallation{
		c.bearer.App.Installation.String(), c.bearer.App.Version, scopesOf(c), wireID{string(c.shop.ID), c.shop.URL},
	}}, nil
}

type getInput struct {
	ID          string `path:"id" doc:"32 hex digits"`
	IfNoneMatch string `header:"If-None-Match"`
}

type getOutput[T any] struct {
	ETag string `header:"ETag"`
	Body T
}

type listInput struct {
	Limit  string `query:"limit" doc:"1 to 250; 50 if absent" example:"50"`
	Cursor string `query:"cursor" doc:"from page.next of the page before; good for a day"`
	Sort   string `query:"sort" doc:"created_at or -created_at, which is the default" example:"-created_at"`
	Count  string `query:"count" doc:"exact: with the number of all" example:"exact"`
}

type restPage struct {
	Next  *string `json:"next"`
	Limit int     `json:"limit"`
}

type listOutput[T any] struct {
	Link string `header:"Link"`
	Body struct {
		Data  []T      `json:"data"`
		Page  restPage `json:"page"`
		Total *int     `json:"total,omitempty"`
	}
}

// resource registers reading one and many of a kind.
func resource[T any](a *restAPI, api huma.API, noun, path, name, created, scope string, show func(viewer, entity.Record) T) {
	read := &protocol.Scope{Resource: scope, Action: "read"}
	huma.Register(api, restOperation("get"+noun, path+"/{id}", "Show one", read), func(ctx context.Context, in *getInput) (*getOutput[T], error) {
		c := callOf(ctx)
		id, err := appdock.ParseID(in.ID)
		if err != nil {
			return nil, notFound(noun)
		}
		page, err := a.search(ctx, c, &entity.Criteria{Entity: name, IDs: []appdock.ID{id}, Associations: restKinds[name].loads()})
		if err != nil {
			return nil, err
		}
		if len(page.Records) == 0 {
			return nil, notFound(noun)
		}
		out := &getOutput[T]{ETag: strconv.Quote(strconv.FormatInt(page.Records[0].RowVersion, 10)), Body: show(viewer{c.shop, c.bearer.Actor.Privileges}, page.Records[0])}
		if in.IfNoneMatch == out.ETag || in.IfNoneMatch == "*" {
			return nil, huma.ErrorWithHeaders(huma.Status304NotModified(), http.Header{"Etag": {out.ETag}})
		}
		return out, nil
	})
	huma.Register(api, restOperation("list"+noun+"s", path, "List, the newest first", read), func(ctx context.Context, in *listInput) (*listOutput[T], error) {
		c := callOf(ctx)
		l, err := a.list(in, name, created)
		if err != nil {
			return nil, err
		}
		page, err := a.search(ctx, c, l.criteria)
		if err != nil {
			return nil, err
		}
		out := &listOutput[T]{}
		out.Body.Data, out.Body.Page.Limit = []T{}, l.limit
		if in.Count != "" {
			out.Body.Total = &page.Total
		}
		for i, r := range page.Records {
			if i == l.limit {
				break
			}
			out.Body.Data = append(out.Body.Data, show(viewer{c.shop, c.bearer.Actor.Privileges}, r))
		}
		if len(page.Records) > l.limit {
			next := a.cursor(l, page.Records[l.limit-1])
			out.Body.Page.Next = &next
			out.Link = "<" + c.shop.URL + restBase + path + "?limit=" + strconv.Itoa(l.limit) + "&sort=" + l.sort + "&cursor=" + next + `>; rel="next"`
		}
		return out, nil
	})
}

func notFound(noun string) error {
	p := &problemError{Status: http.StatusNotFound, Code: "not_found", Detail: "There is no such " + strings.ToLower(noun) + "."}
	p.fill(nil)
	return p
}

func refuse(code, detail string) error {
	p := &problemError{Status: http.StatusBadRequest, Code: code, Detail: detail}
	p.fill(nil)
	return p
}

func (a *restAPI) search(ctx context.Context, c restCall, criteria *entity.Criteria) (entity.Page, error) {
	// What is embedded is cut by what is shown; the record itself by the token's scope, which
	// was checked. The host reads, so that an order comes whole whatever else the app may see.
	page, err := a.options.Records.Search(ctx, appdock.Host(c.shop.ID), entity.View{Inherit: true}, criteria)
	if err != nil {
		p := problemOf(web.Public(err))
		p.fill(nil)
		return page, p
	}
	return page, nil
}

// listed is a list that was asked for.
type listed struct {
	criteria *entity.Criteria
	limit    int
	sort     string
	field    string
	entity   string
}

// position is where a page ended (rest-api-sitepack.md 5).
type position struct {
	At     time.Time  `json:"t"`
	ID     appdock.ID `json:"i"`
	Entity string     `json:"e"`
	Sort   string     `json:"s"`
	Made   int64      `json:"m"`
}

const (
	mostListed  = 250
	usualListed = 50
	cursorGood  = 24 * time.Hour
	cursorSum   = 16
)

func (a *restAPI) list(in *listInput, name, created string) (listed, error) {
	l := listed{limit: usualListed, sort: in.Sort, field: created, entity: name}
	if in.Limit != "" {
		n, err := strconv.Atoi(in.Limit)
		if err != nil || n < 1 || n > mostListed {
			return l, refuse("invalid_limit", "limit is a number from 1 to 250.")
		}
		l.limit = n
	}
	if l.sort == "" {
		l.sort = "-created_at"
	}
	if l.sort != "-created_at" && l.sort != "created_at" {
		return l, refuse("invalid_filter", "sort is created_at or -created_at.")
	}
	if in.Count != "" && in.Count != "exact" {
		return l, refuse("invalid_filter", "count is exact.")
	}
	descending := strings.HasPrefix(l.sort, "-")
	l.criteria = &entity.Criteria{
		Entity: name, Limit: l.limit + 1, Associations: restKinds[name].loads(),
		Sort: []entity.Sort{{Field: created, Descending: descending}, {Field: "id", Descending: descending}},
	}
	if in.Count == "exact" {
		l.criteria.Total = entity.CountAll
	}
	if in.Cursor == "" {
		return l, nil
	}
	at, err := a.position(in.Cursor)
	if err != nil {
		return l, err
	}
	if at.Entity != name || at.Sort != l.sort {
		return l, refuse("cursor_mismatch", "The cursor is of another list.")
	}
	beyond := func(v any) entity.Bounds {
		if descending {
			return entity.Bounds{LT: v}
		}
		return entity.Bounds{GT: v}
	}
	// A filter of the page, so that an exact count is still that of the whole list.
	l.criteria.PostFilters = []entity.Filter{{Kind: entity.Or, Queries: []entity.Filter{
		{Kind: entity.Range, Field: created, Bounds: beyond(at.At)},
		{Kind: entity.And, Queries: []entity.Filter{
			{Kind: entity.Equals, Field: created, Values: []any{at.At}},
			{Kind: entity.Range, Field: "id", Bounds: beyond(at.ID)},
		}},
	}}}
	return l, nil
}

func (a *restAPI) sum(text []byte) []byte {
	mac := hmac.New(sha256.New, a.options.Key)
	mac.Write([]byte("cursor\x00"))
	mac.Write(text)
	return mac.Sum(nil)[:cursorSum]
}

func (a *restAPI) cursor(l listed, last entity.Record) string {
	at, _ := last.Get(l.field).(time.Time)
	text, err := json.Marshal(position{at, last.ID(), l.entity, l.sort, a.options.Now().Unix()})
	if err != nil { // unreachable: moments of this age, ids and texts always marshal
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(append(a.sum(text), text...))
}

func (a *restAPI) position(cursor string) (at position, err error) {
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || len(raw) <= cursorSum || !hmac.Equal(raw[:cursorSum], a.sum(raw[cursorSum:])) || json.Unmarshal(raw[cursorSum:], &at) != nil ||
		a.options.Now().Sub(time.Unix(at.Made, 0)) > cursorGood {
		return at, refuse("invalid_cursor", "The cursor is none of this host, or older than a day: begin anew.")
	}
	return at, nil
}
