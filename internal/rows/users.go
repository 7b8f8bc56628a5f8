package rows

import (
	"context"
	"fmt"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/sqlstore"
	"github.com/appdock/appdock/internal/user"
)

var (
	_ user.Store    = Users{}
	_ user.Sessions = Users{}
	_ user.Attempts = Users{}
	_ user.Audit    = Users{}
)

// Users is the store as package user sees it.
type Users struct{ store *Store }

// Users gives access to the people who log in.
func (s *Store) Users() Users { return Users{s} }

const askUser = `SELECT id, name, email, role, privileges, password_hash, password_at, active, created_at, row_version
	FROM login WHERE shop = ?`

func scanUser(row Row, shop tenant) (user.User, error) {
	u := user.User{Shop: shop.id}
	var granted string
	err := row.Scan(idColumn{&u.ID}, &u.Name, &u.Email, &u.Role, &granted, &u.PasswordHash, timeColumn{&u.PasswordAt}, &u.Active,
		timeColumn{&u.CreatedAt}, &u.RowVersion)
	u.Privileges = appdock.NewPrivileges(privileges(granted)...)
	return u, err
}

// Users lists the users of a shop by name.
func (u Users) Users(ctx context.Context, shop appdock.ShopID) (list []user.User, err error) {
	t, err := u.store.tenant(shop)
	if err != nil {
		return nil, err
	}
	err = u.store.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			x, err := scanUser(row, t)
			list = append(list, x)
			return err
		}, askUser+" ORDER BY name_fold", t.number)
	})
	return list, err
}

// User finds one by its id.
func (u Users) User(ctx context.Context, shop appdock.ShopID, id appdock.ID) (user.User, error) {
	return u.find(ctx, shop, "id = ?", id[:])
}

// Named finds one by its name.
func (u Users) Named(ctx context.Context, shop appdock.ShopID, name string) (user.User, error) {
	return u.find(ctx, shop, "name_fold = ?", sqlstore.Fold(name))
}

func (u Users) find(ctx context.Context, shop appdock.ShopID, condition string, arg any) (x user.User, err error) {
	t, err := u.store.tenant(shop)
	if err != nil {
		return x, err
	}
	found := false
	err = u.store.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			found = true
			x, err = scanUser(row, t)
			return err
		}, askUser+" AND "+condition, t.number, arg)
	})
	if err == nil && !found {
		err = gone("user")
	}
	return x, err
}

// gone says that there is none of what was looked for by a key of its own.
func gone(what string) error {
	return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no such " + what + "."}
}

// CreateUser writes a new one.
func (u Users) CreateUser(ctx context.Context, x user.User) error {
	t, err := u.store.tenant(x.Shop)
	if err != nil {
		return err
	}
	return u.store.writeIn(ctx, Intake, t, func(w *tx) error { return w.addUser(t, x) })
}

func (t *tx) addUser(shop tenant, x user.User) error {
	_, err := t.put(`INSERT INTO login (shop, id, name, name_fold, email, email_fold, role, privileges, password_hash, password_at, active,
			created_at, row_version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)`,
		shop.number, x.ID[:], x.Name, sqlstore.Fold(x.Name), x.Email, sqlstore.Fold(x.Email), string(x.Role), words(x.Privileges),
		x.PasswordHash, milliseconds(x.PasswordAt), x.Active, milliseconds(x.CreatedAt))
	if err != nil {
		return t.userTaken(x, err)
	}
	change, err := t.shownUser(shop, entity.Inserted, x)
	if err != nil {
		return err
	}
	return t.apply(shop, change)
}

// userTaken says which of a user's names somebody else has.
func (t *tx) userTaken(x user.User, err error) error {
	columns := t.store.db.BrokenColumns(err)
	if columns == nil {
		return fmt.Errorf("write user %s: %w", x.Name, err)
	}
	taken := fmt.Sprintf("The name %s", x.Name)
	for _, c := range columns {
		if c == "email_fold" {
			taken = fmt.Sprintf("The e-mail address %s", x.Email)
		}
	}
	return &appdock.Error{
		Kind: appdock.Conflict, Code: "ADK-USER-TAKEN", Message: taken + " is that of another user",
		Cure: "Choose another one. The users are listed by: appdock user list",
	}
}

