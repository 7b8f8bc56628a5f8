package manifest

import (
	"strings"
	"testing"
)

func TestURLRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"good ones":                        {rule: urlForm, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup><webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks><admin><action-button action="a" entity="order" view="list" url="/api/script/a"><label>a</label></action-button></admin><gateways><checkout>https://a.com:8443/x?y=%20</checkout></gateways>`},
		"no encryption":                    {rule: urlForm, app: `<setup><registrationUrl>http://shop.com</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_scheme: http://shop.com is not encrypted`}},
		"no encryption on the own machine": {rule: urlForm, app: `<setup><registrationUrl>http://localhost:8000/register</registrationUrl></setup>`},
		"a broken one":                     {rule: urlForm, app: `<setup><registrationUrl>https//x</registrationUrl></setup>`, wants: []string{`3:8: error manifest.url_invalid: url "https//x" cannot be parsed`}},
		"one slash":                        {rule: urlForm, app: `<setup><registrationUrl>https:/x</registrationUrl></setup>`, wants: []string{`3:8: error manifest.url_invalid: url "https:/x" has no host`}},
		"a fault of percent signs":         {rule: urlForm, app: `<setup><registrationUrl>https://a.com/%zz</registrationUrl></setup>`, wants: []string{`3:8: error manifest.url_invalid: url "https://a.com/%zz" cannot be parsed`}},
		"a blank":                          {rule: urlForm, app: `<webhooks><webhook name="a" url="https://a.com/a b" event="order.written"/></webhooks>`, wants: []string{`3:29: error manifest.url_invalid: url "https://a.com/a b" cannot be parsed`}},
		"an empty one":                     {rule: urlForm, app: `<webhooks><webhook name="a" url="" event="order.written"/></webhooks>`, wants: []string{`3:29: error manifest.url_invalid: the URL is empty`}},
		"user and password":                {rule: urlForm, app: `<setup><registrationUrl>https://me:geheim@a.com</registrationUrl></setup>`, wants: []string{`3:8: error manifest.url_invalid: url "https://me:xxxxx@a.com" must not hold a user name or password`}},
		"another scheme":                   {rule: urlForm, app: `<setup><registrationUrl>ftp://a.com</registrationUrl></setup>`, wants: []string{`3:8: error manifest.url_scheme: url "ftp://a.com" does not begin with https://`}},
		"a relative one where a server is called": {rule: urlForm, app: `<gateways><context>/context</context></gateways>`, wants: []string{`3:11: error manifest.url_scheme: url "/context" does not begin with https://`}},
		"a relative one for an action button":     {rule: urlForm, app: `<admin><action-button action="a" entity="order" view="list" url="/api/script/a"><label>a</label></action-button></admin>`},
		"a relative one of no script":             {rule: urlForm, app: `<admin><action-button action="a" entity="order" view="list" url="api/script/a"><label>a</label></action-button></admin>`, wants: []string{`3:61: error manifest.url_scheme: url "api/script/a" does not begin with https://`}},
		"a tax provider":                          {rule: urlForm, app: `<tax><tax-provider><identifier>a</identifier><name>a</name><priority>1</priority><process-url>nonsense</process-url></tax-provider></tax>`, wants: []string{`3:82: error manifest.url_scheme: url "nonsense" does not begin with https://`}},
		"a payment":                               {rule: urlForm, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><pay-url>x:y</pay-url></payment-method></payments>`, wants: []string{`3:73: error manifest.url_scheme: url "x:y" does not begin with https://`}},
		"a capture, which 3.0 ignores":            {rule: urlForm, app: `<payments><payment-method><identifier>card</identifier><name>Card</name><pay-url>https://a.com</pay-url><capture-url>https://a.com</capture-url></payment-method></payments>`},
		"a capture in 2.0": {rule: urlForm, app: appOf("2.0", meta+`<payments><payment-method><identifier>card</identifier><name>Card</name><pay-url>https://a.com</pay-url>
<capture-url>x:y</capture-url></payment-method></payments>`), wants: []string{`3:1: error manifest.url_scheme: url "x:y" does not begin with https://`}},
		"each step of a payment": {rule: urlForm, app: `<payments><payment-method><identifier>card</identifier><name>Card</name>
<pay-url>x:1</pay-url>
<finalize-url>x:2</finalize-url>
<validate-url>x:3</validate-url>
<refund-url>x:4</refund-url>
<recurring-url>x:5</recurring-url></payment-method></payments>`, wants: []string{
			`4:1: error manifest.url_scheme: url "x:1" does not begin with https://`, `5:1: error manifest.url_scheme: url "x:2" does not begin with https://`,
			`6:1: error manifest.url_scheme: url "x:3" does not begin with https://`, `7:1: error manifest.url_scheme: url "x:4" does not begin with https://`,
			`8:1: error manifest.url_scheme: url "x:5" does not begin with https://`,
		}},
		"each gateway and page": {rule: urlForm, app: `<gateways>
<checkout>x:1</checkout>
<context>x:2</context>
<inAppPurchases>x:3</inAppPurchases></gateways><admin>
<module name="m" parent="sw-order" source="x:4"><label>m</label></module>
<main-module source="x:5"/>
<base-app-url>x:6</base-app-url></admin>`, wants: []string{
			`4:1: error manifest.url_scheme: url "x:1" does not begin with https://`, `5:1: error manifest.url_scheme: url "x:2" does not begin with https://`,
			`6:1: error manifest.url_scheme: url "x:3" does not begin with https://`, `7:36: error manifest.url_scheme: url "x:4" does not begin with https://`,
			`8:14: error manifest.url_scheme: url "x:5" does not begin with https://`, `9:1: error manifest.url_scheme: url "x:6" does not begin with https://`,
		}},
		"a privacy page elsewhere":          {rule: hostNotAllowed, app: appOf("3.0", strings.Replace(meta, "</meta>", "<privacy>https://b.com</privacy></meta>", 1)+`<allowed-hosts><host>a.com</host></allowed-hosts>`)},
		"a public host":                     {rule: urlPrivate, app: `<setup><registrationUrl>https://93.184.215.14/</registrationUrl></setup><webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks>`},
		"a private address":                 {rule: urlPrivate, app: `<setup><registrationUrl>https://10.0.0.3/</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host 10.0.0.3 is not reachable from outside`}},
		"the own machine":                   {rule: urlPrivate, app: `<setup><registrationUrl>http://localhost:8000/</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host localhost is not reachable from outside`}},
		"the own machine in IPv6":           {rule: urlPrivate, app: `<setup><registrationUrl>http://[::1]:8000/</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host ::1 is not reachable from outside`}},
		"a private address in IPv6 clothes": {rule: urlPrivate, app: `<setup><registrationUrl>https://[::ffff:192.168.0.1]/</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host ::ffff:192.168.0.1 is not reachable from outside`}},
		"an address of documents":           {rule: urlPrivate, app: `<setup><registrationUrl>https://203.0.113.9/</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host 203.0.113.9 is not reachable from outside`}},
		"a reserved name":                   {rule: urlPrivate, app: `<setup><registrationUrl>https://shop.test/</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host shop.test is not reachable from outside`}},
		"a machine of the own network":      {rule: urlPrivate, app: `<setup><registrationUrl>https://app_server</registrationUrl></setup>`, wants: []string{`3:8: warning manifest.url_private: host app_server is not reachable from outside`}},
		"the own machine, in development":   {rule: urlPrivate, app: `<setup><registrationUrl>http://localhost:8000/</registrationUrl></setup>`, env: Environment{Development: true}},
		"all hosts are listed":              {rule: hostNotAllowed, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup><allowed-hosts><host>a.com</host></allowed-hosts>`},
		"a host is not listed":              {rule: hostNotAllowed, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup><webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks><allowed-hosts><host>b.com</host></allowed-hosts>`, wants: []string{`3:8: info manifest.host_not_allowed: host "a.com" is not in <allowed-hosts>; it is allowed all the same`}},
		"nothing is listed":                 {rule: hostNotAllowed, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup>`},
		"host names":                        {rule: hostFormat, app: `<allowed-hosts><host>a.com</host><host>xn--bcher-kva.example</host></allowed-hosts>`},
		"a URL instead of a host":           {rule: hostFormat, app: `<allowed-hosts><host>https://a.com/</host></allowed-hosts>`, wants: []string{`3:16: error manifest.host_format: <host>https://a.com/</host>: only the host name`}},
		"a port and a wildcard": {rule: hostFormat, app: `<allowed-hosts><host>a.com:80</host>
<host>*.a.com</host></allowed-hosts>`, wants: []string{`3:16: error manifest.host_format: <host>a.com:80</host>: only the host name`, `4:1: error manifest.host_format: <host>*.a.com</host>: only the host name`}},
	})
}
