package user_test

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/user"
)

const (
	shop = appdock.ShopID("aB3dE6gH9jK2mN5p")
	good = "four unrelated words"
)

var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func hash(secret string) []byte {
	mac := hmac.New(sha256.New, []byte("the host's key"))
	mac.Write([]byte(secret))
	return mac.Sum(nil)
}

// host is the service over memory, with its clock in the test's hands.
type host struct {
	service     *user.Service
	mu          sync.Mutex
	now         time.Time
	users       map[appdock.ID]user.User
	sessions    map[string]user.Session
	invitations map[string]user.Invitation
	failures    map[string]user.Failures
	log         []user.Entry
	seen        int // writes of the use of a session
}

func newHost() *host {
	h := &host{
		now: start, users: map[appdock.ID]user.User{}, sessions: map[string]user.Session{},
		invitations: map[string]user.Invitation{}, failures: map[string]user.Failures{},
	}
	id := byte(0)
	h.service = &user.Service{
		Store: h, Sessions: h, Attempts: h, Log: h, Hash: hash, Now: func() time.Time { return h.now },
		NewID: func() appdock.ID { id++; return appdock.ID{15: id} }, Random: rand.Reader, Hashing: make(chan struct{}, 2),
	}
	return h
}

func none() error { return &appdock.Error{Kind: appdock.NotFound, Message: "There is none."} }

func (h *host) Users(context.Context, appdock.ShopID) (list []user.User, _ error) {
	for _, u := range h.users {
		list = append(list, u)
	}
	return list, nil
}

func (h *host) Record(_ context.Context, e user.Entry) error {
	h.log = append(h.log, e)
	return nil
}

func (h *host) Entries(context.Context, appdock.ShopID, int) ([]user.Entry, error) { return h.log, nil }

func (h *host) Found(ctx context.Context, i user.Invitation, u user.User) error {
	if _, ok := h.invitations[hex.EncodeToString(i.Hash)]; !ok {
		return none()
	}
	delete(h.invitations, hex.EncodeToString(i.Hash))
	return h.CreateUser(ctx, u)
}

func (h *host) User(_ context.Context, s appdock.ShopID, id appdock.ID) (user.User, error) {
	u, ok := h.users[id]
	if !ok || s != shop {
		return user.User{}, none()
	}
	return u, nil
}

func (h *host) Named(_ context.Context, s appdock.ShopID, name string) (user.User, error) {
	for _, u := range h.users {
		if strings.EqualFold(u.Name, name) && s == shop {
			return u, nil
		}
	}
	return user.User{}, none()
}

func (h *host) CreateUser(ctx context.Context, u user.User) error {
	if _, err := h.Named(ctx, u.Shop, u.Name); err == nil {
		return &appdock.Error{Kind: appdock.Conflict, Code: "taken", Message: "The name is taken."}
	}
	h.users[u.ID] = u
	return nil
}

func (h *host) ChangeUser(_ context.Context, u user.User) (user.User, error) {
	h.users[u.ID] = u
	return u, nil
}

func (h *host) Begin(_ context.Context, s user.Session) error {
	h.sessions[hex.EncodeToString(s.Hash)] = s
	return nil
}

func (h *host) Session(_ context.Context, _ appdock.ShopID, hash []byte) (user.Session, error) {
	s, ok := h.sessions[hex.EncodeToString(hash)]
	if !ok {
		return user.Session{}, none()
	}
	return s, nil
}

func (h *host) Seen(_ context.Context, _ appdock.ShopID, hash []byte, at time.Time) error {
	s := h.sessions[hex.EncodeToString(hash)]
	s.Seen = at
	h.sessions[hex.EncodeToString(hash)] = s
	h.seen++
	return nil
}

func (h *host) End(_ context.Context, _ appdock.ShopID, hash []byte) error {
	delete(h.sessions, hex.EncodeToString(hash))
	return nil
}

func (h *host) Invitation(_ context.Context, _ appdock.ShopID, hash []byte) (user.Invitation, error) {
	i, ok := h.invitations[hex.EncodeToString(hash)]
	if !ok {
		return user.Invitation{}, none()
	}
	return i, nil
}

