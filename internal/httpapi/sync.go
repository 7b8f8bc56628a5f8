package httpapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/web"
)

// maxSyncRows bounds what one unit of work holds (admin-api.md 6.2).
const maxSyncRows = 10_000

// sync answers POST /api/_action/sync (admin-api.md 6.2): many writes, all or none.
func sync(c *call) error {
	view, err := c.view()
	if err != nil {
		return err
	}
	body, err := web.Body(c.r)
	if err != nil {
		return err
	}
	ops, err := readSync(body, c.options.Now())
	if err != nil {
		return err
	}
	_, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Actions.Resolve(ctx, c.actor, ops)
	})
	if err != nil {
		return err
	}
	written, err := c.options.Records.Write(c.r.Context(), c.actor, view, ops)
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		Data       any   `json:"data"`
		NotFound   any   `json:"notFound"`
		Deleted    any   `json:"deleted"`
		Extensions []any `json:"extensions"`
	}{keysByEntity(written, written.Saved, written.Texts), keysByEntity(written, written.NotFound, nil), keysByEntity(written, written.Deleted, nil), []any{}})
}

// keysByEntity is a map of primary keys, or the list that PHP makes of an empty one. texts are in
// it too (admin-api.md 6.2).
func keysByEntity(written entity.Written, ids map[string][]appdock.ID, texts map[string][]map[string]appdock.ID) any {
	if len(ids) == 0 {
		return []any{}
	}
	all := make(map[string][]any, len(ids))
	for name, list := range ids {
		for _, id := range list {
			if pair, ok := written.Pairs[id]; ok {
				all[name] = append(all[name], pair)
			} else {
				all[name] = append(all[name], id)
			}
		}
	}
	for name, list := range texts {
		for _, keys := range list {
			all[name] = append(all[name], keys)
		}
	}
	return all
}

// readSync reads the operations in their order, the rows of each as operations of the
// shop. All that is wrong is told at once.
func readSync(body []byte, now time.Time) ([]entity.Operation, error) {
	wishes, err := syncWishes(body)
	if err != nil {
		return nil, err
	}
	r := syncReader{criteria: criteriaReader{now: now}}
	for _, w := range wishes {
		tree, ok := w.value.(map[string]any)
		if !ok {
			return nil, badRequest(noOperations)
		}
		r.operation(w.key, tree)
	}
	if faults := r.criteria.faults.All(); len(faults) > 0 && r.wrong == 0 {
		return nil, &appdock.Error{Kind: appdock.Invalid, Code: faults[0].Code, Message: "The criteria are wrong.", Faults: faults}
	}
	switch {
	case r.wrong > 0:
		message := strings.Join(r.faults, "; ")
		if more := r.wrong - len(r.faults); more > 0 {
			message += fmt.Sprintf("; and %d more", more)
		}
		return nil, &appdock.Error{Kind: appdock.Invalid, Code: "FRAMEWORK__INVALID_SYNC_OPERATION", Message: message}
	case r.rows > maxSyncRows:
		return nil, &appdock.Error{
			Kind:    appdock.TooLarge,
			Code:    "0",
			Message: fmt.Sprintf("The operations have more than %d rows.", maxSyncRows),
			Cure:    "Send them in several calls.",
		}
	}
	return r.ops, nil
}

// syncWish is one operation as it was sent.
type syncWish struct {
	key   string // of the operation in the body, or its position
	value any
}

const noOperations = "Invalid payload format. Expected an array of operations."

// syncWishes reads the body, an object by key or a list, in the order in which it was sent.
func syncWishes(body []byte) ([]syncWish, error) {
	v, err := parseJSON(body)
	if err != nil {
		return nil, &appdock.Error{Kind: appdock.Invalid, Code: "FRAMEWORK__API_TYPE_PARAMETER_INVALID", Message: malformed}
	}
	var wishes []syncWish
	switch v := v.(type) {
	case []any:
		for i, item := range v {
			wishes = append(wishes, syncWish{strconv.Itoa(i), item})
		}
	case map[string]any:
		for _, key := range memberNames(body) {
			wishes = append(wishes, syncWish{key, v[key]})
		}
	default:
		return nil, badRequest(noOperations)
	}
	return wishes, nil
}

// memberNames gives the names of a valid JSON object's members, each once, in the order
// of the text, which a map does not keep.
func memberNames(object []byte) []string {
	d := json.NewDecoder(bytes.NewReader(object))
	var names []string
	seen := map[string]bool{}
	_, _ = d.Token() // the opening brace
	for d.More() {
		name, _ := d.Token()
		var skipped json.RawMessage
		if d.Decode(&skipped) != nil {
			break
		}
		if text, ok := name.(string); ok && !seen[text] {
			seen[text] = true
			names = append(names, text)
		}
	}
	return names
}

// syncReader reads operations. It counts all rows and faults and keeps as many as count.
type syncReader struct {
	ops    []entity.Operation
	rows   int
	faults []string
	wrong  int
	// criteria reads the filters of deletions and collects what is wrong with them.
	criteria criteriaReader
}

// maxSyncFaults bounds what the one message about wrong operations tells.
const maxSyncFaults = 100

// operation reads one operation for the shop from each row.
func (r *syncReader) operation(key string, tree map[string]any) {
	fault := func(format string, args ...any) {
		if r.wrong++; r.wrong <= maxSyncFaults {
			r.faults = append(r.faults, fmt.Sprintf("Operation %q: ", given(key))+fmt.Sprintf(format, args...))
		}
	}
	name, _ := tree["entity"].(string)
	if name == "" {
		fault("entity is missing")
	}
	var action entity.Action
	switch given(tree["action"]) {
	case "upsert":
		action = entity.Upsert
	case "delete":
		action = entity.Delete
	default:
		fault("action must be upsert or delete")
	}
	at := pointer("", key)
	payload, ok := tree["payload"].([]any)
	switch criteria, given := tree["criteria"]; {
	case action == entity.Delete && given && criteria != nil && len(payload) == 0:
		list, ok := criteria.([]any)
		if !ok {
			fault("criteria must be a list of filters")
		}
		// An empty list stays one: the shop refuses it, since it would mean everything.
		filters := append([]entity.Filter{}, r.criteria.filters(list, at+"/criteria")...)
		r.ops = append(r.ops, entity.Operation{Entity: name, Action: action, Filters: filters, Pointer: at})
		return
	case action == entity.Delete && !empty(criteria):
		fault("payload and criteria exclude each other")
	case !ok:
		fault("payload must be a list")
	}
	for i, item := range payload {
		row, ok := item.(map[string]any)
		if !ok {
			fault("row %d of payload must be an object", i)
			continue
		}
		if r.rows++; r.rows <= maxSyncRows {
			r.ops = append(r.ops, entity.Operation{Entity: name, Action: action, Payload: row, Pointer: pointer(at, i)})
		}
	}
}
