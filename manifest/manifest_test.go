package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// meta is a complete <meta>; app wraps sections into a manifest of schema 3.0
// whose first section begins in line 2.
const meta = `<meta><name>MyApp</name><label>My app</label><author>We</author><copyright>(c) We</copyright><version>1.0.0</version><license>MIT</license></meta>`

func app(sections string) string { return appOf("3.0", meta+sections) }

func appOf(version, sections string) string {
	return `<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://example.com/manifest-` +
		version + ".xsd\">\n" + sections + "\n</manifest>"
}

func TestLayerA(t *testing.T) {
	t.Parallel()
	// The column of what follows meta in line 2.
	at := len(meta) + 1
	tests := map[string]struct {
		text string
		want []string // lines of the text form
	}{
		"nothing":                       {"", []string{"1:1: error xml.empty: file is empty"}},
		"only blanks":                   {" \n\t", []string{"1:1: error xml.empty: file is empty"}},
		"only a byte order mark":        {"\uFEFF", []string{"1:1: error xml.empty: file is empty"}},
		"a tag that is not open":        {"<manifest>\n  <meta><label>a</meta>", []string{"2:17: error xml.malformed: unexpected end tag </meta>, expected </label>"}},
		"an end without a start":        {"<manifest/></a>", []string{"1:12: error xml.malformed: unexpected end tag </a>"}},
		"a file that ends early":        {"<manifest><meta>", []string{"1:17: error xml.malformed: unexpected end of file, <meta> is not closed"}},
		"a tag that ends early":         {"<manifest", []string{"1:10: error xml.malformed: unexpected end of file, there is no element"}},
		"two roots":                     {"<manifest/><manifest/>", []string{"1:12: error xml.malformed: second root element <manifest>"}},
		"text after the root":           {"<manifest/>\n  x", []string{"2:3: error xml.malformed: text outside the root element"}},
		"an attribute twice":            {`<manifest><a b="1" b="2"/></manifest>`, []string{`1:20: error xml.malformed: attribute "b" is given twice on <a>`}},
		"a late XML declaration":        {"\n<?xml version=\"1.0\"?><manifest/>", []string{"2:1: error xml.malformed: the XML declaration must be the first thing in the file"}},
		"another encoding":              {`<?xml version="1.0" encoding="latin1"?><manifest/>`, []string{`1:31: error xml.encoding: encoding "latin1" is not supported`}},
		"broken UTF-8":                  {"<manifest>\n\u00e4\xff</manifest>", []string{"2:2: error xml.encoding: byte 0xFF is not UTF-8"}},
		"UTF-16":                        {"\xff\xfe<\x00m\x00", []string{"1:1: error xml.encoding: the file is UTF-16, only UTF-8 is supported"}},
		"a document type":               {"<?xml version=\"1.0\"?>\n<!DOCTYPE manifest [<!ENTITY a \"aaaa\">]><manifest>&a;</manifest>", []string{"2:1: error xml.doctype: document types are not allowed"}},
		"an entity":                     {"<manifest>\n\u00e4 &foo; b</manifest>", []string{"2:3: error xml.entity_expansion: undefined entity &foo;"}},
		"an entity, attribute":          {`<manifest a="1 &foo;"/>`, []string{"1:16: error xml.entity_expansion: undefined entity &foo;"}},
		"another root":                  {"<app/>", []string{"1:1: error manifest.root: root element is <app>, expected <manifest>"}},
		"no meta":                       {appOf("3.0", ""), []string{"1:1: error manifest.missing_section: <meta> is missing"}},
		"no schema location":            {"<manifest>" + meta + "</manifest>", []string{"1:1: info manifest.no_schema_location: no schema location, 3.0 is assumed"}},
		"a schema of 9.0":               {appOf("9.0", meta), []string{"1:65: info manifest.no_schema_location: the schema location names no known version, 3.0 is assumed"}},
		"a complete one":                {app(""), nil},
		"comments and PIs":              {app("<!-- x --><?php x ?>"), nil},
		"a second section":              {app("\n<tax/>\n<tax/>"), []string{"4:1: error manifest.duplicate_section: second <tax> section, first is in line 3"}},
		"an unknown section":            {app("<webhok/>"), []string{fmt.Sprintf("2:%d: error manifest.unknown_element: unknown element <webhok> in <manifest>\n    did you mean \"webhooks\"?", at)}},
		"an element in any case":        {app("\n<setup><registrationURL>https://a.example</registrationURL></setup>"), []string{"3:1: error manifest.missing_element: <registrationUrl> is missing in <setup>", "3:8: error manifest.unknown_element: unknown element <registrationURL> in <setup>\n    did you mean \"registrationUrl\"?"}},
		"a prefixed element":            {app("\n<x:tax/>"), []string{"3:1: error manifest.unknown_element: unknown element <x:tax> in <manifest>\n    did you mean \"tax\"?"}},
		"no declaration":                {strings.TrimSpace(app("")), nil},
		"XML 1.1":                       {`<?xml version="1.1" encoding='utf8' standalone="no" ?>` + strings.TrimSpace(app("")), nil},
		"XML 2.0":                       {`<?xml version="2.0"?><manifest/>`, []string{`1:1: error xml.malformed: the XML declaration must look like <?xml version="1.0" encoding="UTF-8"?>`}},
		"no version":                    {`<?xml encoding="UTF-8"?><manifest/>`, []string{`1:1: error xml.malformed: the XML declaration must look like <?xml version="1.0" encoding="UTF-8"?>`}},
		"a declaration without end":     {`<?xml`, []string{`1:1: error xml.malformed: the XML declaration must look like <?xml version="1.0" encoding="UTF-8"?>`}},
		"an early PI":                   {`<?xml-stylesheet href="a"?>` + strings.TrimSpace(app("")), nil},
		"a late XML 1.1":                {"\n<?xml version=\"1.1\"?><manifest/>", []string{`2:1: error xml.malformed: unsupported version "1.1"; only version 1.0 is supported`}},
		"attributes that stick":         {app("\n<webhooks><webhook name=\"a\"url=\"https://a.example\" event=\"order.written\"/></webhooks>"), []string{"3:28: error xml.malformed: there must be a blank between attributes"}},
		"a stray xsi":                   {`<manifest xsi:noNamespaceSchemaLocation="manifest-3.0.xsd">` + meta + "</manifest>", []string{"1:11: error xml.malformed: prefix \"xsi\" is not declared\n    add xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""}},
		"an xsi of something else":      {`<manifest xmlns:xsi="urn:x" xsi:a="b" xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="manifest-3.0.xsd">` + meta + "</manifest>", []string{"1:29: error xml.malformed: prefix \"xsi\" is not declared\n    add xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\""}},
		"xsi by another name":           {`<manifest xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:noNamespaceSchemaLocation="manifest-2.0.xsd">` + meta + `<tax i:type="a"/><requirements/></manifest>`, []string{fmt.Sprintf("1:%d: warning manifest.schema_version: <requirements> needs manifest 3.0, the file declares 2.0", 127+len(meta))}},
		"a schema with a query":         {strings.Replace(app(""), ".xsd", ".xsd?raw=true#a", 1), nil},
		"a schema that looks like it":   {strings.Replace(app(""), ".xsd", ".xsd.html", 1), []string{"1:65: info manifest.no_schema_location: the schema location names no known version, 3.0 is assumed"}},
		"a namespace":                   {strings.Replace(app(""), "<manifest ", `<manifest xmlns="urn:x" `, 1), []string{`1:11: error manifest.root: <manifest> has the namespace "urn:x", expected none`}},
		"an unknown attribute":          {app("\n<webhooks>\n<webhook name=\"a\" url=\"https://a.example\"\n  event=\"order.written\" methode=\"POST\"/></webhooks>"), []string{`5:25: error manifest.unknown_attribute: unknown attribute "methode" on <webhook>`}},
		"attributes of xml":             {app("\n<tax xml:space=\"preserve\" xsi:nil=\"false\"/>"), nil},
		"a missing attribute":           {app("\n<webhooks><webhook name=\"a\" event=\"order.written\"/></webhooks>"), []string{`3:11: error manifest.missing_attribute: attribute "url" is missing on <webhook>`}},
		"a newer section":               {appOf("1.0", meta+"\n<tax/>"), []string{"3:1: warning manifest.schema_version: <tax> needs manifest 2.0 or 3.0, the file declares 1.0"}},
		"a newer element":               {appOf("2.0", meta+"\n<permissions><crud>order</crud></permissions>"), []string{"3:14: warning manifest.schema_version: <crud> needs manifest 3.0, the file declares 2.0"}},
		"a newer attribute":             {strings.Replace(appOf("2.0", meta), "<manifest ", `<manifest validates-permissions="1" `, 1), []string{`1:11: warning manifest.schema_version: attribute "validates-permissions" needs manifest 3.0, the file declares 2.0`}},
		"a newer value":                 {appOf("1.0", meta+"\n<admin><action-button action=\"a\" entity=\"cms_page\" view=\"list\" url=\"/a\"><label>a</label></action-button></admin>"), []string{`3:34: warning manifest.schema_version: entity "cms_page" needs manifest 2.0 or 3.0, the file declares 1.0`}},
		"an ignored section":            {app("\n<documents><x/></documents>"), []string{"3:1: warning manifest.unsupported_section: section <documents> is ignored"}},
		"newer storefront parts":        {app("\n<storefront><seo-url/></storefront>"), []string{"3:13: warning manifest.unsupported_section: <seo-url> in <storefront> is ignored"}},
		"any requirement":               {app("\n<requirements><public-access/><moon/></requirements>"), nil},
		"a value twice":                 {app("\n<tax><tax-provider><identifier>a</identifier><name>a</name><priority>1</priority>\n<priority>2</priority><process-url>https://a.example</process-url></tax-provider></tax>"), []string{"4:1: warning manifest.repeated_element: <priority> is given twice in <tax-provider>, the last one counts"}},
		"a translation twice":           {appOf("3.0", strings.Replace(meta, "<author>", "\n<label>again</label><author>", 1)), []string{"3:1: warning manifest.repeated_element: <label> is given twice for en-GB in <meta>, the last one counts"}},
		"a setup part twice":            {app("\n<setup><registrationUrl>https://a.example</registrationUrl>\n<registrationUrl>https://a.example</registrationUrl></setup>"), []string{"4:1: error manifest.repeated_element: <registrationUrl> may appear once only in <setup>, first is in line 3"}},
		"a gateway twice":               {app("\n<gateways><checkout>https://a.example</checkout>\n<checkout>https://a.example</checkout></gateways>"), []string{"4:1: error manifest.gateway_duplicate: <checkout> may appear once only in <gateways>, first is in line 3"}},
		"two main modules":              {app("\n<admin><main-module source=\"https://a.example\"/>\n<main-module source=\"https://a.example\"/></admin>"), []string{"4:1: error manifest.main_module_twice: <main-module> may appear once only in <admin>, first is in line 3"}},
		"a missing element":             {appOf("3.0", strings.Replace(meta, "<author>We</author>", "", 1)), []string{"2:1: error manifest.missing_element: <author> is missing in <meta>"}},
		"an empty element":              {appOf("3.0", strings.Replace(meta, "<author>We</author>", "\n<author> </author>", 1)), []string{"3:1: error manifest.empty_element: <author> in <meta> is empty"}},
		"a delivery time out of order":  {app("\n" + deliveryTime("<name>N</name><id>i</id><min>1</min><max>2</max><unit>day</unit>")), []string{"3:91: warning manifest.order: <name> must come after <id> in <delivery-time>"}},
		"a delivery time, a unit twice": {app("\n" + deliveryTime("<id>i</id><name>N</name><name lang=\"de-DE\">N</name><min>1</min><max>2</max><unit>day</unit>\n<unit>day</unit>")), []string{"4:1: warning manifest.order: <unit> is given twice in <delivery-time>, the last one counts"}},
		"a delivery time twice":         {app("\n" + deliveryTime("<id>i</id><name>N</name><min>1</min><max>2</max><unit>day</unit>\n<id>i</id><name>N</name><min>1</min><max>2</max><unit>day</unit>")), []string{"4:1: warning manifest.repeated_element: <id> begins again in <delivery-time>, the last one of each counts"}},
		"a delivery time and a half": {app("\n" + deliveryTime("<id>i</id><name>N</name><min>1</min><max>2</max><unit>day</unit>\n<id>i</id><name>N</name><min>1</min><unit>day</unit>")), []string{
			"3:76: warning manifest.order: <max> is missing in one of the 2 runs in <delivery-time>",
			"4:1: warning manifest.repeated_element: <id> begins again in <delivery-time>, the last one of each counts",
		}},
		"empty with a default":       {app("\n" + strings.Replace(deliveryTime("<id>i</id><name>N</name><min>1</min><max>2</max><unit>day</unit>"), "<identifier>", "<active/><identifier>", 1)), nil},
		"empty without a default":    {app("\n<storefront><template-load-priority/></storefront>"), []string{`3:13: error manifest.bad_value: template-load-priority "" is no whole number of 32 bits`}},
		"blanks for a default":       {app("\n" + strings.Replace(deliveryTime("<id>i</id><name>N</name><min>1</min><max>2</max><unit>day</unit>"), "<identifier>", "<active> </active><identifier>", 1)), []string{`3:36: error manifest.bad_value: active "" is not true or false`}},
		"a gateway out of order":     {app("\n<gateways><context>https://a.example</context><checkout>https://a.example</checkout></gateways>"), []string{"3:11: warning manifest.order: <context> must come after <checkout> in <gateways>"}},
		"gateways, last one first":   {app("\n<gateways><inAppPurchases>https://a.example</inAppPurchases><checkout>https://a.example</checkout></gateways>"), []string{"3:11: warning manifest.order: <inAppPurchases> must come after <checkout> in <gateways>"}},
		"an empty permissions":       {app("\n<permissions/>"), []string{"3:1: error manifest.empty_list: <permissions> is empty"}},
		"an empty admin":             {app("\n<admin/>"), []string{"3:1: warning manifest.empty_list: <admin> is empty"}},
		"a bad number":               {app("\n<storefront><template-load-priority>high</template-load-priority></storefront>"), []string{`3:13: error manifest.bad_value: template-load-priority "high" is no whole number of 32 bits`}},
		"a bad choice":               {app("\n<admin><action-button action=\"a\" entity=\"products\" view=\"list\" url=\"/a\"><label>a</label></action-button></admin>"), []string{`3:34: error manifest.bad_value: entity "products" is not one of product, order, category, promotion, customer, cms_page`}},
		"a bad bool":                 {strings.Replace(app(""), "<manifest ", `<manifest validates-permissions="yes" `, 1), []string{`1:11: error manifest.bad_value: validates-permissions "yes" is not true or false`}},
		"text among elements":        {app("\n<webhooks>hello</webhooks>"), []string{`3:1: error manifest.bad_value: text "hello" may not stand in <webhooks>`}},
		"a short language":           {appOf("3.0", strings.Replace(meta, "<author>", "\n<label lang=\"de\">a</label><author>", 1)), []string{`3:8: error manifest.bad_lang: lang "de" must look like de-DE`}},
		"an unknown language":        {appOf("3.0", strings.Replace(meta, "<author>", "\n<label lang=\"xx-XX\">a</label><author>", 1)), []string{`3:8: info manifest.unknown_locale: lang "xx-XX" is no known locale`}},
		"an event with a blank":      {app("\n<webhooks><webhook name=\"a\" url=\"https://a.example\" event=\"test event\"/></webhooks>"), []string{`3:53: error manifest.bad_event_token: event "test event" is no valid token`}},
		"an empty event":             {app("\n<webhooks><webhook name=\"a\" url=\"https://a.example\" event=\"\"/></webhooks>"), []string{`3:53: error manifest.bad_event_token: event "" is no valid token`}},
		"a webhook name twice":       {app("\n<webhooks><webhook name=\"a\" url=\"https://a.example\" event=\"order.written\"/>\n<webhook name=\"a\" url=\"https://a.example\" event=\"order.written\"/></webhooks>"), []string{`4:10: error manifest.duplicate_name: webhook name "a" is already used in line 3`}},
		"an identifier twice":        {app("\n<payments><payment-method><identifier>card</identifier><name>a</name></payment-method>\n<payment-method><identifier>card</identifier><name>b</name></payment-method></payments>"), []string{`4:17: error manifest.duplicate_identifier: payment method "card" is already defined in line 3`}},
		"a name with blanks":         {appOf("3.0", strings.Replace(meta, "<name>MyApp</name>", "\n<name>MyApp </name>", 1)), []string{`3:1: warning manifest.untrimmed: "name" has blanks at the end`}},
		"characters, not bytes":      {app("\n<webhooks><!-- \u00e4\u20ac\U0001F600 --><webhok/></webhooks>"), []string{"3:23: error manifest.unknown_element: unknown element <webhok> in <webhooks>\n    did you mean \"webhook\"?"}},
		"windows line ends":          {"<manifest>\r\n\r\n<a></b></manifest>", []string{"3:4: error xml.malformed: unexpected end tag </b>, expected </a>"}},
		"a control character":        {app("\n<tax>\x01</tax>"), []string{"3:6: error xml.malformed: illegal character U+0001"}},
		"a control character, later": {"\x19\U0004e75d", []string{"1:1: error xml.malformed: illegal character U+0019"}},
		"an attribute with a '>'":    {app("\n<webhooks><webhook name=\"a>'b\" url = 'https://a.example/\">' event=\"order.written\" x='1'/></webhooks>"), []string{`3:83: error manifest.unknown_attribute: unknown attribute "x" on <webhook>`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, problems := ParseXML("m.xml", []byte(tt.text), false)
			var got []string
			for _, p := range problems {
				got = append(got, strings.TrimPrefix(p.String(), "m.xml:"))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			if (app == nil) != problems.HasErrors() {
				t.Errorf("app is nil: %t, problems have errors: %t", app == nil, problems.HasErrors())
			}
		})
	}
}

func TestFaultsOfOrderAreErrorsWhenStrict(t *testing.T) {
	t.Parallel()
	text := app("\n<gateways><context>https://a.example</context><checkout>https://a.example</checkout></gateways>")
	app, problems := ParseXML("m.xml", []byte(text), true)
	if len(problems) != 1 || problems[0].Code != "manifest.order" || problems[0].Severity != Error || app != nil {
		t.Errorf("got:\n%s", problems)
	}
}

func TestPathsOfProblems(t *testing.T) {
	t.Parallel()
	_, problems := ParseXML("m.xml", []byte(app(`<webhooks><webhook name="a" url="u" event="b"/><webhook name="a" url="u" event=" "/></webhooks>`)), false)
	var got []Path
	for _, p := range problems {
		got = append(got, p.Path)
	}
	want := []Path{"/manifest/webhooks/webhook[2]/@name", "/manifest/webhooks/webhook[2]/@event", "/manifest/webhooks/webhook[2]/@event"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("paths (-want +got):\n%s", diff)
	}
}

// Each of these would cost a careless reader minutes or gigabytes.
func TestHostileFilesAreRefusedQuickly(t *testing.T) {
	t.Parallel()
	var bomb strings.Builder
	bomb.WriteString(`<!DOCTYPE manifest [<!ENTITY a0 "lol">`)
	for i := range 30 {
		fmt.Fprintf(&bomb, `<!ENTITY a%d "&a%d;&a%d;">`, i+1, i, i)
	}
	bomb.WriteString(`]><manifest>&a30;</manifest>`)
	tests := map[string]struct{ text, code string }{
		"an entity bomb":                     {bomb.String(), "xml.doctype"},
		"deep nesting":                       {strings.Repeat("<manifest>", 100_000), "xml.too_large"},
		"a file over the limit":              {"<manifest>" + strings.Repeat(" ", maxXML), "xml.too_large"},
		"a comment that never ends":          {"<manifest><!--" + strings.Repeat("-a", 500_000), "xml.malformed"},
		"very many unknown elements":         {"<manifest>" + strings.Repeat("<webhokss/>", 90_000) + "</manifest>", "manifest.unknown_element"},
		"very many attributes":               {"<manifest " + attributes(60_000) + "/>", "manifest.unknown_attribute"},
		"a very long name":                   {"<" + strings.Repeat("a", 1_000_000) + "/>", "manifest.root"},
		"text in very many pieces":           {"<manifest>" + strings.Repeat("a<!---->", 120_000) + "</manifest>", "manifest.bad_value"},
		"very many webhooks of unknown name": {app("<webhooks>" + strings.Repeat("<webhook/>", 100_000) + "</webhooks>"), "manifest.missing_attribute"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, problems := ParseXML("m.xml", []byte(tt.text), false)
			if app != nil || len(problems) > maxProblems {
				t.Fatalf("app %v with %d problems", app != nil, len(problems))
			}
			for _, p := range problems {
				if p.Code == tt.code {
					return
				}
			}
			t.Errorf("no %s among:\n%s", tt.code, problems[:min(5, len(problems))])
		})
	}
}

func TestRemarksCannotHideAnError(t *testing.T) {
	t.Parallel()
	remarks := strings.Repeat("<read>a </read>", maxProblems)
	app, problems := ParseXML("m.xml", []byte(app("<permissions>"+remarks+"<write>order</write></permissions>")), false)
	if app != nil || len(problems) != maxProblems {
		t.Errorf("an app with %d problems was read: %t", len(problems), app != nil)
	}
	app, _ = ParseXML("m.xml", []byte(appOf("3.0", meta+"<permissions>"+strings.Repeat("<read>produkt</read>", maxProblems)+"</permissions>"+
		`<webhooks><webhook name="a" url="https://a.com" event="nothing"/></webhooks>`)), false)
	if problems := Validate(app, Environment{}); !problems.HasErrors() || len(problems) != maxProblems {
		t.Errorf("%d problems without an error", len(problems))
	}
}

// Each of these is sound, and would cost a careless rule minutes.
func TestHostileAppsAreJudgedQuickly(t *testing.T) {
	t.Parallel()
	labels := func(n int) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, `<label lang="%c%c-%c%c">a</label>`, 'a'+i%26, 'a'+i/26%26, 'A'+i/676%26, 'A'+i/17576)
		}
		return text.String()
	}
	many := func(n int, format string) string {
		var text strings.Builder
		for i := range n {
			fmt.Fprintf(&text, format, i)
		}
		return text.String()
	}
	tests := map[string]string{
		"modules":     app("<admin>" + many(7_000, `<module name="m%[1]d" parent="sw-x%[1]d"><label>a</label></module>`) + "</admin>"),
		"a long line": app("<admin>" + many(7_000, `<module name="m%[1]d" parent="app-MyApp-m%[1]d"><label>a</label></module>`) + "</admin>"),
		"permissions": app("<permissions>" + many(15_000, `<update>product%d</update>`) + "</permissions>"),
		"webhooks":    app("<webhooks>" + many(7_000, `<webhook name="w%[1]d" url="u%[1]d" event="order.written%[1]d"/>`) + "</webhooks>"),
		"hosts":       app("<allowed-hosts>" + many(10_000, `<host>h%d.com</host>`) + "</allowed-hosts>"),
		"languages":   appOf("3.0", strings.Replace(meta, "<author>", labels(900)+"<author>", 1)+"<admin>"+many(8_000, `<module name="m%d" parent="sw-order"><label>a</label></module>`)+"</admin>"),
		"options":     app("<custom-fields><custom-field-set><name>v_a</name><label>a</label><related-entities><order/></related-entities><fields><single-select name=\"v_b\"><options>" + many(9_000, `<option value="%d"><name>a</name></option>`) + "</options></single-select></fields></custom-field-set></custom-fields>"),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			app, problems := ParseXML("m.xml", []byte(text), false)
			if app == nil {
				t.Fatal(problems[:min(5, len(problems))])
			}
			if problems := Validate(app, Environment{}); len(problems) > maxProblems {
				t.Errorf("%d problems", len(problems))
			}
		})
	}
}

