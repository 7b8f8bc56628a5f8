package manifest

import (
	"testing"
)

func TestCheckoutRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"all steps":       {rule: paymentFlow, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><pay-url>https://a.com</pay-url><finalize-url>https://a.com</finalize-url><validate-url>https://a.com</validate-url></payment-method></payments>`},
		"no steps at all": {rule: paymentFlow, app: `<payments><payment-method><identifier>card</identifier><name>Card</name></payment-method></payments>`},
		"steps that are never called": {rule: paymentFlow, app: `<payments><payment-method><identifier>card</identifier><name>Card</name>
<finalize-url>https://a.com</finalize-url>
<validate-url>https://a.com</validate-url></payment-method></payments>`, wants: []string{`4:1: warning manifest.payment_flow: finalize-url without pay-url is never called`, `5:1: warning manifest.payment_flow: validate-url without pay-url is never called`}},
		"a capture in 3.0": {rule: paymentFlow, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><pay-url>https://a.com</pay-url>
<capture-url>https://a.com</capture-url></payment-method></payments>`, wants: []string{"4:1: warning manifest.payment_flow: capture-url is never called in schema 3.0\n    capture in the step of pay-url"}},
		"a capture in 2.0": {rule: paymentFlow, app: appOf("2.0", meta+`<payments><payment-method><identifier>card</identifier><name>Card</name><pay-url>https://a.com</pay-url><capture-url>https://a.com</capture-url></payment-method></payments>`)},
		"an id": {rule: shippingID, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`},
		"an id that is none": {rule: shippingID, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<delivery-time><id>3-days</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`, wants: []string{`4:16: error manifest.shipping_uuid: id "3-days" is no UUID without dashes`}},
		"from one to two": {rule: shippingMinMax, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`},
		"from three to two": {rule: shippingMinMax, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>3</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`, wants: []string{`4:71: warning manifest.shipping_minmax: min 3 is over max 2`}},
		"less than nothing": {rule: shippingMinMax, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>-1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`, wants: []string{`4:1: warning manifest.shipping_minmax: a delivery time cannot be negative`}},
		"a place for the code": {rule: shippingTracking, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name><tracking-url>https://a.com/%s</tracking-url>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`},
		"no place for the code": {rule: shippingTracking, app: `<shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<tracking-url lang="de-DE">https://a.com/</tracking-url>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods>`, wants: []string{"4:1: warning manifest.shipping_tracking: tracking URL \"https://a.com/\" has no place for the code\n    put %s where the tracking code belongs"}},
		"a group":              {rule: ruleGroup, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><group>cart</group><script>a.twig</script></rule-condition></rule-conditions>`},
		"no group":             {rule: ruleGroup, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>a.twig</script></rule-condition></rule-conditions>`},
		"an unknown group":     {rule: ruleGroup, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><group>carts</group><script>a.twig</script></rule-condition></rule-conditions>`, wants: []string{"3:74: warning manifest.rule_group: group \"carts\" is unknown\n    did you mean \"cart\"?"}},
		"different priorities": {rule: taxPriority, app: `<tax><tax-provider><identifier>a</identifier><name>a</name><priority>1</priority><process-url>https://a.com</process-url></tax-provider><tax-provider><identifier>b</identifier><name>a</name><priority>2</priority><process-url>https://a.com</process-url></tax-provider></tax>`},
		"the same priority": {rule: taxPriority, app: `<tax><tax-provider><identifier>a</identifier><name>a</name><priority>1</priority><process-url>https://a.com</process-url></tax-provider>
<tax-provider><identifier>b</identifier><name>a</name><priority>1</priority><process-url>https://a.com</process-url></tax-provider></tax>`, wants: []string{`4:55: info manifest.tax_priority: tax providers "a" and "b" have the same priority`}},
	})
}
