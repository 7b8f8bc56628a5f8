package manifest

import (
	"testing"
	"testing/fstest"
)

func TestPermissionRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"known entities": {rule: unknownEntity, app: `<permissions><read>product</read>
<update>product_translation</update>
<delete>ce_mine</delete>
<read>custom_entity_theirs</read></permissions>`},
		"an unknown entity": {rule: unknownEntity, app: `<permissions><read>produkt</read></permissions>`, wants: []string{"3:14: warning manifest.unknown_entity: <read>produkt</read>: unknown entity\n    did you mean \"product\"?"}},
		"an unknown entity of a field": {rule: unknownEntity, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<single-entity-select name="v_a"><entity>ordr</entity></single-entity-select></fields></custom-field-set></custom-fields>`, wants: []string{"4:34: warning manifest.unknown_entity: <entity>ordr</entity>: unknown entity\n    did you mean \"order\"?"}},
		"a privilege is no entity": {rule: unknownEntity, app: `<permissions><permission>system:cache:info</permission></permissions>`},
		"entities": {rule: permissionFormat, app: `<permissions><read>product</read>
<permission>system:cache:info</permission></permissions>`},
		"a privilege where an entity belongs": {rule: permissionFormat, app: `<permissions><read>product:read</read></permissions>`, wants: []string{`3:14: error manifest.permission_format: <read>product:read</read>: give only the entity`}},
		"a privilege without a colon":         {rule: permissionFormat, app: `<permissions><permission>product</permission></permissions>`, wants: []string{`3:14: warning manifest.permission_format: <permission>product</permission> has no colon, as privileges such as "system:cache:info" have`}},
		"older privileges": {rule: permissionFormat, app: `<permissions><permission>user_change_me</permission>
<permission>system.plugin_maintain</permission></permissions>`},
		"an empty line": {rule: permissionFormat, app: `<permissions><read> </read></permissions>`, wants: []string{`3:14: error manifest.permission_format: <read></read> is empty`}},
		"different ones": {rule: permissionDuplicate, app: `<permissions><read>product</read>
<update>order</update>
<create>order</create></permissions>`},
		"the same twice": {rule: permissionDuplicate, app: `<permissions><read>product</read>
<read>product</read>
<permission>a:b</permission>
<permission>a:b</permission></permissions>`, wants: []string{`4:1: info manifest.permission_duplicate: <read>product</read> is there twice`, `6:1: info manifest.permission_duplicate: <permission>a:b</permission> is there twice`}},
		"implied by another": {rule: permissionDuplicate, app: `<permissions><read>order</read>
<update>order</update></permissions>`, wants: []string{`3:14: info manifest.permission_duplicate: <read>order</read> is implied by <update>order</update>`}},
		"implied by all four": {rule: permissionDuplicate, app: `<permissions><crud>order</crud>
<delete>order</delete></permissions>`, wants: []string{`4:1: info manifest.permission_duplicate: <delete>order</delete> is implied by <crud>order</crud>`}},
		"harmless ones": {rule: permissionSensitive, app: `<permissions><read>user</read>
<update>order</update>
<permission>system:cache:info</permission></permissions>`},
		"dangerous ones": {rule: permissionSensitive, app: `<permissions><update>user</update>
<crud>acl_role</crud>
<create>integration</create>
<update>system_config</update>
<permission>system.plugin_maintain</permission></permissions>`, wants: []string{`3:14: warning manifest.permission_sensitive: asks to change admin users`, `4:1: warning manifest.permission_sensitive: asks to change admin roles`, `5:1: warning manifest.permission_sensitive: asks to change integrations`, `6:1: warning manifest.permission_sensitive: asks to change the shop's configuration`, `7:1: warning manifest.permission_sensitive: asks to manage plugins and apps`}},
		"nobody to use them":        {rule: permissionUnused, app: `<permissions><read>order</read></permissions>`, env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:1: info manifest.permission_unused: the app has neither a server nor scripts that could use its permissions`}},
		"a server to use them":      {rule: permissionUnused, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup><permissions><read>order</read></permissions>`, env: Environment{Files: fstest.MapFS{}}},
		"a script to use them":      {rule: permissionUnused, app: `<permissions><read>order</read></permissions>`, env: Environment{Files: fstest.MapFS{"Resources/scripts/cart/a.twig": {}}}},
		"files that were not given": {rule: permissionUnused, app: `<permissions><read>order</read></permissions>`},
	})
}
