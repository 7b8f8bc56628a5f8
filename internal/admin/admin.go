// Package admin is what people see of a host in their browser. Where trust is decided (log-in,
// consent, failures) a page is plain HTML that works without JavaScript, cannot be framed, and
// is told what may run in it: nothing.
package admin

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"log/slog"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/user"
	"github.com/appdock/appdock/internal/web"
)

// people are those who log in; *user.Service is it.
type people interface {
	LogIn(ctx context.Context, shop appdock.ShopID, name, password, from string) (user.User, appdock.Secret, error)
	LogOut(ctx context.Context, shop appdock.ShopID, session appdock.Secret) error
	Session(ctx context.Context, shop appdock.ShopID, session appdock.Secret) (user.User, user.Session, error)
	Invited(ctx context.Context, shop appdock.ShopID, link appdock.Secret) (user.User, error)
	ChoosePassword(ctx context.Context, shop appdock.ShopID, link appdock.Secret, password string) (user.User, error)
	Awaited(ctx context.Context, shop appdock.ShopID, link appdock.Secret) error
	Found(ctx context.Context, shop appdock.ShopID, link appdock.Secret, d user.Draft, password string) (user.User, error)
	Record(ctx context.Context, e user.Entry) error
	Entries(ctx context.Context, shop appdock.ShopID, limit int) ([]user.Entry, error)
}

// Options is what the pages need.
type Options struct {
	People people
	Apps   Packages
	// Records are the shop's.
	Records records
	// Development takes loopback addresses with any port as redirect_uri.
	Development bool
	// HostInitiated lets the host begin an authorization that its app cannot begin
	// (oauth.allow_host_initiated).
	HostInitiated bool
	// Shops finds the shop that is asked for by the request's host.
	Shops func(host string) (appdock.Shop, bool)
	// Key signs what a form brings back: the same on every node of the host.
	Key   []byte
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() appdock.ID
}

// Site answers the paths of the admin; make it with [New].
type Site struct {
	options Options
	edge    web.Edge
	handler http.Handler
	asked   *web.Quota // authorizations of a session
}

// maxForm bounds what a form may bring.
const maxForm = 64 << 10

// New makes the pages.
func New(o Options) *Site {
	s := &Site{options: o, asked: &web.Quota{Most: maxAuthorizations, Window: time.Minute}}
	s.edge = web.Edge{Log: o.Log, Now: o.Now, NewID: o.NewID, MaxBody: maxForm, Tell: s.tell}
	s.handler = s.routes()
	return s
}

// routes is every page there is.
func (s *Site) routes() http.Handler {
	mux := http.NewServeMux()
	for pattern, answer := range map[string]page{
		"GET /admin/{$}":                     known(home),
		"GET /admin/login":                   logInPage,
		"POST /admin/login":                  logIn,
		"POST /admin/logout":                 logOut,
		"GET /admin/password":                passwordPage,
		"POST /admin/password":               choosePassword,
		"GET /admin/first":                   firstPage,
		"POST /admin/first":                  becomeOwner,
		"GET /admin/log":                     known(auditLog),
		"GET /admin/apps/install":            known(installPage),
		"POST /admin/apps/install":           known(preview),
		"GET /admin/apps/{app}":              known(application),
		"GET /admin/apps/{app}/icon":         known(showIcon),
		"GET /admin/apps/{app}/pages/{page}": known(openPage),

		"GET /admin/apps/{app}/session-token": known(sessionToken),
		"GET /admin/apps/{app}/signed-page":   known(signedPage),

		"GET /admin/apps/{app}/consent":  known(hostConsent),
		"POST /admin/apps/{app}/consent": known(decideHost),
		"GET /admin/apps/{app}/continue": known(goOn),
		"GET /admin/apps/{app}/settings": known(settings),
		"GET /oauth/authorize":           authorize,
		"POST /oauth/authorize":          decide,
	} {
		mux.Handle(pattern, s.edge.Handler(s.visited(answer)))
	}
	for _, a := range areas {
		mux.Handle("GET /admin/"+a.path, s.edge.Handler(s.visited(known(a.list))))
		mux.Handle("GET /admin/"+a.path+"/{id}", s.edge.Handler(s.visited(known(a.record))))
	}
	mux.Handle("GET /admin", s.edge.Handler(s.visited(func(v *visit) error { return v.redirect("/admin/") })))
	mux.Handle("/oauth/authorize", s.edge.Handler(nothingHere))
	mux.Handle("/admin/", s.edge.Handler(nothingHere))
	// A form is sent by a page of ours alone: browsers say where a request comes from.
	guard := http.NewCrossOriginProtection()
	guard.SetDenyHandler(s.edge.Handler(func(http.ResponseWriter, *http.Request) error {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-CROSS-ORIGIN", Message: "This form was not sent by a page of the shop",
			Cause: "the browser says that another site sent it", Cure: "Open the page again and send the form from there.",
		}
	}))
	return guard.Handler(mux)
}