func (h *host) Accept(_ context.Context, i user.Invitation, u user.User) (user.User, error) {
	if _, ok := h.invitations[hex.EncodeToString(i.Hash)]; !ok {
		return user.User{}, none()
	}
	delete(h.invitations, hex.EncodeToString(i.Hash))
	h.users[u.ID] = u
	return u, nil
}

func (h *host) Attempt(_ context.Context, _ appdock.ShopID, key []byte, decide func(user.Failures) user.Failures) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.failures[string(key)] = decide(h.failures[string(key)])
	return nil
}

func (h *host) Invite(_ context.Context, i user.Invitation) error {
	for key, old := range h.invitations {
		if old.User == i.User {
			delete(h.invitations, key)
		}
	}
	h.invitations[hex.EncodeToString(i.Hash)] = i
	return nil
}

// anna makes a user and gives the link to choose a password.
func (h *host) anna(t *testing.T) (user.User, appdock.Secret) {
	t.Helper()
	u, link, err := h.service.Create(t.Context(), shop, user.Draft{Name: "Anna", Email: "anna@shop.example", Role: user.Staff, Privileges: []appdock.Privilege{"order:read"}})
	if err != nil {
		t.Fatal(err)
	}
	return u, link
}

// chosen is anna with a password.
func (h *host) chosen(t *testing.T) user.User {
	t.Helper()
	_, link := h.anna(t)
	u, err := h.service.ChoosePassword(t.Context(), shop, link, good)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func check(t *testing.T, err error, code string) {
	t.Helper()
	if e, ok := errors.AsType[*appdock.Error](err); !ok || e.Code != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

func TestDraftsThatAreWrong(t *testing.T) {
	t.Parallel()
	ok := user.Draft{Name: "anna", Email: "anna@shop.example", Role: user.Owner}
	tests := map[string]struct {
		change func(*user.Draft)
		wants  []string // pointers
	}{
		"no name":                  {func(d *user.Draft) { d.Name = "" }, []string{"/name"}},
		"a name with a blank":      {func(d *user.Draft) { d.Name = "anna b" }, []string{"/name"}},
		"a name that is too long":  {func(d *user.Draft) { d.Name = strings.Repeat("a", 65) }, []string{"/name"}},
		"no address":               {func(d *user.Draft) { d.Email = "" }, []string{"/email"}},
		"an address with a name":   {func(d *user.Draft) { d.Email = "Anna <anna@shop.example>" }, []string{"/email"}},
		"another role":             {func(d *user.Draft) { d.Role = "boss" }, []string{"/role"}},
		"privileges of an owner":   {func(d *user.Draft) { d.Privileges = []appdock.Privilege{"order:read"} }, []string{"/privileges"}},
		"what is no privilege":     {func(d *user.Draft) { d.Role, d.Privileges = user.Staff, []appdock.Privilege{"Order Read"} }, []string{"/privileges"}},
		"all at once":              {func(d *user.Draft) { *d = user.Draft{} }, []string{"/name", "/email", "/role"}},
		"nothing: it is all right": {func(*user.Draft) {}, nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost()
			d := ok
			tt.change(&d)
			_, _, err := h.service.Create(t.Context(), shop, d)
			var got []string
			if e, ok := errors.AsType[*appdock.Error](err); ok {
				for _, f := range e.Faults {
					got = append(got, f.Pointer)
				}
			}
			if diff := cmp.Diff(tt.wants, got); diff != "" {
				t.Errorf("faults (-want +got):\n%s", diff)
			}
			if tt.wants != nil && len(h.users) > 0 {
				t.Error("there is a user")
			}
		})
	}
}

func TestInvitationIsGoodOnceAndForADay(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*testing.T, *host, user.User, appdock.Secret){
		"used": func(t *testing.T, h *host, _ user.User, link appdock.Secret) {
			t.Helper()
			if _, err := h.service.ChoosePassword(t.Context(), shop, link, good); err != nil {
				t.Fatal(err)
			}
		},
		"a day old": func(_ *testing.T, h *host, _ user.User, _ appdock.Secret) { h.now = h.now.Add(24 * time.Hour) },
		"replaced": func(t *testing.T, h *host, u user.User, _ appdock.Secret) {
			t.Helper()
			if _, err := h.service.Invite(t.Context(), u); err != nil {
				t.Fatal(err)
			}
		},
		"of somebody who may not log in": func(_ *testing.T, h *host, u user.User, _ appdock.Secret) {
			u.Active = false
			h.users[u.ID] = u
		},
	}
	for name, before := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost()
			u, link := h.anna(t)
			before(t, h, u, link)
			_, err := h.service.ChoosePassword(t.Context(), shop, link, good)
			check(t, err, "ADK-INVITATION-DEAD")
		})
	}
}

