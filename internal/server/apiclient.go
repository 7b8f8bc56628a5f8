package server

import (
	"context"
	"crypto/rand"
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/oauth"
	"github.com/appdock/appdock/protocol"
)

// NewAPIClient makes a client of the Admin API that belongs to no app and may do
// everything. The secret is known to the caller alone: the host keeps its hash.
func (s *Shop) NewAPIClient(ctx context.Context, label string) (accessKey string, secret appdock.Secret, err error) {
	pair, err := protocol.NewKeyPair(rand.Reader)
	if err != nil {
		return "", appdock.Secret{}, fmt.Errorf("make a key pair: %w", err)
	}
	now := s.host.config.Now()
	err = s.host.store.AddClient(ctx, s.id, label, pair.AccessKey, oauth.Client{
		Integration: appdock.NewID(now),
		SecretHash:  s.host.ring.Hash(pair.SecretKey),
		Admin:       true,
		ChangedAt:   now,
	})
	return pair.AccessKey, appdock.NewSecret(pair.SecretKey), err
}
