package lifecycle_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/lifecycle"
)

func TestPlan(t *testing.T) {
	t.Parallel()
	app := sample(t)
	got := lifecycle.Plan(app, nil)
	all := appdock.NewPrivileges("product:create", "product:read", "product:update", "product:delete", "order:read", "notification:create")
	hosts := []string{"cdn.example.org", "app.example.org", "hooks.example.org"}
	want := lifecycle.Consent{
		App: "OrderNotes", Version: "1.2.0", ManifestHash: app.Hash(),
		Permissions: []lifecycle.Permission{
			{Entity: "product", Rights: []string{"write", "delete"}}, // the read that they imply is not shown
			{Entity: "order", Rights: []string{"read"}},
		},
		Additional: []string{"notification:create"},
		Hosts:      hosts,
		Webhooks: []lifecycle.Wish{
			{Name: "placed", Event: "checkout.order.placed", URL: "https://hooks.example.org/placed"},
			{Name: "deleted", Event: "app.deleted", URL: "https://hooks.example.org/deleted"},
			{Name: "written", Event: "product.written", URL: "https://hooks.example.org/written"},
		},
		NewPrivileges: all, NewHosts: hosts,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	crud := lifecycle.Plan(sample(t, part{"<read>order</read>", "<crud>order</crud>"}), nil).Permissions[1]
	if diff := cmp.Diff(lifecycle.Permission{Entity: "order", Rights: []string{"read", "write", "delete"}}, crud); diff != "" {
		t.Errorf("crud (-want +got)\n%s", diff)
	}
}

func TestPlanSaysWhatIsNew(t *testing.T) {
	t.Parallel()
	installed := registration() // may read orders and products, talks to app.example.org
	got := lifecycle.Plan(sample(t), &installed)
	if diff := cmp.Diff(appdock.NewPrivileges("notification:create", "product:create", "product:delete", "product:update"), got.NewPrivileges); diff != "" {
		t.Errorf("privileges (-want +got)\n%s", diff)
	}
	if diff := cmp.Diff([]string{"cdn.example.org", "hooks.example.org"}, got.NewHosts); diff != "" {
		t.Errorf("hosts (-want +got)\n%s", diff)
	}
}

func TestConsentHash(t *testing.T) {
	t.Parallel()
	hash := lifecycle.Plan(sample(t), nil).Hash()
	if again := lifecycle.Plan(sample(t), nil).Hash(); again != hash || len(hash) != 64 {
		t.Errorf("hash %q, then %q", hash, again)
	}
	installed := registration()
	if lifecycle.Plan(sample(t), &installed).Hash() == hash {
		t.Error("the hash does not see what is new")
	}
	for name, change := range map[string]part{
		"a permission":                     {"<read>order</read>", "<read>customer</read>"},
		"an additional privilege":          {"notification:create", "system_config:read"},
		"a host":                           {"cdn.example.org", "cdn.example.com"},
		"a webhook":                        {"/placed", "/placed2"},
		"the version":                      {"1.2.0", "1.2.1"},
		"anything else in the manifest":    {"(c) Acme", "(c) Acme and others"},
		"even what nobody sees, a comment": {"</manifest>", "<!-- --></manifest>"},
	} {
		if lifecycle.Plan(sample(t, change), nil).Hash() == hash {
			t.Errorf("the hash does not see %s", name)
		}
	}
}
