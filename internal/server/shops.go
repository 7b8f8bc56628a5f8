package server

import (
	"context"
	"fmt"
	"net"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/webhook"
)

// Shop is one shop of a host.
type Shop struct {
	host *Server
	id   appdock.ShopID
}

var _ control.Shop = (*Shop)(nil)

// shop gives the words of the shop as they are now.
func (s *Shop) shop() appdock.Shop {
	shop, _ := s.host.shops.get(s.id)
	return shop
}

// Details says what the shop is.
func (s *Shop) Details(ctx context.Context) (control.ShopDetails, error) {
	all, err := s.host.apps.All(ctx, s.id)
	if err != nil {
		return control.ShopDetails{}, err
	}
	shop := s.shop()
	identity := "ok"
	if s.host.apps.Withheld(s.id) {
		identity = "change_suggested"
	}
	return control.ShopDetails{
		ID: shop.ID, URL: shop.URL, Name: shop.Name, Platform: s.host.config.Platform,
		Mode: string(s.host.mode), Identity: identity, Apps: len(all), Private: lifecycle.PrivateAddress(shop.URL),
	}, nil
}

// Shops lists the shops of the host in the order in which they were made.
func (s *Server) Shops(ctx context.Context) ([]control.ShopDetails, error) {
	list := []control.ShopDetails{}
	for _, shop := range s.shops.all() {
		details, err := (&Shop{s, shop.ID}).Details(ctx)
		if err != nil {
			return nil, err
		}
		list = append(list, details)
	}
	return list, nil
}

// Shop gives the shop of a name.
func (s *Server) Shop(_ context.Context, name string) (control.Shop, error) {
	shop, err := s.Find(name)
	if err != nil {
		return nil, err
	}
	return shop, nil
}

// Find gives the shop of a name: its name, its id, its URL or the host name of that. The
// empty name is the only shop of a host that has one.
func (s *Server) Find(name string) (*Shop, error) {
	shop, err := s.shops.named(name)
	if err != nil {
		return nil, err
	}
	return &Shop{s, shop.ID}, nil
}

// shops are the shops of a host, in the order in which they were made.
type shops struct {
	mu   sync.RWMutex
	list []appdock.Shop
}

var _ webhook.Shops = (*shops)(nil)

// put adds a shop, or replaces what is known of it.
func (s *shops) put(shop appdock.Shop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	at := slices.IndexFunc(s.list, func(known appdock.Shop) bool { return known.ID == shop.ID })
	if at < 0 {
		s.list = append(s.list, shop)
		return
	}
	s.list[at] = shop
}

// rename replaces what is known of a shop that has another id from now on.
func (s *shops) rename(before appdock.ShopID, shop appdock.Shop) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, known := range s.list {
		if known.ID == before {
			s.list[i] = shop
		}
	}
}

func (s *shops) all() []appdock.Shop {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return slices.Clone(s.list)
}

func (s *shops) get(id appdock.ShopID) (appdock.Shop, bool) {
	return s.find(func(shop appdock.Shop) bool { return shop.ID == id })
}

// find gives the only shop that is meant; not if there are none or several.
func (s *shops) find(meant func(appdock.Shop) bool) (found appdock.Shop, one bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	for _, shop := range s.list {
		if !meant(shop) {
			continue
		}
		if one {
			return appdock.Shop{}, false
		}
		found, one = shop, true
	}
	return found, one
}

// Shop is what the engine asks: what is said of a shop in every message to an app.
func (s *shops) Shop(_ context.Context, id appdock.ShopID) (appdock.Shop, error) {
	if shop, ok := s.get(id); ok {
		return shop, nil
	}
	return appdock.Shop{}, &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no shop " + string(id)}
}

// at gives the shop that a request with this Host header is for: the only one whatever it
// says, else the one whose URL has this host. Behind a proxy the port may be another, so
// the host's name alone is enough where it leaves no doubt.
func (s *shops) at(host string) (appdock.Shop, bool) {
	if shop, one := s.find(func(appdock.Shop) bool { return true }); one {
		return shop, true
	}
	address := addressOf(host, "")
	exactly := func(shop appdock.Shop) bool { return addressOfURL(shop.URL) == address }
	if shop, one := s.find(exactly); one {
		return shop, true
	}
	return s.find(func(shop appdock.Shop) bool { return addressOfURL(shop.URL).name == address.name })
}

// named finds a shop for an operator.
func (s *shops) named(name string) (appdock.Shop, error) {
	if name == "" {
		if shop, one := s.find(func(appdock.Shop) bool { return true }); one {
			return shop, nil
		}
		return appdock.Shop{}, &appdock.Error{
			Kind: appdock.Invalid, Code: "ADK-SHOP-NEEDED",
			Message: "This host has several shops",
			Cause:   "it is not said which one is meant",
			Cure:    "Name it with --shop: " + s.names() + ".",
		}
	}
	for _, meant := range []func(appdock.Shop) bool{
		func(shop appdock.Shop) bool { return string(shop.ID) == name },
		func(shop appdock.Shop) bool { return shop.Name == name },
		func(shop appdock.Shop) bool { return shop.URL == strings.TrimSuffix(name, "/") },
		func(shop appdock.Shop) bool { return addressOfURL(shop.URL) == addressOf(name, "") },
		func(shop appdock.Shop) bool { return addressOfURL(shop.URL).name == addressOf(name, "").name },
		func(shop appdock.Shop) bool { return strings.EqualFold(shop.Name, name) },
	} {
		if shop, one := s.find(meant); one {
			return shop, nil
		}
	}
	return appdock.Shop{}, &appdock.Error{
		Kind: appdock.NotFound, Code: "ADK-SHOP-UNKNOWN",
		Message: fmt.Sprintf("There is no shop %q on this host, or more than one", name),
		Cure:    "Name it by its name, its id or the host name of its URL: " + s.names() + ".",
	}
}

// names lists the shops for a person who must choose.
func (s *shops) names() string {
	var names []string
	for _, shop := range s.all() {
		names = append(names, fmt.Sprintf("%s (%s)", addressOfURL(shop.URL), shop.Name))
	}
	return strings.Join(names, ", ")
}

// address is where a shop is on the net: of two shops no two are the same.
type address struct {
	name string // in lower case, without a final dot
	port string // empty: that of the scheme
}

func (a address) String() string {
	if a.port == "" {
		return a.name
	}
	return net.JoinHostPort(a.name, a.port)
}

// addressOf reads a Host header. The port that is usual, if one is named, is left out.
func addressOf(host, usual string) address {
	name, port, err := net.SplitHostPort(host)
	if err != nil {
		name, port = strings.Trim(host, "[]"), ""
	}
	if port == usual {
		port = ""
	}
	return address{strings.TrimSuffix(strings.ToLower(name), "."), port}
}

func addressOfURL(base string) address {
	u, err := url.Parse(base)
	if err != nil {
		return address{}
	}
	usual := "80"
	if u.Scheme == "https" {
		usual = "443"
	}
	return addressOf(u.Host, usual)
}
