// Package theme renders the pages of a shop with the blocks of its apps in them (app-scripts.md
// D). A theme names places, apps fill them:
//
//	{% app_block "product_page_info" with {product: product} %}
//
// What an app's block sees is its own: the values that were passed, cut to what the app may
// read. A block that fails is left out, and the page is there. What its markup leaves open is closed
// with it, and it closes nothing of the page.
package theme

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/twig"
)

// Block is a piece of an active app for the pages of a shop.
type Block struct {
	App, AppName, Version string
	Grant                 appdock.Privileges // of the app, at this moment
	ID, Label, Target     string
	Settings              map[string]any
	Snippet               string // Twig
}

// Blocks are those of the active apps of a shop, in the order in which a place shows them.
type Blocks interface {
	Blocks(ctx context.Context, shop appdock.ShopID) ([]Block, error)
}

// Records shows records to apps.
type Records interface {
	// Shown is a record as the REST API shows it to who has grant; ok is false if they may not
	// see it, or it is gone.
	Shown(ctx context.Context, shop appdock.ShopID, grant appdock.Privileges, entity string, id appdock.ID) (record json.RawMessage, ok bool, err error)
}

// Outcome is what became of a block on a page.
type Outcome struct {
	App, Block string
	Took       time.Duration
	Reason     string // why it was left out; empty: it is there
}

// Why a block is left out.
const (
	ReasonFailed = "failed" // its template does not compile, or ended with an error
	ReasonTime   = "time"   // it took too long, or those before it did
	ReasonLimit  = "limit"  // it is too long, or asks for too much
	ReasonPaused = "paused" // it failed so often that it is left out for a while
)

// Options of a Service.
type Options struct {
	Blocks  Blocks
	Records Records
	// Debug leaves a comment in the page where a block was left out.
	Debug bool
	Log   *slog.Logger
	Now   func() time.Time
	// Observe is told what became of each block; it may be nil.
	Observe func(Outcome)
}

// Limits of the blocks of a page (app-scripts.md D5).
const (
	blockTime = 100 * time.Millisecond
	pageTime  = 300 * time.Millisecond
	maxOutput = 256 << 10
	// mostKept bounds how many compiled snippets are remembered.
	mostKept = 512
)

// Service renders the pages of shops; make it with [New].
type Service struct {
	options  Options
	pages    *twig.Environment
	snippets *twig.Environment

	mu       sync.Mutex
	compiled map[[sha256.Size]byte]compiled
	breakers map[appdock.ShopID]map[string]*breaker
}

type compiled struct {
	template *twig.Template
	err      error
}

// New makes a Service.
func New(o Options) *Service {
	if o.Observe == nil {
		o.Observe = func(Outcome) {}
	}
	s := &Service{options: o, compiled: map[[sha256.Size]byte]compiled{}, breakers: map[appdock.ShopID]map[string]*breaker{}}
	s.snippets = language()
	s.pages = twig.New(twig.WithLoader(twig.FSLoader{FS: templates()}), twig.WithStrictVariables(), twig.WithoutReload(), twig.WithExtension(common()), twig.WithExtension(s.tags()))
	return s
}

// Check compiles a snippet as an app's block, and says what is wrong with it.
func Check(name, snippet string) error {
	_, err := language().Parse(name, snippet)
	return placed(err)
}

// placedError says where in a snippet it is.
type placedError struct{ err *twig.Error }

// Position is the line and the column, from 1.
func (e placedError) Position() (line, column int) { return e.err.Line, e.err.Column }

// Error is without the place.
func (e placedError) Error() string { return e.err.Message }

func (e placedError) Unwrap() error { return e.err }

func placed(err error) error {
	if e, ok := errors.AsType[*twig.Error](err); ok {
		return placedError{e}
	}
	return err
}

// language is that of snippets: they include nothing, and run within limits of their own.
func language() *twig.Environment {
	limits := twig.DefaultLimits()
	limits.Output, limits.Allocated, limits.Source = maxOutput, 16<<20, 64<<10
	return twig.New(twig.WithLimits(limits), twig.WithoutReload(), twig.WithExtension(common()))
}

// Page is what is shown.
type Page struct {
	Type        string // of the page: product, cart, …
	ID          string // of what it is about; empty: nothing
	Path, Query string // of its address
	Title       string
	// Items is how many there are in the cart, and Total what they cost.
	Items int
	Total string // a decimal number
	// Values are for the theme alone; an [Entity] among them can be passed to blocks.
	Values map[string]any
}

// Render writes a page of a theme. An error is about the theme or the shop, never about a block.
func (s *Service) Render(ctx context.Context, w io.Writer, shop appdock.Shop, page Page) error {
	blocks, err := s.options.Blocks.Blocks(ctx, shop.ID)
	if err != nil {
		return fmt.Errorf("find the blocks of apps: %w", err)
	}
	template, err := s.pages.Load(ctx, page.Type+".twig")
	if err != nil {
		return fmt.Errorf("load the page %s: %w", page.Type, err)
	}
	r := &rendering{service: s, shop: shop, page: page, blocks: blocks, left: pageTime}
	values := map[string]any{"page": r.aboutPage(), "shop": r.aboutShop(), "text": Words(shop.Locale)}
	for name, v := range page.Values {
		values[name] = v
	}
	return template.Render(context.WithValue(ctx, renderingKey{}, r), w, values)
}

// compile gives a snippet as a template, which is made once.
func (s *Service) compile(b Block) (*twig.Template, error) {
	key := sha256.Sum256([]byte(b.App + "\x00" + b.ID + "\x00" + b.Snippet))
	s.mu.Lock()
	known, ok := s.compiled[key]
	s.mu.Unlock()
	if ok {
		return known.template, known.err
	}
	var c compiled
	c.template, c.err = s.snippets.Parse(b.App+"/"+b.ID, b.Snippet)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.compiled) >= mostKept {
		clear(s.compiled)
	}
	s.compiled[key] = c
	return c.template, c.err
}

// Limits of failures (app-scripts.md D5): so many within failureTime, and a block is left out
// for pauseTime.
const (
	mostFailures = 5
	failureTime  = time.Minute
	pauseTime    = 5 * time.Minute
)

// breaker counts the failures of one block.
type breaker struct {
	failures []time.Time
	until    time.Time
}

// paused reports whether a block is left out for now.
func (s *Service) paused(shop appdock.ShopID, block string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.breakers[shop][block]
	return b != nil && s.options.Now().Before(b.until)
}

// failed counts a failure of a block.
func (s *Service) failed(shop appdock.ShopID, block string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.options.Now()
	if s.breakers[shop] == nil || len(s.breakers[shop]) >= mostKept {
		s.breakers[shop] = map[string]*breaker{}
	}
	b := s.breakers[shop][block]
	if b == nil {
		b = &breaker{}
		s.breakers[shop][block] = b
	}
	b.failures = append(slices.DeleteFunc(b.failures, func(at time.Time) bool { return now.Sub(at) >= failureTime }), now)
	if len(b.failures) >= mostFailures {
		b.failures, b.until = nil, now.Add(pauseTime)
	}
}
