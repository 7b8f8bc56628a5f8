package manifest

import (
	"testing"
)

func TestWebhookRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"known events": {rule: webhookEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="order.written"/>
<webhook name="b" url="https://a.com" event="checkout.order.placed"/>
<webhook name="c" url="https://a.com" event="state_enter.order.state.my_own"/></webhooks>`},
		"an event that nobody can hook":   {rule: webhookEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="tax.written"/></webhooks>`, wants: []string{`3:49: error manifest.webhook_not_hookable: webhook "a" listens to "tax.written", which is no hookable event`}},
		"an event with a typing error":    {rule: webhookEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="order.writen"/></webhooks>`, wants: []string{"3:49: error manifest.webhook_not_hookable: webhook \"a\" listens to \"order.writen\", which is no hookable event\n    did you mean \"order.written\"?"}},
		"an event in another case":        {rule: webhookEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="Order.Written"/></webhooks>`, wants: []string{"3:49: error manifest.webhook_not_hookable: webhook \"a\" listens to \"Order.Written\", which is no hookable event\n    did you mean \"order.written\"?"}},
		"a reserved event":                {rule: webhookEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="commercial_license.provided"/></webhooks>`, wants: []string{`3:49: error manifest.webhook_not_permitted: event "commercial_license.provided" is reserved`}},
		"a custom event of an active app": {rule: webhookEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="swag.before.open"/></webhooks>`, env: Environment{FlowEvents: []string{"swag.before.open"}}},
		"a privilege that is asked for":   {rule: webhookPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks><permissions><update>order</update></permissions>`},
		"a privilege that is not":         {rule: webhookPermission, app: `<webhooks><webhook name="hook2" url="https://a.com" event="order.written"/></webhooks>`, wants: []string{`3:53: error manifest.webhook_permission: webhook "hook2" (order.written) needs <read>order</read>`}},
		"an event with two privileges":    {rule: webhookPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="checkout.order.payment_method.changed"/></webhooks>`, wants: []string{`3:49: error manifest.webhook_permission: webhook "a" (checkout.order.payment_method.changed) needs <read>order</read>`, `3:49: error manifest.webhook_permission: webhook "a" (checkout.order.payment_method.changed) needs <read>order_transaction</read>`}},
		"an event that needs none":        {rule: webhookPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="app.installed"/></webhooks>`},
		"an unknown event needs nothing":  {rule: webhookPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="tax.written"/></webhooks>`},
		"a configuration event":           {rule: webhookPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="app.config.changed"/></webhooks>`, wants: []string{`3:49: error manifest.webhook_permission: webhook "a" (app.config.changed) needs <read>system_config</read>`}},
		"settings that may be read":       {rule: configPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="app.config.changed"/></webhooks><permissions><read>system_config</read></permissions>`},
		"settings that may not be read":   {rule: configPermission, app: `<webhooks><webhook name="a" url="https://a.com" event="app.config.changed"/></webhooks>`, wants: []string{`3:49: warning config.no_permission: webhook "a" gets nothing without <read>system_config</read>`}},
		"an event that is gone":           {rule: webhookDeprecatedEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="checkout.customer.changed-payment-method"/></webhooks>`, wants: []string{`3:49: warning manifest.webhook_deprecated_event: event "checkout.customer.changed-payment-method" is gone since Shopware 6.7`}},
		"an event that is there":          {rule: webhookDeprecatedEvent, app: `<webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks>`},
		"live versions of orders":         {rule: webhookLiveOnlyUseless, app: `<webhooks><webhook name="a" url="https://a.com" event="order.written" onlyLiveVersion="true"/></webhooks>`},
		"live versions of customers":      {rule: webhookLiveOnlyUseless, app: `<webhooks><webhook name="a" url="https://a.com" event="customer.written" onlyLiveVersion="true"/></webhooks>`, wants: []string{`3:74: warning manifest.webhook_live_only_useless: onlyLiveVersion does nothing for "customer.written"`}},
		"live versions of no entity":      {rule: webhookLiveOnlyUseless, app: `<webhooks><webhook name="a" url="https://a.com" event="checkout.order.placed" onlyLiveVersion="1"/></webhooks>`, wants: []string{`3:79: warning manifest.webhook_live_only_useless: onlyLiveVersion does nothing for "checkout.order.placed"`}},
		"all versions":                    {rule: webhookLiveOnlyUseless, app: `<webhooks><webhook name="a" url="https://a.com" event="customer.written" onlyLiveVersion="false"/></webhooks>`},
	})
}
