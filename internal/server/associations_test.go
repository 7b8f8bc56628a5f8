package server_test

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

// associationTold is what one description of the API says of an association.
type associationTold struct {
	Type, Entity string
}

// apiDescribed is what the host says of itself.
type apiDescribed struct {
	entities, open map[string]struct {
		Properties map[string]associationTold
	}
	paths      map[string]map[string]json.RawMessage
	components map[string]struct {
		Properties map[string]json.RawMessage
	}
}

func (c filledShop) described() apiDescribed {
	c.t.Helper()
	var d apiDescribed
	var openAPI struct {
		Paths      map[string]map[string]json.RawMessage
		Components struct {
			Schemas map[string]struct {
				Properties map[string]json.RawMessage
			}
		}
	}
	for path, into := range map[string]any{"entity-schema.json": &d.entities, "open-api-schema.json": &d.open, "openapi3.json?type=json": &openAPI} {
		if err := json.Unmarshal(c.done("GET", "/api/_info/"+path, "", http.StatusOK), into); err != nil {
			c.t.Fatal(err)
		}
	}
	d.paths, d.components = openAPI.Paths, openAPI.Components.Schemas
	return d
}

// TestEveryAssociation goes along each association of each entity, and holds what is said of it
// to one another: its place in plain JSON and in JSON:API, loaded and not, its path, its searches,
// filters by it, and the three descriptions. What leads to an entity that is not stored is empty
// in both forms, and leads nowhere in all the others (entities.md, "Names without a table").
func TestEveryAssociation(t *testing.T) {
	t.Parallel()
	c := filled(t)
	schema, err := entity.NewSchema(shop.Definitions()...)
	if err != nil {
		t.Fatal(err)
	}
	said := c.described()
	stored, elsewhere, followed := 0, 0, 0
	for _, name := range schema.Names() {
		d, _ := schema.Definition(name)
		c.associationsAreDescribed(said, schema, d)
		for _, a := range d.Associations {
			if schema.Stored(a) {
				stored++
			} else {
				elsewhere++
			}
		}
		if hasPaths(d) {
			followed += c.associationsAreFollowed(schema, d)
		}
	}
	if stored < 400 || elsewhere < 40 || followed < 300 {
		t.Errorf("%d associations to what is stored, %d to what is not; %d of both were followed", stored, elsewhere, followed)
	}
}

func (c filledShop) associationsAreDescribed(said apiDescribed, schema *entity.Schema, d *entity.Definition) {
	c.t.Helper()
	component := ""
	for word := range strings.SplitSeq(d.Name, "_") {
		component += strings.ToUpper(word[:1]) + word[1:]
	}
	for _, a := range d.Associations {
		there := schema.Stored(a)
		_, inSchema := said.entities[d.Name].Properties[a.Name]
		_, inOpen := said.open[d.Name].Properties[a.Name]
		_, inComponent := said.components[component].Properties[a.Name]
		_, path := said.paths[pathOf(d, "{id}", a)]
		_, search := said.paths["/search"+pathOf(d, "{id}", a)]
		_, ids := said.paths["/search-ids"+pathOf(d, "{id}", a)]
		if !hasPaths(d) {
			path, search, ids = there, there, there
		}
		for where, told := range map[string]bool{
			"entity-schema.json": inSchema, "open-api-schema.json": inOpen, "the record in OpenAPI": inComponent,
			"its path in OpenAPI": path, "its search in OpenAPI": search, "its search of ids in OpenAPI": ids,
		} {
			if told != there {
				c.t.Errorf("%s.%s: stored %v, but %s says %v", d.Name, a.Name, there, where, told)
			}
		}
		if inSchema && said.entities[d.Name].Properties[a.Name].Entity != a.Target {
			c.t.Errorf("%s.%s leads to %s, entity-schema.json says %s", d.Name, a.Name, a.Target, said.entities[d.Name].Properties[a.Name].Entity)
		}
	}
}

// hasPaths reports whether there are paths through the records of an entity: not through pairs
// and texts, and those of scripts are the endpoints that these have.
func hasPaths(d *entity.Definition) bool {
	return len(d.Pair) == 0 && d.Translates == "" && d.Name != "script"
}

var capital = regexp.MustCompile("[A-Z]")

