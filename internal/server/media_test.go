package server_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/sdk/apptest"
)

const (
	teaMedia    = "018c0000000070008000000000000041"
	coffeeMedia = "018c0000000070008000000000000042"
)

// picture is an image of 3 by 2 pixels.
func picture(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// shows gets what everybody may see.
func shows(t *testing.T, url string) (status int, header http.Header, body string) {
	t.Helper()
	res, err := client(t).Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, res.Header, string(text)
}

// TestMediaUpload does what the media helpers of the SDKs do: a record, then its file, as
// bytes and from a URL (admin-api.md 8).
func TestMediaUpload(t *testing.T) {
	t.Parallel()
	c, shop := newCaller(t)
	c.done("POST", "/api/_action/sync", `[{"entity":"media","action":"upsert","payload":[{"id":"`+teaMedia+`","title":"Tea"},{"id":"`+coffeeMedia+`"}]}]`, http.StatusOK)
	if m := c.found("media", `{"ids":["`+teaMedia+`"]}`); m["hasFile"] != false || m["url"] != nil {
		t.Errorf("before: %v", m)
	}
	upload := func(id, query, body, kind string, status int) string {
		t.Helper()
		return string(c.done("POST", "/api/_action/media/"+id+"/upload"+query, body, status, "Content-Type: "+kind))
	}
	upload(teaMedia, "?fileName=Green%20tea&extension=PNG", picture(t), "image/png", http.StatusNoContent)
	m := c.found("media", `{"ids":["`+teaMedia+`"]}`)
	url, _ := m["url"].(string)
	got := map[string]any{}
	for _, name := range []string{"fileName", "fileExtension", "mimeType", "hasFile", "title"} {
		got[name] = m[name]
	}
	meta, _ := m["metaData"].(map[string]any)
	got["width"], got["height"], got["kind"] = meta["width"], meta["height"], m["mediaType"].(map[string]any)["name"]
	want := map[string]any{
		"fileName": "Green tea", "fileExtension": "png", "mimeType": "image/png", "hasFile": true, "title": "Tea", "width": 3.0, "height": 2.0, "kind": "IMAGE",
	}
	if diff := cmp.Diff(want, got); diff != "" || m["uploadedAt"] == nil || m["fileSize"] != float64(len(picture(t))) {
		t.Errorf("the record: %v (-want +got)\n%s", m, diff)
	}
	if path, _ := m["path"].(string); path == "" || !strings.Contains(url, "/"+path+"?ts=") {
		t.Errorf("the path %q is not that of %s", path, url)
	}
	// A file without content is none: what was there stays.
	if answer := upload(teaMedia, "?fileName=Green%20tea&extension=png", "", "image/png", http.StatusBadRequest); !strings.Contains(answer, "FRAMEWORK__MISSING_REQUEST_PARAMETER") {
		t.Errorf("an empty file: %s", answer)
	}
	if after := c.found("media", `{"ids":["`+teaMedia+`"]}`); !cmp.Equal(m, after) {
		t.Errorf("after an empty file:\n%s", cmp.Diff(m, after))
	}
	status, header, body := shows(t, url)
	if status != http.StatusOK || body != picture(t) || header.Get("Content-Type") != "image/png" || !strings.Contains(header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("%s: %d %v", url, status, header)
	}

	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/coffee.txt":
			_, _ = io.WriteString(w, "coffee")
		case "/empty.txt":
		case "/moved.txt":
			http.Redirect(w, r, "/coffee.txt", http.StatusFound)
		case "/endless.txt":
			for range 34 {
				_, _ = w.Write(make([]byte, 1<<20))
			}
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(elsewhere.Close)
	for body, code := range map[string]string{
		`{"url":"` + elsewhere.URL + `/moved.txt"}`:                   "CANNOT_OPEN_SOURCE_STREAM_TO_READ",
		`{"url":"` + elsewhere.URL + `/missing.txt"}`:                 "CANNOT_OPEN_SOURCE_STREAM_TO_READ",
		`{"url":"http://169.254.169.254/latest/meta-data.txt"}`:       "CONTENT__MEDIA_ILLEGAL_URL",
		`{"url":"file:///etc/passwd.txt"}`:                            "CONTENT__MEDIA_ILLEGAL_URL",
		`{"url":"http://user:secret@shop.example/x.txt"}`:             "CONTENT__MEDIA_ILLEGAL_URL",
		`{"url":"` + elsewhere.URL + `/coffee"}`:                      "CONTENT__MEDIA_MISSING_FILE_EXTENSION",
		`{"url":"` + elsewhere.URL + `/coffee.txt","fileName":"a/b"}`: "CONTENT__MEDIA_ILLEGAL_FILE_NAME",
		`{"url":"` + elsewhere.URL + `/empty.txt"}`:                   "FRAMEWORK__MISSING_REQUEST_PARAMETER",
		`{"fileName":"x","extension":"txt"}`:                          "FRAMEWORK__MISSING_REQUEST_PARAMETER",
	} {
		if answer := upload(coffeeMedia, "", body, "application/json", http.StatusBadRequest); !strings.Contains(answer, code) {
			t.Errorf("%s: %s, want %s", body, answer, code)
		}
	}
	upload(coffeeMedia, "", `{"url":"`+elsewhere.URL+`/endless.txt"}`, "application/json", http.StatusRequestEntityTooLarge)
	for query, code := range map[string]string{
		"?fileName=x":                                         "CONTENT__MEDIA_MISSING_FILE_EXTENSION",
		"?fileName=x&extension=php":                           "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED",
		"?fileName=x&extension=html":                          "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED",
		"?fileName=..%2Fx&extension=txt":                      "CONTENT__MEDIA_ILLEGAL_FILE_NAME",
		"?fileName=.htaccess&extension=txt":                   "CONTENT__MEDIA_ILLEGAL_FILE_NAME",
		"?extension=txt&fileName=" + strings.Repeat("x", 300): "CONTENT__MEDIA_ILLEGAL_FILE_NAME",
		"?fileName=Green+tea&extension=png":                   "CONTENT__MEDIA_DUPLICATED_FILE_NAME",
	} {
		if answer := upload(coffeeMedia, query, "x", "application/octet-stream", http.StatusBadRequest); !strings.Contains(answer, code) {
			t.Errorf("%s: %s, want %s", query, answer, code)
		}
	}
	if m := c.found("media", `{"ids":["`+coffeeMedia+`"]}`); m["hasFile"] != false {
		t.Errorf("after what was refused: %v", m)
	}
	if answer := upload("018c0000000070008000000000000099", "?extension=txt", "x", "text/plain", http.StatusNotFound); !strings.Contains(answer, "CONTENT__MEDIA_NOT_FOUND") {
		t.Errorf("of nothing: %s", answer)
	}
	upload(coffeeMedia, "", `{"url":"`+elsewhere.URL+`/coffee.txt","fileName":"Coffee"}`, "application/json", http.StatusNoContent)
	m = c.found("media", `{"ids":["`+coffeeMedia+`"]}`)
	url, _ = m["url"].(string)
	if _, _, body := shows(t, url); body != "coffee" || m["fileName"] != "Coffee" || m["fileExtension"] != "txt" {
		t.Errorf("from a URL: %q, %v", body, m)
	}

	var free struct{ FileName string }
	answer := c.done("GET", "/api/_action/media/provide-name?fileName=Coffee&extension=txt", "", http.StatusOK)
	if err := json.Unmarshal(answer, &free); err != nil || free.FileName != "Coffee_(1)" {
		t.Errorf("a free name: %s", answer)
	}
	c.done("POST", "/api/_action/media/"+coffeeMedia+"/rename", `{"fileName":"Espresso"}`, http.StatusNoContent)
	c.done("POST", "/api/_action/media/"+coffeeMedia+"/rename", `{"fileName":"a\\b"}`, http.StatusBadRequest)
	if status, _, body := shows(t, url); status != http.StatusOK || body != "coffee" {
		t.Errorf("a link of before: %d %q", status, body)
	}
	if path, _ := c.found("media", `{"ids":["`+coffeeMedia+`"]}`)["path"].(string); !strings.HasSuffix(path, "/Espresso.txt") {
		t.Errorf("after another name the path is %q", path)
	}
	renamed, _ := c.found("media", `{"ids":["`+coffeeMedia+`"]}`)["url"].(string)
	if _, _, body := shows(t, renamed); body != "coffee" {
		t.Errorf("the new name: %q", body)
	}
	c.done("PATCH", "/api/media/"+coffeeMedia, `{"private":true}`, http.StatusNoContent)
	if status, _, _ := shows(t, renamed); status != http.StatusNotFound || c.found("media", `{"ids":["`+coffeeMedia+`"]}`)["url"] != nil {
		t.Errorf("a private file: %d", status)
	}

	app := apptest.New(t, apptest.App{Permissions: []string{"media:read"}})
	installed(t, shop, write(t, app.App.Name, app.Manifest()))
	known := app.Shops.All()[0]
	own := c
	own.token = tokenFrom(t, client(t), c.url, known.APIKey, known.SecretKey)
	for _, path := range []string{"/upload?extension=txt", "/rename"} {
		if _, answer := own.do("POST", "/api/_action/media/"+teaMedia+path, `{"fileName":"x","url":"`+elsewhere.URL+`"}`); !strings.Contains(string(answer), "media:update") {
			t.Errorf("%s without the right: %s", path, answer)
		}
	}
}

// TestMediaFromInside asks a host in production for a file inside of its network.
func TestMediaFromInside(t *testing.T) {
	t.Parallel()
	inside := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "secret") }))
	t.Cleanup(inside.Close)
	config := production(folder(t))
	config.Allow = nil
	host := open(t, config)
	key, secret, err := only(t, host).NewAPIClient(t.Context(), "client")
	if err != nil {
		t.Fatal(err)
	}
	calls := client(t)
	c := caller{t, calls, host.URL(), tokenFrom(t, calls, host.URL(), key, secret.Reveal())}
	c.done("POST", "/api/media", `{"id":"`+teaMedia+`"}`, http.StatusNoContent)
	answer := c.done("POST", "/api/_action/media/"+teaMedia+"/upload", `{"url":"`+inside.URL+`/x.txt"}`, http.StatusBadRequest)
	if !strings.Contains(string(answer), "CONTENT__MEDIA_ILLEGAL_URL") || strings.Contains(string(answer), "secret") {
		t.Errorf("got %s", answer)
	}
}
