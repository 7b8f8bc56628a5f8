package server

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

const (
	factTokens = "operator-tokens" // their list as JSON
	tokenMark  = "adk_"            // begins each token, so that scanners for lost secrets know it
	maxTokens  = 100
	maxLabel   = 100 // bytes
)

// operatorToken is a token as it is stored: with a hash under the host's key, by which
// nobody can show it.
type operatorToken struct {
	ID        string    `json:"id"`
	Label     string    `json:"label"`
	Hash      []byte    `json:"hash"`
	CreatedAt time.Time `json:"createdAt"`
	ExpiresAt time.Time `json:"expiresAt,omitzero"`
}

// operatorTokens are those of the host, in one fact of its store.
type operatorTokens struct {
	store interface {
		Fact(ctx context.Context, name string) (string, error)
		SetFact(ctx context.Context, name, value string) error
	}
	hash func(secret string) []byte
	now  func() time.Time
	mu   sync.Mutex // one change at a time
}

func (o *operatorTokens) load(ctx context.Context) (list []operatorToken, err error) {
	text, err := o.store.Fact(ctx, factTokens)
	if err != nil || text == "" {
		return nil, err
	}
	if err := json.Unmarshal([]byte(text), &list); err != nil {
		return nil, fmt.Errorf("read the tokens of operators: %w", err)
	}
	return list, nil
}

// change replaces the list by what f makes of it.
func (o *operatorTokens) change(ctx context.Context, f func([]operatorToken) ([]operatorToken, error)) error {
	o.mu.Lock()
	defer o.mu.Unlock()
	list, err := o.load(ctx)
	if err != nil {
		return err
	}
	if list, err = f(list); err != nil {
		return err
	}
	text, err := json.Marshal(list)
	if err != nil {
		return fmt.Errorf("write the tokens of operators: %w", err)
	}
	return o.store.SetFact(ctx, factTokens, string(text))
}

// operator gives who shows a token that is good now.
func (o *operatorTokens) operator(ctx context.Context, shown string) (control.Operator, error) {
	list, err := o.load(ctx)
	if err != nil {
		return control.Operator{}, err
	}
	hash := o.hash(shown)
	for _, t := range list {
		if subtle.ConstantTimeCompare(hash, t.Hash) == 1 && (t.ExpiresAt.IsZero() || o.now().Before(t.ExpiresAt)) {
			return control.Operator{Name: t.Label, Token: t.ID}, nil
		}
	}
	return control.Operator{}, &appdock.Error{
		Kind: appdock.Unauthenticated, Code: "ADK-TOKEN-REFUSED",
		Message: "The host does not take this token",
		Cause:   "it is misspelt, was revoked, or has expired",
		Cure:    "Make another on the host with `appdock token create LABEL`.",
	}
}

func (t operatorToken) words() control.Token {
	token := control.Token{ID: t.ID, Label: t.Label, CreatedAt: t.CreatedAt}
	if !t.ExpiresAt.IsZero() {
		token.ExpiresAt = &t.ExpiresAt
	}
	return token
}

// CreateToken makes a token for an operator.
func (s *Server) CreateToken(ctx context.Context, order control.NewToken) (control.CreatedToken, error) {
	wrong := func(cause string) error {
		return &appdock.Error{Kind: appdock.Invalid, Code: "ADK-TOKEN-INVALID", Message: "No such token can be made", Cause: cause, Cure: "Give it a short label of its own, and a time that it is good for, such as 2160h."}
	}
	label := strings.TrimSpace(order.Label)
	if label == "" || len(label) > maxLabel || strings.ContainsFunc(label, func(r rune) bool { return r < ' ' }) {
		return control.CreatedToken{}, wrong(fmt.Sprintf("the label has 1 to %d characters in one line", maxLabel))
	}
	if order.Seconds < 0 || order.Seconds > int64(100*365*24*time.Hour/time.Second) {
		return control.CreatedToken{}, wrong("the time that it is good for is below zero, or longer than a hundred years")
	}
	random := make([]byte, 32)
	_, _ = rand.Read(random) // never fails
	text := tokenMark + base64.RawURLEncoding.EncodeToString(random)
	now := s.config.Now().UTC().Truncate(time.Second)
	fresh := operatorToken{ID: newID().String(), Label: label, Hash: s.ring.Hash(text), CreatedAt: now}
	if order.Seconds > 0 {
		fresh.ExpiresAt = now.Add(time.Duration(order.Seconds) * time.Second)
	}
	err := s.operators.change(ctx, func(list []operatorToken) ([]operatorToken, error) {
		list = slices.DeleteFunc(list, func(t operatorToken) bool { return !t.ExpiresAt.IsZero() && t.ExpiresAt.Before(now) })
		if len(list) >= maxTokens {
			return nil, wrong(fmt.Sprintf("there are %d tokens already", len(list)))
		}
		if slices.ContainsFunc(list, func(t operatorToken) bool { return t.Label == label }) {
			return nil, wrong("there is a token with the label " + label)
		}
		return append(list, fresh), nil
	})
	if err != nil {
		return control.CreatedToken{}, err
	}
	s.config.Log.LogAttrs(ctx, slog.LevelInfo, "operator's token made", slog.String("token", fresh.ID), slog.String("label", label))
	return control.CreatedToken{Token: fresh.words(), Text: text}, nil
}

// Tokens lists the tokens of operators.
func (s *Server) Tokens(ctx context.Context) ([]control.Token, error) {
	stored, err := s.operators.load(ctx)
	if err != nil {
		return nil, err
	}
	list := []control.Token{}
	for _, t := range stored {
		list = append(list, t.words())
	}
	slices.SortFunc(list, func(a, b control.Token) int { return cmp.Compare(a.Label, b.Label) })
	return list, nil
}

// RevokeToken ends a token of that id or label.
func (s *Server) RevokeToken(ctx context.Context, name string) (revoked control.Token, err error) {
	err = s.operators.change(ctx, func(list []operatorToken) ([]operatorToken, error) {
		at := slices.IndexFunc(list, func(t operatorToken) bool { return t.ID == name || t.Label == name })
		if at < 0 {
			return nil, &appdock.Error{
				Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no token of this label or id",
				Cure: "See them with: appdock token list",
			}
		}
		revoked = list[at].words()
		return slices.Delete(list, at, at+1), nil
	})
	if err == nil {
		s.config.Log.LogAttrs(ctx, slog.LevelInfo, "operator's token revoked", slog.String("token", revoked.ID), slog.String("label", revoked.Label))
	}
	return revoked, err
}