func pathOf(d *entity.Definition, id string, a entity.Association) string {
	return "/" + strings.ReplaceAll(d.Name, "_", "-") + "/" + id + "/" + strings.ToLower(capital.ReplaceAllString(a.Name, "-$0"))
}

// associationsAreFollowed asks one record for all it leads to, in each way. It gives how many
// associations that were.
func (c filledShop) associationsAreFollowed(schema *entity.Schema, d *entity.Definition) int {
	c.t.Helper()
	segment := strings.ReplaceAll(d.Name, "_", "-")
	if empty := strings.Contains(string(c.done("POST", "/api/search/"+segment, `{"limit":1}`, http.StatusOK)), `"data":[]`); empty {
		return 0
	}
	bare := c.found(segment, `{"limit":1}`)
	id, _ := bare["id"].(string)
	for some := range slices.Chunk(d.Associations, 5) {
		load := map[string]any{}
		for _, a := range some {
			load[a.Name] = map[string]any{"limit": 1}
		}
		text, _ := json.Marshal(map[string]any{"ids": []string{id}, "associations": load})
		loaded := c.found(segment, string(text))
		formal, formalLoaded := c.relationships(segment, `{"ids":["`+id+`"]}`), c.relationships(segment, string(text))
		for _, a := range some {
			there, at := schema.Stored(a), d.Name+"."+a.Name
			if v, shown := bare[a.Name]; !shown || v != nil && !a.Always {
				c.t.Errorf("%s: not loaded it is %v in plain JSON (shown: %v)", at, v, shown)
			}
			if list, isList := loaded[a.Name].([]any); a.Many() && (!isList || !there && len(list) > 0) {
				c.t.Errorf("%s: loaded it is %v", at, loaded[a.Name])
			}
			for how, all := range map[string]map[string]relationship{"not loaded": formal, "loaded": formalLoaded} {
				r, shown := all[a.Name]
				_, isList := r.Data.([]any)
				switch {
				case !shown, isList != a.Many():
					c.t.Errorf("%s: %s it is %+v in JSON:API", at, how, r)
				case there != (r.Links["related"] != nil):
					c.t.Errorf("%s: stored %v, but its link in JSON:API is %v", at, there, r.Links["related"])
				}
			}
			c.pathIsThere(d, id, a, there)
		}
	}
	return len(d.Associations)
}

// pathIsThere asks for what an association leads to by its path.
func (c filledShop) pathIsThere(d *entity.Definition, id string, a entity.Association, there bool) {
	c.t.Helper()
	path := pathOf(d, id, a)
	want, code := http.StatusOK, ""
	if !there {
		want, code = http.StatusNotFound, "FRAMEWORK__DEFINITION_NOT_FOUND"
	}
	for _, ask := range [][3]string{{"GET", "/api" + path + "?limit=1", ""}, {"POST", "/api/search" + path, `{"limit":1}`}, {"POST", "/api/search-ids" + path, `{"limit":1}`}} {
		status, answer := c.do(ask[0], ask[1], ask[2])
		if status != want || !strings.Contains(string(answer), code) {
			c.t.Errorf("%s %s: %d %.300s", ask[0], ask[1], status, answer)
		}
	}
	filter := `{"limit":1,"filter":[{"type":"equals","field":"` + a.Name + `.id","value":"` + id + `"}]}`
	status, answer := c.do("POST", "/api/search/"+strings.ReplaceAll(d.Name, "_", "-"), filter)
	if unmapped := strings.Contains(string(answer), "FRAMEWORK__UNMAPPED_FIELD"); !there && (status != http.StatusBadRequest || !unmapped) {
		c.t.Errorf("a filter by %s.%s: %d %.300s", d.Name, a.Name, status, answer)
	}
}

// relationship is an association in JSON:API.
type relationship struct {
	Data  any
	Links map[string]any
}

func (c filledShop) relationships(segment, criteria string) map[string]relationship {
	c.t.Helper()
	var page struct {
		Data []struct {
			Relationships map[string]relationship
		}
	}
	text := c.done("POST", "/api/search/"+segment, criteria, http.StatusOK, "Accept: application/vnd.api+json")
	if err := json.Unmarshal(text, &page); err != nil || len(page.Data) != 1 {
		c.t.Fatalf("%s: %v %.300s", segment, err, text)
	}
	return maps.Clone(page.Data[0].Relationships)
}
