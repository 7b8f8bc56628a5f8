package shop_test

import (
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// missing gives the privileges that a refusal names.
func missing(tb testing.TB, err error) []string {
	tb.Helper()
	e, ok := err.(*appdock.Error) //nolint:errorlint // the service returns it unwrapped
	if err == nil {
		return nil
	}
	if !ok || e.Kind != appdock.Refused || e.Code != "FRAMEWORK__MISSING_PRIVILEGE_ERROR" {
		tb.Fatalf("no refusal: %v", err)
	}
	names, _ := e.Params[0].Value.([]string)
	return names
}

func actor(privileges ...appdock.Privilege) appdock.Actor {
	return appdock.Actor{Shop: shopID, Installation: appdock.MustID(unknownID), Privileges: appdock.NewPrivileges(privileges...)}
}

func TestReadPrivileges(t *testing.T) {
	t.Parallel()
	nested := func(names ...string) *entity.Criteria {
		c := &entity.Criteria{}
		for i := len(names) - 1; i >= 0; i-- {
			c = &entity.Criteria{Associations: map[string]*entity.Criteria{names[i]: c}}
		}
		return c
	}
	tests := map[string]struct {
		criteria *entity.Criteria
		has      []appdock.Privilege
		want     []string
	}{
		"the entity itself":                     {nested(), nil, []string{"order:read"}},
		"with the right":                        {nested(), []appdock.Privilege{"order:read"}, nil},
		"an association that always comes":      {nested(), []appdock.Privilege{"order:read"}, nil},
		"an association that is asked for":      {nested("lineItems"), []appdock.Privilege{"order:read"}, []string{"order_line_item:read"}},
		"associations of associations":          {nested("lineItems", "product", "tax"), []appdock.Privilege{"order:read", "product:read"}, []string{"order_line_item:read", "tax:read"}},
		"an association that is not stored":     {nested("transactions"), []appdock.Privilege{"order:read"}, []string{"order_transaction:read"}},
		"everything that a filter crosses":      {&entity.Criteria{Filters: []entity.Filter{equals("orderCustomer.customer.email", "x")}}, nil, []string{"order:read", "order_customer:read", "customer:read"}},
		"what a post-filter crosses":            {&entity.Criteria{PostFilters: []entity.Filter{equals("currency.isoCode", "EUR")}}, []appdock.Privilege{"order:read"}, []string{"currency:read"}},
		"what a filter in a group crosses":      {&entity.Criteria{Filters: []entity.Filter{{Kind: entity.Nor, Queries: []entity.Filter{equals("currency.isoCode", "EUR")}}}}, []appdock.Privilege{"order:read"}, []string{"currency:read"}},
		"everything that a sort crosses":        {&entity.Criteria{Sort: []entity.Sort{{Field: "billingAddress.country.iso"}}}, []appdock.Privilege{"order:read"}, []string{"order_address:read", "country:read"}},
		"what an association's filter crosses":  {&entity.Criteria{Associations: map[string]*entity.Criteria{"lineItems": {Filters: []entity.Filter{equals("product.stock", "1")}}}}, []appdock.Privilege{"order:read", "order_line_item:read"}, []string{"product:read"}},
		"a right to write is no right to read":  {nested(), []appdock.Privilege{"order:update", "order:create"}, []string{"order:read"}},
		"a privilege of another's name is none": {nested(), []appdock.Privilege{"order_address:read", "order"}, []string{"order:read"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			test.criteria.Entity = "order"
			w.store.asked = nil
			_, err := w.Search(t.Context(), actor(test.has...), entity.View{}, test.criteria)
			if diff := cmp.Diff(test.want, missing(t, err)); diff != "" {
				t.Error(diff)
			}
			if asked := len(w.store.asked) > 0; asked == (err != nil) {
				t.Errorf("the store was asked: %v", asked)
			}
		})
	}
}

func TestWritePrivileges(t *testing.T) {
	t.Parallel()
	insert := func(name, payload string) entity.Operation {
		return entity.Operation{Entity: name, Action: entity.Insert, Payload: parse(t, payload), Pointer: "/0"}
	}
	tea := `{"id":"018c0000000070008000000000000001"`
	deliveryTime := newWorld(t).any("delivery_time").String()
	tests := map[string]struct {
		op   func(*world) entity.Operation
		has  []appdock.Privilege
		want []string
	}{
		"an insert": {func(w *world) entity.Operation { return insert("product", merged(t, w.fill(teaPayload), `{"-id":0}`)) }, nil, []string{"product:create"}},
		"an insert with the right": {func(w *world) entity.Operation {
			return insert("product", merged(t, w.fill(teaPayload), `{"-id":0,"productNumber":"T2"}`))
		}, []appdock.Privilege{"product:create"}, nil},
		"an upsert of what is there":       {func(*world) entity.Operation { return upsert(t, "product", tea+`,"stock":1}`) }, []appdock.Privilege{"product:create"}, []string{"product:update"}},
		"an upsert of what is there, with": {func(*world) entity.Operation { return upsert(t, "product", tea+`,"stock":1}`) }, []appdock.Privilege{"product:update"}, nil},
		"nested rows, each by what becomes of it": {func(w *world) entity.Operation {
			return upsert(t, "product", tea+`,"stock":1,"tax":{"name":"x","taxRate":1},"children":[{"productNumber":"c","stock":1}]}`)
		}, nil, []string{"tax:create", "product:update", "product:create"}},
		"a deletion":                      {func(*world) entity.Operation { return deletion(t, "product", tea+`}`) }, []appdock.Privilege{"product:update"}, []string{"product:delete"}},
		"a deletion of what is not there": {func(*world) entity.Operation { return deletion(t, "product", `{"id":"`+unknownID+`"}`) }, nil, nil},
		"an order with all that is in it": {func(w *world) entity.Operation {
			return entity.Operation{Entity: "order", Action: entity.Insert, Payload: w.order(t), Pointer: "/0"}
		}, []appdock.Privilege{"order:create"}, []string{"order_customer:create", "order_address:create", "order_delivery:create", "order_line_item:create", "order_transaction:create"}},
		"a row that is only named": {func(*world) entity.Operation {
			return upsert(t, "product", tea+`,"stock":1,"deliveryTime":{"id":"`+deliveryTime+`"}}`)
		}, []appdock.Privilege{"product:update"}, nil},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if err := w.write(t, entity.Insert, "product", parse(t, w.fill(teaPayload))); err != nil {
				t.Fatal(err)
			}
			w.told = nil
			_, err := w.Write(t.Context(), actor(test.has...), entity.View{}, []entity.Operation{test.op(w)})
			if diff := cmp.Diff(test.want, missing(t, err)); diff != "" {
				t.Error(diff)
			}
			if err != nil && len(w.told) > 0 {
				t.Errorf("told of %v", w.told)
			}
		})
	}
}

