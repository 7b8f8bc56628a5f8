package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"flag"
	"log/slog"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"appdock": func() { os.Exit(realMain()) }})
}

// TestScripts runs the program itself: against a fake host on a real socket where a script
// starts one with `fakehost FOLDER` (`moved`: its shop is elsewhere), else with the real one.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Setup: func(env *testscript.Env) error {
			env.Setenv("TZ", "UTC")
			docs, err := filepath.Abs("../../docs")
			if err != nil {
				return err
			}
			env.Setenv("DOCS", docs)
			env.Setenv("GORACE", "atexit_sleep_ms=0") // else every program waits a second at its end
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"fakehost":    startFakeHost,
			"exits":       exits,
			"listening":   awaitSocket,
			"awaits":      awaitOutput,
			"certificate": writeCertificate,
			"shopurl":     shopURL,
		},
	})
}

func startFakeHost(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 && (len(args) != 2 || args[1] != "moved") {
		ts.Fatalf("usage: fakehost FOLDER [moved]")
	}
	fake := newFakeHost()
	fake.moved = len(args) == 2
	folder := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(folder, 0o700))
	s, err := control.Listen(context.Background(), server.SocketPath(folder), fake, slog.New(slog.DiscardHandler))
	ts.Check(err)
	ended := make(chan error, 1)
	go func() { ended <- s.Serve() }()
	ts.Defer(func() {
		ts.Check(s.Close(context.Background()))
		ts.Check(<-ended)
	})
}

// exits runs a command and compares its exit code: `exits 5 appdock …`.
func exits(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND...")
	}
	code := exitDone
	err := ts.Exec(args[1], args[2:]...)
	if ended, ok := errors.AsType[*exec.ExitError](err); ok {
		code, err = ended.ExitCode(), nil
	}
	ts.Check(err)
	if strconv.Itoa(code) != args[0] {
		ts.Fatalf("exit code %d, want %s", code, args[0])
	}
}

// writeCertificate makes a certificate for 127.0.0.1 that is its own authority:
// `certificate CERT KEY`.
func writeCertificate(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: certificate CERT KEY")
	}
	secret, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	ts.Check(err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &secret.PublicKey, secret)
	ts.Check(err)
	sealed, err := x509.MarshalPKCS8PrivateKey(secret)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: sealed}), 0o600))
}

// shopURL puts the URL of the only shop of a running host into a variable, which is that of
// the host in development: `shopurl FOLDER VARIABLE`.
func shopURL(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: shopurl FOLDER VARIABLE")
	}
	host := control.Dial(server.SocketPath(ts.MkAbs(args[0])))
	defer host.Close()
	shops, err := host.Shops(context.Background())
	ts.Check(err)
	ts.Setenv(args[1], shops[0].URL)
}

// patience is how long a script waits for another process.
const patience = 20 * time.Second

// awaitSocket waits until a host runs on a folder: `listening FOLDER`.
func awaitSocket(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 1 {
		ts.Fatalf("usage: listening FOLDER")
	}
	await(ts, func() bool { return control.Listening(context.Background(), server.SocketPath(ts.MkAbs(args[0]))) })
}

// awaitOutput repeats a command until its output matches: `awaits PATTERN COMMAND...`.
func awaitOutput(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: awaits PATTERN COMMAND...")
	}
	pattern, err := regexp.Compile(args[0])
	ts.Check(err)
	await(ts, func() bool { return ts.Exec(args[1], args[2:]...) == nil && pattern.MatchString(ts.ReadFile("stdout")) })
}

func await(ts *testscript.TestScript, done func() bool) {
	for end := time.Now().Add(patience); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			ts.Fatalf("waited %s in vain", patience)
		}
	}
}
