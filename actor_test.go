package appdock_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
)

func TestActorAndAnother(t *testing.T) {
	t.Parallel()
	app := appdock.Actor{Shop: "s", Installation: appdock.ID{1}, Privileges: appdock.NewPrivileges("order:read", "order:update")}
	person := appdock.Actor{Shop: "s", User: appdock.ID{2}, Privileges: appdock.NewPrivileges("order:read", "product:read")}
	owner := appdock.Actor{Shop: "s", User: appdock.ID{3}, Everything: true}
	host := appdock.Actor{Shop: "s", Integration: appdock.ID{4}, Everything: true}
	tests := map[string]struct {
		one, other appdock.Actor
		want       appdock.Actor
	}{
		"what both may":               {app, person, appdock.Actor{Shop: "s", Installation: appdock.ID{1}, User: appdock.ID{2}, Privileges: appdock.NewPrivileges("order:read")}},
		"an owner takes nothing away": {app, owner, appdock.Actor{Shop: "s", Installation: appdock.ID{1}, User: appdock.ID{3}, Privileges: app.Privileges}},
		"who may all is cut to a few": {host, person, appdock.Actor{Shop: "s", Integration: appdock.ID{4}, User: appdock.ID{2}, Privileges: person.Privileges}},
		"two that may all may all":    {host, owner, appdock.Actor{Shop: "s", Integration: appdock.ID{4}, User: appdock.ID{3}, Everything: true}},
		"the apps of one, all of the other": {
			appdock.Actor{Installation: appdock.ID{1}, Privileges: appdock.NewPrivileges("app.Tea", "tax:read")},
			appdock.Actor{User: appdock.ID{2}, Privileges: appdock.NewPrivileges("app.all")},
			appdock.Actor{Installation: appdock.ID{1}, User: appdock.ID{2}, Privileges: appdock.NewPrivileges("app.Tea")},
		},
		"all apps of one, some of the other": {
			appdock.Actor{Installation: appdock.ID{1}, Privileges: appdock.NewPrivileges("app.all")},
			appdock.Actor{User: appdock.ID{2}, Privileges: appdock.NewPrivileges("app.Milk", "app.Tea")},
			appdock.Actor{Installation: appdock.ID{1}, User: appdock.ID{2}, Privileges: appdock.NewPrivileges("app.Milk", "app.Tea")},
		},
		"one that may not write": {
			owner,
			appdock.Actor{User: appdock.ID{5}, Everything: true, ReadOnly: true},
			appdock.Actor{Shop: "s", User: appdock.ID{5}, Everything: true, ReadOnly: true},
		},
		"somebody without a right: none": {app, appdock.Actor{User: appdock.ID{5}}, appdock.Actor{Shop: "s", Installation: appdock.ID{1}, User: appdock.ID{5}, Privileges: appdock.Privileges{}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.one.And(test.other)); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
		})
	}
}

func TestAllAppsStandForEach(t *testing.T) {
	t.Parallel()
	all, some := appdock.NewPrivileges("app.all", "tax:read"), appdock.NewPrivileges("app", "app.Tea")
	for _, test := range []struct {
		held appdock.Privileges
		of   appdock.Privilege
		want bool
	}{
		{all, "app.Tea", true},
		{all, "app.all", true},
		{all, "tax:read", true},
		{all, "app", false},
		{all, "apple:read", false},
		{some, "app.Tea", true},
		{some, "app.Milk", false},
		{some, "app.all", false},
		{nil, "app.Tea", false},
	} {
		if got := test.held.Has(test.of); got != test.want {
			t.Errorf("%v has %s: %v, want %v", test.held, test.of, got, test.want)
		}
	}
}