func TestCascadesNeedNoPrivilege(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "customer", merge(t, w.fill(customerPayload), `{"id":"018c0000000070008000000000000001"}`)); err != nil {
		t.Fatal(err)
	}
	_, err := w.Write(t.Context(), actor("customer:delete"), entity.View{}, []entity.Operation{deletion(t, "customer", `{"id":"018c0000000070008000000000000001"}`)})
	if err != nil {
		t.Error(err)
	}
	if n := len(w.store.rows["customer_address"]); n != 0 {
		t.Errorf("%d addresses are left", n)
	}
}

func TestNotify(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		n    shop.Notification
		has  []appdock.Privilege
		kind appdock.Kind
		code string
	}{
		"a line":              {shop.Notification{Status: "success", Message: "Done", RequiredPrivileges: []string{"order:read"}}, []appdock.Privilege{"notification:create"}, 0, ""},
		"without the right":   {shop.Notification{Status: "success", Message: "Done"}, nil, appdock.Refused, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"without status":      {shop.Notification{Message: "Done"}, []appdock.Privilege{"notification:create"}, appdock.Invalid, "FRAMEWORK__MISSING_REQUEST_PARAMETER"},
		"without message":     {shop.Notification{Status: "info"}, []appdock.Privilege{"notification:create"}, appdock.Invalid, "FRAMEWORK__MISSING_REQUEST_PARAMETER"},
		"a message of markup": {shop.Notification{Status: "info", Message: "<br>"}, []appdock.Privilege{"notification:create"}, appdock.Invalid, blankCode},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			by := actor(test.has...)
			by.Integration = productID
			id, err := w.Notify(t.Context(), by, "192.0.2.1", test.n)
			if appdock.KindOf(err) != test.kind || appdock.CodeOf(err) != test.code {
				t.Fatal(err)
			}
			if err != nil {
				return
			}
			row := w.store.get("notification", id)
			if row["message"] != "Done" || row["createdByIntegrationId"] != productID || row["createdByUserId"] != nil || row["adminOnly"] != false {
				t.Errorf("stored %v", row)
			}
		})
	}
}

