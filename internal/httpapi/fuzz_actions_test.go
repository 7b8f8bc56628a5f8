package httpapi_test

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/httpapi"
	"github.com/appdock/appdock/internal/shop"
)

// taker is a shop that takes everything and notes it.
type taker struct {
	stuck
	attached []shop.File
	renamed  []string
	settings []map[appdock.ID]map[string]any
	orders   []shop.NewDocument
	notified []shop.Notification
	fetched  []string
}

func (s *taker) Attach(_ context.Context, _ appdock.Actor, _ appdock.ID, f shop.File) error {
	s.attached = append(s.attached, f)
	return nil
}

func (s *taker) Rename(_ context.Context, _ appdock.Actor, _ appdock.ID, name string) error {
	s.renamed = append(s.renamed, name)
	return nil
}

func (s *taker) SetSettings(_ context.Context, _ appdock.Actor, changes map[appdock.ID]map[string]any) error {
	s.settings = append(s.settings, changes)
	return nil
}

func (s *taker) CreateDocument(_ context.Context, _ appdock.Actor, n shop.NewDocument) (shop.Document, error) {
	s.orders = append(s.orders, n)
	return shop.Document{}, nil
}

func (s *taker) Notify(_ context.Context, _ appdock.Actor, _ string, n shop.Notification) (appdock.ID, error) {
	s.notified = append(s.notified, n)
	return newID, nil
}

func (s *taker) Download(_ context.Context, from string, _ int64, keep func(io.Reader) error) error {
	s.fetched = append(s.fetched, from)
	return keep(strings.NewReader("content"))
}

// take calls the API and fails unless it answers, or refuses in the envelope. Whoever is called
// gets what is whole.
func (s *taker) take(t *testing.T, path, query, contentType, body string) int {
	t.Helper()
	f := newFake(t)
	f.rights = appdock.NewPrivileges("document:create", "media:update", "notification:create",
		"system_config:create", "system_config:update", "system_config:delete")
	o := optionsOf(f)
	o.Documents, o.Media, o.Files, o.Downloads, o.Notifications, o.Settings = s, s, kept{}, s, s, s
	r := httptest.NewRequest(http.MethodPost, base+path, strings.NewReader(body))
	r.URL.RawQuery = query
	r.Header.Set("Authorization", good)
	r.Header["Content-Type"] = []string{contentType}
	w := httptest.NewRecorder()
	httpapi.New(o).ServeHTTP(w, r)
	switch {
	case w.Code >= 500 || w.Code >= 300 && w.Code < 400:
		t.Fatalf("%d %s", w.Code, w.Body)
	case w.Code >= 400:
		faults(t, w.Body.Bytes())
	}
	return w.Code
}

func FuzzNotification(f *testing.F) {
	for _, seed := range []string{
		``, `{}`, `[]`, `{"status":"info","message":"x"}`, `{"status":"info","message":"x","adminOnly":"true","requiredPrivileges":["order:read"]}`,
		`{"status":1,"message":{},"requiredPrivileges":"a"}`, `{"status":"a","message":"b","requiredPrivileges":[1,null]}`,
		`{"status":"info","message":"x","requiredPrivileges":[""]}`,
	} {
		f.Add(content, seed)
	}
	f.Add("application/x-www-form-urlencoded", "status=info&message=x&requiredPrivileges[]=order:read")
	f.Fuzz(func(t *testing.T, contentType, body string) {
		var s taker
		status := s.take(t, "/api/notification", "", contentType, body)
		if status == http.StatusOK != (len(s.notified) == 1) {
			t.Errorf("%d with %d notifications", status, len(s.notified))
		}
		for _, n := range s.notified {
			for _, p := range n.RequiredPrivileges {
				if p == "" {
					t.Errorf("a privilege of %+v has no name: nobody could see it", n)
				}
			}
		}
	})
}

func FuzzSettings(f *testing.F) {
	for _, seed := range []string{
		`{}`, `[]`, `{"A.config.a":1,"A.config.b":null}`, `{"null":{"A.config.a":[1,{"b":"c"}]},"018c0000000070008000000000000001":{"A.config.a":true}}`, `{"a":{},"A":{}}`,
	} {
		f.Add("", seed)
	}
	f.Add("salesChannelId=018c0000000070008000000000000001", `{"A.config.a":1}`)
	f.Fuzz(func(t *testing.T, query, body string) {
		var s taker
		s.take(t, "/api/_action/system-config", query, content, body)
		for _, changes := range s.settings {
			var sent map[string]any
			if body != "" && json.Unmarshal([]byte(body), &sent) == nil && len(changes) != 1 {
				t.Errorf("%q changes %v", body, changes)
			}
		}
		s = taker{}
		s.take(t, "/api/_action/system-config/batch", query, content, body)
		for _, changes := range s.settings {
			for channel := range changes {
				if !channel.IsZero() && !strings.Contains(strings.ToLower(body), channel.String()) {
					t.Errorf("%q changes settings of %s", body, channel)
				}
			}
		}
	})
}

