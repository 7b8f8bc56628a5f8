package httpapi

import (
	"cmp"
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// create answers POST /api/{entity} (admin-api.md 6.1).
func create(c *call, d *entity.Definition) error {
	return c.write(d, entity.Insert, appdock.ID{})
}

// update answers PATCH /api/{entity}/{id}: the id of the path counts.
func update(c *call, d *entity.Definition) error {
	return c.write(d, entity.Update, c.target.id)
}

// write writes the record of the body. A record that is made without an id gets one
// here: the Location of the answer must name it.
func (c *call) write(d *entity.Definition, action entity.Action, id appdock.ID) error {
	view, err := c.view()
	if err != nil {
		return err
	}
	payload, err := c.payload()
	if err != nil {
		return err
	}
	switch {
	case action == entity.Update:
		payload["id"] = id.String()
	case payload["id"] == nil:
		id = c.options.NewID()
		payload["id"] = id.String()
	default:
		text, _ := payload["id"].(string)
		id, _ = appdock.ParseID(text) // a wrong one is refused by the write, with its pointer
	}
	return c.put(put{
		definition: d, view: view, id: id,
		op: entity.Operation{Entity: d.Name, Action: action, Payload: payload, Pointer: "/0"},
	})
}

// put is the write of one record, and what the answer says of it.
type put struct {
	op         entity.Operation
	definition *entity.Definition // of the record that is meant, which op may only lead to
	view       entity.View
	id         appdock.ID // of that record; zero: what the write gives it
	at         appdock.ID // the id that Location names; zero: that of the record
}

// put writes a record. With the parameter _response the answer is the record, else it is
// empty (admin-api.md 6.1).
func (c *call) put(p put) error {
	f, err := negotiate(c.r.Header.Values("Accept"))
	if err != nil {
		return err
	}
	back := c.r.URL.Query().Has("_response")
	var a asked
	if back {
		// Asked before the write as well: afterwards a refusal would hide that it was done.
		if a, err = c.askDetail(p.definition, p.id); err != nil {
			return err
		}
		if _, err := c.options.Records.Search(c.r.Context(), c.actor, p.view, &a.criteria); err != nil {
			return err
		}
	}
	written, err := c.options.Records.Write(c.r.Context(), c.actor, p.view, []entity.Operation{p.op})
	if err != nil {
		return err
	}
	if saved := written.Saved[p.definition.Name]; p.id.IsZero() && len(saved) > 0 {
		p.id = saved[0]
		a.criteria.IDs = []appdock.ID{p.id}
	}
	c.locate(p.definition, cmp.Or(p.at, p.id))
	if back {
		// What is written stays so: a client that is told of a failure now writes it again.
		err := c.answerDetail(p.definition, p.view, a, f)
		if appdock.CodeOf(err) != entity.CodeTooLarge && appdock.KindOf(err) != appdock.Unavailable {
			return err
		}
	}
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// remove answers DELETE /api/{entity}/{id}; a body does not count.
func remove(c *call, d *entity.Definition) error {
	view, err := c.view()
	if err != nil {
		return err
	}
	id := c.target.id
	written, err := c.options.Records.Write(c.r.Context(), c.actor, view, []entity.Operation{{
		Entity: d.Name, Action: entity.Delete, Payload: map[string]any{"id": id.String()}, Pointer: "/0",
	}})
	if err != nil {
		return err
	}
	if slices.Contains(written.NotFound[d.Name], id) {
		return entity.NoRecord(d.Name, id)
	}
	c.locate(d, id)
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// locate says where the record is that was written.
func (c *call) locate(d *entity.Definition, id appdock.ID) {
	c.w.Header().Set("Location", resourceURL(c.shop.URL+"/api", d.Name, id))
}

// resourceURL is the address of a record (admin-api.md 2).
func resourceURL(base, entity string, id appdock.ID) string {
	return collectionURL(base, entity) + "/" + id.String()
}

// collectionURL is the address of the records of an entity.
func collectionURL(base, entity string) string {
	return base + "/" + strings.ReplaceAll(entity, "_", "-")
}
