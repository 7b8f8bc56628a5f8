package manifest

import (
	"strings"
	"testing"
)

func TestAppRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"an id": {rule: idFormat, app: appJSON(``)},
		"an id with capitals": {rule: idFormat, app: strings.Replace(appJSON(""), `"my-app"`, `
"Shipping Expert"`, 1), wants: []string{`3:1: error app_json.id_format: id "Shipping Expert" must be 3 to 64 lower case letters, digits and single dashes`}},
		"a short id": {rule: idFormat, app: strings.Replace(appJSON(""), `"my-app"`, `
"ab"`, 1), wants: []string{`3:1: error app_json.id_format: id "ab" must be 3 to 64 lower case letters, digits and single dashes`}},
		"an id with two dashes": {rule: idFormat, app: strings.Replace(appJSON(""), `"my-app"`, `
"my--app"`, 1), wants: []string{`3:1: error app_json.id_format: id "my--app" must be 3 to 64 lower case letters, digits and single dashes`}},
		"the id of a widget": {rule: idFormat, app: appJSON(`"admin_ui": {"widgets": [{"id": "W", "location": "admin.order.detail.main", "src": "https://a.com", "height": "300px"}]}`), wants: []string{`3:33: error app_json.id_format: id "W" must be 3 to 64 lower case letters, digits and single dashes`}},
		"the id of a block":  {rule: idFormat, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "-a", "target": "page_info", "snippet": "a.twig"}]}`), wants: []string{`3:44: error app_json.id_format: id "-a" must be at most 64 lower case letters, digits and dashes`}},
		"a semantic version": {rule: semanticVersion, app: strings.Replace(appJSON(""), `1.0.0"`, `1.0.0-rc.1+5"`, 1)},
		"a version with a v": {rule: semanticVersion, app: strings.Replace(appJSON(""), `"1.0.0"`, `
"v2.1"`, 1), wants: []string{`3:1: error app_json.version_format: version "v2.1" is no semantic version`}},
		"texts":              {rule: textLength, app: appJSON(`"category": "Tools"`)},
		"a long summary":     {rule: textLength, app: strings.Replace(appJSON(""), "It helps", strings.Repeat("ä", 201), 1), wants: []string{`2:86: warning app_json.length: description has 201 characters, a summary has 200 at most`}},
		"far too long texts": {rule: textLength, app: strings.NewReplacer("It helps", strings.Repeat("ä", 501), "My app", strings.Repeat("ä", 101)).Replace(appJSON("")), wants: []string{`2:25: error app_json.length: name has 101 characters, at most 100 are allowed`, `2:181: error app_json.length: description has 501 characters, at most 500 are allowed`}},
		"a name of two lines": {rule: textLength, app: strings.Replace(appJSON(""), `"My app"`, `
