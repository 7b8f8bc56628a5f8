package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/protocol"
	"github.com/appdock/appdock/sdk/apptest"
)

// pagesApp is an app with all that the admin shows of one: pages, buttons and a block.
func pagesApp(t *testing.T) (*apptest.Server, control.Source) {
	t.Helper()
	app := apptest.New(t, apptest.App{Name: "Pages", Actions: []string{"restock"}, Permissions: []string{"product:read"}})
	pages := `<module name="start" source="` + app.URL + `/page?tab=1" parent="sw-marketing" position="50"><label>Start</label><label lang="de-DE">Anfang</label></module>
		<module name="folder" parent="sw-catalogue"><label>Folder</label></module>
		<main-module source="` + app.URL + `/main"/>
		<action-button action="script" entity="product" view="list" url="/api/script/x"><label>Script</label></action-button>
	</admin>`
	source := write(t, app.App.Name, []byte(strings.Replace(string(app.Manifest()), "</admin>", pages, 1)))
	for name, text := range map[string]string{
		"Resources/cms.xml": `<cms xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><blocks><block><name>my-block</name><category>text-image</category><label>Mine</label>
			<slots><slot name="left" type="text"><config><config-value name="content" source="static" value="Hi"/></config></slot></slots>
			<default-config><margin-top>20px</margin-top><sizing-mode>boxed</sizing-mode></default-config></block></blocks></cms>`,
		"Resources/cms/blocks/my-block/preview.html": `<div class="a" onclick="x()"><script>1</script>Mine</div>`,
		"Resources/cms/blocks/my-block/styles.css":   `.a{color:red}`,
	} {
		path := filepath.Join(source.Path, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return app, source
}

// TestPagesOfApps is protocol-admin.md 1: addresses are signed, and shown to those who may
// open them.
func TestPagesOfApps(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	app, source := pagesApp(t)
	installed(t, shop, source)
	known := app.Shops.All()[0]

	var got struct {
		Modules []struct {
			Name       string
			Label      map[string]string
			MainModule *struct{ Source string }
			Modules    []struct {
				Name           string
				Label          map[string]string
				Source, Parent *string
				Position       int
			}
		}
	}
	if err := json.Unmarshal(c.done("GET", "/api/app-system/modules", "", http.StatusOK), &got); err != nil {
		t.Fatal(err)
	}
	if len(got.Modules) != 1 || len(got.Modules[0].Modules) != 2 || got.Modules[0].MainModule == nil || got.Modules[0].Label["en-GB"] != "Pages" {
		t.Fatalf("got %+v", got)
	}
	start, folder := got.Modules[0].Modules[0], got.Modules[0].Modules[1]
	if start.Name != "start" || start.Label["de-DE"] != "Anfang" || *start.Parent != "sw-marketing" || start.Position != 50 || folder.Source != nil {
		t.Errorf("got %+v and %+v", start, folder)
	}
	for _, address := range []string{*start.Source, got.Modules[0].MainModule.Source} {
		u, err := url.Parse(address)
		if err != nil {
			t.Fatal(err)
		}
		if err := protocol.VerifyQuery(u.RawQuery, known.Secret); err != nil {
			t.Errorf("%s: %v", address, err)
		}
	}
	if !strings.HasPrefix(*start.Source, app.URL+"/page?tab=1&shop-id=") {
		t.Errorf("the page's own query is lost: %s", *start.Source)
	}

	record := c.found("app", `{"filter":[{"type":"equals","field":"name","value":"Pages"}]}`)
	if modules, _ := record["modules"].([]any); len(modules) != 2 || modules[0].(map[string]any)["source"] != app.URL+"/page?tab=1" ||
		record["mainModule"].(map[string]any)["source"] != app.URL+"/main" {
		t.Errorf("the record has %v and %v", record["modules"], record["mainModule"])
	}

	other := apptest.New(t, apptest.App{Name: "Other", Permissions: []string{"product:read"}})
	installed(t, shop, write(t, other.App.Name, other.Manifest()))
	for who, modules := range map[*apptest.Server]int{app: 1, other: 0} {
		own := c
		own.token = tokenFrom(t, client(t), c.url, who.Shops.All()[0].APIKey, who.Shops.All()[0].SecretKey)
		if err := json.Unmarshal(own.done("GET", "/api/app-system/modules", "", http.StatusOK), &got); err != nil || len(got.Modules) != modules {
			t.Errorf("%s sees the pages of %d apps, %v", who.App.Name, len(got.Modules), err)
		}
	}
	if _, err := shop.Deactivate(t.Context(), "Pages"); err != nil {
		t.Fatal(err)
	}
	if answer := string(c.done("GET", "/api/app-system/modules", "", http.StatusOK)); answer != `{"modules":[]}` {
		t.Errorf("of an inactive app: %s", answer)
	}
	if answer := string(c.done("GET", "/api/app-system/cms/blocks", "", http.StatusOK)); answer != `{"blocks":[]}` {
		t.Errorf("of an inactive app: %s", answer)
	}
}

// TestButtonsOfApps is protocol-admin.md 2: what is pressed is told to the app, signed, and what
// it answers comes back.
func TestButtonsOfApps(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	app, source := pagesApp(t)
	installed(t, shop, source)
	const record = "018c0000000070008000000000000001"
	button := func(view string) string {
		t.Helper()
		var list struct {
			Actions []struct {
				App, ID, Action, URL string
				Label                map[string]string
			}
		}
		if err := json.Unmarshal(c.done("GET", "/api/app-system/action-button/product/"+view, "", http.StatusOK), &list); err != nil || len(list.Actions) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		if b := list.Actions[0]; b.App != "Pages" || len(b.ID) != 32 || len(b.Label) == 0 || b.URL == "" {
			t.Errorf("got %+v", b)
		}
		return list.Actions[0].ID
	}
	run := "/api/app-system/action-button/run/" + button("detail")
	if got := string(c.done("POST", run, `{"ids":["`+record+`"]}`, http.StatusOK)); got != `{"actionType":"notification","message":"restock is done","status":"success"}` {
		t.Errorf("got %s", got)
	}
	request, err := app.Wait(t.Context(), apptest.Action, 1)
	if err != nil || !request.Verified {
		t.Fatalf("the app got %+v, %v", request, err)
	}
	action, err := protocol.ParseAction(request.Body)
	if err != nil || len(action.IDs) != 1 || action.IDs[0] != record || action.Entity != "product" || action.Action != "restock" || len(action.Reference) != 32 {
		t.Errorf("the app got %+v, %v", action, err)
	}
	for name, step := range map[string]struct {
		path, body string
		fault      *apptest.Fault
		status     int
		want       string
	}{
		"no such button":        {"/api/app-system/action-button/run/" + record, `{}`, nil, 404, "FRAMEWORK__APP_ACTION_NOT_FOUND"},
		"an id that is none":    {run, `{"ids":["x"]}`, nil, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"ids that are no list":  {run, `{"ids":{}}`, nil, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"a script endpoint":     {"/api/app-system/action-button/run/" + button("list"), `{"ids":[]}`, nil, 400, "FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED"},
		"an app that fails":     {run, `{}`, new(apptest.Status(500)), 400, "FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED"},
		"an unsigned answer":    {run, `{}`, new(apptest.HTML()), 400, "FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED"},
		"an app that hangs up":  {run, `{}`, new(apptest.HangUp()), 400, "FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED"},
		"an answer of no bytes": {run, `{}`, new(apptest.Body(nil)), 200, `{}`},
	} {
		if step.fault != nil {
			app.Answer(apptest.Action, step.fault.Times(1))
		}
		if status, answer := c.do("POST", step.path, step.body); status != step.status || !strings.Contains(string(answer), step.want) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, step.status, step.want)
		}
	}
	// Another app may not press it, the app itself may.
	other := apptest.New(t, apptest.App{Name: "Other", Permissions: []string{"product:read"}})
	installed(t, shop, write(t, other.App.Name, other.Manifest()))
	for who, status := range map[*apptest.Server]int{app: http.StatusOK, other: http.StatusForbidden} {
		own := c
		own.token = tokenFrom(t, client(t), c.url, who.Shops.All()[0].APIKey, who.Shops.All()[0].SecretKey)
		own.done("POST", run, `{}`, status)
	}
}

// TestPartsOfAppsAreRecords reads what apps brought along as records (entities.md, "Apps, access
// and events"): through an installation, a new version and the end, by those who may, and
// written by nobody.
func TestPartsOfAppsAreRecords(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	c, shop := callerOf(t, host), only(t, host)
	app := apptest.New(t, apptest.App{Name: "Parts", Actions: []string{"pack", "restock"}, Permissions: []string{"app:read"}})
	flow := func(events ...string) string {
		text := `<flow-extensions xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><flow-events>`
		for _, e := range events {
			text += `<flow-event><name>` + e + `</name><aware>orderAware</aware><aware>customerAware</aware></flow-event>`
		}
		return text + `</flow-events></flow-extensions>`
	}
	brought := func(manifest, flow string) control.Source {
		t.Helper()
		source := write(t, "Parts", []byte(manifest))
		if err := os.MkdirAll(filepath.Join(source.Path, "Resources"), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(source.Path, "Resources", "flow.xml"), []byte(flow), 0o600); err != nil {
			t.Fatal(err)
		}
		return source
	}
	first := strings.NewReplacer("<label>pack<", `<label lang="de-DE">packen</label><label>pack<`, "<label>Parts<", `<label lang="de-DE">Teile</label><label lang="fr-FR">Pièces</label><label>Parts<`).
		Replace(string(app.Manifest()))
	installed(t, shop, brought(first, flow("parts.lost", "parts.found")))
	german, _ := c.found("language", `{"filter":[{"type":"equals","field":"locale.code","value":"de-DE"}]}`)["id"].(string)
	inGerman := func() string {
		t.Helper()
		r := c.found("app", `{"filter":{"name":"Parts"},"associations":{"translations":{},"actionButtons":{"sort":[{"field":"action"}]}}}`, "sw-language-id: "+german)
		button := r["actionButtons"].([]any)[0].(map[string]any)
		return fmt.Sprint(r["label"], len(r["translations"].([]any)), button["label"], button["translated"].(map[string]any)["label"])
	}
	if got := inGerman(); got != "Teile2packenpacken" {
		t.Errorf("in German: %s", got)
	}
	id, _ := c.found("app", `{"filter":[{"type":"equals","field":"name","value":"Parts"}]}`)["id"].(string)
	read := func(criteria string) map[string]string {
		t.Helper()
		r := c.found("app", `{"ids":["`+id+`"],"associations":{"actionButtons":`+criteria+`,"flowEvents":{},"templates":{},"cmsBlocks":{},"scriptConditions":{}}}`)
		known := map[string]string{}
		for _, b := range r["actionButtons"].([]any) {
			b := b.(map[string]any)
			known[b["action"].(string)] = fmt.Sprint(b["entity"], " ", b["view"], " ", b["url"], " ", b["label"], " ", b["appId"] == id, " changed ", b["updatedAt"] != nil)
		}
		for _, e := range r["flowEvents"].([]any) {
			e := e.(map[string]any)
			known[e["name"].(string)] = fmt.Sprint(e["aware"], e["appId"] == id)
		}
		for _, none := range []string{"templates", "cmsBlocks", "scriptConditions"} { // only named in entities.md
			if list, ok := r[none].([]any); !ok || len(list) > 0 {
				t.Errorf("%s: %v", none, r[none])
			}
		}
		return known
	}
	want := map[string]string{
		"pack": "product detail " + app.URL + "/action pack true changed false", "restock": "product detail " + app.URL + "/action restock true changed false",
		"parts.lost": "[orderAware customerAware] true", "parts.found": "[orderAware customerAware] true",
	}
	if diff := cmp.Diff(want, read(`{}`)); diff != "" {
		t.Errorf("after the installation (-want +got):\n%s", diff)
	}
	var list struct{ Actions []struct{ ID string } }
	if err := json.Unmarshal(c.done("GET", "/api/app-system/action-button/product/detail", "", http.StatusOK), &list); err != nil {
		t.Fatal(err)
	}
	for _, b := range list.Actions {
		c.done("GET", "/api/app-action-button/"+b.ID, "", http.StatusOK)
	}
	button := list.Actions[0].ID

	// Nobody writes them, and an app reads what it was granted, by no way round.
	c.done("PATCH", "/api/app-action-button/"+button, `{"url":"https://evil.example/"}`, http.StatusForbidden)
	c.done("DELETE", "/api/app-action-button/"+button, "", http.StatusForbidden)
	c.done("POST", "/api/app-flow-event", `{"name":"x","aware":[],"appId":"`+id+`"}`, http.StatusForbidden)
	registered := app.Shops.All()[0]
	own := caller{t, c.calls, c.url, tokenFrom(t, c.calls, c.url, registered.APIKey, registered.SecretKey)}
	for _, criteria := range []string{
		`{"associations":{"actionButtons":{}}}`, `{"filter":[{"type":"equals","field":"actionButtons.action","value":"pack"}]}`,
		`{"sort":[{"field":"actionButtons.url"}]}`, `{"aggregations":[{"name":"n","type":"count","field":"actionButtons.id"}]}`,
	} {
		if answer := own.done("POST", "/api/search/app", criteria, http.StatusForbidden); !strings.Contains(string(answer), "app_action_button:read") {
			t.Errorf("%s: %s", criteria, answer)
		}
	}
	own.done("POST", "/api/search/app-flow-event", `{}`, http.StatusForbidden)

	// A new version has other parts; what stays is the same record.
	next := strings.NewReplacer("<version>1.0.0</version>", "<version>1.1.0</version>", `action="restock"`, `action="unpack"`, "<label>pack<", "<label>Pack it<",
		`<label lang="de-DE">packen</label>`, "", `<label lang="de-DE">Teile<`, `<label lang="de-DE">Die Teile<`).Replace(first)
	source := brought(next, flow("parts.found"))
	wish, err := shop.Preview(t.Context(), source)
	if err != nil {
		t.Fatal(err)
	}
	if done, err := shop.Update(t.Context(), control.Install{Source: source, ConsentHash: wish.ConsentHash}); err != nil || done.Result != "updated" {
		t.Fatalf("%+v, %v", done, err)
	}
	want = map[string]string{
		"pack": "product detail " + app.URL + "/action Pack it true changed true", "unpack": "product detail " + app.URL + "/action restock true changed false",
		"parts.found": "[orderAware customerAware] true",
	}
	if diff := cmp.Diff(want, read(`{}`)); diff != "" {
		t.Errorf("after the update (-want +got):\n%s", diff)
	}
	if got := inGerman(); got != "Die Teile2 <nil>Pack it" {
		t.Errorf("in German, after the update: %s", got)
	}
	if _, err := shop.Uninstall(t.Context(), "Parts", false); err != nil {
		t.Fatal(err)
	}
	left := host.Records(t, shop)
	for _, entity := range []string{"app_action_button", "app_flow_event", "app_translation", "app_action_button_translation"} {
		if len(left[entity]) > 0 {
			t.Errorf("%s after the end: %s", entity, left[entity])
		}
	}
}

// TestFramesAskForMore is what frames of apps ask for through the admin: addresses to be signed,
// and actions without a button (protocol-admin.md 1 and 2).
func TestFramesAskForMore(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	app, source := pagesApp(t)
	installed(t, shop, source)
	const (
		record = "018c0000000070008000000000000001"
		sign   = "/api/_action/extension-sdk/sign-uri"
		run    = "/api/_action/extension-sdk/run-action"
	)
	var signed struct{ URI string }
	if err := json.Unmarshal(c.done("POST", sign, `{"appName":"Pages","uri":"`+app.URL+`/detail?id=7"}`, http.StatusOK), &signed); err != nil {
		t.Fatal(err)
	}
	u, err := url.Parse(signed.URI)
	if err != nil || !strings.HasPrefix(signed.URI, app.URL+"/detail?id=7&shop-id=") {
		t.Fatalf("signed %s, %v", signed.URI, err)
	}
	if err := protocol.VerifyQuery(u.RawQuery, app.Shops.All()[0].Secret); err != nil {
		t.Errorf("%s: %v", signed.URI, err)
	}
	action := func(over string) string {
		merged := map[string]any{"appName": "Pages", "url": app.URL + "/action", "entity": "order", "action": "restock", "ids": []string{record}}
		if err := json.Unmarshal([]byte(over), &merged); err != nil {
			t.Fatal(err)
		}
		text, err := json.Marshal(merged)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got := string(c.done("POST", run, action(`{}`), http.StatusOK)); !strings.Contains(got, `"actionType":"notification"`) {
		t.Errorf("got %s", got)
	}
	request, err := app.Wait(t.Context(), apptest.Action, 1)
	if err != nil || !request.Verified {
		t.Fatalf("the app got %+v, %v", request, err)
	}
	if a, err := protocol.ParseAction(request.Body); err != nil || a.Entity != "order" || a.Action != "restock" || len(a.IDs) != 1 || a.IDs[0] != record {
		t.Errorf("the app got %+v, %v", a, err)
	}
	local := apptest.New(t, apptest.App{Name: "Local"})
	manifest := string(local.Manifest())
	from, to := strings.Index(manifest, "<setup>"), strings.Index(manifest, "</setup>")+len("</setup>")
	installed(t, shop, write(t, "Local", []byte(manifest[:from]+manifest[to:])))
	for name, step := range map[string]struct {
		path, body string
		status     int
		want       string
	}{
		"an app that is not there":       {sign, `{"appName":"Nobody","uri":"` + app.URL + `"}`, 404, "ADMINISTRATION__APP_BY_NAME_NOT_FOUND"},
		"an app without a server":        {sign, `{"appName":"Local","uri":"` + app.URL + `"}`, 400, "ADMINISTRATION__MISSING_APP_SECRET"},
		"an address elsewhere":           {sign, `{"appName":"Pages","uri":"https://evil.example/"}`, 400, "APP__UNALLOWED_HOST"},
		"an address that only looks so":  {sign, `{"appName":"Pages","uri":"https://127.0.0.1.evil.example/"}`, 400, "APP__UNALLOWED_HOST"},
		"an address with a user":         {sign, `{"appName":"Pages","uri":"https://127.0.0.1@evil.example/"}`, 400, "APP__UNALLOWED_HOST"},
		"an address of a script":         {sign, `{"appName":"Pages","uri":"javascript://127.0.0.1/"}`, 400, "APP__UNALLOWED_HOST"},
		"a path":                         {sign, `{"appName":"Pages","uri":"/x"}`, 400, "APP__UNALLOWED_HOST"},
		"no address":                     {sign, `{"appName":"Pages"}`, 400, "FRAMEWORK__MISSING_REQUEST_PARAMETER"},
		"an address that is no text":     {sign, `{"appName":"Pages","uri":7}`, 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"an action of nobody":            {run, action(`{"appName":"Nobody"}`), 404, "ADMINISTRATION__APP_BY_NAME_NOT_FOUND"},
		"an action elsewhere":            {run, action(`{"url":"https://evil.example/"}`), 400, "APP__UNALLOWED_HOST"},
		"an action of no app's server":   {run, action(`{"appName":"Local"}`), 400, "ADMINISTRATION__MISSING_APP_SECRET"},
		"an action in the shop":          {run, action(`{"url":"/api/script/x"}`), 400, "FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED"},
		"an action that is none":         {run, action(`{"action":""}`), 400, "FRAMEWORK__MISSING_REQUEST_PARAMETER"},
		"an action for no entity":        {run, action(`{"entity":null}`), 400, "FRAMEWORK__MISSING_REQUEST_PARAMETER"},
		"an action for an id of letters": {run, action(`{"ids":["X"]}`), 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
	} {
		if status, answer := c.do("POST", step.path, step.body); status != step.status || !strings.Contains(string(answer), step.want) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, step.status, step.want)
		}
	}
	// Another app may do neither, even for a person; the app itself may.
	other := apptest.New(t, apptest.App{Name: "Other", Permissions: []string{"product:read"}})
	installed(t, shop, write(t, other.App.Name, other.Manifest()))
	for who, status := range map[*apptest.Server]int{app: http.StatusOK, other: http.StatusForbidden} {
		own := c
		own.token = tokenFrom(t, client(t), c.url, who.Shops.All()[0].APIKey, who.Shops.All()[0].SecretKey)
		own.done("POST", run, action(`{}`), status)
		own.done("POST", sign, `{"appName":"Pages","uri":"`+app.URL+`/"}`, status)
	}
	if _, err := shop.Deactivate(t.Context(), "Pages"); err != nil {
		t.Fatal(err)
	}
	c.done("POST", sign, `{"appName":"Pages","uri":"`+app.URL+`"}`, http.StatusNotFound)
}

// TestBlocksOfApps is manifest-xml.md 23.3: nothing of a preview runs or calls anybody.
func TestBlocksOfApps(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	_, source := pagesApp(t)
	installed(t, shop, source)
	got := string(c.done("GET", "/api/app-system/cms/blocks", "", http.StatusOK))
	want := `{"blocks":[{"category":"text-image","defaultConfig":{"marginTop":"20px","sizingMode":"boxed"},"label":{"en-GB":"Mine"},"name":"my-block",` +
		`"slots":{"left":{"default":{"config":{"content":{"source":"static","value":"Hi"}}},"type":"text"}},"styles":".a{color:red}",` +
		`"template":"\u003cdiv class=\"a\"\u003eMine\u003c/div\u003e"}]}`
	if strings.TrimSpace(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
