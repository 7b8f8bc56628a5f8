package manifest

import (
	"testing"
)

func TestFieldRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"names with a prefix": {rule: customFieldPrefix, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="v_a"/></fields></custom-field-set></custom-fields>`},
		"names without a prefix": {rule: customFieldPrefix, app: `<custom-fields><custom-field-set><name>set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="a"/></fields></custom-field-set></custom-fields>`, wants: []string{`3:34: warning manifest.custom_field_prefix: custom field set "set" has no vendor prefix, as in "vendor_set"`, `4:7: warning manifest.custom_field_prefix: custom field "a" has no vendor prefix, as in "vendor_a"`}},
		"names once": {rule: customFieldDuplicate, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="v_a"/><bool name="v_b"/></fields></custom-field-set></custom-fields>`},
		"a name twice": {rule: customFieldDuplicate, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="v_a"/>
<int name="v_a"/></fields></custom-field-set></custom-fields>`, wants: []string{`5:6: error manifest.custom_field_duplicate: custom field "v_a" is already defined in line 4`}},
		"the name of a constraint does not count": {rule: customFieldDuplicate, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="v_a"/></fields></custom-field-set></custom-fields><rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>a.twig</script><constraints><bool name="v_a"/></constraints></rule-condition></rule-conditions>`},
		"a section of 3.0": {rule: customFieldDeprecated, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="v_a"/></fields></custom-field-set></custom-fields>`, wants: []string{`3:1: info manifest.custom_field_deprecated: since 6.7.13 custom fields belong into Resources/config/custom-fields.xml`}},
		"a section of 2.0": {rule: customFieldDeprecated, app: appOf("2.0", meta+`<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<bool name="v_a"/></fields></custom-field-set></custom-fields>`)},
		"numbers": {rule: customFieldNumbers, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<float name="v_a"><min>-0.5</min><max>0.5</max><steps>0.1</steps></float></fields></custom-field-set></custom-fields>`},
		"numbers the wrong way round": {rule: customFieldNumbers, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<int name="v_a"><min>2</min><max>1</max>
<steps>0</steps></int></fields></custom-field-set></custom-fields>`, wants: []string{`4:17: error manifest.custom_field_minmax: field "v_a": min 2 is over max 1`, `5:1: error manifest.custom_field_minmax: field "v_a": steps must be above 0`}},
		"options": {rule: customFieldOptions, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<single-select name="v_a"><options><option value="x"><name>a</name></option></options></single-select></fields></custom-field-set></custom-fields>`},
		"no options": {rule: customFieldOptions, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<multi-select name="v_a"/></fields></custom-field-set></custom-fields>`, wants: []string{`4:1: error manifest.custom_field_options: select "v_a" has no options`}},
		"an option twice": {rule: customFieldOptions, app: `<custom-fields><custom-field-set><name>v_set</name><label>a</label><related-entities><order/></related-entities><fields>
<single-select name="v_a"><options><option value="x"><name>a</name></option>
<option value="x"><name>a</name></option></options></single-select></fields></custom-field-set></custom-fields>`, wants: []string{`5:9: error manifest.custom_field_options: select "v_a" has the option "x" twice`}},
	})
}
