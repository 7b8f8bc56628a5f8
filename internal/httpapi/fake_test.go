package httpapi_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

const (
	base    = "https://shop.example"
	good    = "Bearer good"
	content = "application/json"
)

var (
	started       = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	teaID         = appdock.MustID("018c0000000070008000000000000001")
	coffeeID      = appdock.MustID("018c0000000070008000000000000002")
	cocoaID       = appdock.MustID("018c0000000070008000000000000003")
	makerID       = appdock.MustID("018c0000000070008000000000000011")
	reviewID      = appdock.MustID("018c0000000070008000000000000021")
	germanID      = appdock.MustID("018c0000000070008000000000000031")
	appID         = appdock.MustID("018c0000000070008000000000000041")
	integrationID = appdock.MustID("018c0000000070008000000000000042")
	roleID        = appdock.MustID("018c0000000070008000000000000042")
	newID         = appdock.MustID("018c00000000700080000000000000ff")
	unknownID     = appdock.MustID("018c0000000070008000000000000099")
)

// fake is a shop in memory: records, tokens and notifications behind the API's ports. It
// finds by id and by equals, loads associations and checks privileges, as the real one.
type fake struct {
	schema *entity.Schema

	mu       sync.Mutex
	rows     map[string][]entity.Record
	noted    []shop.Notification
	sinces   []time.Time // what newer notifications were asked for than
	rotated  []appdock.ID
	moved    []shop.Transition   // what was asked of state machines
	drawn    []string            // what was asked of number ranges
	figures  []entity.Aggregated // answer every search
	webhooks []webhook.Status
	identity *identity // of the shop
	paused   []appdock.ID
	replayed int
	ticked   time.Time
	revived  []appdock.ID
	actor    func(*appdock.Actor) // changes who a token is for
	asked    []*entity.Criteria
	views    []entity.View
	written  []entity.Operation
	calls    []httpapi.Call
	fail     error
	panics   bool
	hangs    bool // until the caller gives up
	rights   appdock.Privileges
	requests []oauth.Request
}

