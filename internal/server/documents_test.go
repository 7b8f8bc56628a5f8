package server_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/appdock/appdock/sdk/apptest"
)

// TestDocuments does what a shipping app does with the papers of an order: it makes a document
// with the next number, gives it its file, and whoever has the deep link and the right opens it
// (admin-api.md 8).
func TestDocuments(t *testing.T) {
	t.Parallel()
	d, _ := newDrafted(t)
	app := apptest.New(t, apptest.App{Name: "Papers", Permissions: []string{"document:create", "document:read", "document:update", "order:read"}, Webhooks: []string{"document.written"}})
	reader := apptest.New(t, apptest.App{Name: "Reader", Permissions: []string{"order:read"}})
	own, stranger := d.of(app), d.of(reader)
	const path = "/api/_action/order/document/"
	create := func(c caller, kind, body string, status int) (data []map[string]any, errors map[string][]map[string]any, raw string) {
		t.Helper()
		answer := c.done("POST", path+kind+"/create", body, status)
		var got struct {
			Data   []map[string]any
			Errors map[string][]map[string]any
		}
		if err := json.Unmarshal(answer, &got); err != nil {
			_ = err // a list of errors
		}
		return got.Data, got.Errors, string(answer)
	}
	order := fmt.Sprintf(`{"orderId":%q,"fileType":"pdf","static":true,"config":{"documentComment":"Thanks"}}`, d.order)
	made, refused, raw := create(own, "invoice", "["+order+`,{"orderId":"018c00000000700080000000000000ff"},`+order+"]", http.StatusOK)
	if len(made) != 2 || len(refused) != 1 || refused["018c00000000700080000000000000ff"][0]["code"] != "DOCUMENT__ORDER_NOT_FOUND" || !strings.Contains(raw, `"contents":null`) {
		t.Fatalf("made %s", raw)
	}
	id, link := made[0]["documentId"].(string), made[0]["deepLink"].(string)
	found := own.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"documents":{"sort":"documentNumber"}}}`, d.order))
	var numbers []string
	for _, doc := range found["documents"].([]any) {
		doc := doc.(map[string]any)
		numbers = append(numbers, doc["documentNumber"].(string))
		if config := doc["config"].(map[string]any); config["documentNumber"] != doc["documentNumber"] || config["documentComment"] != "Thanks" {
			t.Errorf("config %v", config)
		}
	}
	if got := strings.Join(numbers, " "); got != "1000 1001" {
		t.Errorf("numbers %s", got)
	}
	if _, refused, _ := create(own, "invoice", fmt.Sprintf(`[{"orderId":%q,"config":{"documentNumber":"1001"}}]`, d.order), http.StatusOK); refused[d.order][0]["code"] != "DOCUMENT__NUMBER_ALREADY_EXISTS" {
		t.Errorf("a number that is taken: %v", refused)
	}
	if made, _, _ := create(own, "delivery_note", fmt.Sprintf(`[{"orderId":%q,"config":{"documentNumber":"1001"}}]`, d.order), http.StatusOK); len(made) != 1 {
		t.Error("the number of another type is free")
	}

	file := "/api/_action/document/" + id
	own.done("GET", file+"/"+link, "", http.StatusNotFound)
	const pdf = "%PDF-1.7 paper"
	var uploaded struct{ DocumentID, DeepLinkCode, DocumentMediaID string }
	if err := json.Unmarshal(own.done("POST", file+"/upload?fileName=Invoice&extension=PDF", pdf, http.StatusOK, "Content-Type: application/pdf"), &uploaded); err != nil || uploaded.DocumentID != id || uploaded.DeepLinkCode != link {
		t.Fatalf("uploaded %+v, %v", uploaded, err)
	}
	status, answer := own.do("GET", file+"/"+link+"?download=1", "")
	if status != http.StatusOK || string(answer) != pdf {
		t.Errorf("opened: %d %s", status, answer)
	}
	media := d.found("media", fmt.Sprintf(`{"ids":[%q]}`, uploaded.DocumentMediaID))
	if media["private"] != true || media["url"] != nil || media["fileName"] != "Invoice" {
		t.Errorf("the file of a document: %v", media)
	}
	tests := map[string]struct {
		by                 caller
		method, path, body string
		status             int
		code               string
	}{
		"without a right to make":        {stranger, "POST", path + "invoice/create", "[" + order + "]", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"without a right to see":         {stranger, "GET", file + "/" + link, "", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"without a right to change":      {stranger, "POST", file + "/upload", "x", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"of a type that is not there":    {own, "POST", path + "poem/create", "[" + order + "]", 200, "DOCUMENT__INVALID_RENDERER_TYPE"},
		"of nothing, without a right":    {stranger, "POST", path + "invoice/create", "[]", 403, "FRAMEWORK__MISSING_PRIVILEGE_ERROR"},
		"of nothing":                     {own, "POST", path + "invoice/create", "[]", 400, "0"},
		"no list":                        {own, "POST", path + "invoice/create", "{}", 400, "0"},
		"no JSON":                        {own, "POST", path + "invoice/create", "[", 400, "0"},
		"no order":                       {own, "POST", path + "invoice/create", "[" + order + ",{}]", 400, `FRAMEWORK__INVALID_REQUEST_PARAMETER","status":"400","title":"Bad Request","detail":"This value should be the id of an order.","meta":{"parameters":[]},"source":{"pointer":"/1/orderId"}`},
		"a config that is none":          {own, "POST", path + "invoice/create", fmt.Sprintf(`[{"orderId":%q,"config":"x"}]`, d.order), 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"a file of another type":         {own, "POST", path + "invoice/create", fmt.Sprintf(`[{"orderId":%q,"fileType":"exe"}]`, d.order), 400, "FRAMEWORK__INVALID_REQUEST_PARAMETER"},
		"with a reference to nothing":    {own, "POST", path + "storno/create", fmt.Sprintf(`[{"orderId":%q,"referencedDocumentId":%q}]`, d.order, d.order), 200, "FRAMEWORK__FOREIGN_KEY_VIOLATION"},
		"another deep link":              {own, "GET", file + "/" + link + "x", "", 404, "DOCUMENT__INVALID_DOCUMENT_ID"},
		"a document that is not there":   {own, "GET", "/api/_action/document/" + d.order + "/" + link, "", 404, "DOCUMENT__INVALID_DOCUMENT_ID"},
		"a second file":                  {own, "POST", file + "/upload?fileName=Other", pdf, 400, "DOCUMENT__GENERATION_ERROR"},
		"an upload to nothing":           {own, "POST", "/api/_action/document/" + d.order + "/upload", pdf, 404, "DOCUMENT__INVALID_DOCUMENT_ID"},
		"an extension that is not taken": {own, "POST", "/api/_action/document/" + made[1]["documentId"].(string) + "/upload?extension=exe", pdf, 400, "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED"},
		"an empty file":                  {own, "POST", "/api/_action/document/" + made[1]["documentId"].(string) + "/upload", "", 400, "FRAMEWORK__MISSING_REQUEST_PARAMETER"},
		"a name that is taken":           {own, "POST", "/api/_action/document/" + made[1]["documentId"].(string) + "/upload?fileName=Invoice", pdf, 400, "CONTENT__MEDIA_DUPLICATED_FILE_NAME"},
	}
	for name, test := range tests {
		status, answer := test.by.do(test.method, test.path, test.body)
		if status != test.status || !strings.Contains(string(answer), `"code":"`+test.code) {
			t.Errorf("%s: %d %s, want %d %s", name, status, answer, test.status, test.code)
		}
	}
	if count := len(d.found("order", fmt.Sprintf(`{"ids":[%q],"associations":{"documents":{}}}`, d.order))["documents"].([]any)); count != 3 {
		t.Errorf("%d documents after all that was refused", count)
	}
	if _, err := app.WaitEvent(within(t, soon), "document.written", 1); err != nil {
		t.Error(err)
	}
}
