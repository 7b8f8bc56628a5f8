package httpapi

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
)

// endpoint answers a call.
type endpoint func(c *call) error

// route is a path below /api and who answers its methods, in the order of the Allow
// header. {id} and {version} stand for an id, all else in braces for any segment.
type route struct {
	pattern string
	methods []method
}

type method struct {
	name   string
	answer endpoint
}

// anyPath ends the pattern of a route that leads along any path.
const anyPath = "{any path}"

// routes is the whole Admin API (admin-api.md 2 and 8); of two routes that match, the
// first counts.
//
// It is no [http.ServeMux], because that answers doubled slashes with a redirect and
// methods that it does not know with a text.
func routes() []route {
	return []route{
		{"oauth/token", []method{{"POST", issueToken}}},

		{"_info/health-check", []method{{"GET", healthCheck}}},
		{"_info/version", []method{{"GET", known(version)}}},
		{"_info/config", []method{{"GET", known(config)}}},
		{"_info/openapi3.json", []method{{"GET", known(openAPI)}}},
		{"_info/open-api-schema.json", []method{{"GET", known(openAPISchema)}}},
		{"_info/entity-schema.json", []method{{"GET", known(entitySchema)}}},
		{"_info/events.json", []method{{"GET", known(businessEvents)}}},
		{"_info/routes", []method{{"GET", known(listRoutes)}}},
		{"_info/queue.json", []method{{"GET", known(queues)}}},
		{"_info/me", []method{{"GET", known(me)}}},
		{"_info/ping", []method{{"GET", known(ping)}}},

		{"_action/cache", []method{{"DELETE", withPrivilege("system:clear:cache", nothingToDo)}}},
		{"_action/cache_info", []method{{"GET", withPrivilege("system:cache:info", cacheInfo)}}},
		{"_action/indexing", []method{{"POST", known(nothingToDo)}}},
		{"_action/index", []method{{"POST", withPrivilege("api_action_cache_index", nothingToDo)}}},

		{"_action/sync", []method{{"POST", known(sync)}}},
		{"_action/app-system/secret/rotate", []method{{"POST", known(rotateSecret)}}},
		{"_action/order/{id}/state/{transition}", []method{{"POST", known(transitOf("order"))}}},
		{"_action/order_delivery/{id}/state/{transition}", []method{{"POST", known(transitOf("order_delivery"))}}},
		{"_action/order_transaction/{id}/state/{transition}", []method{{"POST", known(transitOf("order_transaction"))}}},
		{"_action/state-machine/{entity}/{id}/state", []method{{"GET", known(transitions)}}},
		{"_action/state-machine/{entity}/{id}/state/{transition}", []method{{"POST", known(transit)}}},
		{"_proxy/store-api/{id}/" + anyPath, []method{
			{"GET", known(noStoreAPI)}, {"POST", known(noStoreAPI)}, {"PATCH", known(noStoreAPI)}, {"DELETE", known(noStoreAPI)},
		}},
		{"_action/order_transaction_capture_refund/{id}", []method{{"POST", known(refund)}}},
		{"_action/clone/{entity}/{id}", []method{{"POST", known(clone)}}},
		{"_action/trigger-event/{code}", []method{{"POST", known(triggerFlow)}}},
		{"_action/scheduled-task/run", []method{{"POST", known(runTasks)}}},
		{"_action/version/{entity}/{id}", []method{{"POST", known(createVersion)}}},
		{"_action/version/merge/{entity}/{id}", []method{{"POST", known(mergeVersion)}}},
		{"_action/version/{version}/{entity}/{id}", []method{{"POST", known(deleteVersion)}}},
		{"_action/order/document/{kind}/create", []method{{"POST", withPrivilege("document:create", createDocuments)}}},
		{"_action/document/{id}/upload", []method{{"POST", known(uploadDocument)}}},
		{"_action/document/{id}/{code}", []method{{"GET", known(showDocument)}}},
		{"_action/number-range/reserve/{type}", []method{{"GET", taking(reserve)}}},
		{"_action/number-range/reserve/{type}/{id}", []method{{"GET", taking(reserve)}}},
		{"_action/media/provide-name", []method{{"GET", known(provideMediaName)}}},
		{"_action/media/{id}/upload", []method{{"POST", known(uploadMedia)}}},
		{"_action/media/{id}/rename", []method{{"POST", withPrivilege("media:update", renameMedia)}}},
		{"_action/system-config", []method{{"GET", known(readSettings)}, {"POST", withPrivileges(shop.ToSetSettings(), writeSettings)}}},
		{"_action/system-config/schema", []method{{"GET", known(settingSchema)}}},
		{"_action/system-config/batch", []method{{"POST", withPrivileges(shop.ToSetSettings(), writeSettingsOfAll)}}},
		{"_action/webhook/{id}/deactivate", []method{{"POST", known(deactivateWebhook)}}},
		{"_action/webhook/health-status", []method{{"GET", known(webhookHealth)}}},
		{"_action/webhook-event-log/{id}/replay", []method{{"POST", known(replayWebhook)}}},
		{"app-system/webhook/state", []method{{"GET", known(webhookStates)}}},
		{"app-system/webhook/reactivate", []method{{"POST", known(reactivateWebhooks)}}},
		{"app-system/modules", []method{{"GET", known(appModules)}}},
		{"app-system/action-button/run/{id}", []method{{"POST", known(pressButton)}}},
		{"app-system/action-button/{entity}/{kind}", []method{{"GET", known(actionButtons)}}},
		{"_action/extension-sdk/run-action", []method{{"POST", known(runAction)}}},
		{"_action/extension-sdk/sign-uri", []method{{"POST", known(signURI)}}},
		{"app-system/cms/blocks", []method{{"GET", known(cmsBlocks)}}},
		{"script/" + anyPath, []method{{"GET", known(noScript)}, {"POST", known(noScript)}}},
		{"notification/message", []method{{"GET", known(notificationMessages)}}},
		{"app-system/shop-id/change-strategies", []method{{"GET", known(identityStrategies)}}},
		{"app-system/shop-id/change", []method{{"POST", known(changeIdentity)}}},
		{"app-system/shop-id/check", []method{{"POST", known(checkIdentity)}}},
		{"app-system/app-url-change/strategies", []method{{"GET", known(identityStrategies)}}},
		{"app-system/app-url-change/resolve", []method{{"POST", known(changeIdentity)}}},
		{"app-system/app-url-change/url-difference", []method{{"GET", known(urlDifference)}}},
		{"app-system/shop/verify", []method{{"GET", verifyShop}}},
		{"notification", []method{{"GET", known(of("notification", list))}, {"POST", known(notify)}}},

		{"search/{entity}/{id}/" + pathToMany, []method{{"POST", looking(named(through(search)))}}},
		{"search-ids/{entity}/{id}/" + pathToMany, []method{{"POST", looking(named(through(searchIDs)))}}},
		{"search/{entity}", []method{{"POST", looking(named(search))}}},
		{"search-ids/{entity}", []method{{"POST", looking(named(searchIDs))}}},
		{"{entity}", []method{{"GET", known(named(list))}, {"POST", known(named(create))}}},
		{"{entity}/{id}", []method{{"GET", known(named(detail))}, {"PATCH", known(named(update))}, {"DELETE", known(named(remove))}}},
		{"{entity}/{id}/" + pathToMany, []method{{"GET", known(named(through(list)))}, {"POST", known(named(createThrough))}}},
		{"{entity}/{id}/" + pathToOne, []method{
			{"GET", known(named(throughMember(detail)))}, {"PATCH", known(named(updateThrough))}, {"DELETE", known(named(removeThrough))},
		}},
	}
}