func newFake(tb testing.TB) *fake {
	tb.Helper()
	id := entity.Field{Name: "id", Type: entity.UUID}
	schema, err := entity.NewSchema(
		entity.Definition{
			Name: "product", Versioned: true,
			Fields: []entity.Field{
				id,
				{Name: "versionId", Type: entity.Version},
				{Name: "manufacturerId", Type: entity.UUID, Target: "product_manufacturer"},
				{Name: "name", Type: entity.String, Translated: true, Required: true},
				{Name: "stock", Type: entity.Int},
				{Name: "weight", Type: entity.Float},
				{Name: "customFields", Type: entity.Object, Translated: true},
				{Name: "internal", Type: entity.String, Hidden: true},
				{Name: "createdAt", Type: entity.DateTime},
			},
			Associations: []entity.Association{
				{Name: "manufacturer", Kind: entity.ToOne, Target: "product_manufacturer", Via: "manufacturerId"},
				{Name: "productReviews", Kind: entity.HasMany, Target: "product_review", Via: "productId"},
				{Name: "crossSellings", Kind: entity.HasMany, Target: "product_cross_selling"},
			},
		},
		entity.Definition{
			Name:   "product_manufacturer",
			Fields: []entity.Field{id, {Name: "name", Type: entity.String, Translated: true}},
			Associations: []entity.Association{
				{Name: "products", Kind: entity.HasMany, Target: "product", Via: "manufacturerId"},
			},
		},
		entity.Definition{
			Name:   "product_review",
			Fields: []entity.Field{id, {Name: "productId", Type: entity.UUID}, {Name: "points", Type: entity.Float}},
			Associations: []entity.Association{
				{Name: "product", Kind: entity.ToOne, Target: "product", Via: "productId"},
			},
		},
		entity.Definition{
			Name: "state_machine_state",
			Fields: []entity.Field{
				id, {Name: "technicalName", Type: entity.String}, {Name: "name", Type: entity.String, Translated: true},
			},
		},
		entity.Definition{
			Name:   "state_machine_transition",
			Fields: []entity.Field{id, {Name: "actionName", Type: entity.String}},
			Associations: []entity.Association{
				{Name: "fromStateMachineState", Kind: entity.ToOne, Target: "state_machine_state"},
				{Name: "toStateMachineState", Kind: entity.ToOne, Target: "state_machine_state"},
			},
		},
		entity.Definition{Name: "language", Fields: []entity.Field{id, {Name: "name", Type: entity.String}}},
		entity.Definition{Name: "notification", Fields: []entity.Field{id, {Name: "message", Type: entity.Text}}},
		entity.Definition{
			Name: "app", Owner: "lifecycle",
			Fields: []entity.Field{
				id,
				{Name: "name", Type: entity.String},
				{Name: "active", Type: entity.Bool},
				{Name: "version", Type: entity.String},
				{Name: "baseAppUrl", Type: entity.String},
				{Name: "integrationId", Type: entity.UUID},
				{Name: "aclRoleId", Type: entity.UUID},
			},
			Associations: []entity.Association{{Name: "aclRole", Kind: entity.ToOne, Target: "acl_role", Via: "aclRoleId"}},
		},
		entity.Definition{Name: "acl_role", Fields: []entity.Field{id, {Name: "privileges", Type: entity.Strings}}},
	)
	if err != nil {
		tb.Fatal(err)
	}
	f := &fake{schema: schema, rows: map[string][]entity.Record{}}
	f.rights = appdock.NewPrivileges("product:read", "product:create", "product:update", "product:delete",
		"product_manufacturer:read", "product_manufacturer:update", "notification:create")
	f.add("product", teaID, nil, makerID, `Earl "Grey" / ü`, int64(3), 19.0, json.RawMessage(`{}`), "hush", started)
	f.add("product", coffeeID, nil, makerID, "Coffee", int64(5), 0.25, nil, "hush", started)
	f.add("product", cocoaID, nil, nil, "Cocoa", int64(0), nil, json.RawMessage(`{"a":1}`), "hush", started)
	f.add("product_manufacturer", makerID, "Maker")
	f.add("product_review", reviewID, teaID, 4.0)
	f.add("state_machine_state", makerID, "open", "Open")
	f.add("state_machine_state", cocoaID, "paid", "Paid")
	f.add("language", germanID, "Deutsch")
	f.add("app", appID, "Notes", true, "1.0.0", "https://app.example/admin", newID, roleID)
	f.add("app", unknownID, "Quiet", true, "1.0.0", nil, nil, nil)
	f.add("acl_role", roleID, json.RawMessage(`["product:read","app.all","order:update"]`))
	return f
}

func (f *fake) add(name string, values ...any) {
	d, _ := f.schema.Definition(name)
	f.rows[name] = append(f.rows[name], entity.Record{Definition: d, Values: values})
}

func (f *fake) Schema(context.Context, appdock.ShopID) (*entity.Schema, error) { return f.schema, nil }

func (f *fake) Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.hangs {
		<-ctx.Done()
		return entity.Page{}, errors.New("interrupted")
	}
	if f.panics {
		panic("the shop fell over")
	}
	if f.fail != nil {
		return entity.Page{}, f.fail
	}
	if !a.Everything {
		f.asked = append(f.asked, c)
		f.views = append(f.views, v)
	}
	needs, err := f.needs(c.Entity, c)
	if err != nil {
		return entity.Page{}, err
	}
	if missing := a.Missing(needs...); len(missing) > 0 {
		return entity.Page{}, appdock.MissingPrivileges(missing)
	}
	found := f.find(c.Entity, c)
	if !v.Language.IsZero() {
		untranslated(found)
	}
	for i := range found {
		if score := float64(100 - i); len(c.Queries) > 0 {
			found[i].Score = &score
		}
	}
	page := entity.Page{Records: found, Total: len(found), Aggregations: f.figures}
	if c.Limit > 0 {
		page.Records = found[min(c.Offset, len(found)):min(c.Offset+c.Limit, len(found))]
	}
	if c.Total == entity.CountPage {
		page.Total = len(page.Records)
	}
	return page, nil
}

