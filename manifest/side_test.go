package manifest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// beside reads an app that has one more file beside a sound manifest.
func beside(t *testing.T, files map[string]string) *App {
	t.Helper()
	fsys := fstest.MapFS{"manifest.xml": {Data: []byte(app(""))}}
	for name, text := range files {
		fsys[name] = &fstest.MapFile{Data: []byte(text)}
	}
	app, problems, err := Parse(fsys, Options{})
	if err != nil || app == nil {
		t.Fatalf("%v, problems:\n%s", err, problems)
	}
	return app
}

func TestShopwareFixturesOfSideFiles(t *testing.T) {
	t.Parallel()
	dir := testdata(t, "manifests/shopware")
	names := map[string]string{
		"cms": "Resources/cms.xml", "flow": "Resources/flow.xml", "flow-action-legacy": "Resources/flow-action.xml",
		"entities": "Resources/entities.xml", "admin-ui": "Resources/config/admin-ui.xml", "config": "Resources/config/config.xml",
	}
	index := decodeFile[struct {
		Fixtures []struct{ File, Kind, Load string }
	}](t, filepath.Join(dir, "expected.json"))
	for _, fixture := range index.Fixtures {
		name, ok := names[fixture.Kind]
		if !ok {
			continue
		}
		t.Run(fixture.File, func(t *testing.T) {
			t.Parallel()
			text, err := os.ReadFile(filepath.Join(dir, fixture.File))
			if err != nil {
				t.Fatal(err)
			}
			app := beside(t, map[string]string{name: string(text)})
			if got, want := app.aside.HasErrors(), fixture.Load == "invalid"; got != want {
				t.Errorf("has errors: %t, want %t:\n%s", got, want, app.aside)
			}
		})
	}
}

func TestSideFilesAreInTheModel(t *testing.T) {
	t.Parallel()
	app, problems, err := Parse(os.DirFS("testdata/beside"), Options{Folder: "F"})
	if err != nil || app == nil || len(problems) > 0 || len(app.aside) > 0 {
		t.Fatalf("%v, problems:\n%s%s", err, problems, app.aside)
	}
	golden(t, "beside.golden.json", map[string]any{
		"Config": app.Config, "FlowActions": app.FlowActions, "FlowEvents": app.FlowEvents, "CMSBlocks": app.CMSBlocks,
		"Entities": app.Entities, "AdminPages": app.AdminPages, "MCP": app.MCP, "CustomFieldSets": app.CustomFieldSets, "Hosts": app.Hosts,
	})
	want := Position{File: "F/Resources/flow.xml", Line: 33, Column: 13}
	if diff := cmp.Diff(want, app.Source.Position(app.FlowEvents[0].Path.Child("name"))); diff != "" {
		t.Errorf("position (-want +got):\n%s", diff)
	}
}