func TestPasswordsThatAreWeak(t *testing.T) {
	t.Parallel()
	h := newHost()
	_, link := h.anna(t)
	for _, plain := range []string{"", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "anna@shop.example", "ANNA@shop.EXAMPLE", strings.Repeat("ab", 129), "bad\xffutf8 is no text"} {
		_, err := h.service.ChoosePassword(t.Context(), shop, link, plain)
		check(t, err, "ADK-PASSWORD-WEAK")
	}
	if _, err := h.service.ChoosePassword(t.Context(), shop, link, good); err != nil {
		t.Errorf("the link must be good still: %v", err)
	}
}

func TestLogIn(t *testing.T) {
	t.Parallel()
	h := newHost()
	u := h.chosen(t)
	got, cookie, err := h.service.LogIn(t.Context(), shop, "ANNA", good, "192.0.2.1")
	if err != nil || got.ID != u.ID {
		t.Fatalf("got %v, %v", got, err)
	}
	for key := range h.sessions {
		if strings.Contains(cookie.Reveal(), key) {
			t.Error("the cookie is kept as it is")
		}
	}
	who, _, err := h.service.Session(t.Context(), shop, cookie)
	if err != nil || who.Actor().Everything || !who.Actor().Privileges.Has("order:read") || who.Actor().User != u.ID {
		t.Errorf("the session is of %+v, %v", who.Actor(), err)
	}
	if err := h.service.LogOut(t.Context(), shop, cookie); err != nil {
		t.Fatal(err)
	}
	_, _, err = h.service.Session(t.Context(), shop, cookie)
	check(t, err, "ADK-LOGIN-NEEDED")
}

func TestLogInIsRefused(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		name, plain string
		change      func(*user.User)
	}{
		"a wrong password":        {"anna", good + "!", nil},
		"no password":             {"anna", "", nil},
		"an unknown name":         {"nobody", good, nil},
		"one who may not":         {"anna", good, func(u *user.User) { u.Active = false }},
		"one who has chosen none": {"anna", "", func(u *user.User) { u.PasswordHash = "" }},
		"a very long one":         {"anna", strings.Repeat("a", 1<<20), nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost()
			u := h.chosen(t)
			if tt.change != nil {
				tt.change(&u)
				h.users[u.ID] = u
			}
			_, _, err := h.service.LogIn(t.Context(), shop, tt.name, tt.plain, "192.0.2.1")
			check(t, err, "ADK-LOGIN-FAILED")
			if len(h.sessions) > 0 {
				t.Error("a session began")
			}
		})
	}
}

// TestGuessingIsSlow: five tries are free, the sixth has to wait, and the right password
// has to wait as well.
func TestGuessingIsSlow(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.chosen(t)
	for range 5 {
		_, _, err := h.service.LogIn(t.Context(), shop, "anna", "wrong", "192.0.2.1")
		check(t, err, "ADK-LOGIN-FAILED")
	}
	_, _, err := h.service.LogIn(t.Context(), shop, "Anna", good, "192.0.2.9")
	check(t, err, "ADK-LOGIN-THROTTLED")
	_, _, err = h.service.LogIn(t.Context(), shop, "somebody-else", "wrong", "192.0.2.1")
	check(t, err, "ADK-LOGIN-THROTTLED")
	h.now = h.now.Add(10 * time.Second)
	if _, _, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.9"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.9"); err != nil {
		t.Errorf("a success must forgive: %v", err)
	}
}

