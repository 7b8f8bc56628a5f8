package httpapi

import (
	"maps"
	"net/http"
	"strings"
)

// action is a route that is about no entity in particular, as OpenAPI describes it.
type action struct {
	id, summary string
	query       string         // names of parameters, those that have to be sent with a ! behind
	body        map[string]any // what is sent: a schema of JSON; nil: nothing
	bytes       bool           // or a file
	answer      map[string]any // a schema of JSON; nil: no body
	status      int            // 0: 200, or 204 without an answer
	file        bool           // it answers with a file
	open        bool           // it needs no token
}

// routes adds all routes that are no entity's. Each of them has its description in actions: a
// test holds this against the table of routes.
func (d *description) routes() {
	known := d.actions()
	for _, rt := range routes() {
		path := pathOf(rt.pattern)
		if prefix, endless := strings.CutSuffix(path, "{path}"); endless { // it takes those of an entity's records
			maps.DeleteFunc(d.paths, func(other string, _ any) bool { return strings.HasPrefix(other, prefix) && other != path })
		}
		for _, m := range rt.methods {
			a, ok := known[m.name+" "+rt.pattern]
			if !ok {
				continue
			}
			item, _ := d.paths[path].(map[string]any)
			if item == nil {
				item = map[string]any{}
				if names := parametersOf(path); len(names) > 0 {
					item["parameters"] = names
				}
				d.paths[path] = item
			}
			item[strings.ToLower(m.name)] = a.operation()
		}
	}
}

// pathOf spells the pattern of a route as a path of OpenAPI.
func pathOf(pattern string) string { return "/" + strings.ReplaceAll(pattern, anyPath, "{path}") }

// parametersOf declares what stands in braces in a path.
func parametersOf(path string) []any {
	var all []any
	for segment := range strings.SplitSeq(path, "/") {
		name, ok := strings.CutPrefix(segment, "{")
		if !ok {
			continue
		}
		name = strings.TrimSuffix(name, "}")
		schema := map[string]any{"type": "string"}
		if name == "id" || name == "version" || name == "member" || name == "language" {
			schema = idSchema()
		}
		all = append(all, map[string]any{"name": name, "in": "path", "required": true, "schema": schema})
	}
	return all
}

func (a action) operation() map[string]any {
	status := a.status
	switch {
	case status != 0:
	case a.answer == nil && !a.file:
		status = http.StatusNoContent
	default:
		status = http.StatusOK
	}
	var body, answer map[string]any
	if a.body != nil {
		body = jsonBody(a.body)
	}
	if a.bytes {
		if body == nil {
			body = map[string]any{"content": map[string]any{}}
		}
		body["content"].(map[string]any)["application/octet-stream"] = map[string]any{}
	}
	if a.answer != nil {
		answer = content(string(plain), a.answer)
	}
	if a.file {
		answer = map[string]any{"*/*": map[string]any{}}
	}
	o := operation(a.id, a.summary, body, status, answer)
	var parameters []any
	for name := range strings.FieldsSeq(a.query) {
		name, required := strings.CutSuffix(name, "!")
		parameters = append(parameters, map[string]any{"name": name, "in": "query", "required": required, "schema": map[string]any{"type": "string"}})
	}
	if len(parameters) > 0 {
		o["parameters"] = parameters
	}
	if a.open {
		o["security"] = []any{}
	}
	return o
}

// The schemas of the descriptions below are made of these words.
func anObject() map[string]any { return map[string]any{"type": "object"} }

// orEmpty is an object that PHP would write as [] without members.
func orEmpty() map[string]any { return map[string]any{"type": []any{"object", "array"}} }

func aList(of map[string]any) map[string]any { return map[string]any{"type": "array", "items": of} }

