package user_test

import (
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/user"
)

func first(t *testing.T, h *host) appdock.Secret {
	t.Helper()
	link, err := h.service.First(t.Context(), shop)
	if err != nil || link.IsZero() {
		t.Fatalf("no link for the first owner: %v", err)
	}
	return link
}

var olga = user.Draft{Name: "olga", Email: "olga@shop.example"}

func TestFirstOwner(t *testing.T) {
	t.Parallel()
	h := newHost()
	before := first(t, h)
	link := first(t, h)
	check(t, h.service.Awaited(t.Context(), shop, before), "ADK-INVITATION-DEAD")
	for code, try := range map[string]func() error{
		"ADK-USER-INVALID": func() error {
			_, err := h.service.Found(t.Context(), shop, link, user.Draft{Name: "olga"}, good)
			return err
		},
		"ADK-PASSWORD-WEAK":   func() error { _, err := h.service.Found(t.Context(), shop, link, olga, "short"); return err },
		"ADK-INVITATION-DEAD": func() error { _, err := h.service.Found(t.Context(), shop, before, olga, good); return err },
	} {
		check(t, try(), code)
	}
	staff := olga
	staff.Role, staff.Privileges = user.Staff, []appdock.Privilege{"order:read"}
	u, err := h.service.Found(t.Context(), shop, link, staff, good)
	if err != nil || u.Role != user.Owner {
		t.Fatalf("%+v, %v", u, err)
	}
	if _, _, err := h.service.LogIn(t.Context(), shop, "olga", good, "192.0.2.1"); err != nil {
		t.Fatal(err)
	}
	_, err = h.service.Found(t.Context(), shop, link, olga, good)
	check(t, err, "ADK-INVITATION-DEAD")
	if again, err := h.service.First(t.Context(), shop); err != nil || !again.IsZero() {
		t.Errorf("a shop with an owner awaits another: %v", err)
	}
}

func TestFirstOwnersLinkAges(t *testing.T) {
	t.Parallel()
	h := newHost()
	link := first(t, h)
	h.now = h.now.Add(24 * time.Hour)
	check(t, h.service.Awaited(t.Context(), shop, link), "ADK-INVITATION-DEAD")
}

// An invitation of one kind is none of the other.
func TestInvitationsAreNotMixedUp(t *testing.T) {
	t.Parallel()
	h := newHost()
	link := first(t, h)
	_, err := h.service.ChoosePassword(t.Context(), shop, link, good)
	check(t, err, "ADK-INVITATION-DEAD")
	_, annas := h.anna(t)
	check(t, h.service.Awaited(t.Context(), shop, annas), "ADK-INVITATION-DEAD")
}

func TestLastOwnerStays(t *testing.T) {
	t.Parallel()
	h := newHost()
	owner, err := h.service.Found(t.Context(), shop, first(t, h), olga, good)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.service.Disable(t.Context(), owner)
	check(t, err, "ADK-USER-LAST-OWNER")
	_, err = h.service.Assign(t.Context(), owner, user.Staff, nil)
	check(t, err, "ADK-USER-LAST-OWNER")
	anna := h.chosen(t)
	_, err = h.service.Assign(t.Context(), anna, user.Owner, []appdock.Privilege{"order:read"})
	check(t, err, "ADK-USER-INVALID")
	if anna, err = h.service.Assign(t.Context(), anna, user.Owner, nil); err != nil || len(anna.Privileges) > 0 {
		t.Fatalf("%+v, %v", anna, err)
	}
	if owner, err = h.service.Disable(t.Context(), owner); err != nil || owner.Active {
		t.Fatalf("%+v, %v", owner, err)
	}
	_, err = h.service.Disable(t.Context(), anna)
	check(t, err, "ADK-USER-LAST-OWNER")
	if owner, err = h.service.Enable(t.Context(), owner); err != nil || !owner.Active {
		t.Fatalf("%+v, %v", owner, err)
	}
}
