package restapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// metafieldDefinition says what a metafield of a resource holds: a custom field of the shop.
type metafieldDefinition struct {
	ID       string `json:"id"`
	Resource string `json:"resource"`
	Key      string `json:"key"`
	Type     string `json:"type" enum:"text,integer,number,boolean,datetime,select,json,other"`
	Label    string `json:"label"`
	Active   bool   `json:"active"`
	Version  int64  `json:"version"`
}

type metafieldCreate struct {
	Key   string `json:"key" pattern:"^[A-Za-z_][A-Za-z0-9_]{0,62}$"`
	Type  string `json:"type" enum:"text,integer,number,boolean,datetime,select,json"`
	Label string `json:"label,omitempty" maxLength:"255" doc:"the key if absent"`
}

type metafieldPatch struct {
	Label  maybe[string] `json:"label,omitempty"`
	Active maybe[bool]   `json:"active,omitempty"`
}

// metafieldTypes are the types of custom fields by their names here.
var metafieldTypes = map[string]string{
	"text": "text", "integer": "int", "number": "float", "boolean": "bool", "datetime": "datetime", "select": "select", "json": "json",
}

// metafieldResources are the entities that have metafields.
var metafieldResources = map[string]string{
	"products": "product", "orders": "order", "customers": "customer", "categories": "category", "media": "media",
}

func (a *api) metafieldRoutes() []route {
	resource := parameter{name: "resource", about: "products, orders, customers, categories or media", example: "products"}
	const rights = "Needs the scope of the resource: read, write or delete."
	return []route{
		read("/metafield-definitions", "listMetafieldDefinitions", "List the metafields of a resource", listMetafields).takes(resource).saying(rights),
		read("/metafield-definitions/{id}", "getMetafieldDefinition", "Show a metafield", showMetafield).saying(rights),
		write(http.MethodPost, "/metafield-definitions", "createMetafieldDefinition", "Define a metafield", http.StatusCreated, createMetafield).takes(resource).saying(rights),
		write(http.MethodPatch, "/metafield-definitions/{id}", "updateMetafieldDefinition", "Change a metafield", http.StatusOK, patchMetafield).saying(rights),
		remove("/metafield-definitions/{id}", "deleteMetafieldDefinition", "Delete a metafield", deleteMetafield).saying(rights),
	}
}

// resourceAsked reads which resource is meant, and proves the scope.
func (c *call) resourceAsked(action string) (name, of string, err error) {
	name = c.query.Get("resource")
	of, known := metafieldResources[name]
	if !known {
		return "", "", refuse("invalid_filter", "resource is one of "+strings.Join(sortedKeys(metafieldResources), ", ")+".")
	}
	return name, of, c.needs(name + ":" + action)
}

var metafieldLoads = []string{"customFieldSet.relations"}

func metafieldOf(r entity.Record) metafieldDefinition {
	m := metafieldDefinition{ID: r.ID().String(), Key: r.Text("name"), Type: "other", Label: r.Text("name"), Active: truth(r, "active"), Version: r.RowVersion}
	for name, kind := range metafieldTypes {
		if kind == r.Text("type") {
			m.Type = name
		}
	}
	var config struct {
		Label map[string]string `json:"label"`
	}
	if json.Unmarshal(r.Document("config"), &config) == nil && config.Label["en-GB"] != "" {
		m.Label = config.Label["en-GB"]
	}
	set, _ := r.One("customFieldSet")
	for _, relation := range set.Loaded["relations"].Records {
		for name, of := range metafieldResources {
			if relation.Text("entityName") == of {
				m.Resource = name
			}
		}
	}
	return m
}

func listMetafields(c *call) (*complete[metafieldDefinition], error) {
	name, of, err := c.resourceAsked("read")
	if err != nil {
		return nil, err
	}
	found, err := c.search(&entity.Criteria{
		Entity: "custom_field", Limit: mostOfSmall, Sort: []entity.Sort{{Field: "name"}}, Associations: entity.Load(metafieldLoads...),
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "customFieldSet.relations.entityName", Values: []any{of}}},
	})
	if err != nil {
		return nil, err
	}
	out := &complete[metafieldDefinition]{Data: []metafieldDefinition{}}
	for _, r := range found.Records {
		m := metafieldOf(r)
		m.Resource = name
		out.Data = append(out.Data, m)
	}
	return out, nil
}

// metafieldInPath finds the metafield of the path, whose resource the token needs a scope of.
func (c *call) metafieldInPath(action string) (entity.Record, error) {
	id, err := c.id("id")
	if err != nil {
		return entity.Record{}, err
	}
	r, err := c.show("custom_field", id, entity.Load(metafieldLoads...))
	if err != nil {
		return r, err
	}
	resource := metafieldOf(r).Resource
	if resource == "" {
		return r, c.nothing()
	}
	return r, c.needs(resource + ":" + action)
}

func showMetafield(c *call) (*metafieldDefinition, error) {
	r, err := c.metafieldInPath("read")
	if err != nil {
		return nil, err
	}
	m := metafieldOf(r)
	return &m, nil
}

// createMetafield adds a custom field to the set that the app has for the resource.
func createMetafield(c *call, in *metafieldCreate) (*metafieldDefinition, error) {
	name, of, err := c.resourceAsked("write")
	if err != nil {
		return nil, err
	}
	if in.Key == notesKey {
		return nil, invalid([]fault{{"/key", "not_allowed", "The host keeps the notes of an order there."}})
	}
	if err := c.taken("custom_field", "name", in.Key, appdock.ID{}, "/key"); err != nil {
		return nil, err
	}
	label := in.Label
	if label == "" {
		label = in.Key
	}
	setName := "rest_" + strings.ReplaceAll(c.bearer.App.Name, "-", "_") + "_" + name
	set, known, err := c.first("custom_field_set", "name", setName)
	if err != nil {
		return nil, err
	}
	id := c.options.NewID()
	d := newDraft("custom_field", entity.Insert, id)
	d.put("name", in.Key, "/key")
	d.put("type", metafieldTypes[in.Type], "/type")
	d.put("config", labelled(label), "/label")
	d.put("active", true, "")
	if known {
		d.put("customFieldSetId", set.ID().String(), "")
	} else {
		d.values["customFieldSet"] = map[string]any{
			"name": setName, "active": true, "config": labelled(c.bearer.App.Name), "relations": []any{map[string]any{"entityName": of}},
		}
	}
	if err := c.rewrite(d); err != nil {
		return nil, err
	}
	c.made("/metafield-definitions/" + id.String())
	c.path = map[string]string{"id": id.String()}
	return showMetafield(c)
}

func labelled(label string) map[string]any {
	return map[string]any{"label": map[string]any{"en-GB": label}}
}

func patchMetafield(c *call, in *metafieldPatch) (*metafieldDefinition, error) {
	r, err := c.metafieldInPath("write")
	if err != nil {
		return nil, err
	}
	if err := c.unchanged(); err != nil {
		return nil, err
	}
	d := newDraft("custom_field", entity.Update, r.ID())
	set(d, "active", in.Active, "/active")
	if in.Label.Sent {
		config := map[string]any{}
		_ = json.Unmarshal(r.Document("config"), &config) // nothing but a label is lost of one that is no object
		config["label"] = labelled(in.Label.Value)["label"]
		d.put("config", config, "/label")
	}
	if err := c.rewrite(d); err != nil {
		return nil, err
	}
	return showMetafield(c)
}

func deleteMetafield(c *call) error {
	r, err := c.metafieldInPath("delete")
	if err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	return c.rewrite(removal("custom_field", r.ID()))
}