// TestNotifyIsSlowedDown takes ten at once; [appdock.Backoff] has the whole ladder.
func TestNotifyIsSlowedDown(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	by := actor("notification:create")
	by.Integration = productID
	note := func(a appdock.Actor, from string, n shop.Notification) error {
		_, err := w.Notify(t.Context(), a, from, n)
		return err
	}
	line := shop.Notification{Status: "info", Message: "Done"}
	const here = "192.0.2.1"
	for n := range 10 {
		if err := note(by, here, line); err != nil {
			t.Fatalf("notification %d: %v", n, err)
		}
		// What is wrong does not count (protocol-admin.md 3).
		for name, err := range map[string]error{
			"a missing status":  note(by, here, shop.Notification{Message: "x"}),
			"a message of tags": note(by, here, shop.Notification{Status: "info", Message: "<br>"}),
			"a missing right":   note(func(a appdock.Actor) appdock.Actor { a.Privileges = nil; return a }(by), here, line),
		} {
			if err == nil || appdock.KindOf(err) == appdock.Throttled {
				t.Fatalf("%s: got %v", name, err)
			}
		}
	}
	err := note(by, here, line)
	if appdock.CodeOf(err) != "FRAMEWORK__NOTIFICATION_THROTTLED" || appdock.KindOf(err) != appdock.Throttled {
		t.Fatalf("the eleventh: got %v, want a wait", err)
	}
	if n := len(w.store.rows["notification"]); n != 10 {
		t.Errorf("%d notifications are stored, want 10", n)
	}
	user := by
	user.User = appdock.MustID(unknownID)
	for name, err := range map[string]error{
		"from another address": note(by, "192.0.2.2", line),
		"for a user":           note(user, here, line),
		"by the host":          note(appdock.Host(by.Shop), here, line),
	} {
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	for range 9 {
		if err := note(user, "192.0.2.9", line); err != nil {
			t.Fatal(err)
		}
	}
	if err := note(user, "192.0.2.10", line); appdock.KindOf(err) != appdock.Throttled {
		t.Errorf("a user from everywhere: got %v, want a wait", err)
	}
}

func TestWhoSeesNotifications(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for message, n := range map[string]shop.Notification{
		"for all":     {},
		"for admins":  {AdminOnly: true},
		"for readers": {RequiredPrivileges: []string{"order:read", "product:read"}},
		"admins' own": {AdminOnly: true, RequiredPrivileges: []string{"order:read"}},
	} {
		n.Status, n.Message = "info", message
		if _, err := w.Notify(t.Context(), appdock.Host(shopID), "", n); err != nil {
			t.Fatal(err)
		}
	}
	for name, test := range map[string]struct {
		actor appdock.Actor
		want  []string
	}{
		"an administrator":     {appdock.Host(shopID), []string{"admins' own", "for admins", "for all", "for readers"}},
		"without any right":    {actor(), []string{"for all"}},
		"with one of two":      {actor("order:read"), []string{"for all"}},
		"with all that needed": {actor("order:read", "product:read"), []string{"for all", "for readers"}},
	} {
		seen, last, err := w.Notifications(t.Context(), test.actor, time.Time{}, 500)
		if err != nil || last.IsZero() {
			t.Fatalf("%s: %v, last %v", name, err, last)
		}
		var got []string
		for _, r := range seen {
			got = append(got, r.Text("message"))
		}
		slices.Sort(got)
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s (-want +got)\n%s", name, diff)
		}
	}
}