func attributes(n int) string {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, `a%d="" `, i)
	}
	return text.String()
}

// TestColumnsCountCharacters: not bytes, and not the halves of UTF-16 (validation.md 1).
func TestColumnsCountCharacters(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ file, text, want string }{
		"an attribute behind umlauts": {"manifest.xml", app("\n<webhooks><!-- äöü😀 --><webhook name=\"ä\" url=\"https://a.com\" event=\"order.written\" methode=\"x\"/></webhooks>"), "3:84: error manifest.unknown_attribute"},
		"a value behind umlauts":      {"app.json", "{\n\"name\": \"äöü😀\", \"author\": 5}", "2:27: error app_json.type"},
		"a tab is one character":      {"app.json", "{\n\t\t\"author\": 5}", "2:13: error app_json.type"},
		"behind a byte order mark":    {"app.json", "\uFEFF{\"author\": 5}", "1:12: error app_json.type"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, problems, err := Parse(fstest.MapFS{tt.file: {Data: []byte(tt.text)}}, Options{})
			if err != nil || !strings.Contains(problems.String(), tt.file+":"+tt.want) {
				t.Errorf("%v, no %q in:\n%s", err, tt.want, problems)
			}
		})
	}
}

func TestParseChoosesTheFile(t *testing.T) {
	t.Parallel()
	other := strings.Replace(app(""), "<name>MyApp</name>", "<name>Other</name>", 1)
	local := strings.Replace(app(""), "<version>1.0.0</version>", "<version>2.0.0</version>", 1)
	tests := map[string]struct {
		files       map[string]string
		file        string
		wantVersion string // empty: no App
		want        []string
	}{
		"nothing there":                     {map[string]string{}, "", "", []string{"F/manifest.xml:1:1: error app.not_found: there is neither a manifest.xml nor an app.json in this folder"}},
		"manifest.xml":                      {map[string]string{"manifest.xml": app("")}, "", "1.0.0", nil},
		"a file of any name":                {map[string]string{"m.xml": app(""), "manifest.local.xml": local}, "m.xml", "1.0.0", nil},
		"a local manifest alone":            {map[string]string{"manifest.local.xml": local}, "", "2.0.0", nil},
		"a local manifest replaces":         {map[string]string{"manifest.xml": app(""), "manifest.local.xml": local}, "", "2.0.0", []string{"F/manifest.xml:1:1: info manifest.local_override: manifest.local.xml replaces this file"}},
		"a broken local manifest does not":  {map[string]string{"manifest.xml": app(""), "manifest.local.xml": "<a>"}, "", "1.0.0", []string{"F/manifest.local.xml:1:4: warning xml.malformed: unexpected end of file, <a> is not closed"}},
		"a local manifest for a broken one": {map[string]string{"manifest.xml": "<a>", "manifest.local.xml": local}, "", "2.0.0", []string{"F/manifest.xml:1:1: info manifest.local_override: manifest.local.xml replaces this file", "F/manifest.xml:1:4: warning xml.malformed: unexpected end of file, <a> is not closed"}},
		"both broken":                       {map[string]string{"manifest.xml": "", "manifest.local.xml": ""}, "", "", []string{"F/manifest.local.xml:1:1: error xml.empty: file is empty", "F/manifest.xml:1:1: error xml.empty: file is empty"}},
		"a local manifest of another app":   {map[string]string{"manifest.xml": app(""), "manifest.local.xml": other}, "", "1.0.0", []string{`F/manifest.local.xml:2:7: warning manifest.local_override: this file is about "Other" and replaces nothing: manifest.xml is about "MyApp"`}},
		"a file over the limit":             {map[string]string{"manifest.xml": strings.Repeat(" ", 1<<20+1<<19)}, "", "", []string{"F/manifest.xml:1:1: error xml.too_large: 1.5 MiB, the limit is 1 MiB"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			fsys := fstest.MapFS{}
			for file, text := range tt.files {
				fsys[file] = &fstest.MapFile{Data: []byte(text)}
			}
			app, problems, err := Parse(fsys, Options{Folder: "F", File: tt.file})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, p := range problems {
				got = append(got, p.String())
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
			version := ""
			if app != nil {
				version = app.Version
			}
			if version != tt.wantVersion {
				t.Errorf("version %q, want %q", version, tt.wantVersion)
			}
		})
	}
}

// failing is a file system whose disk is broken.
type failing struct{ err error }

func (f failing) Open(string) (fs.File, error) { return nil, f.err }

func TestParseFailsOnlyWhenTheFileSystemDoes(t *testing.T) {
	t.Parallel()
	broken := errors.New("input/output error")
	app, problems, err := Parse(failing{broken}, Options{})
	if !errors.Is(err, broken) || app != nil || problems != nil {
		t.Errorf("got %v, %v, %v", app, problems, err)
	}
}

// deliveryTime is a shipping method with that delivery time.
func deliveryTime(parts string) string {
	return "<shipping-methods><shipping-method><identifier>a</identifier><name>N</name><delivery-time>" + parts + "</delivery-time></shipping-method></shipping-methods>"
}
