package server

import (
	"context"
	"crypto/md5"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/files"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/oauth"
)

// instanceFile has the uid of a data folder, outside of its database: a database that is
// copied alone is in another instance (protocol-shop-identity.md 2.2).
const instanceFile = "instance-id"

// openInstance reads the uid of the data folder, or makes one.
func (s *Server) openInstance() error {
	path := s.folder.file(instanceFile)
	text, err := os.ReadFile(path)
	if uid := strings.TrimSpace(string(text)); err == nil && uid != "" {
		s.instance = uid
		return nil
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(s.folder.path, err)
	}
	var uid [16]byte
	_, _ = rand.Read(uid[:]) // never fails: crypto/rand ends the program instead
	s.instance = hex.EncodeToString(uid[:])
	if err := os.WriteFile(path, []byte(s.instance+"\n"), 0o600); err != nil {
		return unwritable(s.folder.path, err)
	}
	return nil
}

// ForgetInstance makes a data folder another instance: from then on it is a copy, and tells
// apps nothing until somebody has settled what it is. The next start makes a new uid. A
// folder that another process holds is left as it is: it may be the original.
func ForgetInstance(data string) (err error) {
	f, err := openFolder(data, false, time.Now())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := os.Remove(f.file(instanceFile)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return unwritable(data, err)
	}
	if err := files.Sync(data); err != nil {
		return unwritable(data, err)
	}
	return nil
}

// prints takes the fingerprints of a shop as they are now.
func (s *Server) prints(ctx context.Context, shop appdock.Shop) (lifecycle.Fingerprints, error) {
	path, err := filepath.Abs(s.folder.path)
	if err != nil {
		return nil, fmt.Errorf("find the data folder: %w", err)
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	domains, err := s.domains(ctx, shop.ID)
	if err != nil {
		return nil, err
	}
	return lifecycle.Fingerprints{
		lifecycle.PrintURL:      shop.URL,
		lifecycle.PrintPath:     filepath.ToSlash(path),
		lifecycle.PrintDomains:  domains,
		lifecycle.PrintDatabase: s.instance + ":" + s.database,
	}, nil
}

// domains is a hash of the URLs of all sales channels, in an order of their own
// (protocol-shop-identity.md 2.2 demands MD5; nothing depends on its strength).
func (s *Server) domains(ctx context.Context, shop appdock.ShopID) (string, error) {
	page, err := s.store.Search(ctx, shop, entity.View{}, &entity.Criteria{Entity: "sales_channel_domain"})
	if err != nil {
		return "", fmt.Errorf("find the domains of shop %s: %w", shop, err)
	}
	var urls []string
	for _, r := range page.Records {
		urls = append(urls, r.Text("url"))
	}
	slices.Sort(urls)
	sum := md5.Sum([]byte(strings.Join(urls, "")))
	return hex.EncodeToString(sum[:]), nil
}

// renewed is told of a shop that has another id from now on.
func (s *Server) renewed(before appdock.ShopID, now appdock.Shop) { s.shops.rename(before, now) }

// CheckIdentity compares where the shop is with what its apps know.
func (s *Shop) CheckIdentity(ctx context.Context) (control.IdentityCheck, error) {
	c, suggested, err := s.host.apps.CheckIdentity(ctx, s.shop())
	if err != nil {
		return control.IdentityCheck{}, err
	}
	check := control.IdentityCheck{
		ID: s.id, Suggested: suggested, Score: c.Score, Threshold: lifecycle.Threshold, Fingerprints: []control.Fingerprint{},
	}
	for _, p := range c.Prints {
		check.Fingerprints = append(check.Fingerprints, control.Fingerprint{
			Identifier: p.Identifier, Stored: p.Stored, Current: p.Current, Score: p.Score, Match: p.Match(), Ignored: p.Ignored,
		})
	}
	return check, nil
}

// Unsettled says why apps are told nothing; nil while the identity is not in doubt.
func (s *Shop) Unsettled(ctx context.Context) error {
	c, suggested, err := s.host.apps.CheckIdentity(ctx, s.shop())
	if err == nil && suggested {
		err = lifecycle.ChangeSuggested(c)
	}
	return err
}

// ResolveIdentity carries out a strategy.
func (s *Shop) ResolveIdentity(ctx context.Context, in control.Resolve) (control.Resolution, error) {
	strategy, err := lifecycle.ParseStrategy(in.Strategy)
	if err != nil {
		return control.Resolution{}, err
	}
	done, err := s.host.apps.Resolve(ctx, s.shop(), strategy, in.DryRun)
	if err != nil {
		return control.Resolution{}, err
	}
	res := control.Resolution{Strategy: string(strategy), ID: done.Shop.ID, Changed: done.Changed, Apps: []control.ResolvedApp{}}
	for _, a := range done.Apps {
		app := control.ResolvedApp{Name: a.App, Result: string(a.Result), Warnings: a.Warnings}
		if a.Err != nil {
			failure := control.Explain(withExchange(a.Err))
			app.Result, app.Error = "failed", &failure
		}
		res.Apps = append(res.Apps, app)
	}
	return res, nil
}

func (s *Server) tokens() appTokens {
	withheld := s.apps.Withheld
	if !s.config.BlockAPI {
		withheld = func(appdock.ShopID) bool { return false }
	}
	return appTokens{
		&oauth.Service{
			Store: s.store, Backoffs: s.store, People: loggingIn{s.people}, Refreshes: s.store,
			Key: s.ring.TokenKey(), Hash: s.ring.Hash, Now: s.config.Now, NewID: newID, Random: rand.Reader,
		},
		withheld,
	}
}

// appTokens refuses the tokens of apps while the shop's identity is in doubt: a copy of a
// shop would answer for the original (protocol-shop-identity.md 3, identity.block_api).
type appTokens struct {
	*oauth.Service
	withheld func(appdock.ShopID) bool
}

// Actor tells who shows a token.
func (t appTokens) Actor(ctx context.Context, shop appdock.ShopID, authorization string) (appdock.Actor, error) {
	actor, err := t.Service.Actor(ctx, shop, authorization)
	if err == nil && !actor.Installation.IsZero() && t.withheld(shop) {
		return appdock.Actor{}, &appdock.Error{
			Kind: appdock.Refused, Code: lifecycle.CodeChangeSuggested,
			Message: "The shop moved or is a copy",
			Cause:   "apps are not answered until its operator has said which",
			Cure:    "Ask the shop's operator to settle it.",
		}
	}
	return actor, err
}
