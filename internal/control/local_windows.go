package control

import (
	"context"
	"net"
	"net/http"
)

// listenLocal listens for those who may read the file at path: the sockets of Windows have
// no owner.
func listenLocal(ctx context.Context, path string, handler http.Handler) (net.Listener, http.Handler, error) {
	listener, said, err := listenLoopback(ctx, path)
	if err != nil {
		return nil, nil, err
	}
	return listener, said.guarded(handler), nil
}

func localTransport(path string) http.RoundTripper { return newLoopbackTransport(path) }

func listeningLocally(ctx context.Context, path string) bool { return listeningOnLoopback(ctx, path) }
