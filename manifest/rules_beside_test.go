package manifest

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// besideCase is one file beside a manifest under the eyes of one rule.
type besideCase struct {
	rule  rule
	text  string // of the file
	more  []string
	wants []string // problems without the file
}

func testBeside(t *testing.T, file string, tests map[string]besideCase) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{"manifest.xml": {Data: []byte(app(""))}, file: {Data: []byte(tt.text)}}
			for _, name := range tt.more {
				files[name] = &fstest.MapFile{}
			}
			app, problems, err := Parse(files, Options{})
			if err != nil || app == nil || app.aside.HasErrors() {
				t.Fatalf("%v, problems:\n%s%s", err, problems, app.aside)
			}
			r := newReview(app, Environment{Files: files})
			tt.rule(r)
			r.problems.Sort()
			var got []string
			for _, p := range r.problems {
				got = append(got, strings.TrimPrefix(p.String(), file+":"))
			}
			if diff := cmp.Diff(tt.wants, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestConfigRules(t *testing.T) {
	t.Parallel()
	card := func(inner string) string { return "<config><card>\n" + inner + "</card></config>" }
	input := func(kind, name, inner string) string {
		return fmt.Sprintf("<input-field type=%q><name>%s</name>%s</input-field>", kind, name, inner)
	}
	const options = "<options><option><id>a</id><name>A</name></option></options>"
	testBeside(t, "Resources/config/config.xml", map[string]besideCase{
		"a component for apps":        {rule: componentAllowed, text: card(`<component name="sw-media-field"><name>a</name></component>`)},
		"another component":           {rule: componentAllowed, text: card(`<component name="test"><name>a</name></component>`), wants: []string{`2:12: error config.component_not_allowed: component "test" is not allowed in an app's config`}},
		"a component, nearly":         {rule: componentAllowed, text: card(`<component name="sw-media-feld"><name>a</name></component>`), wants: []string{"2:12: error config.component_not_allowed: component \"sw-media-feld\" is not allowed in an app's config\n    did you mean \"sw-media-field\"?"}},
		"names once":                  {rule: configDuplicate, text: card(input("text", "a", "") + input("text", "b", ""))},
		"a name twice":                {rule: configDuplicate, text: card(input("text", "a", "") + "\n" + `<component name="sw-media-field"><name>a</name></component>`), wants: []string{`3:34: error config.duplicate_field: field "a" is already used in line 2`}},
		"defaults of the type":        {rule: configDefault, text: card(input("int", "a", "<defaultValue>5</defaultValue>") + input("float", "b", "<defaultValue>0.5</defaultValue>") + input("bool", "c", "<defaultValue>true</defaultValue>") + input("single-select", "d", options+"<defaultValue>a</defaultValue>"))},
		"a default that is no number": {rule: configDefault, text: card(input("int", "a", "\n<defaultValue>many</defaultValue>")), wants: []string{`3:1: warning config.default_type: default "many" of field "a" is no whole number`}},
		"a default that is no bool":   {rule: configDefault, text: card(input("bool", "a", "\n<defaultValue>perhaps</defaultValue>")), wants: []string{`3:1: warning config.default_type: default "perhaps" of field "a" is not true or false`}},
		"a default of no option":      {rule: configDefault, text: card(input("single-select", "a", options+"\n<defaultValue>b</defaultValue>")), wants: []string{`3:1: warning config.default_type: default "b" of field "a" is not among the options`}},
		"options":                     {rule: configOptions, text: card(input("single-select", "a", options))},
		"no options":                  {rule: configOptions, text: card(input("multi-select", "a", "")), wants: []string{`2:1: error config.options_missing: select "a" has no options`}},
		"an option without an id":     {rule: configOptions, text: card(input("single-select", "a", "<options>\n<option><name>A</name></option></options>")), wants: []string{`2:49: error config.options_missing: an option of select "a" has no id`}},
		"labels in all languages":     {rule: configUntranslated, text: card(input("text", "a", "<label>a</label>"))},
		"a label without English":     {rule: configUntranslated, text: card(`<title lang="de-DE">a</title>` + "\n" + input("text", "a", `<label lang="de-DE">a</label>`)), wants: []string{"1:9: warning config.untranslated: the title of a card lacks en-GB", `3:1: warning config.untranslated: the label of "a" lacks en-GB`}},
	})
}

func TestFlowRules(t *testing.T) {
	t.Parallel()
	flow := func(meta string) string {
		return strings.Replace(action("\n<name>ab.c</name><label>a</label><url>https://a.com</url>"+meta), "</flow-action>", "</flow-action>\n", 1)
	}
	twice := strings.Replace(flow(""), "</flow-actions>", strings.TrimSuffix(strings.TrimPrefix(flow(""), "<flow-extensions><flow-actions>"), "</flow-actions></flow-extensions>")+"</flow-actions>", 1)
	events := "<flow-extensions><flow-events>\n<flow-event><name>ab</name><aware>a</aware></flow-event>\n<flow-event><name>ab</name><aware>a</aware></flow-event></flow-events></flow-extensions>"
	testBeside(t, "Resources/flow.xml", map[string]besideCase{
		"names once":                {rule: flowDuplicate, text: flow("")},
		"an action twice":           {rule: flowDuplicate, text: twice, wants: []string{`4:1: error flow.duplicate_name: action "ab.c" is already used in line 2`}},
		"an event twice":            {rule: flowDuplicate, text: events, wants: []string{`3:13: error flow.duplicate_name: event "ab" is already used in line 2`}},
		"requirements":              {rule: flowRequirement, text: flow(`<requirements>orderAware</requirements><requirements>Shopware\Core\Framework\Event\CustomerAware</requirements>`)},
		"an unknown requirement":    {rule: flowRequirement, text: flow("<requirements>orderAware</requirements>\n<requirements>ordreAware</requirements>"), wants: []string{"3:1: warning flow.requirement_unknown: requirement \"ordreAware\" is unknown\n    did you mean \"orderAware\"?"}},
		"an icon":                   {rule: flowIcon, text: flow("<icon>i.png</icon>"), more: []string{"i.png"}},
		"an icon that is not there": {rule: flowIcon, text: flow("\n<icon>i.png</icon>"), wants: []string{`3:1: warning flow.icon_missing: icon "i.png" does not exist`}},
		"an own name":               {rule: flowCollision, text: flow("")},
		"a name of the platform":    {rule: flowCollision, text: strings.Replace(flow(""), "ab.c", "action.add.tag", 1), wants: []string{`2:1: error flow.name_collision: action name "action.add.tag" belongs to the platform`}},
		"a URL with placeholders":   {rule: urlForm, text: strings.Replace(flow(""), "https://a.com", "https://{{ host }}/a b", 1)},
		"a URL without encryption":  {rule: urlForm, text: strings.Replace(flow(""), "https://a.com", "http://a.com", 1), wants: []string{"2:34: warning manifest.url_scheme: http://a.com is not encrypted"}},
	})
}

func TestCMSRules(t *testing.T) {
	t.Parallel()
	testBeside(t, "Resources/cms.xml", map[string]besideCase{
		"a block with its files":    {rule: cmsTemplate, text: "<cms><blocks>" + block + "</blocks></cms>", more: []string{"Resources/cms/blocks/b/preview.html", "Resources/cms/blocks/b/styles.css"}},
		"a block without its files": {rule: cmsTemplate, text: "<cms><blocks>" + block + "</blocks></cms>", wants: []string{`1:21: warning cms.template_missing: block "b" has no preview.html in Resources/cms/blocks/b`, `1:21: warning cms.template_missing: block "b" has no styles.css in Resources/cms/blocks/b`}},
		"a block of nothing":        {rule: cmsTemplate, text: "<cms/>"},
	})
}

func TestEntityRules(t *testing.T) {
	t.Parallel()
	entity := func(attributes, fields string) string {
		return "<entities>\n<entity " + attributes + "><fields>\n" + fields + "</fields></entity></entities>"
	}
	field := func(kind, name, more string) string {
		return fmt.Sprintf("<%s name=%q store-api-aware=\"true\"%s/>", kind, name, more)
	}
	const named = `name="ce_a"`
	long := strings.Repeat("a", 60)
	testBeside(t, "Resources/entities.xml", map[string]besideCase{
		"a prefix":                      {rule: entityPrefix, text: entity(named, "")},
		"no prefix":                     {rule: entityPrefix, text: entity(`name="note"`, ""), wants: []string{`2:9: error entities.prefix: entity "note" must begin with ce_ or custom_entity_`}},
		"a capital":                     {rule: entityPrefix, text: entity(`name="ce_Note"`, ""), wants: []string{`2:9: error entities.prefix: entity "ce_Note" may hold small letters, digits and underscores`}},
		"a long name":                   {rule: entityNameLength, text: entity(`name="ce_a`+long+`aa"`, ""), wants: []string{`2:9: error entities.name_length: entity "ce_a` + long + `aa" has 66 characters, at most 64 are allowed`}},
		"a long mapping":                {rule: entityNameLength, text: entity(`name="ce_`+long+`"`, field("many-to-many", "p", ` reference="product"`)), wants: []string{`3:47: error entities.name_length: mapping "ce_` + long + `_product" has 71 characters, at most 64 are allowed`}},
		"a label":                       {rule: entityLabel, text: entity(named+` custom-fields-aware="true" label-property="t"`, field("string", "t", ""))},
		"custom fields without a label": {rule: entityLabel, text: entity(named+` custom-fields-aware="true"`, field("string", "t", "")), wants: []string{`2:1: error entities.label_property: entity "ce_a" with custom fields needs a label-property`}},
		"a label that is no text":       {rule: entityLabel, text: entity(named+` label-property="t"`, field("int", "t", "")), wants: []string{`2:21: error entities.label_property: label-property "t" is no string field of "ce_a"`}},
		"a relation to an own entity":   {rule: entityRelation, text: entity(named, field("one-to-many", "p", ` reference="ce_b" on-delete="cascade" reverse-required="true"`))},
		"a relation to the shop":        {rule: entityRelation, text: entity(named, field("one-to-many", "p", ` reference="product" on-delete="cascade" reverse-required="true"`)), wants: []string{`3:66: error entities.cascade_core: field "p" would delete records of "product"`, `3:86: error entities.reverse_required_core: field "p" cannot be required in "product"`}},
		"a restriction":                 {rule: entityRelation, text: entity(named, field("many-to-one", "p", ` reference="product" on-delete="restrict"`)), wants: []string{`3:66: info entities.restrict: field "p" with restrict: the app cannot be deactivated`}},
		"known references":              {rule: entityReference, text: entity(named, field("many-to-many", "p", ` reference="product"`)+field("many-to-many", "q", ` reference="ce_a"`))},
		"an unknown reference":          {rule: entityReference, text: entity(named, field("many-to-many", "p", ` reference="prodct"`)), wants: []string{"3:47: error entities.reference_unknown: field \"p\" refers to the unknown entity \"prodct\"\n    did you mean \"product\"?"}},
		"fields once":                   {rule: entityFields, text: entity(named, field("int", "a", "")+field("int", "b", ""))},
		"a field twice":                 {rule: entityFields, text: entity(named, field("int", "a", "")+"\n"+field("bool", "a", "")), wants: []string{`4:7: error entities.duplicate_field: field "a" is already used in line 3`}},
		"a field of the platform":       {rule: entityFields, text: entity(named, field("date", "created_at", "")), wants: []string{`3:7: error entities.reserved_field: field name "created_at" is taken by the platform`}},
	})
}

func TestAdminUIRules(t *testing.T) {
	t.Parallel()
	page := func(name, columns, fields string) string {
		return `<admin-ui><entity name="` + name + `" navigation-parent="sw-order" position="1"><listing><columns>` + "\n" + columns +
			`</columns></listing><detail><tabs><tab name="t"><card name="c">` + "\n" + fields + `</card></tab></tabs></detail></entity></admin-ui>`
	}
	const column, field = `<column ref="title"/>`, `<field ref="title"/>`
	const twice = `error admin_ui.duplicate_reference: ref "title" is already used in line `
	tests := map[string]struct{ text, want string }{
		"fields of the entity":    {page("ce_note", column, field), ""},
		"an entity of nobody":     {page("ce_other", column, field), `1:19: error admin_ui.entity: entity "ce_other" is not in Resources/entities.xml` + "\n"},
		"a column of nothing":     {page("ce_note", `<column ref="titel"/>`, field), `2:9: error admin_ui.reference: ref "titel" is no field of "ce_note"` + "\n"},
		"a field of nothing":      {page("ce_note", column, `<field ref="titel"/>`), `3:8: error admin_ui.reference: ref "titel" is no field of "ce_note"` + "\n"},
		"a column twice":          {page("ce_note", column+"\n"+column, field), "3:9: " + twice + "2\n"},
		"a field twice in a card": {page("ce_note", column, field+"\n"+field), "4:8: " + twice + "3\n"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := beside(t, map[string]string{
				"Resources/entities.xml":        `<entities><entity name="ce_note"><fields><string name="title" store-api-aware="true"/></fields></entity></entities>`,
				"Resources/config/admin-ui.xml": tt.text,
			})
			r := newReview(app, Environment{})
			pageEntity(r)
			pageReference(r)
			if diff := cmp.Diff(tt.want, strings.ReplaceAll(r.problems.String(), "Resources/config/admin-ui.xml:", "")); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func TestCustomFieldsInTwoPlaces(t *testing.T) {
	t.Parallel()
	section := "<custom-fields/>"
	files := fstest.MapFS{"manifest.xml": {Data: []byte(app("\n" + section))}, "Resources/config/custom-fields.xml": {Data: []byte(section)}}
	app, _, err := Parse(files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := newReview(app, Environment{})
	customFieldBoth(r)
	want := "manifest.xml:3:1: warning manifest.custom_field_both: the section is ignored: Resources/config/custom-fields.xml is there\n"
	if got := r.problems.String(); got != want {
		t.Errorf("got %s", got)
	}
}