// shownUser is the row of the entity "user" that shows one: what the Admin API may read.
func (t *tx) shownUser(shop tenant, kind entity.ChangeKind, x user.User) (entity.Change, error) {
	var locale appdock.ID
	if _, err := t.one(`SELECT id FROM "locale" WHERE shop = ? AND code = ?`, []any{shop.number, shop.locale}, idColumn{&locale}); err != nil {
		return entity.Change{}, err
	}
	set := map[string]any{
		"username": x.Name, "firstName": x.Name, "lastName": "", "email": x.Email, "active": x.Active, "admin": x.Role == user.Owner, "timeZone": "UTC",
	}
	if !locale.IsZero() {
		set["localeId"] = locale
	}
	if !x.PasswordAt.IsZero() {
		set["lastUpdatedPasswordAt"] = x.PasswordAt.UTC().Truncate(time.Millisecond)
	}
	stamp, at := "createdAt", x.CreatedAt
	if kind == entity.Updated {
		stamp, at = "updatedAt", t.store.now()
	}
	set[stamp] = at.UTC().Truncate(time.Millisecond)
	return t.known(entity.Change{Entity: "user", Kind: kind, ID: x.ID, Set: set}), nil
}

// ChangeUser replaces one as a whole, and ends its sessions that are dead by that.
func (u Users) ChangeUser(ctx context.Context, x user.User) (user.User, error) {
	t, err := u.store.tenant(x.Shop)
	if err != nil {
		return x, err
	}
	err = u.store.writeIn(ctx, Intake, t, func(w *tx) error { return w.replaceUser(t, x) })
	x.RowVersion++
	return x, err
}

func (t *tx) replaceUser(shop tenant, x user.User) error {
	n, err := t.put(`UPDATE login SET name = ?, name_fold = ?, email = ?, email_fold = ?, role = ?, privileges = ?, password_hash = ?,
			password_at = ?, active = ?, row_version = row_version + 1 WHERE shop = ? AND id = ? AND row_version = ?`,
		x.Name, sqlstore.Fold(x.Name), x.Email, sqlstore.Fold(x.Email), string(x.Role), words(x.Privileges), x.PasswordHash,
		milliseconds(x.PasswordAt), x.Active, shop.number, x.ID[:], x.RowVersion)
	if err != nil {
		return t.userTaken(x, err)
	}
	if n == 0 {
		return &appdock.Error{
			Kind: appdock.Conflict, Code: "ADK-USER-CHANGED", Message: fmt.Sprintf("The user %s was changed by somebody else", x.Name),
			Cure: "Look at the user again and repeat what you wanted to do.",
		}
	}
	if _, err := t.put("DELETE FROM login_session WHERE shop = ? AND login = ? AND (began < ? OR NOT ?)",
		shop.number, x.ID[:], x.PasswordAt.UnixMilli(), x.Active); err != nil {
		return err
	}
	if err := t.endOnline(shop, x.ID, x.PasswordAt); err != nil {
		return err
	}
	change, err := t.shownUser(shop, entity.Updated, x)
	if err != nil {
		return err
	}
	return t.apply(shop, change)
}

// sessionKept is how long after its beginning a session may still mean something.
const sessionKept = 8 * 24 * time.Hour

// Begin keeps a session, and forgets those that are too old.
func (u Users) Begin(ctx context.Context, x user.Session) error {
	t, err := u.store.tenant(x.Shop)
	if err != nil {
		return err
	}
	return u.store.writeIn(ctx, Intake, t, func(w *tx) error {
		if _, err := w.put("DELETE FROM login_session WHERE began < ?", x.Began.Add(-sessionKept).UnixMilli()); err != nil {
			return err
		}
		_, err := w.put("INSERT INTO login_session (shop, hash, login, began, seen) VALUES (?, ?, ?, ?, ?)",
			t.number, x.Hash, x.User[:], milliseconds(x.Began), milliseconds(x.Seen))
		return err
	})
}