func TestFaultsOfSideFiles(t *testing.T) {
	t.Parallel()
	const config, flow, legacy, cms, entities, fields = "Resources/config/config.xml", "Resources/flow.xml", "Resources/flow-action.xml",
		"Resources/cms.xml", "Resources/entities.xml", "Resources/config/custom-fields.xml"
	const mcp, pages = "Resources/mcp.xml", "Resources/config/admin-ui.xml"
	tests := map[string]struct {
		file, text string
		want       []string
	}{
		"a config that is no XML":       {config, "<config><card>", []string{"1:15: error config.malformed: unexpected end of file, <card> is not closed"}},
		"an empty config":               {config, "", []string{"1:1: error config.malformed: file is empty"}},
		"a config of another root":      {config, "<configuration/>", []string{"1:1: error config.schema: root element is <configuration>, expected <config>"}},
		"a config without cards":        {config, "<config/>", []string{"1:1: error config.schema: <config> is empty"}},
		"a field without a name":        {config, "<config><card><input-field/></card></config>", []string{"1:15: error config.schema: <name> is missing in <input-field>"}},
		"a field with a bad name":       {config, "<config><card><input-field><name>a-b</name></input-field></card></config>", []string{`1:28: error config.schema: name "a-b" does not match ^[a-zA-Z][a-zA-Z0-9]*$`}},
		"a field of an unknown type":    {config, `<config><card><input-field type="colour"><name>a</name></input-field></card></config>`, []string{`1:28: error config.field_type: type "colour" is not one of text, textarea, text-editor, url, password, int, float, bool, checkbox, datetime, date, time, colorpicker, single-select, multi-select, price`}},
		"a name that is not the first":  {config, "<config><card><input-field><label>a</label><name>a</name></input-field></card></config>", []string{"1:44: error config.schema: <name> must be the first in <input-field>"}},
		"a long language in a config":   {config, `<config><card><title lang="gsw-CH">a</title></card></config>`, []string{`1:22: error config.schema: lang "gsw-CH" must look like de-DE`}},
		"a document type":               {flow, "<!DOCTYPE a><flow-extensions/>", []string{"1:1: error flow.malformed: document types are not allowed"}},
		"an action without a name":      {flow, action("<label>a</label><url>https://a.com</url>"), []string{"1:45: error flow.meta_missing: <name> is missing in <meta>"}},
		"an action with a digit":        {flow, action("<name>a1b</name><label>a</label><url>https://a.com</url>"), []string{`1:51: error flow.action_name: name "a1b" does not match ^[a-z][a-z.]*[a-z]$`}},
		"an event with a capital":       {flow, "<flow-extensions><flow-events><flow-event><name>Swag</name><aware>a</aware></flow-event></flow-events></flow-extensions>", []string{`1:43: error flow.event_name: name "Swag" does not match ^[a-z][a-z._]*[a-z]$`}},
		"an event the wrong way round":  {flow, "<flow-extensions><flow-events><flow-event><aware>a</aware><name>swag</name></flow-event></flow-events></flow-extensions>", []string{"1:43: error flow.schema: <aware> must come after <name> in <flow-event>"}},
		"an action without headers":     {flow, strings.Replace(action("<name>ab</name><label>a</label><url>u</url>"), headers, "", 1), []string{"1:32: error flow.schema: <headers> is missing in <flow-action>"}},
		"the older file":                {legacy, strings.TrimSuffix(strings.TrimPrefix(action("<name>ab</name><label>a</label><url>u</url>"), "<flow-extensions>"), "</flow-extensions>"), []string{"1:1: warning flow.legacy_file: flow-action.xml is no longer read by Shopware, write Resources/flow.xml"}},
		"entities that are no XML":      {entities, "<entities>", []string{"1:11: error entities.malformed: unexpected end of file, <entities> is not closed"}},
		"pages that are no XML":         {pages, "<admin-ui>", []string{"1:11: error admin_ui.schema: unexpected end of file, <admin-ui> is not closed"}},
		"pages without an entity":       {pages, "<admin-ui/>", []string{"1:1: error admin_ui.schema: <admin-ui> is empty"}},
		"a stray xsi":                   {flow, `<flow-extensions xsi:noNamespaceSchemaLocation="flow.xsd"/>`, []string{"1:18: error flow.malformed: prefix \"xsi\" is not declared\n    add xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""}},
		"an event with two names":       {flow, "<flow-extensions><flow-events><flow-event><name>ab</name><name>cd</name><aware>a</aware></flow-event></flow-events></flow-extensions>", []string{"1:58: error flow.schema: <name> may appear once only in <flow-event>, first is in line 1"}},
		"a component with two names":    {config, `<config><card><component name="sw-text-editor"><name>a</name><label>b</label><name>c</name></component></card></config>`, nil},
		"a block twice":                 {cms, "<cms><blocks>" + block + "\n" + block + "</blocks></cms>", []string{`2:8: error cms.schema: block "b" is already used in line 1`}},
		"an unknown category":           {cms, "<cms><blocks>" + strings.Replace(block, "text", "word", 1) + "</blocks></cms>", []string{`1:35: error cms.schema: category "word" is not one of commerce, form, image, sidebar, text, text-image, video`}},
		"an entity without a name":      {entities, `<entities><entity><fields/></entity></entities>`, []string{`1:11: error entities.schema: attribute "name" is missing on <entity>`}},
		"a date that is none":           {entities, `<entities><entity name="ce_a"><fields><date name="a" store-api-aware="true" default="soon"/></fields></entity></entities>`, []string{`1:77: error entities.schema: default "soon" is no date and time`}},
		"custom fields in a file":       {fields, `<custom-fields><custom-field-set><name>v_a</name></custom-field-set></custom-fields>`, []string{"1:16: error manifest.missing_element: <label> is missing in <custom-field-set>", "1:16: error manifest.missing_element: <related-entities> is missing in <custom-field-set>", "1:16: error manifest.missing_element: <fields> is missing in <custom-field-set>"}},
		"custom fields that are no XML": {fields, `<custom-fields>`, []string{"1:16: error xml.malformed: unexpected end of file, <custom-fields> is not closed"}},
		"a tool twice":                  {mcp, `<mcp><mcp-tools><mcp-tool name="a" url="/a"/><mcp-tool name="a" url="/b"/></mcp-tools></mcp>`, []string{`1:56: error mcp.duplicate_name: tool "a" is already used in line 1`}},
		"a tool with a blank":           {mcp, `<mcp><mcp-tools><mcp-tool name="a b" url="/a"/></mcp-tools></mcp>`, []string{`1:27: error mcp.schema: name "a b" does not match ^[A-Za-z0-9_-]+$`}},
		"a resource without a URI":      {mcp, `<mcp><mcp-resources><mcp-resource name="a" url="/a"/></mcp-resources></mcp>`, []string{`1:21: error mcp.schema: attribute "uri" is missing on <mcp-resource>`}},
		"a broken mcp file":             {mcp, `<mcp`, []string{"1:5: error mcp.malformed: unexpected end of file, there is no element"}},
		"a file over the limit":         {cms, "<cms>" + strings.Repeat(" ", maxXML) + "</cms>", []string{"1:1: error cms.malformed: 1.1 MiB, the limit is 1 MiB"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app := beside(t, map[string]string{tt.file: tt.text})
			var got []string
			for _, p := range app.aside {
				got = append(got, strings.TrimPrefix(p.String(), tt.file+":"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			for _, p := range app.aside {
				if !strings.Contains(Validate(app, Environment{}).String(), p.String()) {
					t.Errorf("Validate does not tell %s", p)
				}
			}
		})
	}
}

const (
	headers = `<headers><parameter type="string" name="a" value="b"/></headers>`
	block   = `<block><name>b</name><category>text</category><label>a</label><slots><slot name="s" type="text"><config><config-value name="a" source="static" value="b"/></config></slot></slots><default-config/></block>`
)

// action is a flow.xml with one action.
func action(meta string) string {
	return "<flow-extensions><flow-actions><flow-action><meta>" + meta + "</meta>" + headers +
		`<parameters><parameter type="string" name="a" value="b"/></parameters><config><input-field><name>a</name></input-field></config></flow-action></flow-actions></flow-extensions>`
}

func TestTheLegacyFlowFileIsNotReadBesideTheNewOne(t *testing.T) {
	t.Parallel()
	app := beside(t, map[string]string{"Resources/flow.xml": "<flow-extensions/>", "Resources/flow-action.xml": "<broken"})
	if len(app.aside) > 0 {
		t.Errorf("problems:\n%s", app.aside)
	}
}

func TestAnOwnFlowEventIsHookable(t *testing.T) {
	t.Parallel()
	app, _, err := Parse(fstest.MapFS{
		"manifest.xml":       {Data: []byte(app(`<webhooks><webhook name="a" url="https://a.com" event="swag.before.open"/></webhooks>`))},
		"Resources/flow.xml": {Data: []byte("<flow-extensions><flow-events><flow-event><name>swag.before.open</name><aware>orderAware</aware></flow-event></flow-events></flow-extensions>")},
	}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if problems := Validate(app, Environment{}); problems.HasErrors() {
		t.Errorf("problems:\n%s", problems)
	}
}

func FuzzSideFiles(f *testing.F) {
	names := []string{
		"Resources/config/config.xml", "Resources/flow.xml", "Resources/flow-action.xml", "Resources/cms.xml", "Resources/entities.xml",
		"Resources/config/admin-ui.xml", "Resources/config/custom-fields.xml", "Resources/snippet/a.en-GB.json", "Resources/mcp.xml",
	}
	for i, name := range names[:6] {
		if text, err := os.ReadFile(filepath.Join("testdata", "beside", name)); err == nil {
			f.Add(i, string(text))
		}
	}
	f.Add(7, `{"a": {"b": "c", "d": 1}}`)
	f.Fuzz(func(t *testing.T, which int, text string) {
		name := names[((which%len(names))+len(names))%len(names)]
		files := fstest.MapFS{"manifest.xml": {Data: []byte(app(""))}, name: {Data: []byte(text)}}
		app, problems, err := Parse(files, Options{})
		if err != nil || app == nil {
			t.Fatalf("%v, problems:\n%s", err, problems)
		}
		var about Problems
		for _, p := range Validate(app, Environment{Files: files}) {
			if p.File == name {
				about = append(about, p)
			}
		}
		checkProblems(t, text, about)
	})
}

func TestMCPNamesOfThePlatform(t *testing.T) {
	t.Parallel()
	const tool = `<mcp><mcp-tools><mcp-tool name="a" url="/a"/></mcp-tools></mcp>`
	own := beside(t, map[string]string{"Resources/mcp.xml": tool})
	for name, want := range map[string]int{"MyApp": 0, "Shopware": 1} {
		named := *own
		named.Name = name
		r := newReview(&named, Environment{})
		mcpReserved(r)
		if len(r.problems) != want || want == 1 && r.problems[0].Code != "mcp.reserved_name" {
			t.Errorf("%s:\n%s", name, r.problems)
		}
	}
}