// directory has routes by the segment that they begin with.
type directory struct {
	named map[string][]route // what may match a path that begins so, in the order that counts
	any   []route            // what may match any other
}

// listed makes a directory of routes.
func listed(all []route) directory {
	list := directory{named: map[string][]route{}}
	first := func(rt route) string {
		segment, _, _ := strings.Cut(rt.pattern, "/")
		return segment
	}
	for _, rt := range all {
		list.named[first(rt)] = nil
	}
	for _, rt := range all {
		segment := first(rt)
		if !strings.HasPrefix(segment, "{") {
			list.named[segment] = append(list.named[segment], rt)
			continue
		}
		list.any = append(list.any, rt)
		for name := range list.named {
			list.named[name] = append(list.named[name], rt)
		}
	}
	return list
}

// along gives the routes that may lead along a path.
func (d directory) along(segments []string) []route {
	if len(segments) > 0 {
		if named, ok := d.named[segments[0]]; ok {
			return named
		}
	}
	return d.any
}

// method finds who answers a method, and lists the methods that are answered. HEAD is
// GET without the body, which net/http leaves out.
func (rt route) method(name string) (answer endpoint, allowed string) {
	if name == http.MethodHead {
		name = http.MethodGet
	}
	for _, m := range rt.methods {
		if m.name == name {
			return m.answer, ""
		}
	}
	names := make([]string, len(rt.methods))
	for i, m := range rt.methods {
		names[i] = m.name
	}
	return nil, strings.Join(names, ", ")
}