// Session finds one by its hash.
func (u Users) Session(ctx context.Context, shop appdock.ShopID, hash []byte) (x user.Session, err error) {
	t, err := u.store.tenant(shop)
	if err != nil {
		return x, err
	}
	x = user.Session{Hash: hash, Shop: t.id}
	err = u.store.read(ctx, Host, func(r session) error {
		found, err := r.first(ctx, "SELECT login, began, seen FROM login_session WHERE shop = ? AND hash = ?", []any{t.number, hash},
			idColumn{&x.User}, timeColumn{&x.Began}, timeColumn{&x.Seen})
		if err == nil && !found {
			err = gone("session")
		}
		return err
	})
	return x, err
}

// Seen notes that a session was used.
func (u Users) Seen(ctx context.Context, shop appdock.ShopID, hash []byte, at time.Time) error {
	return u.do(ctx, shop, "UPDATE login_session SET seen = ? WHERE shop = ? AND hash = ?", func(t tenant) []any {
		return []any{milliseconds(at), t.number, hash}
	})
}

// End removes a session, and ends the tokens of apps that are bound to its user.
func (u Users) End(ctx context.Context, shop appdock.ShopID, hash []byte) error {
	t, err := u.store.tenant(shop)
	if err != nil {
		return err
	}
	return u.store.writeIn(ctx, Upkeep, t, func(w *tx) error {
		var who appdock.ID
		found, err := w.one("SELECT login FROM login_session WHERE shop = ? AND hash = ?", []any{t.number, hash}, idColumn{&who})
		if err != nil || !found {
			return err
		}
		if _, err := w.put("DELETE FROM login_session WHERE shop = ? AND hash = ?", t.number, hash); err != nil {
			return err
		}
		return w.endOnline(t, who, w.store.now())
	})
}

// endOnline ends the tokens of apps that are bound to a user and began before a time.
func (t *tx) endOnline(shop tenant, who appdock.ID, began time.Time) error {
	_, err := t.put("UPDATE oauth_family SET ended_at = ? WHERE shop = ? AND login = ? AND online AND ended_at IS NULL AND created_at <= ?",
		t.store.now().UnixMilli(), shop.number, who[:], began.UnixMilli())
	return err
}

// do is a unit of work of one statement.
func (u Users) do(ctx context.Context, shop appdock.ShopID, text string, args func(tenant) []any) error {
	t, err := u.store.tenant(shop)
	if err != nil {
		return err
	}
	return u.store.write(ctx, Upkeep, false, func(w *tx) error {
		_, err := w.put(text, args(t)...)
		return err
	})
}

// Invite keeps an invitation in place of those its user had, and forgets what is too old.
func (u Users) Invite(ctx context.Context, i user.Invitation) error {
	t, err := u.store.tenant(i.Shop)
	if err != nil {
		return err
	}
	return u.store.writeIn(ctx, Intake, t, func(w *tx) error {
		if _, err := w.put("DELETE FROM invitation WHERE until < ?", w.store.now().UnixMilli()); err != nil {
			return err
		}
		of, args := "login = ?", []any{t.number, i.User[:]}
		if i.User.IsZero() {
			of, args = "login IS NULL", args[:1]
		}
		if _, err := w.put("DELETE FROM invitation WHERE shop = ? AND "+of, args...); err != nil {
			return err
		}
		_, err := w.put("INSERT INTO invitation (shop, hash, login, until) VALUES (?, ?, ?, ?)", t.number, i.Hash, idOrNull(i.User), milliseconds(i.Until))
		return err
	})
}

// Invitation finds one by its hash.
func (u Users) Invitation(ctx context.Context, shop appdock.ShopID, hash []byte) (i user.Invitation, err error) {
	t, err := u.store.tenant(shop)
	if err != nil {
		return i, err
	}
	i = user.Invitation{Hash: hash, Shop: t.id}
	err = u.store.read(ctx, Host, func(r session) error {
		found, err := r.first(ctx, "SELECT login, until FROM invitation WHERE shop = ? AND hash = ?", []any{t.number, hash},
			idColumn{&i.User}, timeColumn{&i.Until})
		if err == nil && !found {
			err = gone("invitation")
		}
		return err
	})
	return i, err
}

