//go:build !windows

package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
)

// listenLocal opens the socket at path for the owner alone (0600).
func listenLocal(ctx context.Context, path string, handler http.Handler) (net.Listener, http.Handler, error) {
	var lc net.ListenConfig
	listener, err := lc.Listen(ctx, "unix", path)
	if err != nil {
		return nil, nil, fmt.Errorf("open the socket for operators: %w", err)
	}
	if err := os.Chmod(path, 0o600); err != nil {
		return nil, nil, errors.Join(fmt.Errorf("protect the socket for operators: %w", err), listener.Close())
	}
	return listener, handler, nil
}

func localTransport(path string) http.RoundTripper {
	return &http.Transport{DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		var d net.Dialer
		return d.DialContext(ctx, "unix", path)
	}}
}

func listeningLocally(ctx context.Context, path string) bool {
	var d net.Dialer
	conn, err := d.DialContext(ctx, "unix", path)
	if err != nil {
		return errors.Is(err, fs.ErrPermission)
	}
	_ = conn.Close() // it was only asked whether it opens
	return true
}
