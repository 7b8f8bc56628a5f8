package admin

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/web"
)

//go:embed pages/*.html
var files embed.FS

//go:embed pages/style.css
var style string

// bridge is the one script of the admin, on pages with frames of apps: what they say to the page
// around them is answered there (protocol-admin.md 8). Pages on which trust is decided have none.
//
//go:embed pages/bridge.js
var bridge string

// pages are the templates by name, each with the frame around it.
var pages = func() map[string]*template.Template {
	all := map[string]*template.Template{}
	frame := template.Must(template.New("frame.html").Funcs(template.FuncMap{"hosts": hostsOf, "frames": framesOf}).ParseFS(files, "pages/frame.html"))
	entries, err := files.ReadDir("pages")
	if err != nil {
		panic("admin: the pages are part of the program: " + err.Error())
	}
	for _, e := range entries {
		name := strings.TrimSuffix(e.Name(), ".html")
		if name != "frame" {
			all[name] = template.Must(template.Must(frame.Clone()).ParseFS(files, "pages/"+e.Name()))
		}
	}
	return all
}()

// styleHash lets the one style sheet in, and nothing else that looks like one.
var styleHash = hashOf(style)

// bridgeHash lets the bridge run, and no other script.
var bridgeHash = hashOf(bridge)

// hashOf names a text in a policy.
func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// content is what a template gets.
type content struct {
	v     *visit
	Title string
	Page  any
}

// hostList is what the template of hosts gets.
type hostList struct {
	content
	List []hostLine
}

func hostsOf(c content, list []hostLine) hostList { return hostList{c, list} }

// frameList is what the template of frames gets.
type frameList struct {
	content
	List []embedded
}

func framesOf(c content, list []embedded) frameList { return frameList{c, list} }

// T gives a text in the visitor's language, with what it is about.
func (c content) T(key string, about ...any) string { return c.v.texts.get(key, about...) }

// Lang is the language of the page.
func (c content) Lang() string { return c.v.texts.lang }

// Base stands before each path.
func (c content) Base() string { return c.v.base() }

// Shop is where we are.
func (c content) Shop() appdock.Shop { return c.v.shop }

// User is who is logged in; empty: nobody.
func (c content) User() string { return c.v.user.Name }

// Token lets a form be sent that is about something.
func (c content) Token(about string) string { return c.v.seal(about) }

// Style is the style sheet.
func (c content) Style() template.CSS { return template.CSS(style) } //nolint:gosec // it is our own file

// Bridge is the script that speaks with the frames of a page; empty: it has none.
func (c content) Bridge() template.JS {
	if len(c.v.frames) == 0 {
		return ""
	}
	return template.JS(bridge) //nolint:gosec // it is our own file
}

// show answers with a page.
func (v *visit) show(status int, name, title string, page any, about ...any) error {
	var b bytes.Buffer
	if err := pages[name].ExecuteTemplate(&b, "frame", content{v: v, Title: v.texts.get(title, about...), Page: page}); err != nil {
		return fmt.Errorf("render the page %s: %w", name, err)
	}
	// Browsers hold form-action against redirects as well: where a decision leads is named.
	policy := "default-src 'none'; style-src " + styleHash
	if own := v.ownStyle(); own != "" {
		policy += " " + hashOf(own)
	}
	if len(v.frames) > 0 {
		var framed []string
		for _, to := range v.frames {
			framed = append(framed, originOf(to))
		}
		slices.Sort(framed)
		policy += "; frame-src" + strings.Join(slices.Compact(framed), "") + "; script-src " + bridgeHash + "; connect-src 'self'"
	}
	v.w.Header().Set("Content-Security-Policy", policy+"; img-src 'self' data:; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"+originOf(v.goesTo))
	v.w.Header().Set("X-Frame-Options", "DENY")
	v.w.Header().Set("Content-Language", v.texts.lang)
	v.w.Header().Set("Vary", "Accept-Language, Cookie")
	web.Send(v.w, status, "text/html; charset=utf-8", b.Bytes())
	return nil
}

// failure is what went wrong, for people.
type failure struct {
	Message, Cause, Cure, Code string
	Faults                     []string
	// MessageIn and CureIn are the language of these texts, and DetailIn that of the others, if
	// it is not that of the page (WCAG 3.1.2): what was not written for people here is English.
	MessageIn, DetailIn, CureIn string
}

// failure puts what is known of an error into the visitor's language, where it has words of
// its own for it.
func (v *visit) failure(e *appdock.Error) *failure {
	f := &failure{Message: e.Message, Cause: e.Cause, Cure: e.Cure, Code: e.Code}
	if v.texts.lang != "en" {
		f.MessageIn, f.DetailIn, f.CureIn = "en", "en", "en"
	}
	for _, x := range e.Faults {
		f.Faults = append(f.Faults, x.Message)
	}
	if strings.ToLower(e.Code) == e.Code && e.Code != "" { // of RFC 6749: its message is for the vendor
		f.Message, f.Cause, f.Cure = v.texts.get("authorize.refused"), e.Message, v.texts.get("authorize.cure")
		f.MessageIn, f.CureIn = "", ""
	}
	if text, ok := v.texts.find("code." + e.Code); ok {
		var values []any
		for _, p := range e.Params {
			values = append(values, p.Value)
		}
		f.Message, f.Cause, f.Cure = fmt.Sprintf(text, values...), "", ""
		f.MessageIn = ""
	}
	return f
}

// told is a failure of the form itself.
func (v *visit) told(key string) *failure { return &failure{Message: v.texts.get(key)} }

// again shows a form once more with what was wrong with it; what is not about the form is
// returned.
func (v *visit) again(err error, name, title string, shown passwordForm, where **failure) error {
	if kind := appdock.KindOf(err); kind != appdock.Invalid && kind != appdock.Conflict {
		return err
	}
	*where = v.failure(web.Public(err))
	shown.Failure = *where
	return v.show(http.StatusUnprocessableEntity, name, title, shown)
}

func (v *visit) retryAfter(e *appdock.Error) {
	for _, p := range e.Params {
		if seconds, ok := p.Value.(int64); ok && p.Name == "seconds" {
			v.w.Header().Set("Retry-After", strconv.FormatInt(seconds, 10))
		}
	}
}

// tell shows a failure as a page.
func (s *Site) tell(w http.ResponseWriter, r *http.Request, e *appdock.Error) {
	v := &visit{Site: s, w: w, r: r, texts: textsFor(r.Header.Get("Accept-Language"))}
	v.shop, _ = s.options.Shops(r.Host)
	w.Header().Set("Cache-Control", "no-store")
	if err := v.show(web.Status(e.Kind), "failure", "failure.title", v.failure(e)); err != nil {
		web.Problem(w, r, e)
	}
}

// originOf is the origin of an address, for a policy; empty for none.
func originOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || strings.ContainsAny(u.Host, ";, '\"") {
		return ""
	}
	return " " + u.Scheme + "://" + u.Host
}
