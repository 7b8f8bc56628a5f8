package httpapi

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// notifications keeps lines for the merchant; *shop.Service does.
type notifications interface {
	Notify(ctx context.Context, a appdock.Actor, from string, n shop.Notification) (appdock.ID, error)
	Notifications(ctx context.Context, a appdock.Actor, since time.Time, limit int) (seen []entity.Record, last time.Time, err error)
}

// notify answers POST /api/notification. The checks come in the order of
// protocol-admin.md 3; the last two, for status and message, are those of the shop.
func notify(c *call) error {
	if missing := c.actor.Missing("notification:create"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	privileges, ok := readPrivileges(tree["requiredPrivileges"])
	if !ok {
		return badParameter("requiredPrivileges", "Send a list of privileges, or leave it out.")
	}
	from := c.from()
	id, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (appdock.ID, error) {
		return c.options.Notifications.Notify(ctx, c.actor, from, shop.Notification{
			Status:             scalarText(tree["status"]),
			Message:            scalarText(tree["message"]),
			AdminOnly:          truthy(tree["adminOnly"]),
			RequiredPrivileges: privileges,
		})
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		ID appdock.ID `json:"id"`
	}{id})
}

// notificationPage is how many notifications are given if the client does not say.
const notificationPage = 5

// notificationMoment is how the page's timestamp is written and sent back.
const notificationMoment = "2006-01-02 15:04:05.000"

// notificationMessages answers GET /api/notification/message (protocol-admin.md 3.2): what
// is newer than a moment, as far as the caller may see it. Anybody may ask who has a token.
func notificationMessages(c *call) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	limit := int64(notificationPage)
	if v := tree["limit"]; v != nil {
		var ok bool
		if limit, ok = integer(v); !ok || limit < 1 || limit > int64(c.options.MaxLimit) {
			return badParameter("limit", fmt.Sprintf("Send a number from 1 to %d, or leave it out.", c.options.MaxLimit))
		}
	}
	var since time.Time
	if v := tree["latestTimestamp"]; !empty(v) && v != "null" {
		if since, err = time.Parse(notificationMoment, given(v)); err != nil {
			if since, err = time.Parse(time.RFC3339, given(v)); err != nil {
				return badParameter("latestTimestamp", "Send the timestamp of the last answer, or leave it out.")
			}
		}
	}
	type page struct {
		seen []entity.Record
		last time.Time
	}
	found, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (page, error) {
		seen, last, err := c.options.Notifications.Notifications(ctx, c.actor, since, int(limit))
		return page{seen, last}, err
	})
	if err != nil {
		return err
	}
	form := entity.Plain{Max: c.options.MaxAnswer}
	for _, r := range found.seen {
		form.Includes = map[string][]string{r.Definition.Name: notificationMembers()}
	}
	body := form.AppendList([]byte(`{"notifications":`), found.seen)
	body = append(body, `,"timestamp":`...)
	if found.last.IsZero() {
		body = append(body, "null"...)
	} else {
		body = appendText(body, found.last.UTC().Format(notificationMoment))
	}
	return c.send(plain, append(body, '}'))
}

// notificationMembers are what a page of notifications shows of each.
func notificationMembers() []string {
	return []string{"id", "status", "message", "adminOnly", "requiredPrivileges", "createdByIntegrationId", "createdByUserId", "createdAt"}
}

// readPrivileges reads a list of texts; none were sent if v is nil.
func readPrivileges(v any) (names []string, ok bool) {
	if v == nil {
		return nil, true
	}
	list, ok := v.([]any)
	if !ok {
		return nil, false
	}
	for _, item := range list {
		name, ok := item.(string)
		if !ok || name == "" { // nobody has that one
			return nil, false
		}
		names = append(names, name)
	}
	return names, true
}

// scalarText gives a text or number as text, and nothing for all else.
func scalarText(v any) string {
	if !scalar(v) {
		return ""
	}
	return text(v)
}
