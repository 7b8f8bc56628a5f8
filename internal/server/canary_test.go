package server_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
	"github.com/appdock/appdock/sdk"
	"github.com/appdock/appdock/sdk/apptest"
)

// A whole life of apps, good and broken ones, with secrets that are looked for afterwards
// in everything that the host wrote, said or answered. Apps that echo secrets are the
// point: a host that shows people what an app answered must not show them that.
func TestSecretsAppearNowhere(t *testing.T) {
	t.Parallel()
	const vendor = "canary-of-the-vendor"
	appSecret := vendor + `/ with "quotes" & ümlauts` // written differently in each kind of text
	shopSecret := "canary-of-the-shop-" + strings.Repeat("s", 64)
	wrote := &transcript{}
	c := development(folder(t))
	c.Shop.URL = "http://shop.example" // the same at both starts
	c.Socket = true
	c.Log = slog.New(slog.NewJSONHandler(wrote, &slog.HandlerOptions{Level: slog.LevelDebug}))
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	operators := control.Dial(server.SocketPath(c.Data))
	t.Cleanup(operators.Close)
	remote := found(t.Context(), t, operators)
	ctx := within(t, soon)
	watching, leave := context.WithCancel(ctx)
	activities := host.Watch(watching)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		for a, err := range activities {
			wrote.add("activity", a, err)
		}
	}()

	canaries := map[string]string{
		"app secret":  vendor,
		"shop secret": shopSecret,
		"master key":  string(read(t, filepath.Join(c.Data, "appdock.key"))),
	}
	key, secret, err := only(t, host).NewAPIClient(ctx, "operator")
	if err != nil {
		t.Fatal(err)
	}
	canaries["secret of the operator's client"] = secret.Reveal()
	calls := client(t)
	shop := sdk.NewAPI(sdk.Credentials{URL: host.URL(), Key: key, Secret: secret.Reveal()}, calls)

	// Installs that fail: the app answers with what it should keep to itself, and echoes
	// what it was sent.
	echo := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body) // what is left of it is echoed
		wrote.keep(canaries, "secretKey", body)
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("X-Echo", strings.ReplaceAll(string(body), "\n", " "))
		status := http.StatusInternalServerError
		if r.URL.Path == "/refuse" {
			status = http.StatusForbidden
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(map[string]string{"error": fmt.Sprint(r.URL, " ", r.Header, " ", string(body))})
	}))
	t.Cleanup(echo.Close)
	html := "<!doctype html><p>" + appSecret
	proof, err := json.Marshal(map[string]string{"proof": appSecret, "secret": shopSecret, "confirmation_url": echo.URL})
	if err != nil {
		t.Fatal(err)
	}
	for name, answer := range map[string]map[apptest.Step]apptest.Fault{
		"html":            {apptest.Register: apptest.Body([]byte(html))},
		"wrong proof":     {apptest.Register: apptest.Body(proof)},
		"half an answer":  {apptest.Register: apptest.Body(proof[:len(proof)-70])},
		"error":           {apptest.Register: apptest.Error("your secret is " + appSecret)},
		"confirm 500":     {apptest.Confirm: apptest.Refuse(500, shopSecret+" and "+appSecret)},
		"confirm 403":     {apptest.Confirm: apptest.Refuse(403, shopSecret+" and "+appSecret)},
		"confirm echo":    {apptest.Register: apptest.ConfirmationURL(echo.URL + "/fail")},
		"confirm refused": {apptest.Register: apptest.ConfirmationURL(echo.URL + "/refuse")},
	} {
		app := apptest.New(t, apptest.App{Name: nameOf(name), Secret: appSecret, ShopSecret: shopSecret, Webhooks: []string{"app.installed"}})
		for step, fault := range answer {
			app.Answer(step, fault)
		}
		got, err := install(ctx, remote, write(t, app.App.Name, app.Manifest()))
		if err == nil {
			t.Errorf("%s: it was installed", name)
		}
		wrote.add("install over the socket", got, err)
		_, err = install(ctx, only(t, host), write(t, app.App.Name, app.Manifest()))
		wrote.add("install in process", got, err)
	}

	// One that works, and answers webhooks with its secret.
	app := apptest.New(t, apptest.App{
		Secret: appSecret, ShopSecret: shopSecret,
		Permissions: []string{"order:read"}, Webhooks: []string{"app.installed", "app.activated", "app.deleted", "app.deactivated"},
	})
	app.Answer(apptest.Webhook, apptest.Refuse(500, "the secret is "+shopSecret), apptest.Body([]byte(`{"secret":"`+shopSecret+`"}`)).Times(1))
	source := write(t, app.App.Name, app.Manifest())
	installed(t, only(t, host), source)
	known := app.Shops.All()[0]
	canaries["secret of the app's client"] = known.SecretKey
	token := tokenOf(t, calls, host, app)
	canaries["access token"] = token[strings.LastIndexByte(token, '.')+1:] // its signature: the rest says nothing secret

	// Calls of the API that fail with a secret in each place.
	for _, body := range []string{
		`{"grant_type":"client_credentials","client_id":"` + known.APIKey + `","client_secret":"` + known.SecretKey + `x"}`,
		`{"grant_type":"other","client_id":"` + known.APIKey + `","client_secret":"` + known.SecretKey + `"}`,
		`{"grant_type":"client_credentials","client_id":"` + known.SecretKey + `","client_secret":1}`,
		`{"grant_type":"client_credentials","client_secret":"` + known.SecretKey,
	} {
		wrote.post(t, calls, host.URL()+"/api/oauth/token", "", body)
	}
	for _, path := range []string{"/api/order?access_token=" + token, "/api/no-such-thing", "/nowhere?token=" + token, "/api/customer"} {
		wrote.post(t, calls, host.URL()+path, token, "{")
	}
	for _, authorization := range []string{token + "x", strings.Replace(token, ".", "..", 1)} {
		wrote.post(t, calls, host.URL()+"/api/search/order", authorization, "{}")
	}

	// What operators and readers of the API see.
	wrote.add("bad order", nil, shop.Create(ctx, "order", map[string]any{"password": known.SecretKey}))
	look(ctx, t, wrote, only(t, host), remote)
	for _, entity := range []string{"app", "integration", "acl_role", "notification", "system_config"} {
		page, err := sdk.Search[json.RawMessage](ctx, shop, entity, sdk.Criteria{})
		wrote.add("search "+entity, page, err)
	}
	got, err := only(t, host).Uninstall(ctx, app.App.Name, true)
	wrote.add("uninstall", got, err)
	look(ctx, t, wrote, only(t, host), remote)
	search(t, c.Data, wrote, canaries) // with what stands in the write-ahead log
	leave()
	<-watched
	closeHost(t, host)
	look(ctx, t, wrote, only(t, open(t, c)))
	search(t, c.Data, wrote, canaries)
	if wrote.kept == 0 {
		t.Error("no app saw the secret key of a confirmation: nothing was echoed")
	}
}