// untranslated makes records those of a language that has no texts.
func untranslated(records []entity.Record) {
	for i, r := range records {
		records[i].Shown, records[i].Values = r.Values, slices.Clone(r.Values)
		for n := range records[i].Values {
			if r.Definition.Fields[n].Translated {
				records[i].Values[n] = nil
			}
		}
		for _, loaded := range r.Loaded {
			untranslated(loaded.Records)
		}
	}
}

func (f *fake) needs(name string, c *entity.Criteria) ([]appdock.Privilege, error) {
	needs := []appdock.Privilege{entity.May(name, "read")}
	d, _ := f.schema.Definition(name)
	for association, nested := range c.Associations {
		to, ok := d.Association(association)
		if !ok {
			return nil, &appdock.Error{Kind: appdock.Invalid, Faults: []appdock.Fault{{
				Pointer: "/associations/" + association, Code: "FRAMEWORK__ASSOCIATION_NOT_FOUND", Message: "There is no " + association + ".",
			}}}
		}
		if _, stored := f.schema.Definition(to.Target); !stored {
			continue
		}
		below, err := f.needs(to.Target, nested)
		if err != nil {
			return nil, err
		}
		needs = append(needs, below...)
	}
	return needs, nil
}

func (f *fake) find(name string, c *entity.Criteria) []entity.Record {
	var found []entity.Record
	for _, r := range f.rows[name] {
		holds := c.IDs == nil || slices.Contains(c.IDs, r.ID())
		for _, filter := range c.Filters {
			holds = holds && filter.Kind == entity.Equals && r.Get(filter.Field) == filter.Values[0]
		}
		if holds {
			found = append(found, f.load(r, c))
		}
	}
	if c.IDs != nil {
		slices.SortFunc(found, func(a, b entity.Record) int {
			return slices.Index(c.IDs, a.ID()) - slices.Index(c.IDs, b.ID())
		})
	}
	return found
}

func (f *fake) load(r entity.Record, c *entity.Criteria) entity.Record {
	r.Loaded = map[string]entity.Loaded{}
	for name, nested := range c.Associations {
		a, _ := r.Definition.Association(name)
		var loaded entity.Loaded
		for _, other := range f.find(a.Target, nested) {
			if a.Kind == entity.ToOne && other.ID() == r.Key(a.Via) || a.Kind == entity.HasMany && other.Key(a.Via) == r.ID() {
				loaded.Records = append(loaded.Records, other)
			}
		}
		r.Loaded[name] = loaded
	}
	return r
}

func (f *fake) Write(ctx context.Context, a appdock.Actor, v entity.View, ops []entity.Operation) (entity.Written, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.views = append(f.views, v)
	if f.hangs {
		<-ctx.Done()
		return entity.Written{}, ctx.Err()
	}
	if f.fail != nil {
		return entity.Written{}, f.fail
	}
	f.written = append(f.written, ops...)
	w := entity.Written{Saved: map[string][]appdock.ID{}, Deleted: map[string][]appdock.ID{}, NotFound: map[string][]appdock.ID{}}
	for _, op := range ops {
		if op.Filters != nil {
			continue // the fake deletes nothing by filters
		}
		action := map[entity.Action]string{entity.Insert: "create", entity.Update: "update", entity.Upsert: "update", entity.Delete: "delete"}[op.Action]
		if missing := a.Missing(entity.May(op.Entity, action)); len(missing) > 0 {
			return w, appdock.MissingPrivileges(missing)
		}
		text, _ := op.Payload["id"].(string)
		id, err := appdock.ParseID(text)
		if err != nil {
			return w, &appdock.Error{Kind: appdock.Invalid, Code: "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", Faults: []appdock.Fault{{
				Pointer: op.Pointer + "/id", Code: "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION", Message: "The string is not a valid uuid.",
			}}}
		}
		at := slices.IndexFunc(f.rows[op.Entity], func(r entity.Record) bool { return r.ID() == id })
		switch {
		case op.Action == entity.Delete && at < 0:
			w.NotFound[op.Entity] = append(w.NotFound[op.Entity], id)
		case op.Action == entity.Delete:
			f.rows[op.Entity] = slices.Delete(f.rows[op.Entity], at, at+1)
			w.Deleted[op.Entity] = append(w.Deleted[op.Entity], id)
		case op.Action == entity.Upsert:
			w.Saved[op.Entity] = append(w.Saved[op.Entity], id)
		case op.Action == entity.Insert:
			f.add(op.Entity, id, nil, nil, op.Payload["name"])
		}
	}
	return w, nil
}

