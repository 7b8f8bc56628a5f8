package server_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"image/png"
	"io"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/server"
)

// get asks a host for a page as it is reached under a name.
func get(t *testing.T, calls *http.Client, url string, header http.Header) (status int, body string, answer http.Header) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header = header
	res, err := calls.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(text), res.Header
}

func TestOperationPages(t *testing.T) {
	t.Parallel()
	host := open(t, development(folder(t)))
	calls := client(t)
	if status, body, _ := get(t, calls, host.URL()+"/healthz", nil); status != 200 || body != "ok\n" {
		t.Errorf("healthz: got %d %q", status, body)
	}
	if status, body, _ := get(t, calls, host.URL()+"/readyz", nil); status != 200 || !strings.Contains(body, `"ready":true`) {
		t.Errorf("readyz: got %d %q", status, body)
	}
	if status, body, _ := get(t, calls, host.URL()+"/version", nil); status != 200 || !strings.Contains(body, `"platformVersion":"6.7.10.0"`) {
		t.Errorf("version: got %d %q", status, body)
	}
	// What browsers ask for beside each page is there, and is a picture.
	status, icon, header := get(t, calls, host.URL()+"/favicon.ico", nil)
	if status != 200 || header.Get("Content-Type") != "image/x-icon" || len(icon) < 22 {
		t.Fatalf("favicon.ico: got %d %s, %d bytes", status, header.Get("Content-Type"), len(icon))
	}
	if picture, err := png.Decode(strings.NewReader(icon[22:])); err != nil || picture.Bounds().Dx() != int(icon[6]) { // behind the head and one entry
		t.Errorf("the icon is no picture: %v", err)
	}
	for _, path := range []string{"/api/../x", "/strange/" + strings.Repeat("y", 50), "/api/search/order"} {
		_, _, _ = get(t, calls, host.URL()+path, nil) // to be counted
	}
	req, err := http.NewRequestWithContext(t.Context(), "INVENTED", host.URL()+"/healthz", nil)
	if err != nil {
		t.Fatal(err)
	}
	res, err := calls.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	status, body, _ := get(t, calls, host.URL()+"/metrics", nil)
	if status != 200 {
		t.Fatalf("metrics: got %d %q", status, body)
	}
	for _, want := range []string{
		`appdock_http_requests_total{interface="operation",method="GET",status="200"}`, `appdock_http_requests_total{interface="other",method="GET",status="404"}`,
		`method="other"`, "appdock_shops 1", "appdock_store_writable 1", "appdock_fan_out_lag_seconds", "go_goroutines", "process_open_fds",
	} {
		if !strings.Contains(body, want) {
			t.Errorf("metrics have no %s", want)
		}
	}
	for _, wrong := range []string{"strange", "yyyy", "INVENTED"} { // labels are not the stranger's
		if strings.Contains(body, wrong) {
			t.Errorf("metrics have the stranger's %s", wrong)
		}
	}
}

// What only neighbours may see is not shown to those who come through a proxy, and what a
// request says of itself counts only from a trusted one.
func TestForwardedHeadersAreNotBelieved(t *testing.T) {
	t.Parallel()
	forwarded := http.Header{"X-Forwarded-For": {"203.0.113.9"}}
	spoofed := http.Header{"X-Forwarded-For": {"127.0.0.1, 203.0.113.9"}}
	near := http.Header{"X-Forwarded-For": {"203.0.113.9, 192.168.1.1"}}
	plain := open(t, development(folder(t)))
	c := twoShops(folder(t))
	c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.1/32")}
	behind := open(t, c)
	tests := map[string]struct {
		host   *server.Server
		header http.Header
		want   int
	}{
		"a neighbour":                                 {plain, nil, 200},
		"through a proxy that nobody told of":         {plain, forwarded, 404},
		"who says he is a neighbour":                  {plain, spoofed, 404},
		"a stranger through the trusted proxy":        {behind, forwarded, 404},
		"a stranger who wrote a neighbour before him": {behind, spoofed, 404},
		"a neighbour through the trusted proxy":       {behind, near, 200},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got, _, _ := get(t, client(t), tt.host.URL()+"/metrics", tt.header); got != tt.want {
				t.Errorf("metrics: got %d, want %d", got, tt.want)
			}
		})
	}
	asked := func(host *server.Server, header http.Header) int {
		status, _, _ := get(t, at(t, host), "http://nowhere.example/api/_info/version", header)
		return status
	}
	header := http.Header{"X-Forwarded-Host": {"two.example"}}
	if got := asked(behind, header); got != http.StatusUnauthorized {
		t.Errorf("the shop that the trusted proxy names: got %d, want 401 of that shop", got)
	}
	c = twoShops(folder(t))
	if got := asked(open(t, c), header); got != http.StatusNotFound {
		t.Errorf("the shop that a stranger names: got %d, want 404", got)
	}
}