// having is an object with members, all of them there: "name:string" and so on; a ? behind the
// type allows null.
func having(members string) map[string]any {
	properties, required := map[string]any{}, []any{}
	for member := range strings.FieldsSeq(members) {
		name, kind, _ := strings.Cut(member, ":")
		kind, null := strings.CutSuffix(kind, "?")
		s := map[string]any{"type": kind}
		switch kind {
		case "id":
			s = idSchema()
		case "any":
			s = map[string]any{}
		}
		if null {
			s["type"] = []any{s["type"], "null"}
		}
		properties[name], required = s, append(required, name)
	}
	return map[string]any{"type": "object", "properties": properties, "required": required}
}

// syncBody is what a sync takes: operations by a key of the client's, or a list of them
// (admin-api.md 6.2).
func syncBody() map[string]any {
	one := map[string]any{
		"type": "object", "required": []any{"entity", "action"},
		"properties": map[string]any{
			"entity":   map[string]any{"type": "string"},
			"action":   map[string]any{"type": "string", "enum": []any{"upsert", "delete"}},
			"payload":  aList(anObject()), // the records; of a deletion their keys
			"criteria": aList(anObject()), // of a deletion, in place of keys: the filters of a search
		},
	}
	return map[string]any{"oneOf": []any{map[string]any{"type": "object", "additionalProperties": one}, aList(one)}}
}

// syncAnswer is what a sync did: the keys of records by entity, or [] if there are none.
func syncAnswer() map[string]any {
	pair := map[string]any{"type": "object", "additionalProperties": idSchema()}
	keys := map[string]any{"oneOf": []any{
		map[string]any{"type": "object", "additionalProperties": aList(map[string]any{"oneOf": []any{idSchema(), pair}})},
		map[string]any{"type": "array", "maxItems": 0, "items": anObject()},
	}}
	answer := having("data:any notFound:any deleted:any extensions:array")
	for _, name := range []string{"data", "notFound", "deleted"} {
		answer["properties"].(map[string]any)[name] = keys
	}
	return answer
}