"My\napp"`, 1), wants: []string{`3:1: error app_json.length: name must be one line`}},
		"many scopes":      {rule: listLength, app: appJSON(`"auth": {"scopes": [` + strings.Repeat(`"orders:read", `, 100) + `"orders:read"]}`), wants: []string{`3:20: error app_json.length: auth/scopes has 101 entries, at most 100 are allowed`}},
		"few scopes":       {rule: listLength, app: appJSON(`"auth": {"scopes": ["orders:read"]}`)},
		"a usual category": {rule: categoryUnknown, app: appJSON(`"category": "Tools"`)},
		"another category": {rule: categoryUnknown, app: appJSON(`"category": "Weather"`), wants: []string{`3:13: info app_json.category_unknown: category "Weather" is not a usual one`}},
		"paths": {rule: navigationPath, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/"},
{"label": "L", "path": "/a/b?c=d"}]}`)},
		"paths that lead up, in disguise": {rule: navigationPath, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a/%2e%2e/b"},
{"label": "L", "path": "/a/.%2E"},
{"label": "L", "path": "/..%2fb"},
{"label": "L", "path": "/a%5C../b?c"},
{"label": "L", "path": "/a/...%2e/b%2e%2e?d=/../e"}]}`), wants: []string{`3:52: error app_json.navigation_path: path "/a/%2e%2e/b" must start with / and stay inside the app`, `4:24: error app_json.navigation_path: path "/a/.%2E" must start with / and stay inside the app`, `5:24: error app_json.navigation_path: path "/..%2fb" must start with / and stay inside the app`, `6:24: error app_json.navigation_path: path "/a%5C../b?c" must start with / and stay inside the app`}},
		"a path to elsewhere": {rule: navigationPath, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "https://x"},
{"label": "L", "path": "//x"},
{"label": "L", "path": "a"},
{"label": "L", "path": "/../x"},
{"label": "L", "path": "/a#b"}]}`), wants: []string{`3:52: error app_json.navigation_path: path "https://x" must start with / and stay inside the app`, `4:24: error app_json.navigation_path: path "//x" must start with / and stay inside the app`, `5:24: error app_json.navigation_path: path "a" must start with / and stay inside the app`, `6:24: error app_json.navigation_path: path "/../x" must start with / and stay inside the app`, `7:24: error app_json.navigation_path: path "/a#b" must start with / and stay inside the app`}},
		"paths once": {rule: navigationDuplicate, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a"},
{"label": "L", "path": "/b"}]}`)},
		"a path twice": {rule: navigationDuplicate, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a"},
{"label": "L", "path": "/a"}]}`), wants: []string{`4:24: error app_json.navigation_duplicate: path "/a" is already used in line 3`}},
		"a base":                         {rule: navigationBase, app: appJSON(`"setup": {"configuration_url": "https://a.com"},"admin_ui": {"navigation": [{"label": "L", "path": "/a"}]}`)},
		"no base":                        {rule: navigationBase, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a"}]}`), wants: []string{"3:28: error app_json.navigation_no_base: nothing says on which host the pages are\n    give setup.configuration_url"}},
		"an icon":                        {rule: navigationIcon, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a", "icon": "truck-2"}]}`)},
		"no icon":                        {rule: navigationIcon, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a"}]}`)},
		"an icon that is a file":         {rule: navigationIcon, app: appJSON(`"admin_ui": {"navigation": [{"label": "L", "path": "/a", "icon": "truck.png"}]}`), wants: []string{`3:66: error app_json.icon_format: icon "truck.png" is no icon's name, as "truck" is`}},
		"a location":                     {rule: widgetLocation, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "300px"}]}`)},
		"a location of another form":     {rule: widgetLocation, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "order.sidebar", "src": "https://a.com", "height": "300px"}]}`), wants: []string{`3:52: error app_json.widget_location: location "order.sidebar" must look like admin.order.detail.sidebar`}},
		"a location that is not offered": {rule: widgetLocation, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.orders.detail.main", "src": "https://a.com", "height": "300px"}]}`), wants: []string{"3:52: warning app_json.widget_location: location \"admin.orders.detail.main\" is not offered: the widget is not shown\n    did you mean \"order\"?"}},
		"a widget twice": {rule: widgetDuplicate, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "300px"},
{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "300px"}]}`), wants: []string{`4:8: error app_json.widget_duplicate: widget "wid" is already used in line 3`}},
		"a widget once":           {rule: widgetDuplicate, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "300px"}]}`)},
		"heights":                 {rule: widgetHeight, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "50.5vh"}]}`)},
		"a height without a unit": {rule: widgetHeight, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "300"}]}`), wants: []string{`3:113: error app_json.widget_height: height "300" needs a unit, for example "300px"`}},
		"a height of nothing":     {rule: widgetHeight, app: appJSON(`"admin_ui": {"widgets": [{"id": "wid", "location": "admin.order.detail.main", "src": "https://a.com", "height": "0"}]}`), wants: []string{`3:113: error app_json.widget_height: height "0" is no length, as "300px" is`}},
		"an address":              {rule: emailFormat, app: appJSON(`"support": {"email": "a@b.com"}`)},
		"no support":              {rule: emailFormat, app: appJSON(``)},
		"an address with a name":  {rule: emailFormat, app: appJSON(`"support": {"email": "A <a@b.com>"}`), wants: []string{`3:22: error app_json.email_format: "A <a@b.com>" is no e-mail address`}},
		"no address":              {rule: emailFormat, app: appJSON(`"support": {"email": "call me"}`), wants: []string{`3:22: error app_json.email_format: "call me" is no e-mail address`}},
		"access":                  {rule: noAuth, app: appJSON(`"auth": {"scopes": []}`)},
		"no access":               {rule: noAuth, app: appJSON(``), wants: []string{`1:1: info app_json.no_auth: there is no "auth": the app has no access to the API`}},
		"the folder of the app":   {rule: folderMismatch, app: appJSON(``), env: Environment{Folder: "my-app"}},
		"another folder":          {rule: folderMismatch, app: appJSON(``), env: Environment{Folder: "other"}, wants: []string{`2:7: warning app_json.folder_mismatch: folder "other" and id "my-app" differ`}},
	})
}