// Accept uses an invitation up and replaces its user.
func (u Users) Accept(ctx context.Context, i user.Invitation, x user.User) (user.User, error) {
	err := u.useUp(ctx, i, func(w *tx, t tenant) error { return w.replaceUser(t, x) })
	x.RowVersion++
	return x, err
}

// Found uses an invitation up and creates the first user of a shop.
func (u Users) Found(ctx context.Context, i user.Invitation, x user.User) error {
	return u.useUp(ctx, i, func(w *tx, t tenant) error {
		var n int
		if _, err := w.one("SELECT count(*) FROM login WHERE shop = ?", []any{t.number}, &n); err != nil {
			return err
		}
		if n > 0 {
			return &appdock.Error{Kind: appdock.Conflict, Code: "ADK-USER-TAKEN", Message: "The shop has an owner already"}
		}
		return w.addUser(t, x)
	})
}

func (u Users) useUp(ctx context.Context, i user.Invitation, then func(*tx, tenant) error) error {
	t, err := u.store.tenant(i.Shop)
	if err != nil {
		return err
	}
	return u.store.writeIn(ctx, Intake, t, func(w *tx) error {
		n, err := w.put("DELETE FROM invitation WHERE shop = ? AND hash = ?", t.number, i.Hash)
		if err != nil {
			return err
		}
		if n == 0 {
			return gone("invitation")
		}
		return then(w, t)
	})
}

// failureKept is how long a failed log-in is kept: it counts no more then.
const failureKept = 24 * time.Hour

// Attempt replaces what is known of failures under a key.
func (u Users) Attempt(ctx context.Context, shop appdock.ShopID, key []byte, decide func(user.Failures) user.Failures) error {
	t, err := u.store.tenant(shop)
	if err != nil {
		return err
	}
	return u.store.writeIn(ctx, Upkeep, t, func(w *tx) error {
		var f user.Failures
		if _, err := w.one("SELECT count, last FROM login_failure WHERE shop = ? AND key = ?", []any{t.number, key}, &f.Count, timeColumn{&f.Last}); err != nil {
			return err
		}
		f = decide(f)
		if _, err := w.put("DELETE FROM login_failure WHERE last < ?", w.store.now().Add(-failureKept).UnixMilli()); err != nil {
			return err
		}
		if f.Count == 0 {
			_, err := w.put("DELETE FROM login_failure WHERE shop = ? AND key = ?", t.number, key)
			return err
		}
		_, err := w.put(`INSERT INTO login_failure (shop, key, count, last) VALUES (?, ?, ?, ?)
			ON CONFLICT (shop, key) DO UPDATE SET count = excluded.count, last = excluded.last`, t.number, key, int64(f.Count), milliseconds(f.Last))
		return err
	})
}

// Record adds a line to the audit log.
func (u Users) Record(ctx context.Context, e user.Entry) error {
	return u.do(ctx, e.Shop, "INSERT INTO audit (shop, id, at, login, who, action, about, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?)", func(t tenant) []any {
		return []any{t.number, e.ID[:], milliseconds(e.At), idOrNull(e.User), e.Who, e.Action, e.About, e.Detail}
	})
}

// Entries gives the newest lines of the audit log.
func (u Users) Entries(ctx context.Context, shop appdock.ShopID, limit int) (list []user.Entry, err error) {
	t, err := u.store.tenant(shop)
	if err != nil {
		return nil, err
	}
	err = u.store.read(ctx, Host, func(r session) error {
		return r.each(ctx, func(row Row) error {
			e := user.Entry{Shop: t.id}
			err := row.Scan(idColumn{&e.ID}, timeColumn{&e.At}, idColumn{&e.User}, &e.Who, &e.Action, &e.About, &e.Detail)
			list = append(list, e)
			return err
		}, "SELECT id, at, login, who, action, about, detail FROM audit WHERE shop = ? ORDER BY number DESC LIMIT ?", t.number, int64(limit))
	})
	return list, err
}
