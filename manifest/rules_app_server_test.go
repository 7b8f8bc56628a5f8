package manifest

import (
	"testing"
	"testing/fstest"
)

func TestAppServerRules(t *testing.T) {
	t.Parallel()
	testRules(t, map[string]ruleCase{
		"good addresses": {rule: appURLs, app: appJSON(`"auth": {"redirect_uri": "https://a.com/cb", "scopes": ["orders:read"]},
"webhooks": [
{"topic": "order.created", "address": "https://a.com/x"}]`)},
		"no encryption": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "http://a.com/x"}]`), wants: []string{`4:39: error app_json.url_scheme: "http://a.com/x" must use https`}},
		"no encryption on the own machine": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "http://localhost/x"}]`), wants: []string{`4:39: warning app_json.url_private: host localhost is not reachable from outside`, `4:39: error app_json.url_scheme: "http://localhost/x" must use https`}},
		"no encryption on the own machine, in development": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "http://localhost/x"}]`), env: Environment{Development: true}},
		"no encryption elsewhere, in development": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "http://a.com/x"}]`), env: Environment{Development: true}, wants: []string{`4:39: error app_json.url_scheme: "http://a.com/x" must use https`}},
		"another scheme": {rule: appURLs, app: appJSON(`"icon_url": "data:image/png;base64,AA=="`), wants: []string{`3:13: error app_json.url_scheme: url "data:image/png;base64,AA==" does not begin with https://`}},
		"a relative one": {rule: appURLs, app: appJSON(`"icon_url": "/icon.png"`), wants: []string{`3:13: error app_json.url_scheme: url "/icon.png" does not begin with https://`}},
		"a broken one":   {rule: appURLs, app: appJSON(`"setup": {"configuration_url": "https://a.com/%zz"}`), wants: []string{`3:32: error app_json.url_invalid: url "https://a.com/%zz" cannot be parsed`}},
		"a private address": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://10.0.0.3/x"}]`), wants: []string{`4:39: warning app_json.url_private: host 10.0.0.3 is not reachable from outside`}},
		"a webhook with a fragment": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://a.com/x#y"}]`), wants: []string{`4:39: error app_json.url_invalid: url "https://a.com/x#y" must not have a fragment`}},
		"a webhook with a password": {rule: appURLs, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://u:p@a.com/x"}]`), wants: []string{`4:39: error app_json.url_invalid: url "https://u:xxxxx@a.com/x" must not hold a user name or password`}},
		"a second redirect":           {rule: appURLs, app: appJSON(`"auth": {"redirect_uri": "https://a.com/cb", "redirect_uris": ["ftp://a.com"], "scopes": []}`), wants: []string{`3:64: error app_json.url_scheme: url "ftp://a.com" does not begin with https://`}},
		"a redirect":                  {rule: redirectMissing, app: appJSON(`"auth": {"redirect_uri": "https://a.com/cb", "scopes": ["orders:read"]}`)},
		"scopes without a redirect":   {rule: redirectMissing, app: appJSON(`"auth": {"scopes": ["orders:read"]}`), wants: []string{`3:9: error app_json.redirect_missing: scopes need a "redirect_uri" that the authorization code is sent to`}},
		"nothing to redirect for":     {rule: redirectMissing, app: appJSON(`"auth": {"scopes": []}`)},
		"a redirect with a fragment":  {rule: redirectFragment, app: appJSON(`"auth": {"redirect_uri": "https://a.com/cb#x", "scopes": []}`), wants: []string{`3:26: error app_json.redirect_fragment: "https://a.com/cb#x" must not have a fragment`}},
		"a redirect without one":      {rule: redirectFragment, app: appJSON(`"auth": {"redirect_uri": "https://a.com/cb", "scopes": []}`)},
		"scopes":                      {rule: scopeForms, app: appJSON(`"auth": {"scopes": ["orders:read", "settings:write"]}`)},
		"a wildcard":                  {rule: scopeForms, app: appJSON(`"auth": {"scopes": ["orders:*"]}`), wants: []string{`3:21: error app_json.scope_format: scope "orders:*" is not resource:action`}},
		"an unknown scope":            {rule: scopeForms, app: appJSON(`"auth": {"scopes": ["order:read"]}`), wants: []string{"3:21: error app_json.scope_unknown: scope \"order:read\" is unknown\n    did you mean \"orders:read\"?"}},
		"a scope without that action": {rule: scopeForms, app: appJSON(`"auth": {"scopes": ["sales_channels:delete"]}`), wants: []string{"3:21: error app_json.scope_unknown: scope \"sales_channels:delete\" is unknown\n    did you mean \"sales_channels:read\"?"}},
		"a scope twice":               {rule: scopeDuplicate, app: appJSON(`"auth": {"scopes": ["orders:read", "orders:read"]}`), wants: []string{`3:36: warning app_json.scope_duplicate: scope "orders:read" is there twice`}},
		"a scope once":                {rule: scopeDuplicate, app: appJSON(`"auth": {"scopes": ["orders:read", "orders:write"]}`)},
		"harmless scopes":             {rule: scopeSensitive, app: appJSON(`"auth": {"scopes": ["orders:write", "customers:read"]}`)},
		"sensitive scopes":            {rule: scopeSensitive, app: appJSON(`"auth": {"scopes": ["customers:delete", "settings:write"]}`), wants: []string{`3:21: info app_json.scope_sensitive: asks to change customers`, `3:41: info app_json.scope_sensitive: asks to change settings`}},
		"topics": {rule: topicForms, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://a.com"},
{"topic": "app.uninstalled", "address": "https://a.com"}]`)},
		"a topic of another form": {rule: topicForms, app: appJSON(`"webhooks": [
{"topic": "OrderCreated", "address": "https://a.com"}]`), wants: []string{`4:11: error app_json.topic_format: topic "OrderCreated" is not entity.verb`}},
		"an unknown topic": {rule: topicForms, app: appJSON(`"webhooks": [
{"topic": "order.create", "address": "https://a.com"}]`), wants: []string{"4:11: warning app_json.topic_unknown: topic \"order.create\" is unknown: nothing will be sent\n    did you mean \"order.created\"?"}},
		"an unknown topic, strict": {rule: topicForms, app: appJSON(`"webhooks": [
{"topic": "weather.changed", "address": "https://a.com"}]`), env: Environment{Strict: true}, wants: []string{`4:11: error app_json.topic_unknown: topic "weather.changed" is unknown: nothing will be sent`}},
		"a scope for the topic": {rule: topicScope, app: appJSON(`"auth": {"scopes": ["orders:write"]},
"webhooks": [
{"topic": "order.created", "address": "https://a.com"}]`)},
		"no scope for the topic": {rule: topicScope, app: appJSON(`"auth": {"scopes": ["orders:write"]},
"webhooks": [
{"topic": "product.deleted", "address": "https://a.com"}]`), wants: []string{`5:11: error app_json.topic_scope: topic "product.deleted" needs scope "products:read"`}},
		"a topic that needs none": {rule: topicScope, app: appJSON(`"webhooks": [
{"topic": "app.uninstalled", "address": "https://a.com"}]`)},
		"a scope that is unknown gives nothing": {rule: topicScope, app: appJSON(`"auth": {"scopes": ["orders:fly"]},
"webhooks": [
{"topic": "order.created", "address": "https://a.com"}]`), wants: []string{`5:11: error app_json.topic_scope: topic "order.created" needs scope "orders:read"`}},
		"the one format": {rule: webhookFormat, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://a.com", "format": "json"}]`)},
		"another format": {rule: webhookFormat, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://a.com", "format": "xml"}]`), wants: []string{`4:66: error app_json.webhook_format: format "xml" is unknown, only "json" is known`}},
		"a topic to two addresses": {rule: webhookDuplicate, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://a.com"},
{"topic": "order.created", "address": "https://b.com"}]`)},
		"a topic to one address twice": {rule: webhookDuplicate, app: appJSON(`"webhooks": [
{"topic": "order.created", "address": "https://a.com"},
{"topic": "order.created", "address": "https://a.com"}]`), wants: []string{`5:1: error app_json.webhook_duplicate: topic and address "order.created https://a.com" is already used in line 4`}},
		"a block twice": {rule: blockDuplicate, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "a.twig"},
{"id": "blk", "target": "page_info", "snippet": "a.twig"}]}`), wants: []string{`4:8: error app_json.block_duplicate: block "blk" is already used in line 3`}},
		"a target":                    {rule: blockTarget, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "a.twig"}]}`)},
		"a target with capitals":      {rule: blockTarget, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "Page", "snippet": "a.twig"}]}`), wants: []string{`3:61: error app_json.block_target: target "Page" must be at most 64 lower case letters, digits and underscores`}},
		"a snippet":                   {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "a.twig"}]}`), env: Environment{Files: fstest.MapFS{"a.twig": {}}}},
		"a snippet that is not there": {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "a.twig"}]}`), env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:85: error app_json.snippet_missing: snippet "a.twig" does not exist`}},
		"a snippet without a folder":  {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "a.twig"}]}`), wants: []string{`3:85: warning app_json.snippet_missing: snippet "a.twig" needs the app's folder, of which nothing is known`}},
		"a snippet above the folder":  {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "../../etc/x.twig"}]}`), env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:85: error app_json.snippet_escape: snippet "../../etc/x.twig" leaves the bundle`}},
		"a snippet by a detour":       {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "b/../a.twig"}]}`), env: Environment{Files: fstest.MapFS{"a.twig": {}}}, wants: []string{`3:85: error app_json.snippet_escape: snippet "b/../a.twig" leaves the bundle`}},
		"a snippet at the root":       {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "/a.twig"}]}`), env: Environment{Files: fstest.MapFS{}}, wants: []string{`3:85: error app_json.snippet_escape: snippet "/a.twig" leaves the bundle`}},
		"a snippet that is no Twig":   {rule: blockSnippet, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "snippet": "a.html"}]}`), env: Environment{Files: fstest.MapFS{"a.html": {}}}, wants: []string{`3:85: error app_json.snippet_extension: snippet "a.html" does not end in .twig`}},
		"a block with a url":          {rule: blockEmpty, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info", "url": "https://a.com"}]}`)},
		"an empty block":              {rule: blockEmpty, app: appJSON(`"theme_extensions": {"app_blocks": [{"id": "blk", "target": "page_info"}]}`), wants: []string{`3:37: warning app_json.block_empty: block "blk" has neither a snippet nor a url: it shows nothing`}},
	})
}