func (f *fake) Issue(_ context.Context, _ appdock.ShopID, r oauth.Request) (oauth.Token, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.requests = append(f.requests, r)
	switch {
	case r.GrantType != "client_credentials":
		return oauth.Token{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "2",
			Message: "The authorization grant type is not supported by the authorization server.",
			Cause:   "Check that all required parameters have been provided",
		}
	case r.ClientID != "SWIAGOOD" || r.ClientSecret.Reveal() != "secret":
		return oauth.Token{}, &appdock.Error{Kind: appdock.Unauthenticated, Code: "4", Message: "Client authentication failed", Cure: "No."}
	}
	return oauth.Token{Access: appdock.NewSecret("a.b.c"), Lifetime: 600 * time.Second}, nil
}

func (f *fake) Actor(_ context.Context, id appdock.ShopID, authorization string) (appdock.Actor, error) {
	if authorization != good {
		return appdock.Actor{}, &appdock.Error{
			Kind: appdock.Unauthenticated, Code: "9",
			Message: "The resource owner or authorization server denied the request.",
			Cause:   `Missing "Authorization" header`,
		}
	}
	a := appdock.Actor{Shop: id, Installation: appID, Integration: integrationID, Privileges: f.rights}
	if f.actor != nil {
		f.actor(&a)
	}
	return a, nil
}

func (f *fake) Notify(_ context.Context, _ appdock.Actor, _ string, n shop.Notification) (appdock.ID, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return appdock.ID{}, f.fail
	}
	f.noted = append(f.noted, n)
	return newID, nil
}

func (f *fake) Notifications(_ context.Context, _ appdock.Actor, since time.Time, limit int) ([]entity.Record, time.Time, error) {
	f.sinces = append(f.sinces, since)
	rows := f.rows["notification"]
	if len(rows) == 0 {
		return nil, time.Time{}, nil
	}
	return rows[:min(limit, len(rows))], started, nil
}

// paid is the state that all transitions of a fake lead to, seen in the system language or not.
func (f *fake) paid(v entity.View) entity.Record {
	states := slices.Clone(f.rows["state_machine_state"])
	if !v.Language.IsZero() {
		untranslated(states)
	}
	return states[1]
}

func (f *fake) Transit(_ context.Context, _ appdock.Actor, t shop.Transition) (entity.Record, error) {
	f.moved = append(f.moved, t)
	if f.fail != nil {
		return entity.Record{}, f.fail
	}
	return f.paid(t.View), nil
}

func (f *fake) Transitions(_ context.Context, _ appdock.Actor, t shop.Transition) ([]entity.Record, error) {
	f.moved = append(f.moved, t)
	d, _ := f.schema.Definition("state_machine_transition")
	return []entity.Record{{Definition: d, Values: []any{newID, "do pay"}, Loaded: map[string]entity.Loaded{
		"fromStateMachineState": {Records: f.rows["state_machine_state"][:1]},
		"toStateMachineState":   {Records: []entity.Record{f.paid(t.View)}},
	}}}, f.fail
}