// match reports whether the route leads along segments, and to which entity and id.
func (rt route) match(segments []string) (at target, ok bool) {
	rest := rt.pattern
	for i, s := range segments {
		if rest == anyPath {
			return at, true
		}
		if rest == pathToMany || rest == pathToOne {
			at.path, ok = matchPath(rest, segments[i:])
			return at, ok
		}
		var name string
		if rest == "" {
			return target{}, false
		}
		name, rest, _ = strings.Cut(rest, "/")
		switch name {
		case "{entity}":
			at.entity = s
		case "{transition}":
			at.transition = s
		case "{type}":
			at.numberRange = s
		case "{kind}":
			at.kind = s
		case "{code}":
			at.code = s
		case "{id}", "{version}":
			id, err := appdock.ParseID(s)
			if err != nil {
				return target{}, false
			}
			if name == "{id}" {
				at.id = id
			} else {
				at.version = id
			}
		case s:
		default:
			return target{}, false
		}
	}
	return at, rest == ""
}

// target is what a path leads to; what its route does not name is zero.
type target struct {
	entity      string // as the path spells it
	id          appdock.ID
	path        []step // the associations of a path
	transition  string // such as "paid"
	numberRange string // the type of one, such as "order"
	version     appdock.ID
	kind        string // of documents, such as "invoice", or of pages, such as "detail"
	code        string // that opens a document, or the name of a trigger
}

// ours reports whether a path is one that [below] takes.
func ours(u *url.URL) bool {
	first, _, _ := strings.Cut(strings.TrimLeft(u.EscapedPath(), "/"), "/")
	return first == "api"
}

// below gives the segments of a path below /api.
// Repeated and trailing slashes do not count, nor does the version that old clients put
// behind /api (admin-api.md 2).
func below(u *url.URL) []string {
	segments := strings.FieldsFunc(u.EscapedPath(), func(r rune) bool { return r == '/' })
	if len(segments) == 0 || segments[0] != "api" {
		return nil
	}
	segments = segments[1:]
	if len(segments) > 0 && oldVersion(segments[0]) {
		segments = segments[1:]
	}
	for i, s := range segments {
		if text, err := url.PathUnescape(s); err == nil {
			segments[i] = text
		}
	}
	return segments
}

// oldVersion reports whether a segment is "v1", "v2" and so on.
func oldVersion(segment string) bool {
	digits, ok := strings.CutPrefix(segment, "v")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}
