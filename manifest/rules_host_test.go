package manifest

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHostRules(t *testing.T) {
	t.Parallel()
	host := func(h Host) Environment { return Environment{Host: &h} }
	installed := func(i Installed) Environment { return host(Host{Installed: &i}) }
	const payment = `<payments><payment-method><identifier>card</identifier><name>Card</name></payment-method></payments>`
	const public = "<requirements><public-access/></requirements>"
	testRules(t, map[string]ruleCase{
		"no host":                   {rule: hostCompatible},
		"the right platform":        {rule: hostCompatible, env: host(Host{Platform: "6.7.10.0"})},
		"the wrong platform":        {rule: hostCompatible, env: host(Host{Platform: "6.3.0.0"}), wants: []string{`2:1: error host.incompatible: the app runs on ">=6.4.0", this host speaks 6.3.0.0`}},
		"any platform for app.json": {rule: hostCompatible, app: appJSON(""), env: host(Host{Platform: "6.3.0.0"})},
		"a public shop":             {rule: hostRequirement, app: public, env: host(Host{Public: true})},
		"a shop that is not public": {rule: hostRequirement, app: public, env: host(Host{}), wants: []string{"3:15: error host.requirement_unmet: the app needs a shop that can be reached from outside, this one cannot"}},
		"a developer's shop":        {rule: hostRequirement, app: public, env: Environment{Host: &Host{}, Development: true}},
		"a newer version":           {rule: hostDowngrade, env: installed(Installed{Version: "0.9"})},
		"the same version":          {rule: hostDowngrade, env: installed(Installed{Version: "1.0.0"})},
		"an older version":          {rule: hostDowngrade, env: installed(Installed{Version: "1.0.1"}), wants: []string{`2:94: warning host.version_downgrade: version "1.0.0" is older than "1.0.1", which is installed`}},
		"another build":             {rule: hostDowngrade, app: appJSON(""), env: installed(Installed{Version: "1.0.0+5"})},
		"an older app.json":         {rule: hostDowngrade, app: appJSON(""), env: installed(Installed{Version: "1.0.1-rc.1"}), wants: []string{`2:46: warning host.version_downgrade: version "1.0.0" is older than "1.0.1-rc.1", which is installed`}},
		"nothing new":               {rule: hostConsent, app: "<permissions><read>order</read></permissions>", env: installed(Installed{Privileges: []string{"order:read", "tag:read"}})},
		"a new permission":          {rule: hostConsent, app: "<permissions>\n<update>order</update></permissions>", env: installed(Installed{Privileges: []string{"order:read"}}), wants: []string{"3:1: info host.new_permissions: the update asks for more: order:update"}},
		"a new host":                {rule: hostConsent, app: "<allowed-hosts><host>a.com</host><host>b.com</host></allowed-hosts>", env: installed(Installed{Hosts: []string{"a.com"}}), wants: []string{"1:1: info host.new_hosts: the update talks to more hosts: b.com"}},
		"a name of one's own":       {rule: hostName, env: host(Host{})},
		"a name of the others":      {rule: hostName, env: host(Host{OtherFormat: true}), wants: []string{`2:7: error host.name_taken: an app of the other format has the name "MyApp"`}},
		"one's own identifier":      {rule: hostIdentifiers, app: payment, env: host(Host{Taken: map[Identifier]string{{PaymentMethodName, "card"}: "myapp"}})},
		"another's identifier":      {rule: hostIdentifiers, app: payment, env: host(Host{Taken: map[Identifier]string{{PaymentMethodName, "card"}: "Other"}}), wants: []string{`3:27: error host.identifier_taken: payment method "card" belongs to the app "Other"`}},
		"identifiers that stay":     {rule: hostIdentifiers, app: payment, env: installed(Installed{Identifiers: []Identifier{{PaymentMethodName, "card"}, {CustomFieldName, "gone"}}})},
		"an identifier that goes":   {rule: hostIdentifiers, app: payment, env: installed(Installed{Identifiers: []Identifier{{PaymentMethodName, "cards"}}}), wants: []string{"1:1: warning host.identifier_changed: payment method \"cards\" of the installed version is gone\n    a changed identifier makes a new one, and orders keep the old"}},
	})
}

// What the neighbours of an app have decides about it: names of which there is one in a
// shop are taken, and events and menu entries may be referred to.
func TestOnAHost(t *testing.T) {
	t.Parallel()
	ids := []Identifier{
		{CustomFieldName, "vendor_color"}, {PaymentMethodName, "card"}, {FlowEventName, "vendor.event"}, {ModuleName, "app-Other-main"},
	}
	neighbours := []Neighbour{
		{Name: "Other", Format: Shopware, Active: true, Identifiers: ids},
		{Name: "Asleep", Format: Shopware, Identifiers: []Identifier{{FlowEventName, "asleep.event"}, {ModuleName, "app-Asleep-main"}}},
		{Name: "myapp", Format: Shopware, Version: "0.9", Active: true, Privileges: []string{"order:read"}, Hosts: []string{"a.com"}, Identifiers: ids[:1]},
	}
	got := Environment{Strict: true}.On(Host{Platform: "6.7.10.0"}, &App{Name: "MyApp", Format: Shopware}, neighbours)
	want := Environment{
		Strict: true, FlowEvents: []string{"vendor.event"}, Modules: []string{"app-Other-main", "app-Asleep-main"},
		Host: &Host{
			Platform: "6.7.10.0", Taken: map[Identifier]string{{CustomFieldName, "vendor_color"}: "Other"},
			Installed: &Installed{Version: "0.9", Privileges: []string{"order:read"}, Hosts: []string{"a.com"}, Identifiers: ids[:1]},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("environment (-want +got):\n%s", diff)
	}
	if other := (Environment{}).On(Host{}, &App{Name: "Other", Format: SitePack}, neighbours); !other.Host.OtherFormat || other.Host.Installed != nil {
		t.Errorf("an app of the other format: %+v", other.Host)
	}
}

func TestIdentifiersOfAnApp(t *testing.T) {
	t.Parallel()
	app := &App{
		Name:       "MyApp",
		FlowEvents: []FlowEvent{{Name: "my.event"}},
		Admin:      Admin{Modules: []Module{{ID: "main"}}},
	}
	want := []Identifier{{FlowEventName, "my.event"}, {ModuleName, "app-MyApp-main"}}
	if diff := cmp.Diff(want, app.Identifiers()); diff != "" {
		t.Errorf("identifiers (-want +got):\n%s", diff)
	}
}