// look takes down what a host shows of its apps and deliveries.
func look(ctx context.Context, t *testing.T, wrote *transcript, shops ...control.Shop) {
	t.Helper()
	for _, shop := range shops {
		apps, err := shop.Apps(ctx)
		wrote.add("apps", apps, err)
		for _, a := range apps {
			details, err := shop.App(ctx, a.Name)
			wrote.add("app", details, err)
		}
		deliveries, err := shop.Deliveries(ctx, control.DeliveryFilter{})
		wrote.add("deliveries", deliveries, err)
		if len(deliveries) == 0 {
			t.Error("there is no delivery to look at")
		}
		for _, d := range deliveries {
			details, err := shop.Delivery(ctx, d.ID)
			wrote.add("delivery", details, err)
			if len(details.Log) == 0 {
				t.Errorf("delivery of %s has no attempt", d.Event)
			}
		}
	}
}

// search looks for secrets in what was written down and in every file of a data folder but
// the key, in each form in which they could stand there.
func search(t *testing.T, data string, wrote *transcript, canaries map[string]string) {
	t.Helper()
	places := map[string][]byte{"what the host said": wrote.bytes()}
	err := filepath.WalkDir(data, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || d.Name() == "appdock.key" {
			return err
		}
		places[d.Name()], err = os.ReadFile(path)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"what the host said", "appdock.db"} {
		if !bytes.Contains(places[name], []byte("TestApp")) && !bytes.Contains(places[name+"-wal"], []byte("TestApp")) {
			t.Errorf("%s does not even tell of the app: nothing would be found there", name)
		}
	}
	for what, canary := range canaries {
		for form, text := range forms(t, canary) {
			for place, content := range places {
				if at := bytes.Index(content, text); at >= 0 {
					t.Errorf("%s, %s, is in %s: …%s…", what, form, place, content[max(0, at-200):min(len(content), at+len(text)+20)])
				}
			}
		}
	}
}

// forms are the ways in which a text could stand somewhere.
func forms(t *testing.T, text string) map[string][]byte {
	t.Helper()
	quoted, err := json.Marshal(text)
	if err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{
		"as it is":  []byte(text),
		"as JSON":   quoted[1 : len(quoted)-1],
		"in hex":    []byte(hex.EncodeToString([]byte(text))),
		"in base64": []byte(base64.RawStdEncoding.EncodeToString([]byte(text)[:len(text)/3*3])),
	}
}

// transcript is all that a host said. It is safe for concurrent use.
type transcript struct {
	mu   sync.Mutex
	text bytes.Buffer
	kept int
}

func (w *transcript) Write(line []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(line)
}

func (w *transcript) bytes() []byte {
	w.mu.Lock()
	defer w.mu.Unlock()
	return bytes.Clone(w.text.Bytes())
}

// add takes down what a call gave, as people and machines would see it.
func (w *transcript) add(what string, got any, err error) {
	text, fault := json.Marshal(got)
	line := fmt.Sprintf("%s: %s %v %+v %#v\n", what, text, fault, got, got)
	if err != nil {
		told, fault := json.Marshal(control.Explain(err))
		line += fmt.Sprintf("%s: %v %+v %s %v\n", what, err, err, told, fault)
	}
	_, _ = w.Write([]byte(line)) // to memory
}

// post makes a call of the API and takes down the answer.
func (w *transcript) post(t *testing.T, calls *http.Client, url, token, body string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	res, err := calls.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode < 400 {
		t.Errorf("%s was answered with %d, %v", strings.SplitN(url, "?", 2)[0], res.StatusCode, err)
	}
	w.add("API", fmt.Sprint(res.Status, res.Header, string(answer)), nil)
}

// keep makes a canary of a member of a body that an app was sent.
func (w *transcript) keep(canaries map[string]string, member string, body []byte) {
	var object map[string]string
	if json.Unmarshal(body, &object) != nil || object[member] == "" {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.kept++
	canaries[fmt.Sprintf("%s %d", member, w.kept)] = object[member]
}
