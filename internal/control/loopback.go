package control

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"

	"github.com/appdock/appdock"
)

// Where a socket cannot be closed to other users of the machine, which is Windows, the host
// listens on a loopback address, and the file at the socket's path says which one and what to
// show there. Who may read the file may operate the host: on Windows those whom the folder's
// access list names.

// loopback is what such a file says.
type loopback struct {
	Address string `json:"address"`
	Token   string `json:"token"`
}

// listenLoopback listens, and writes the file whole: who reads it reads all of it.
func listenLoopback(ctx context.Context, path string) (net.Listener, loopback, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, loopback{}, fmt.Errorf("open the address for operators: %w", err)
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails: crypto/rand ends the program instead
	said := loopback{listener.Addr().String(), base64.RawURLEncoding.EncodeToString(random)}
	text, err := json.Marshal(said)
	if err == nil {
		err = os.WriteFile(path+".new", text, 0o600)
	}
	if err == nil {
		err = os.Rename(path+".new", path)
	}
	if err != nil {
		return nil, loopback{}, errors.Join(fmt.Errorf("tell operators of their address: %w", err), listener.Close())
	}
	return listener, said, nil
}

// readLoopback reads the file. An address that is not of this machine is refused: the token
// is shown to nobody else.
func readLoopback(path string) (loopback, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return loopback{}, err
	}
	var said loopback
	if err := json.Unmarshal(text, &said); err != nil || said.Token == "" {
		return loopback{}, fmt.Errorf("%s is no file of a host", path)
	}
	if at, err := netip.ParseAddrPort(said.Address); err != nil || !at.Addr().IsLoopback() {
		return loopback{}, fmt.Errorf("%s names an address that is not of this machine", path)
	}
	return said, nil
}

// guarded lets those through who show what the file says. Others learn nothing.
func (l loopback) guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+l.Token)) != 1 {
			Refuse(w, &appdock.Error{
				Kind: appdock.Unauthenticated, Code: "ADK-TOKEN-REFUSED", Message: "The host does not take this token",
				Cause: "it is not the one of its data folder", Cure: "Run the command as the user of the host.",
			})
			return
		}
		next.ServeHTTP(w, r)
	})
}

// loopbackTransport makes calls to the host whose file stands at a path, as it is then.
type loopbackTransport struct {
	path string
	base *http.Transport
}

func newLoopbackTransport(path string) *loopbackTransport {
	return &loopbackTransport{path, &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		said, err := readLoopback(path)
		if err != nil {
			return nil, err
		}
		var d net.Dialer
		return d.DialContext(ctx, "tcp", said.Address)
	}}}
}

// RoundTrip shows the token with a call.
func (t *loopbackTransport) RoundTrip(r *http.Request) (*http.Response, error) {
	said, err := readLoopback(t.path)
	if err != nil {
		return nil, err
	}
	r = r.Clone(r.Context())
	r.Header.Set("Authorization", "Bearer "+said.Token)
	return t.base.RoundTrip(r)
}

// CloseIdleConnections is what [http.Client] asks for.
func (t *loopbackTransport) CloseIdleConnections() { t.base.CloseIdleConnections() }

// listeningOnLoopback asks whether the host of a file answers. A file that an ended host left
// may name an address that another program has by now: only who takes the token is the host.
func listeningOnLoopback(ctx context.Context, path string) bool {
	transport := newLoopbackTransport(path)
	defer transport.CloseIdleConnections()
	host := &Client{where: path, base: "http://appdock", http: &http.Client{Transport: transport}}
	_, err := host.Version(ctx)
	return err == nil || errors.Is(err, fs.ErrPermission)
}
