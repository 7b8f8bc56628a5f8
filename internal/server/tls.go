package server

import (
	"context"
	"crypto/tls"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/appdock/appdock"
)

// certificateCheck is how often the files of the certificate are looked at, at most.
const certificateCheck = 10 * time.Second

// certificate is a pair of files that is read again when it changes, so that renewing it
// needs neither a restart nor a signal. A pair that cannot be read leaves the old one.
type certificate struct {
	cert, key string
	now       func() time.Time
	log       *slog.Logger

	mu      sync.Mutex
	looked  time.Time
	changed [2]time.Time
	current *tls.Certificate
}

func openCertificate(cert, key string, log *slog.Logger) (*certificate, error) {
	c := &certificate{cert: cert, key: key, now: time.Now, log: log}
	if err := c.load(); err != nil {
		return nil, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-TLS",
			Message: "The certificate cannot be used",
			Cause:   err.Error(),
			Cure:    "Name a certificate and its key in PEM files that this user can read, with tls.cert and tls.key.",
			Err:     err,
		}
	}
	return c, nil
}

func (c *certificate) load() error {
	var changed [2]time.Time
	for i, path := range []string{c.cert, c.key} {
		info, err := os.Stat(path)
		if err != nil {
			return err
		}
		changed[i] = info.ModTime()
	}
	c.looked = c.now()
	if changed == c.changed {
		return nil
	}
	c.changed = changed // also if it cannot be read: that is told once
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return fmt.Errorf("read %s and %s: %w", c.cert, c.key, err)
	}
	c.current = &pair
	return nil
}

// get is for [tls.Config.GetCertificate].
func (c *certificate) get(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.now().Sub(c.looked) >= certificateCheck {
		if err := c.load(); err != nil {
			c.looked = c.now()
			c.log.LogAttrs(hello.Context(), slog.LevelError, "changed certificate not used", slog.Any("error", err))
		}
	}
	return c.current, nil
}

// openTLS reads the certificate before anything is served with it.
func (s *Server) openTLS(context.Context) error {
	if s.config.Certificate == "" || s.config.Listen == "" {
		return nil
	}
	pair, err := openCertificate(s.config.Certificate, s.config.CertificateKey, s.config.Log)
	if err != nil {
		return err
	}
	s.tls = &tls.Config{GetCertificate: pair.get, MinVersion: tls.VersionTLS12}
	return nil
}