func (f *fake) Reserve(_ context.Context, _ appdock.Actor, numberRange string, preview bool) (string, error) {
	f.drawn = append(f.drawn, fmt.Sprintf("%s %v", numberRange, preview))
	return "SW10001", f.fail
}

// Rotate refuses actors without an installation.
func (f *fake) Rotate(_ context.Context, a appdock.Actor) error {
	if a.Installation.IsZero() {
		return &appdock.Error{Kind: appdock.NotFound, Code: "FRAMEWORK__APP_NOT_FOUND", Message: "m"}
	}
	f.rotated = append(f.rotated, a.Installation)
	return nil
}

func (f *fake) List(context.Context, appdock.ShopID) ([]webhook.Status, error) {
	return slices.Clone(f.webhooks), nil
}

func (f *fake) Reactivate(_ context.Context, _ appdock.ShopID, id appdock.ID) error {
	f.revived = append(f.revived, id)
	return nil
}

func (f *fake) Pause(_ context.Context, _ appdock.ShopID, id appdock.ID) error {
	if !slices.ContainsFunc(f.webhooks, func(s webhook.Status) bool { return s.Subscription.ID == id }) {
		return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-WEBHOOK-UNKNOWN", Message: "m"}
	}
	f.paused = append(f.paused, id)
	return nil
}

func (f *fake) Replay(_ context.Context, filter webhook.Filter) (int, error) {
	if filter.ID != (appdock.ID{15: 9}) || filter.Shop != "aB3dE6gH9jK2mN5p" {
		return 0, &appdock.Error{Kind: appdock.Conflict, Code: "ADK-DELIVERY-OPEN", Message: "m"}
	}
	f.replayed++
	return 1, nil
}

func (f *fake) User(context.Context, appdock.ShopID, appdock.ID) (appdock.Actor, error) {
	return appdock.Actor{}, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND"}
}

func (f *fake) Clone(_ context.Context, _ appdock.Actor, c shop.Clone) (appdock.ID, error) {
	return c.ID, nil
}

func (f *fake) Refund(context.Context, appdock.Actor, appdock.ID) error { return nil }

func (f *fake) Resolve(context.Context, appdock.Actor, []entity.Operation) error { return nil }

func (f *fake) LastTick() time.Time { return f.ticked }

// newAPI is the API over a fake, and its log.
func newAPI(f *fake) (*httpapi.API, *bytes.Buffer) {
	var log bytes.Buffer
	o := optionsOf(f)
	o.Log = slog.New(slog.NewJSONHandler(&log, nil))
	return httpapi.New(o), &log
}

func optionsOf(f *fake) httpapi.Options {
	return httpapi.Options{
		Records: f, Schemas: f, Tokens: f, People: f, Actions: f, Notifications: f, Rotations: f, Webhooks: f, Identities: f.identity, Visits: f.identity,
		Shops: func(host string) (appdock.Shop, bool) {
			return appdock.Shop{ID: "aB3dE6gH9jK2mN5p", URL: base}, host == "shop.example"
		},
		Version: "6.7.10.0", MaxAnswer: 10_000,
		Observe: func(c httpapi.Call) { f.calls = append(f.calls, c) },
		Log:     slog.New(slog.DiscardHandler),
		Now:     func() time.Time { return started },
		NewID:   func() appdock.ID { return newID },
	}
}

// send is one request of a test; headers are "Name: value", an empty value takes one away.
type send struct {
	method, path, body string
	headers            []string
}

func (s send) to(h http.Handler) *httptest.ResponseRecorder {
	r := httptest.NewRequest(s.method, base+s.path, strings.NewReader(s.body))
	r.Header.Set("Authorization", good)
	r.Header.Set("Accept", content)
	if s.body != "" {
		r.Header.Set("Content-Type", content)
	}
	for _, h := range s.headers {
		name, value, _ := strings.Cut(h, ":")
		if value = strings.TrimSpace(value); value == "" {
			r.Header.Del(name)
			continue
		}
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

var errDisk = errors.New("disk on fire at /var/lib")