// ServeHTTP implements [http.Handler]; the path begins with /admin or is /oauth/authorize.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// ForReaders lets those see pages of others who are logged in and may read an entity.
func (s *Site) ForReaders(name string, pages http.Handler) http.Handler {
	return s.edge.Handler(s.visited(known(func(v *visit) error {
		if err := v.mayRead(area{name: name}); err != nil {
			return err
		}
		pages.ServeHTTP(v.w, v.r)
		return nil
	})))
}

func nothingHere(_ http.ResponseWriter, r *http.Request) error {
	return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no page at " + r.URL.Path, Cure: "Begin at /admin/."}
}

// page answers a visit.
type page func(v *visit) error

// visit is one request for a page.
type visit struct {
	*Site
	w       http.ResponseWriter
	r       *http.Request
	shop    appdock.Shop
	texts   texts
	user    user.User      // who is logged in; zero before known
	session user.Session   // likewise
	secret  appdock.Secret // of the session
	goesTo  string         // where a form on the page leads; empty: to us alone
	frames  []string       // addresses that the page frames
	rules   []string       // style of this page alone
}

func (s *Site) visited(answer page) web.Handler {
	return func(w http.ResponseWriter, r *http.Request) error {
		v := &visit{Site: s, w: w, r: r, texts: textsFor(r.Header.Get("Accept-Language"))}
		shop, ok := s.options.Shops(r.Host)
		if !ok {
			return &appdock.Error{Kind: appdock.NotFound, Code: "ADK-SHOP-UNKNOWN", Message: "There is no shop at this address", Cure: "Call the shop by its own host name."}
		}
		v.shop = shop
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("Referrer-Policy", "no-referrer")
		return answer(v)
	}
}

// known lets those through who are logged in, and sends the others to log in.
func known(answer page) page {
	return func(v *visit) error {
		ok, err := v.identify()
		if err != nil {
			return err
		}
		if !ok {
			if v.r.Method != http.MethodGet {
				return v.redirect("/admin/login")
			}
			return v.redirect("/admin/login?" + url.Values{"next": {v.r.URL.RequestURI()}}.Encode())
		}
		if v.r.Method == http.MethodPost && !v.genuine() {
			return errForm()
		}
		return answer(v)
	}
}

// identify finds out who is logged in.
func (v *visit) identify() (bool, error) {
	cookie, err := v.r.Cookie(v.cookieName())
	if err != nil {
		return false, nil //nolint:nilerr // the one error there is says that there is no cookie
	}
	v.secret = appdock.NewSecret(cookie.Value)
	v.user, v.session, err = v.options.People.Session(v.r.Context(), v.shop.ID, v.secret)
	if appdock.KindOf(err) == appdock.Unauthenticated {
		return false, nil
	}
	return err == nil, err
}

func (v *visit) secure() bool { return web.ClientOf(v.r.Context()).Secure }

// cookieName has the prefix that browsers keep to this host, where they allow it.
func (v *visit) cookieName() string {
	if v.secure() {
		return "__Host-appdock"
	}
	return "appdock"
}

