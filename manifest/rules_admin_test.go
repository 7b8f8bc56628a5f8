package manifest

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestAdminRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"a menu entry":                     {rule: moduleParent, app: `<admin><module name="a" parent="sw-catalogue"><label>a</label></module></admin>`},
		"a module of the app":              {rule: moduleParent, app: `<admin><module name="a" parent="sw-order"><label>a</label></module><module name="b" parent="app-MyApp-a"><label>a</label></module></admin>`},
		"a module of another app":          {rule: moduleParent, app: `<admin><module name="a" parent="app-Other-x"><label>a</label></module></admin>`, env: Environment{Modules: []string{"app-Other-x"}}},
		"a menu entry with a typing error": {rule: moduleParent, app: `<admin><module name="a" parent="sw-catalog"><label>a</label></module></admin>`, wants: []string{"3:25: warning manifest.module_parent: parent \"sw-catalog\" is no menu entry\n    did you mean \"sw-catalogue\"?"}},
		"a way up":                         {rule: moduleParentLoop, app: `<admin><module name="a" parent="sw-order"><label>a</label></module><module name="b" parent="app-MyApp-a"><label>a</label></module></admin>`},
		"a loop": {rule: moduleParentLoop, app: `<admin><module name="a" parent="app-MyApp-b"><label>a</label></module>
<module name="b" parent="app-MyApp-a"><label>a</label></module>
<module name="c" parent="app-MyApp-c"><label>a</label></module></admin>`, wants: []string{`3:25: error manifest.module_parent_loop: module "a" is below itself`, `4:18: error manifest.module_parent_loop: module "b" is below itself`, `5:18: error manifest.module_parent_loop: module "c" is below itself`}},
		"a parent":  {rule: moduleParentMissing, app: `<admin><module name="a" parent="sw-order"><label>a</label></module></admin>`},
		"no parent": {rule: moduleParentMissing, app: `<admin><module name="a"><label>a</label></module></admin>`, wants: []string{`3:8: error manifest.module_parent_missing: module "a" has no parent`}},
		"no parent in 1.0": {rule: moduleParentMissing, app: appOf("1.0", meta+`
<admin><module name="a"><label>a</label></module></admin>`), wants: []string{`3:8: info manifest.module_parent_missing: module "a" has no parent`}},
		"a page":               {rule: moduleEmpty, app: `<admin><module name="a" parent="sw-order" source="https://a.com"><label>a</label></module></admin>`},
		"a folder with a page": {rule: moduleEmpty, app: `<admin><module name="a" parent="sw-order"><label>a</label></module><module name="b" parent="app-MyApp-a" source="https://a.com"><label>a</label></module></admin>`},
		"an empty folder":      {rule: moduleEmpty, app: `<admin><module name="a" parent="sw-order" source="null"><label>a</label></module></admin>`, wants: []string{`3:8: warning manifest.module_empty: module "a" has neither a source nor modules below it`}},
	})
}

// A file may hold a loop of some 15 000 modules: it is gone through once, not once for each.
func TestALoopOfManyModulesIsFollowedOnce(t *testing.T) {
	t.Parallel()
	const modules = 15000
	var admin strings.Builder
	for i := range modules {
		fmt.Fprintf(&admin, `<module name="%x" parent="app-MyApp-%x"><label>a</label></module>`, i, (i+1)%modules)
	}
	app, problems := ParseXML("m.xml", []byte(app("<admin>"+admin.String()+"</admin>")), false)
	if app == nil {
		t.Fatal(problems)
	}
	r := newReview(app, Environment{})
	start := time.Now()
	moduleParentLoop(r)
	if took := time.Since(start); took > 30*time.Second { // a loop for each took minutes
		t.Errorf("it took %s", took)
	}
	if len(r.problems) != maxProblems {
		t.Errorf("%d problems, want as many as are told", len(r.problems))
	}
}
