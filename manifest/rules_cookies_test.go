package manifest

import (
	"testing"
)

func TestCookieRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"complete ones": {rule: cookieIncomplete, app: `<cookies><cookie><snippet-name>s</snippet-name><cookie>a</cookie></cookie><group><snippet-name>g</snippet-name><entries><cookie><snippet-name>s</snippet-name><cookie>b</cookie></cookie></entries></group></cookies>`},
		"no name":       {rule: cookieIncomplete, app: `<cookies><cookie><snippet-name>s</snippet-name></cookie></cookies>`, wants: []string{`3:10: error manifest.cookie_incomplete: <cookie> is missing in <cookie>`}},
		"no text": {rule: cookieIncomplete, app: `<cookies><group><snippet-name>g</snippet-name><entries>
<cookie><cookie>a</cookie></cookie></entries></group></cookies>`, wants: []string{`4:1: error manifest.cookie_incomplete: <snippet-name> is missing in <cookie>`}},
		"a group without a name":  {rule: cookieIncomplete, app: `<cookies><group><entries><cookie><snippet-name>s</snippet-name><cookie>a</cookie></cookie></entries></group></cookies>`, wants: []string{`3:10: error manifest.cookie_incomplete: <snippet-name> is missing in <group>`}},
		"a group without entries": {rule: cookieIncomplete, app: `<cookies><group><snippet-name>g</snippet-name></group></cookies>`, wants: []string{`3:10: warning manifest.cookie_incomplete: group "g" has no entries`}},
		"names once":              {rule: cookieDuplicate, app: `<cookies><cookie><snippet-name>s</snippet-name><cookie>a</cookie></cookie><cookie><snippet-name>s</snippet-name><cookie>b</cookie></cookie></cookies>`},
		"a name twice, in a group": {rule: cookieDuplicate, app: `<cookies><cookie><snippet-name>s</snippet-name><cookie>a</cookie></cookie><group><snippet-name>g</snippet-name><entries>
<cookie><snippet-name>s</snippet-name><cookie>a</cookie></cookie></entries></group></cookies>`, wants: []string{`4:39: warning manifest.cookie_duplicate: cookie "a" is already defined in line 3`}},
		"good names":              {rule: cookieName, app: `<cookies><cookie><snippet-name>s</snippet-name><cookie>_my-cookie.1</cookie></cookie></cookies>`},
		"a name with a blank":     {rule: cookieName, app: `<cookies><cookie><snippet-name>s</snippet-name><cookie>my cookie</cookie></cookie></cookies>`, wants: []string{`3:48: error manifest.cookie_name: cookie name "my cookie" holds characters that no cookie name may hold`}},
		"a name with a semicolon": {rule: cookieName, app: `<cookies><cookie><snippet-name>s</snippet-name><cookie>a;b</cookie></cookie></cookies>`, wants: []string{`3:48: error manifest.cookie_name: cookie name "a;b" holds characters that no cookie name may hold`}},
	})
}