// remember begins a session in the browser, or ends it with the zero secret. The cookie comes
// with requests that other sites link to (an app sends its user to the consent page), and
// with no others of theirs.
func (v *visit) remember(secret appdock.Secret) {
	c := &http.Cookie{Name: v.cookieName(), Value: secret.Reveal(), Path: "/", HttpOnly: true, Secure: v.secure(), SameSite: http.SameSiteLaxMode}
	if secret.IsZero() {
		c.MaxAge = -1
	}
	http.SetCookie(v.w, c)
}

// base is what stands before each path of the shop.
func (v *visit) base() string {
	u, err := url.Parse(v.shop.URL)
	if err != nil {
		return ""
	}
	return strings.TrimSuffix(u.Path, "/")
}

// redirect goes to a page of the shop.
func (v *visit) redirect(to string) error {
	v.w.Header().Set("Location", v.base()+to)
	v.w.WriteHeader(http.StatusSeeOther)
	return nil
}

// local is a page of the shop to go on at; what leads elsewhere is the first page.
func local(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.IsAbs() || u.Host != "" || strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\x00\r\n\t") ||
		!strings.HasPrefix(u.Path, "/admin/") && !strings.HasPrefix(u.Path, "/storefront/") && u.Path != "/oauth/authorize" {
		return "/admin/"
	}
	return next
}

// formGood is how long a form may lie open (protocol-oauth.md B.3).
const formGood = 10 * time.Minute

// seal makes a form's token: bound to the session and what else the form is about, with the
// time at which it was shown.
func (v *visit) seal(about ...string) string {
	at := strconv.FormatInt(v.options.Now().UnixMilli(), 36)
	return at + "." + v.mac(at, about)
}

func (v *visit) mac(at string, about []string) string {
	mac := hmac.New(sha256.New, v.options.Key)
	mac.Write([]byte("form\x00" + at + "\x00" + base64.RawStdEncoding.EncodeToString(v.session.Hash) + "\x00" + strings.Join(about, "\x00")))
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}

// shownAt gives when a form with this token was shown; ok is false for one that is none, or
// too old.
func (v *visit) shownAt(token string, about ...string) (at time.Time, ok bool) {
	text, sum, _ := strings.Cut(token, ".")
	ms, err := strconv.ParseInt(text, 36, 64)
	at = time.UnixMilli(ms)
	age := v.options.Now().Sub(at)
	return at, err == nil && hmac.Equal([]byte(sum), []byte(v.mac(text, about))) && age >= 0 && age < formGood
}

// genuine reports whether a form came with the token of its page.
func (v *visit) genuine() bool {
	if err := v.r.ParseForm(); err != nil {
		return false
	}
	_, ok := v.shownAt(v.r.PostFormValue("token"), v.r.PostFormValue("about"))
	return ok
}

func errForm() error {
	return &appdock.Error{
		Kind: appdock.Refused, Code: "ADK-FORM-OLD", Message: "This form is good no more",
		Cause: "it lay open for more than ten minutes, or belongs to another log-in", Cure: "Open the page again and send it from there.",
	}
}

// posted is what a form brought.
type posted struct{ r *http.Request }

// Get gives a field; empty if it is not there.
func (p posted) Get(name string) string { return p.r.PostFormValue(name) }

// form reads the body of a form.
func (v *visit) form() (posted, error) {
	if err := v.r.ParseForm(); err != nil {
		if appdock.KindOf(err) == appdock.TooLarge {
			return posted{}, err
		}
		return posted{}, &appdock.Error{Kind: appdock.Invalid, Code: "ADK-FORM-OLD", Message: "The form cannot be read", Cure: "Open the page again.", Err: err}
	}
	return posted{v.r}, nil
}

// from is the address of the browser.
func (v *visit) from() string {
	if a := web.ClientOf(v.r.Context()).Address; a.IsValid() {
		return a.String()
	}
	return ""
}

// record writes a decision of the one who is logged in to the audit log.
func (v *visit) record(action, about, detail string) error {
	return v.options.People.Record(v.r.Context(), user.Entry{Shop: v.shop.ID, User: v.user.ID, Who: v.user.Name, Action: action, About: about, Detail: detail})
}
