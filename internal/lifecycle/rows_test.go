package lifecycle_test

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
)

func registration() lifecycle.Registration {
	return lifecycle.Registration{
		Installation: appdock.Installation{
			ID: appdock.MustID("0192a0000000700080000000000000a1"), Shop: shopID, App: "OrderNotes", Version: "1.2.0", Active: true,
			Grant: appdock.NewPrivileges("order:read", "product:read"),
		},
		State:       lifecycle.Registered,
		Secret:      appdock.NewSecret("canary"),
		Integration: appdock.MustID("0192a0000000700080000000000000a2"),
		Role:        appdock.MustID("0192a0000000700080000000000000a3"),
		Profile: lifecycle.Profile{
			Label: map[string]string{"en-GB": "Order notes", "de-DE": "Bestellnotizen"}, Author: "Acme", Path: "apps/OrderNotes",
			Icon: []byte("png"), Hosts: []string{"app.example.org"}, TemplatePriority: 3, MainPage: "https://app.example.org/main",
			Modules: []lifecycle.Module{{Name: "start", Label: map[string]string{"en-GB": "Start"}, Source: "https://app.example.org/start", Position: 2}},
		},
	}
}

func TestRows(t *testing.T) {
	t.Parallel()
	r := registration()
	want := []entity.Change{
		{Entity: "acl_role", Kind: entity.Inserted, ID: r.Role, Set: map[string]any{
			"name": "OrderNotes", "privileges": json.RawMessage(`["order:read","product:read"]`),
		}},
		{Entity: "integration", Kind: entity.Inserted, ID: r.Integration, Set: map[string]any{
			"label": "OrderNotes", "admin": false, "accessKey": "SWIAKEY",
		}},
		{Entity: "app", Kind: entity.Inserted, ID: r.Installation.ID, Set: map[string]any{
			"name": "OrderNotes", "path": "apps/OrderNotes", "author": "Acme", "copyright": nil, "license": nil, "privacy": nil,
			"version": "1.2.0", "active": true, "configurable": false, "allowDisable": true, "selfManaged": false, "sourceType": "local",
			"iconRaw": []byte("png"), "baseAppUrl": nil, "allowedHosts": json.RawMessage(`["app.example.org"]`), "templateLoadPriority": int64(3),
			"modules":    json.RawMessage(`[{"name":"start","label":{"en-GB":"Start"},"source":"https://app.example.org/start","parent":null,"position":2}]`),
			"mainModule": json.RawMessage(`{"source":"https://app.example.org/main"}`),
			"label":      "Bestellnotizen", "description": nil, "integrationId": r.Integration, "aclRoleId": r.Role,
		}},
	}
	if diff := cmp.Diff(want, lifecycle.Rows(entity.Inserted, r, "SWIAKEY", "de-DE")); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}

	for locale, label := range map[string]string{"en-GB": "Order notes", "nl-NL": "Order notes"} {
		if got := lifecycle.Rows(entity.Updated, r, "", locale)[2].Set["label"]; got != label {
			t.Errorf("label for %s: %v, want %s", locale, got, label)
		}
	}
	if _, there := lifecycle.Rows(entity.Updated, r, "", "en-GB")[1].Set["accessKey"]; there {
		t.Error("a change of the app sets the access key")
	}
	r.Installation.Grant, r.Profile.Label = nil, nil
	rows := lifecycle.Rows(entity.Inserted, r, "SWIAKEY", "en-GB")
	if got := string(rows[0].Set["privileges"].(json.RawMessage)); got != "[]" {
		t.Errorf("privileges of an app that may do nothing: %s", got)
	}
	if got := rows[2].Set["label"]; got != "OrderNotes" {
		t.Errorf("label of an app without one: %v", got)
	}
}

// TestRowsFitTheirEntities keeps the rows and the definitions from drifting apart.
func TestRowsFitTheirEntities(t *testing.T) {
	t.Parallel()
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range lifecycle.Rows(entity.Inserted, registration(), "SWIAKEY", "en-GB") {
		definition, ok := schema.Definition(row.Entity)
		if !ok {
			t.Errorf("there is no entity %s", row.Entity)
			continue
		}
		for name := range row.Set {
			if field, ok := definition.Field(name); !ok || !field.Stored() {
				t.Errorf("%s has no field %s that is stored", row.Entity, name)
			}
		}
		for _, field := range definition.Fields {
			if field.Required && !field.System && field.Stored() && field.Name != "id" && row.Set[field.Name] == nil {
				t.Errorf("%s.%s is required and not set", row.Entity, field.Name)
			}
		}
	}
}