// FuzzUpload sends files, and URLs of files, in all the ways that there are to name them.
func FuzzUpload(f *testing.F) {
	for _, seed := range [][3]string{
		{"extension=png&fileName=a", "image/png", "content"},
		{"extension=PNG", "text/plain", ""},
		{"fileName=../../etc&extension=txt", "", "x"},
		{"", content, `{"url":"https://a.example/b/c.png"}`},
		{"fileName=x", content, `{"url":"https://a.example/","extension":"jpg","fileName":"y"}`},
		{"extension[]=png", "image/png", "x"},
		{"extension=png&fileName=%00", "image/png", "x"},
		{"", content, `{"url":"file:///etc/passwd","extension":"txt"}`},
	} {
		f.Add(seed[0], seed[1], seed[2])
	}
	f.Fuzz(func(t *testing.T, query, contentType, body string) {
		var s taker
		status := s.take(t, "/api/_action/media/"+teaID.String()+"/upload", query, contentType, body)
		if status == http.StatusNoContent != (len(s.attached) == 1) {
			t.Errorf("%d with %d files", status, len(s.attached))
		}
		for _, file := range s.attached {
			if err := file.Check(); err != nil || file.Size == 0 || file.Extension != strings.ToLower(file.Extension) || !utf8.ValidString(file.Name) {
				t.Errorf("it takes %+v: %v", file, err)
			}
		}
		for _, from := range s.fetched {
			if from == "" || strings.HasPrefix(body, "{") && !strings.Contains(strings.ToLower(contentType), "json") {
				t.Errorf("it fetches %q", from)
			}
		}
		s.take(t, "/api/_action/media/"+teaID.String()+"/rename", "", contentType, body)
		for _, name := range s.renamed {
			if name == "" {
				t.Error("it takes a name of nothing")
			}
		}
	})
}

func FuzzDocuments(f *testing.F) {
	for _, seed := range []string{
		`[]`, `{}`, `[{}]`, `[{"orderId":"018c0000000070008000000000000001","fileType":"pdf","static":true,"config":{"a":1}}]`,
		`[{"orderId":"018c0000000070008000000000000001","referencedDocumentId":"x"}]`, `[{"orderId":"018c0000000070008000000000000001"},1]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		var s taker
		status := s.take(t, "/api/_action/order/document/invoice/create", "", content, body)
		if status >= 400 && len(s.orders) > 0 {
			t.Errorf("%d after %d documents", status, len(s.orders))
		}
		for _, n := range s.orders {
			if n.Order.IsZero() && !strings.Contains(body, strings.Repeat("0", 32)) || n.Type != "invoice" || n.FileType != "pdf" && n.FileType != "html" {
				t.Errorf("got %+v", n)
			}
		}
	})
}

// FuzzPath asks for whatever may stand behind /api/, with every method.
func FuzzPath(f *testing.F) {
	id := teaID.String()
	for _, seed := range []string{
		"product", "product/" + id, "v3/product//" + id + "/", "search/product/" + id + "/product-reviews", "product/" + id + "/manufacturer/" + makerID.String() + "/products",
		"_action/version/" + id + "/product/" + id, "%2e%2e/product", "product/%00", "_info/config", "product/" + id + "/extensions/manufacturer", "script/a/b",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, path string) {
		u, err := url.Parse(base + "/api/" + path)
		if err != nil || u.Host != "shop.example" || u.Fragment != "" {
			return // no client could send it
		}
		if strings.Contains(path, "app-system") || strings.Contains(path, "extension-sdk") {
			return // there are no apps here to be called
		}
		for _, method := range []string{"GET", "POST", "PATCH", "DELETE", "PUT", "OPTIONS"} {
			r := httptest.NewRequest(method, base, strings.NewReader("{}"))
			r.URL = u
			r.Header.Set("Authorization", good)
			r.Header.Set("Content-Type", content)
			o, s := optionsOf(newFake(t)), &stuck{}
			o.Actions, o.Flows, o.Documents, o.Media, o.Files, o.SettingCards, o.Settings, o.Versions = s, s, s, s, kept{}, s, s, s
			w := httptest.NewRecorder()
			httpapi.New(o).ServeHTTP(w, r)
			if w.Code >= 500 && w.Code != http.StatusNotImplemented || w.Code >= 300 && w.Code < 400 {
				t.Fatalf("%s %s: %d %s", method, path, w.Code, w.Body)
			}
			if w.Code == http.StatusMethodNotAllowed && w.Header().Get("Allow") == "" {
				t.Errorf("%s %s: no Allow", method, path)
			}
		}
	})
}
