package server_test

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// browser is a person's: it keeps cookies, and follows no redirect by itself.
type browser struct {
	t      *testing.T
	client *http.Client
	base   string
	page   string // body of the last answer
	clock  *clock // of the host; nil: nobody sets it
}

func newBrowser(t *testing.T, base string) *browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	c := client(t)
	c.Jar, c.CheckRedirect = jar, func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &browser{t: t, base: base, client: c}
}

// do sends a request, as a page of the shop would, and gives the status and where it leads.
func (b *browser) do(method, to string, form url.Values, header ...string) (status int, location string) {
	b.t.Helper()
	if strings.HasPrefix(to, "/") {
		to = b.base + to
	}
	var body io.Reader
	if form != nil {
		body = strings.NewReader(form.Encode())
	}
	r, err := http.NewRequestWithContext(b.t.Context(), method, to, body)
	if err != nil {
		b.t.Fatal(err)
	}
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	res, err := b.client.Do(r)
	if err != nil {
		b.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	b.page = string(text)
	if policy := res.Header.Get("Content-Security-Policy"); strings.HasPrefix(to, b.base) && !strings.HasPrefix(policy, "default-src 'none'; ") {
		b.t.Errorf("%s %s has the policy %q", method, to, policy)
	}
	return res.StatusCode, res.Header.Get("Location")
}

func (b *browser) get(to string) (int, string) {
	b.t.Helper()
	return b.do(http.MethodGet, to, nil)
}

// hidden gives the value of a hidden field of the page's last form that has it.
func (b *browser) hidden(name string) string {
	b.t.Helper()
	all := regexp.MustCompile(`name="`+name+`" value="([^"]*)"`).FindAllStringSubmatch(b.page, -1)
	if all == nil {
		b.t.Fatalf("the page has no field %s:\n%s", name, b.page)
	}
	return html.UnescapeString(all[len(all)-1][1]) // the first may be that of the form to log out
}

func (b *browser) want(got, want int, contains ...string) {
	b.t.Helper()
	if got != want {
		b.t.Fatalf("got status %d, want %d:\n%s", got, want, b.page)
	}
	for _, text := range contains {
		if !strings.Contains(b.page, text) {
			b.t.Fatalf("the page does not say %q:\n%s", text, b.page)
		}
	}
}

const goodPassword = "correct horse battery staple"

// owner makes the browser that of an owner of the shop.
func (b *browser) owner(s *server.Shop) {
	b.t.Helper()
	made, err := s.CreateUser(b.t.Context(), control.NewUser{Name: "olga", Email: "olga@shop.example", Role: "owner"})
	if err != nil {
		b.t.Fatal(err)
	}
	b.choose(made.Link)
}

func (b *browser) choose(link string) {
	b.t.Helper()
	u, err := url.Parse(link)
	if err != nil {
		b.t.Fatal(err)
	}
	status, _ := b.get(u.RequestURI())
	b.want(status, http.StatusOK, "Choose a password")
	status, to := b.do(http.MethodPost, "/admin/password", url.Values{"key": {b.hidden("key")}, "password": {goodPassword}, "again": {goodPassword}})
	b.want(status, http.StatusSeeOther)
	if to != "/admin/" {
		b.t.Fatalf("goes on to %q", to)
	}
}

func TestPeopleLogIn(t *testing.T) {
	t.Parallel()
	var first string
	c := development(folder(t))
	c.Welcome = func(_ appdock.Shop, link string) { first = link }
	host := open(t, c)
	b := newBrowser(t, host.URL())
	u, err := url.Parse(first)
	if err != nil || first == "" {
		t.Fatalf("the link of the first owner: %q, %v", first, err)
	}
	status, to := b.get("/admin/")
	b.want(status, http.StatusSeeOther)
	if to != "/admin/login?next=%2Fadmin%2F" {
		t.Fatalf("nobody is sent to %q", to)
	}
	status, _ = b.get(u.RequestURI())
	b.want(status, http.StatusOK, "Become the owner of this shop")
	form := url.Values{"key": {b.hidden("key")}, "name": {"olga"}, "email": {"olga@shop.example"}, "password": {goodPassword}, "again": {"another"}}
	status, _ = b.do(http.MethodPost, "/admin/first", form)
	b.want(status, http.StatusUnprocessableEntity, "The two passwords are not the same", `value="olga"`)
	form.Set("again", goodPassword)
	status, _ = b.do(http.MethodPost, "/admin/first", form, "Sec-Fetch-Site", "cross-site")
	b.want(status, http.StatusForbidden)
	status, to = b.do(http.MethodPost, "/admin/first", form)
	b.want(status, http.StatusSeeOther)
	status, _ = b.get(to)
	b.want(status, http.StatusOK, "Logged in as olga", "No app is installed yet.")
	token := b.hidden("token")
	status, _ = b.get(u.RequestURI())
	b.want(status, http.StatusForbidden, "This link is good no more")

	status, _ = b.do(http.MethodPost, "/admin/logout", url.Values{"token": {"forged"}})
	b.want(status, http.StatusForbidden)
	status, _ = b.do(http.MethodPost, "/admin/logout", url.Values{"token": {token}})
	b.want(status, http.StatusSeeOther)
	status, _ = b.get("/admin/")
	b.want(status, http.StatusSeeOther)
	status, _ = b.do(http.MethodGet, "/admin/login?next=%2F%2Fevil.example", nil, "Accept-Language", "de")
	b.want(status, http.StatusOK, `lang="de"`, "Benutzername", `name="next" value="/admin/"`)
	login := url.Values{"name": {"olga"}, "password": {"wrong"}, "next": {"https://evil.example/"}}
	for range 5 {
		status, _ = b.do(http.MethodPost, "/admin/login", login)
		b.want(status, http.StatusUnauthorized, "The user name or the password is wrong.")
	}
	login.Set("password", goodPassword)
	status, _ = b.do(http.MethodPost, "/admin/login", login)
	b.want(status, http.StatusUnauthorized, "Too many attempts failed. Try again in ")
}

func TestPagesThatAreNotThere(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	b := newBrowser(t, host.URL())
	for _, path := range []string{"/admin/nothing", "/admin/password?key=wrong", "/admin/first?key="} {
		status, _ := b.get(path)
		if status != http.StatusNotFound && status != http.StatusForbidden {
			t.Errorf("%s: %d", path, status)
		}
		if !strings.Contains(b.page, "That did not work") {
			t.Errorf("%s: no page but %s", path, b.page)
		}
	}
}

// An operator invites somebody, who chooses a password; disabled, they are out at once.
func TestInvitedPeople(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	shop := only(t, host)
	b := newBrowser(t, host.URL())
	b.owner(shop)
	status, _ := b.get("/admin/")
	b.want(status, http.StatusOK, "Logged in as olga")
	other := newBrowser(t, host.URL())
	made, err := shop.CreateUser(t.Context(), control.NewUser{Name: "anna", Email: "anna@shop.example", Role: "staff"})
	if err != nil {
		t.Fatal(err)
	}
	other.choose(made.Link)
	no := false
	if _, err := shop.ChangeUser(t.Context(), "anna", control.UserChange{Active: &no}); err != nil {
		t.Fatal(err)
	}
	status, _ = other.get("/admin/")
	other.want(status, http.StatusSeeOther)
	status, _ = b.get("/admin/")
	b.want(status, http.StatusOK)
	log, err := shop.Audit(t.Context(), 10)
	if err != nil || len(log) != 3 || log[0].Action != "user.disabled" {
		t.Errorf("%+v, %v", log, err)
	}
}