// actions are the routes of the table that are no entity's, by method and pattern.
func (d *description) actions() map[string]action {
	// The state that was reached is told in plain JSON, whatever the components are.
	state := having("id:id technicalName:string")
	transition := func(of string) action {
		return action{id: "transit" + of, summary: "Bring a record to another state.", body: anObject(), answer: state}
	}
	storeAPI := func(method string) action {
		return action{id: method + "StoreApi", summary: "The store API, which this host has not: 501.", status: http.StatusNotImplemented, answer: reference("Errors")}
	}
	script := func(method string) action {
		return action{id: method + "ScriptEndpoint", summary: "Endpoints of app scripts, of which there are none yet: 404.", status: http.StatusNotFound, answer: reference("Errors")}
	}
	strategies := action{id: "identityStrategies", summary: "What can be done when the shop may have moved or be a copy.", answer: anObject()}
	resolve := action{id: "changeIdentity", summary: "Say whether the shop has moved or is a copy.", body: having("strategy:string"), answer: having("failed:array")}
	legacy := func(a action) action { a.id += "ByUrl"; return a }
	return map[string]action{
		"POST oauth/token": {
			id: "token", summary: "A token for a client.", open: true, body: having("grant_type:string client_id:string client_secret:string"),
			answer: having("token_type:string expires_in:integer access_token:string"),
		},

		"GET _info/health-check": {id: "healthCheck", summary: "Whether the host answers.", status: http.StatusOK, open: true},

		"GET _info/version": {id: "version", summary: "The version that is spoken.", answer: having("version:string")},

		"GET _info/config": {id: "config", summary: "The version, and the apps with pages.", answer: having("version:string versionRevision:string adminWorker:object bundles:object settings:object")},

		"GET _info/openapi3.json": {id: "openApi", summary: "This description.", query: "type", answer: having("openapi:string info:object paths:object components:object")},

		"GET _info/open-api-schema.json": {id: "openApiSchema", summary: "Entities with the types of their members.", answer: anObject()},

		"GET _info/entity-schema.json": {id: "entitySchema", summary: "Entities with types and flags of their members.", answer: anObject()},

		"GET _info/events.json": {id: "businessEvents", summary: "The events that flows begin with.", answer: aList(having("name:string class:string data:object aware:array extensions:array"))},

		"GET _info/routes": {id: "routes", summary: "All routes.", answer: having("endpoints:array")},

		"GET _info/queue.json": {id: "queues", summary: "What waits: nothing that clients could wait for.", answer: aList(anObject())},

		"GET _info/me": {id: "me", summary: "The person who calls, or whom an app acts for.", answer: having("data:object")},

		"GET _info/ping": {id: "ping", summary: "Whether a person may go on."},

		"DELETE _action/cache": {id: "clearCache", summary: "Does nothing: there is no cache."},

		"GET _action/cache_info": {id: "cacheInfo", summary: "That there is no cache.", answer: having("environment:string httpCache:boolean cacheAdapter:string")},

		"POST _action/indexing": {id: "indexing", summary: "Does nothing: what follows from a write is written with it."},

		"POST _action/index": {id: "index", summary: "Does nothing: what follows from a write is written with it."},

		"POST _action/sync": {id: "sync", summary: "Write many records, all or none.", body: syncBody(), answer: syncAnswer()},

		"POST _action/app-system/secret/rotate": {id: "rotateSecret", summary: "Exchange the secret of the app that calls.", status: http.StatusAccepted, answer: aList(anObject())},

		"POST _action/order/{id}/state/{transition}": transition("Order"),

		"POST _action/order_delivery/{id}/state/{transition}": transition("OrderDelivery"),

		"POST _action/order_transaction/{id}/state/{transition}": transition("OrderTransaction"),

		"GET _action/state-machine/{entity}/{id}/state": {id: "transitions", summary: "What can be done to a record with a state.", query: stateField, answer: having("transitions:array")},

		"POST _action/state-machine/{entity}/{id}/state/{transition}": {id: "transit", summary: "Bring a record to another state.", query: stateField, body: anObject(), answer: having("data:object")},

		"GET _proxy/store-api/{id}/" + anyPath:    storeAPI("get"),
		"POST _proxy/store-api/{id}/" + anyPath:   storeAPI("post"),
		"PATCH _proxy/store-api/{id}/" + anyPath:  storeAPI("patch"),
		"DELETE _proxy/store-api/{id}/" + anyPath: storeAPI("delete"),

		"POST _action/order_transaction_capture_refund/{id}": {id: "refund", summary: "Begin the refund of a capture."},

		"POST _action/clone/{entity}/{id}": {id: "clone", summary: "Copy a record and what belongs to it.", body: anObject(), answer: having("id:id")},

		"POST _action/trigger-event/{code}": {id: "triggerEvent", summary: "Fire a trigger of an app.", body: anObject(), answer: having("message:string")},

		"POST _action/scheduled-task/run": {id: "runTasks", summary: "Does nothing: tasks run by themselves.", answer: having("message:string")},

		"POST _action/version/{entity}/{id}": {id: "createVersion", summary: "Begin a draft of a record.", body: anObject(), answer: having("versionId:id versionName:string? id:id entity:string")},

		"POST _action/version/merge/{entity}/{id}": {id: "mergeVersion", summary: "Write a draft to the live record."},

		"POST _action/version/{version}/{entity}/{id}": {id: "deleteVersion", summary: "Drop a draft.", answer: orEmpty()},

		"POST _action/order/document/{kind}/create": {id: "createDocuments", summary: "Make documents of orders.", body: aList(having("orderId:id")), answer: having("data:array errors:any")},

		"POST _action/document/{id}/upload": {
			id: "uploadDocument", summary: "Give a document its file.", query: "fileName! extension!", bytes: true,
			answer: having("documentId:id documentMediaId:id deepLinkCode:string documentDeepLink:string"),
		},

		"GET _action/document/{id}/{code}": {id: "showDocument", summary: "The file of a document.", query: "download", file: true},

		"GET _action/number-range/reserve/{type}": {id: "reserveNumber", summary: "Take the next number of a range.", query: "preview", answer: having("number:string")},

		"GET _action/number-range/reserve/{type}/{id}": {id: "reserveNumberOfChannel", summary: "Take the next number of a range, for a sales channel.", query: "preview", answer: having("number:string")},

		"GET _action/media/provide-name": {id: "provideMediaName", summary: "A name for a file that no other has.", query: "fileName! extension! mediaId", answer: having("fileName:string")},

		"POST _action/media/{id}/upload": {id: "uploadMedia", summary: "Give media a file, by its bytes or its URL.", query: "extension fileName", body: having("url:string"), bytes: true},

		"POST _action/media/{id}/rename": {id: "renameMedia", summary: "Give a file another name.", body: having("fileName:string")},

		"GET _action/system-config": {id: "readSettings", summary: "Settings of a domain.", query: "domain! salesChannelId inherit", answer: orEmpty()},

		"POST _action/system-config": {id: "writeSettings", summary: "Change settings.", query: "salesChannelId", body: anObject()},

		"GET _action/system-config/schema": {id: "settingSchema", summary: "The cards of an app's settings.", query: "domain!", answer: aList(having("title:object name:string? elements:array"))},

		"POST _action/system-config/batch": {id: "writeSettingsOfAll", summary: "Change settings of several sales channels.", body: anObject()},

		"POST _action/webhook/{id}/deactivate": {id: "deactivateWebhook", summary: "Pause a webhook."},

		"GET _action/webhook/health-status": {id: "webhookHealth", summary: "When the host last looked after its webhooks.", answer: having("lastTick:string? stale:boolean")},

		"POST _action/webhook-event-log/{id}/replay": {id: "replayWebhook", summary: "Send an entry of the log again."},

		"GET app-system/webhook/state": {
			id: "webhookStates", summary: "The webhooks of the app that calls.",
			answer: aList(having("name:string url:string state:string suspendedSince:string? disabledSince:string? disabledOrigin:string?")),
		},

		"POST app-system/webhook/reactivate": {id: "reactivateWebhooks", summary: "Resume webhooks of the app that calls.", body: having("webhooks:array"), answer: having("webhooks:array")},

		"GET app-system/modules": {id: "appModules", summary: "The pages of apps, with signed addresses.", answer: having("modules:array")},

		"POST app-system/action-button/run/{id}": {id: "pressButton", summary: "Press a button of an app.", body: having("ids:array"), answer: anObject()},

		"GET app-system/action-button/{entity}/{kind}": {id: "actionButtons", summary: "The buttons of apps for a view of an entity.", answer: having("actions:array")},

		"GET app-system/cms/blocks": {id: "cmsBlocks", summary: "The blocks that apps bring.", answer: having("blocks:array")},

		"POST _action/extension-sdk/run-action": {
			id: "runAction", summary: "Send an action to an app without a button.",
			body: having("appName:string url:string entity:string action:string ids:array"), answer: anObject(),
		},

		"POST _action/extension-sdk/sign-uri": {id: "signUri", summary: "Sign the address of a page of an app.", body: having("appName:string uri:string"), answer: having("uri:string")},

		"GET script/" + anyPath:  script("get"),
		"POST script/" + anyPath: script("post"),

		"GET notification/message": {id: "notificationMessages", summary: "Notifications that are new.", query: "limit latestTimestamp", answer: having("notifications:array timestamp:string?")},

		"POST notification": {id: "notify", summary: "Show a line to the merchant.", body: having("status:string message:string"), answer: having("id:id")},

		"GET app-system/shop-id/change-strategies": strategies,

		"POST app-system/shop-id/change": resolve,

		"POST app-system/shop-id/check": {id: "checkIdentity", summary: "Whether the shop may have moved or be a copy; 204 if not.", answer: having("apps:array fingerprints:object")},

		"GET app-system/app-url-change/strategies": legacy(strategies),

		"POST app-system/app-url-change/resolve": legacy(resolve),

		"GET app-system/app-url-change/url-difference": {id: "urlDifference", summary: "The address that apps know, and the one of now; 204 if they are the same.", answer: having("oldUrl:string newUrl:string")},

		"GET app-system/shop/verify": {id: "verifyShop", summary: "Whether a call is the host's own.", query: "rid! token!", open: true},
	}
}
