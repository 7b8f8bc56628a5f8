package admin

import (
	"errors"
	"net/http"
	"net/url"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/user"
)

// logInForm is the log-in page.
type logInForm struct {
	Name, Next string
	Failure    *failure
}

func logInPage(v *visit) error {
	next := local(v.r.URL.Query().Get("next"))
	if ok, err := v.identify(); err != nil || ok {
		if err != nil {
			return err
		}
		return v.redirect(next)
	}
	return v.show(http.StatusOK, "login", "login.title", logInForm{Next: next})
}

func logIn(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	shown := logInForm{Name: form.Get("name"), Next: local(form.Get("next"))}
	u, secret, err := v.options.People.LogIn(v.r.Context(), v.shop.ID, shown.Name, form.Get("password"), v.from())
	switch told, _ := errors.AsType[*appdock.Error](err); {
	case err == nil:
	case told == nil || told.Kind != appdock.Unauthenticated && told.Kind != appdock.Throttled:
		return err
	default:
		shown.Failure = v.failure(told)
		if told.Kind == appdock.Throttled {
			v.retryAfter(told)
		}
		return v.show(http.StatusUnauthorized, "login", "login.title", shown)
	}
	v.user = u
	if err := v.record("user.logged_in", u.Name, v.from()); err != nil {
		return err
	}
	v.remember(secret)
	return v.redirect(shown.Next)
}

func logOut(v *visit) error {
	ok, err := v.identify()
	if err != nil {
		return err
	}
	if ok {
		if !v.genuine() {
			return errForm()
		}
		if err := v.options.People.LogOut(v.r.Context(), v.shop.ID, v.secret); err != nil {
			return err
		}
	}
	v.remember(appdock.Secret{})
	return v.redirect("/admin/login")
}

// passwordForm asks for a password, and of the first owner for a name as well.
type passwordForm struct {
	Key         string
	First       bool
	Name, Email string
	Failure     *failure
}

func passwordPage(v *visit) error {
	key := v.r.URL.Query().Get("key")
	u, err := v.options.People.Invited(v.r.Context(), v.shop.ID, appdock.NewSecret(key))
	if err != nil {
		return err
	}
	return v.show(http.StatusOK, "password", "password.title", passwordForm{Key: key, Name: u.Name, Email: u.Email})
}

func choosePassword(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	shown := passwordForm{Key: form.Get("key")}
	u, err := v.options.People.Invited(v.r.Context(), v.shop.ID, appdock.NewSecret(shown.Key))
	if err != nil {
		return err
	}
	shown.Name, shown.Email = u.Name, u.Email
	password := form.Get("password")
	if again := form.Get("again"); again != password {
		shown.Failure = v.told("password.differ")
		return v.show(http.StatusUnprocessableEntity, "password", "password.title", shown)
	}
	if u, err = v.options.People.ChoosePassword(v.r.Context(), v.shop.ID, appdock.NewSecret(shown.Key), password); err != nil {
		return v.again(err, "password", "password.title", shown, &shown.Failure)
	}
	return v.enter(u, password)
}

func firstPage(v *visit) error {
	key := v.r.URL.Query().Get("key")
	if err := v.options.People.Awaited(v.r.Context(), v.shop.ID, appdock.NewSecret(key)); err != nil {
		return err
	}
	return v.show(http.StatusOK, "password", "first.title", passwordForm{Key: key, First: true})
}

func becomeOwner(v *visit) error {
	form, err := v.form()
	if err != nil {
		return err
	}
	shown := passwordForm{Key: form.Get("key"), First: true, Name: form.Get("name"), Email: form.Get("email")}
	password := form.Get("password")
	if form.Get("again") != password {
		shown.Failure = v.told("password.differ")
		return v.show(http.StatusUnprocessableEntity, "password", "first.title", shown)
	}
	u, err := v.options.People.Found(v.r.Context(), v.shop.ID, appdock.NewSecret(shown.Key), user.Draft{Name: shown.Name, Email: shown.Email}, password)
	if err != nil {
		return v.again(err, "password", "first.title", shown, &shown.Failure)
	}
	if err := v.options.People.Record(v.r.Context(), user.Entry{Shop: v.shop.ID, User: u.ID, Who: u.Name, Action: "user.created", About: u.Name, Detail: "owner"}); err != nil {
		return err
	}
	return v.enter(u, password)
}

// enter logs somebody in with the password that they have just chosen.
func (v *visit) enter(u user.User, password string) error {
	_, secret, err := v.options.People.LogIn(v.r.Context(), v.shop.ID, u.Name, password, v.from())
	if err != nil {
		return v.redirect("/admin/login?" + url.Values{"next": {"/admin/"}}.Encode())
	}
	v.remember(secret)
	return v.redirect("/admin/")
}