// TestOneAccountForgivesNoGuessesAtOthers: whoever has an account cannot use it to try a password
// on many names.
func TestOneAccountForgivesNoGuessesAtOthers(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.chosen(t)
	for n := range 5 {
		_, _, err := h.service.LogIn(t.Context(), shop, "name"+string(rune('a'+n)), "spring", "192.0.2.1")
		check(t, err, "ADK-LOGIN-FAILED")
		if n < 4 {
			if _, _, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.1"); err != nil {
				t.Fatal(err)
			}
		}
	}
	_, _, err := h.service.LogIn(t.Context(), shop, "namez", "spring", "192.0.2.1")
	check(t, err, "ADK-LOGIN-THROTTLED")
	// A good log-in makes nobody wait longer.
	h.now = h.now.Add(10 * time.Second)
	for range 2 {
		if _, _, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.1"); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFailuresFade: an office behind one address in which somebody mistypes each hour waits for
// nothing, however long that goes on.
func TestFailuresFade(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.chosen(t)
	for n := range 50 {
		_, _, err := h.service.LogIn(t.Context(), shop, "name"+string(rune('A'+n)), "mistyped", "192.0.2.1")
		check(t, err, "ADK-LOGIN-FAILED")
		h.now = h.now.Add(time.Hour)
	}
	if _, _, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.1"); err != nil {
		t.Error(err)
	}
}

func TestFailuresWait(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		count int
		since time.Duration
		want  time.Duration
	}{
		"the first":         {0, 0, 0},
		"four":              {4, 0, 0},
		"five":              {5, 0, 10 * time.Second},
		"five, a bit later": {5, 4 * time.Second, 6 * time.Second},
		"ten":               {10, 0, 30 * time.Second},
		"fifteen":           {15, 0, time.Minute},
		"twenty":            {20, 0, 5 * time.Minute},
		"a thousand":        {1000, 0, 15 * time.Minute},
		"a day later":       {1000, 24 * time.Hour, 0},
	}
	for name, tt := range tests {
		if got := (user.Failures{Count: tt.count, Last: start}).Wait(start.Add(tt.since)); max(got, 0) != tt.want {
			t.Errorf("%s: got %v, want %v", name, got, tt.want)
		}
	}
}

func TestSessionEnds(t *testing.T) {
	t.Parallel()
	tests := map[string]func(*host, *user.User){
		"unused for half a day": func(h *host, _ *user.User) { h.now = h.now.Add(12 * time.Hour) },
		"when the user may not": func(_ *host, u *user.User) { u.Active = false },
		"with a new password":   func(h *host, u *user.User) { u.PasswordAt = h.now.Add(time.Second) },
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			h := newHost()
			u := h.chosen(t)
			_, cookie, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.1")
			if err != nil {
				t.Fatal(err)
			}
			change(h, &u)
			h.users[u.ID] = u
			_, _, err = h.service.Session(t.Context(), shop, cookie)
			check(t, err, "ADK-LOGIN-NEEDED")
		})
	}
}

// TestSessionIsUsed: it lives while it is used, for a week at most, and its use is written
// down once a minute.
func TestSessionIsUsed(t *testing.T) {
	t.Parallel()
	h := newHost()
	h.chosen(t)
	_, cookie, err := h.service.LogIn(t.Context(), shop, "anna", good, "192.0.2.1")
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		if _, _, err := h.service.Session(t.Context(), shop, cookie); err != nil {
			t.Fatal(err)
		}
	}
	if h.seen != 0 {
		t.Errorf("its use was written %d times within a minute", h.seen)
	}
	days := 0
	for ; days < 30; days++ {
		h.now = h.now.Add(8 * time.Hour)
		if _, _, err := h.service.Session(t.Context(), shop, cookie); err != nil {
			check(t, err, "ADK-LOGIN-NEEDED")
			break
		}
	}
	if days != 20 { // three times a day: the 21st is a week after the log-in
		t.Errorf("it lived for %d thirds of a day", days)
	}
}
