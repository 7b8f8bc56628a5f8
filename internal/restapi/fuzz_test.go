package restapi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// judged fails if a condition misses what the shop counts on.
func judged(t *testing.T, filters []entity.Filter) {
	t.Helper()
	for _, f := range filters {
		switch {
		case f.Kind.Group():
			if len(f.Queries) == 0 {
				t.Errorf("group %v is empty: it would hold for everything", f)
			}
			judged(t, f.Queries)
		case f.Field == "":
			t.Errorf("filter %v has no field", f)
		case f.Kind == entity.Range && f.Bounds == entity.Bounds{}:
			t.Errorf("filter %v has no bounds", f)
		case f.Kind == entity.EqualsAny && len(f.Values) == 0, (f.Kind == entity.Equals || f.Kind == entity.Contains) && len(f.Values) != 1:
			t.Errorf("filter %v has %d values", f, len(f.Values))
		}
	}
}

// FuzzList asks for products with whatever stands in the query: they are listed, with criteria
// that are whole, or refused with a problem.
func FuzzList(f *testing.F) {
	for _, seed := range []string{
		"", "limit=5&sort=-name&count=exact", "sku=a,b&stock[gte]=1&price[lt]=2.5", "sku[ne]=a,b&ean[null]=true&tag[contains]=x", "q=shirt&limit=250", "cursor=x",
		"ids=018c0000000070008000000000000001,x", "metafields.color[ne]=red", "created_at[gt]=2026-05-04T12:00:00%2B02:00", "active=true&active=false", "sku[", "[]=&]=[", "fields=id,sku&expand=media",
		"category_id[null]=false", "sku=%00", "stock=1e400", "locale=de-DE",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, query string) {
		h := &fakeHost{now: time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)}
		r := httptest.NewRequest(http.MethodGet, "/rest/v1/products", nil)
		r.URL.RawQuery = query
		r.Header.Set("Authorization", "Bearer one")
		w := httptest.NewRecorder()
		h.api().ServeHTTP(w, r)
		switch {
		case w.Code >= 500:
			t.Fatalf("%d %s", w.Code, w.Body)
		case w.Code >= 400 && !strings.Contains(w.Header().Get("Content-Type"), "application/problem+json"):
			t.Errorf("%d as %q", w.Code, w.Header().Get("Content-Type"))
		}
		for _, c := range h.asked {
			judged(t, c.Filters)
			judged(t, c.PostFilters)
			if c.Entity == "product" && (c.Limit < 1 || c.Limit > mostListed+1) {
				t.Errorf("limit %d", c.Limit)
			}
			if last := len(c.Sort) - 1; c.Entity == "product" && c.Term == "" && (last < 0 || c.Sort[last].Field != "id") {
				t.Errorf("the order %v leaves open what comes next", c.Sort)
			}
		}
	})
}

// noFiles keep nothing.
type noFiles struct{}

func (noFiles) Put(content io.Reader) (string, int64, error) {
	n, err := io.Copy(io.Discard, content)
	return "hash", n, err
}

func (noFiles) Get(string) (io.ReadSeekCloser, error) {
	return struct {
		io.ReadSeeker
		io.Closer
	}{bytes.NewReader(nil), io.NopCloser(nil)}, nil
}

func (noFiles) Download(_ context.Context, from string, _ int64, keep func(io.Reader) error) error {
	if u, err := url.Parse(from); err != nil || u.Host == "" {
		return &appdock.Error{Kind: appdock.Invalid, Code: "ADK-DOWNLOAD-URL", Message: "The URL is none."}
	}
	return keep(strings.NewReader("content"))
}

// FuzzMedia sends files as forms and by URL: what is taken has a name and content.
func FuzzMedia(f *testing.F) {
	const form = "multipart/form-data; boundary=x"
	for _, seed := range [][2]string{
		{form, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\n\r\ncontent\r\n--x\r\nContent-Disposition: form-data; name=\"alt\"\r\n\r\nA\r\n--x--\r\n"},
		{form, "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"../../a.png\"\r\n\r\n\r\n--x--\r\n"},
		{form, "--x--"},
		{"multipart/form-data", "--x--"},
		{"application/json", `{"url":"https://a.example/b.png"}`},
		{"application/json", `{"url":"x","name":"a/b.png"}`},
		{"", `{}`},
	} {
		f.Add(seed[0], seed[1])
	}
	a := &api{options: Options{Files: noFiles{}, Downloads: noFiles{}}}
	a.table = a.routes()
	a.document = describe(a.table)
	var create *route
	for i := range a.table {
		if a.table[i].method == http.MethodPost && a.table[i].path == "/media" {
			create = &a.table[i]
		}
	}
	f.Fuzz(func(t *testing.T, contentType, body string) {
		r := httptest.NewRequest(http.MethodPost, "/rest/v1/media", strings.NewReader(body))
		r.Header["Content-Type"] = []string{contentType}
		c := &call{api: a, ctx: t.Context(), r: r, route: create, header: http.Header{}}
		err := create.decode(c)
		if err == nil {
			err = create.prepare(c)
		}
		if err != nil {
			p, told := errors.AsType[*problem](err)
			if !told && appdock.KindOf(err) == appdock.Internal || told && p.Status >= 500 {
				t.Fatalf("%v", err)
			}
			return
		}
		in, _ := c.in.(*mediaCreate)
		if err := in.file.Check(); err != nil || in.file.Size == 0 || !utf8.ValidString(in.file.Name) {
			t.Errorf("it takes %+v: %v", in.file, err)
		}
	})
}
