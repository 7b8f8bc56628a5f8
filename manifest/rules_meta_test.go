package manifest

import (
	"strings"
	"testing"
)

func TestMetaRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"the folder has the name":                 {rule: nameMismatch, env: Environment{Folder: "MyApp"}},
		"the folder has another name":             {rule: nameMismatch, env: Environment{Folder: "Bar"}, wants: []string{`2:7: error manifest.name_mismatch: technical name "MyApp" and folder name "Bar" must be equal`}},
		"the folder has the name in another case": {rule: nameMismatch, env: Environment{Folder: "myapp"}, wants: []string{`2:7: warning manifest.name_case: folder "myapp", name "MyApp": use one spelling`}},
		"a manifest of another file name":         {rule: nameMismatch, env: Environment{Folder: "Bar"}, file: "other.xml"},
		"no folder is known":                      {rule: nameMismatch},
		"a usual name":                            {rule: nameFormat},
		"a short name": {rule: nameFormat, app: appOf("3.0", strings.Replace(meta, `<name>MyApp</name>`, `
<name>App</name>`, 1)), wants: []string{"3:1: warning manifest.name_format: name \"App\" is not usual\n    use letters, digits and underscores, as in \"MyApp\""}},
		"a name with a dash": {rule: nameFormat, app: appOf("3.0", strings.Replace(meta, `<name>MyApp</name>`, `
<name>My-App</name>`, 1)), wants: []string{"3:1: warning manifest.name_format: name \"My-App\" is not usual\n    use letters, digits and underscores, as in \"MyApp\""}},
		"a name with a slash": {rule: nameFormat, app: appOf("3.0", strings.Replace(meta, `<name>MyApp</name>`, `
<name>../App</name>`, 1)), wants: []string{`3:1: error manifest.name_format: name "../App" may hold no blanks, slashes or colons`}},
		"a name with a blank": {rule: nameFormat, app: appOf("3.0", strings.Replace(meta, `<name>MyApp</name>`, `
<name>My App</name>`, 1)), wants: []string{`3:1: error manifest.name_format: name "My App" may hold no blanks, slashes or colons`}},
		"all translations": {rule: missingTranslation},
		"a description in another language": {rule: missingTranslation, app: appOf("3.0", strings.Replace(meta, `<author>`, `
<description lang="fr-FR">a</description><description lang="de-DE">a</description><description>a</description><privacyPolicyExtensions lang="it-IT">a</privacyPolicyExtensions><author>`, 1)), wants: []string{`2:1: error manifest.missing_translation: label lacks de-DE, fr-FR, it-IT`}},
		"a module without a language of the label": {rule: partialTranslation, app: appOf("3.0", strings.Replace(meta, "<author>", `<label lang="de-DE">a</label><author>`, 1)+`
<admin><module name="stats" parent="sw-order"><label>a</label></module></admin>`), wants: []string{`3:8: warning manifest.partial_translation: module "stats" has no label for de-DE`}},
		"an option without a language of the label": {rule: partialTranslation, app: appOf("3.0", strings.Replace(meta, "<author>", `<label lang="de-DE">a</label><author>`, 1)+`
<custom-fields><custom-field-set><name>v_set</name><label>a</label><label lang="de-DE">a</label><related-entities><order/></related-entities><fields>
<single-select name="v_a"><options><option value="x"><name>a</name></option></options></single-select></fields></custom-field-set></custom-fields>`), wants: []string{`4:36: warning manifest.partial_translation: option "x" has no name for de-DE`}},
		"everything in all languages": {rule: partialTranslation, app: `<admin><module name="stats" parent="sw-order"><label>a</label></module></admin><payments><payment-method><identifier>card</identifier><name>Card</name></payment-method></payments><shipping-methods><shipping-method><identifier>bike</identifier><name>Bike</name>
<delivery-time><id>4b00146bdc8b4175b12d3fc36ec114c8</id><name>a</name><min>1</min><max>2</max><unit>day</unit></delivery-time></shipping-method></shipping-methods><rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>a.twig</script></rule-condition></rule-conditions>`},
		"no English": {rule: noEnglish, app: appOf("3.0", strings.Replace(meta, `<label>`, `
<label lang="de-DE">`, 1)), wants: []string{`2:1: info manifest.no_english: there is no label for en-GB`}},
		"English": {rule: noEnglish},
		"a semantic version": {rule: versionFormat, app: appOf("3.0", strings.Replace(meta, `1.0.0`, `
1.0.0-rc.1`, 1))},
		"two numbers": {rule: versionFormat, app: appOf("3.0", strings.Replace(meta, `<version>1.0.0`, `
<version>1.0`, 1)), wants: []string{"3:1: warning manifest.version_format: version \"1.0\" is no semantic version\n    use three numbers, as in \"1.0.0\""}},
		"a version with a v": {rule: versionFormat, app: appOf("3.0", strings.Replace(meta, `<version>1.0.0`, `
<version>v1.0.0`, 1)), wants: []string{"3:1: warning manifest.version_format: version \"v1.0.0\" is no semantic version\n    use three numbers, as in \"1.0.0\""}},
		"a constraint": {rule: compatibilityFormat, app: appOf("3.0", strings.Replace(meta, `<author>`, `
<compatibility>~6.7.0</compatibility><author>`, 1))},
		"no constraint": {rule: compatibilityFormat},
		"a constraint that is none": {rule: compatibilityFormat, app: appOf("3.0", strings.Replace(meta, `<author>`, `
<compatibility>6.5 or so</compatibility><author>`, 1)), wants: []string{"3:1: error manifest.compatibility_format: compatibility \"6.5 or so\" cannot be parsed\n    use a Composer constraint, as in \"~6.7.0\""}},
		"no compatibility": {rule: compatibilityMissing, wants: []string{`2:1: info manifest.compatibility_missing: no compatibility is given, >=6.4.0 is assumed`}},
		"a compatibility": {rule: compatibilityMissing, app: appOf("3.0", strings.Replace(meta, `<author>`, `
<compatibility>~6.7.0</compatibility><author>`, 1))},
		"texts for people": {rule: storeTexts},
		"texts for a store": {rule: storeTexts, app: appOf("3.0", strings.Replace(meta, `<author>`, `
<description>short</description><author>`, 1)), env: Environment{Store: true}, wants: []string{`2:1: error manifest.store_description: the store needs a description for de-DE`, `2:1: error manifest.store_label: the store needs a label for de-DE`, `3:1: error manifest.store_description: the description for en-GB has 5 characters, the store wants 150 to 185`}},
		"webhooks without a setup":                   {rule: secretRequired, app: `<webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks>`, wants: []string{`1:1: warning manifest.secret_required: webhooks need a <setup> with a registration URL`}},
		"everything without a setup, in development": {rule: secretRequired, app: `<webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks><payments><payment-method><identifier>card</identifier><name>Card</name></payment-method></payments><tax><tax-provider><identifier>a</identifier><name>a</name><priority>1</priority><process-url>https://a.com</process-url></tax-provider></tax><admin><main-module source="https://a.com"/></admin>`, env: Environment{Development: true}, wants: []string{`1:1: error manifest.secret_required: modules, payments, taxes, webhooks need a <setup> with a registration URL`}},
		"webhooks with a setup":                      {rule: secretRequired, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup><webhooks><webhook name="a" url="https://a.com" event="order.written"/></webhooks>`},
		"nothing that needs a setup":                 {rule: secretRequired, app: `<rule-conditions><rule-condition><identifier>a</identifier><name>A</name><script>a.twig</script></rule-condition></rule-conditions>`},
		"a secret":                                   {rule: secretCommitted, app: `<setup><registrationUrl>https://a.com</registrationUrl><secret>abc</secret></setup>`, wants: []string{`3:56: warning manifest.secret_committed: <secret> is for development only`}},
		"a secret, for a store":                      {rule: secretCommitted, app: `<setup><registrationUrl>https://a.com</registrationUrl><secret>abc</secret></setup>`, env: Environment{Store: true}, wants: []string{`3:56: error manifest.secret_committed: <secret> is for development only`}},
		"a secret in the local manifest":             {rule: secretCommitted, app: `<setup><registrationUrl>https://a.com</registrationUrl><secret>abc</secret></setup>`, file: "manifest.local.xml"},
		"no secret":                                  {rule: secretCommitted, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup>`},
		"a short secret":                             {rule: secretWeak, app: `<setup><registrationUrl>https://a.com</registrationUrl><secret>abc</secret></setup>`, wants: []string{`3:56: warning manifest.secret_weak: <secret> has 3 characters, use 16 at least`}},
		"a long secret":                              {rule: secretWeak, app: `<setup><registrationUrl>https://a.com</registrationUrl><secret>0123456789abcdef</secret></setup>`},
		"no secret to be weak":                       {rule: secretWeak, app: `<setup><registrationUrl>https://a.com</registrationUrl></setup>`},
		"a known requirement":                        {rule: requirementUnknown, app: `<requirements><public-access/></requirements>`},
		"an unknown requirement":                     {rule: requirementUnknown, app: `<requirements><public-acess/></requirements>`, wants: []string{"3:15: warning manifest.requirement_unknown: requirement <public-acess> is unknown and ignored\n    did you mean \"public-access\"?"}},
	})
}
