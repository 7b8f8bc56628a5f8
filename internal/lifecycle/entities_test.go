package lifecycle

import (
	"slices"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/manifest"
)

// TestOwnEntitiesNeedNoConsent has an app gain an entity: it gets all rights to it, and to its
// pairs with others, and nobody is asked.
func TestOwnEntitiesNeedNoConsent(t *testing.T) {
	t.Parallel()
	app := &manifest.App{Name: "Bundles", Entities: []manifest.CustomEntity{{
		Name: "ce_bundle", Fields: []manifest.EntityField{
			{Name: "products", Type: "many-to-many", Reference: "product"},
			{Name: "tax", Type: "many-to-one", Reference: "tax", OnDelete: "restrict"},
			{Name: "tags", Type: "one-to-many", Reference: "tag", OnDelete: "set-null"},
		},
	}}}
	app.Permissions.Requested = []string{"product:read"}
	had := &Registration{Installation: appdock.Installation{Grant: appdock.NewPrivileges("product:read")}}
	if c := Plan(app, had); c.Demands() || len(c.NewPrivileges) > 0 {
		t.Errorf("got a consent to %v", c.NewPrivileges)
	}
	got := requested(app)
	for _, p := range []appdock.Privilege{"product:read", "ce_bundle:read", "ce_bundle:create", "ce_bundle:update", "ce_bundle:delete", "ce_bundle_products:create", "ce_bundle_tags:delete"} {
		if !got.Has(p) {
			t.Errorf("the app has no right to %s", p)
		}
	}
	if slices.ContainsFunc(got, func(p appdock.Privilege) bool { return p != "product:read" && p[:3] != "ce_" }) {
		t.Errorf("the app has rights to more: %v", got)
	}
	if r := (Registration{Entities: entities(app)}); !r.restricts() || Rows("insert", r, "", "en-GB")[2].Set["allowDisable"] != false {
		t.Error("an app that restricts deletions may be deactivated")
	}
}