func TestRequestIDsGoThroughTheLog(t *testing.T) {
	t.Parallel()
	wrote := &transcript{}
	c := development(folder(t))
	c.Log = slog.New(server.LogHandler(slog.NewJSONHandler(wrote, nil)))
	host, err := server.Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	_, _, header := get(t, client(t), host.URL()+"/nothing", nil)
	closeHost(t, host)
	id := header.Get("X-Request-Id")
	lines := 0
	for line := range strings.Lines(string(wrote.bytes())) {
		var entry map[string]any
		if err := json.Unmarshal([]byte(line), &entry); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if entry["request_id"] == id {
			if lines++; strings.Count(line, "request_id") != 1 {
				t.Errorf("twice in a line: %s", line)
			}
		}
	}
	if id == "" || lines != 1 {
		t.Errorf("request %q has %d lines in the log, want one", id, lines)
	}
}

// issue writes a certificate for 127.0.0.1 and gives what trusts it.
func issue(t *testing.T, cert, key string, serial int64) *x509.CertPool {
	t.Helper()
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), DNSNames: []string{"shop.example"},
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := x509.MarshalPKCS8PrivateKey(secret)
	if err != nil {
		t.Fatal(err)
	}
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: sealed}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	pool.AddCert(parsed)
	return pool
}

func TestServesOverTLS(t *testing.T) {
	t.Parallel()
	pair := t.TempDir()
	c := development(folder(t))
	c.Certificate, c.CertificateKey = filepath.Join(pair, "cert.pem"), filepath.Join(pair, "key.pem")
	_, err := server.Open(t.Context(), c)
	if code := refusal(t, err); code != "ADK-TLS" {
		t.Errorf("without the files: got %v", err)
	}
	pool := issue(t, c.Certificate, c.CertificateKey, 1)
	if err := os.WriteFile(filepath.Join(pair, "other.pem"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	issue(t, filepath.Join(pair, "other.pem"), filepath.Join(pair, "other-key.pem"), 2)
	wrong := c
	wrong.CertificateKey = filepath.Join(pair, "other-key.pem")
	_, err = server.Open(t.Context(), wrong)
	if code := refusal(t, err); code != "ADK-TLS" {
		t.Errorf("with the key of another certificate: got %v", err)
	}
	host := open(t, c)
	if !strings.HasPrefix(host.URL(), "https://127.0.0.1:") {
		t.Errorf("got URL %s, want https", host.URL())
	}
	if details, err := only(t, host).Details(t.Context()); err != nil || details.URL != host.URL() {
		t.Errorf("the shop is at %s, %v, want %s", details.URL, err, host.URL())
	}
	transport := &http.Transport{TLSClientConfig: &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}}
	t.Cleanup(transport.CloseIdleConnections)
	if status, _, _ := get(t, &http.Client{Transport: transport, Timeout: soon}, host.URL()+"/healthz", nil); status != 200 {
		t.Errorf("got %d", status)
	}
	_, body, _ := get(t, client(t), strings.Replace(host.URL(), "https", "http", 1)+"/healthz", nil)
	if !strings.Contains(body, "HTTPS") {
		t.Errorf("in the clear: got %q, want it to say that this is HTTPS", body)
	}
}

func TestRunEndsWithItsContext(t *testing.T) {
	t.Parallel()
	c := development(folder(t))
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	was := make(chan string, 1)
	go func() {
		ended <- server.Run(ctx, c, func(host *server.Server) { was <- host.URL() })
	}()
	url := <-was
	calls := client(t)
	if status, _, _ := get(t, calls, url+"/healthz", nil); status != 200 {
		t.Errorf("got %d", status)
	}
	calls.CloseIdleConnections()
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	if res, err := calls.Head(url + "/healthz"); err == nil {
		_ = res.Body.Close()
		t.Error("it still answers")
	}
	c.Shop = appdock.Shop{URL: "no URL"}
	if err := server.Run(t.Context(), c, nil); appdock.CodeOf(err) != "ADK-CONFIG-INVALID" {
		t.Errorf("wrong settings: got %v", err)
	}
}
