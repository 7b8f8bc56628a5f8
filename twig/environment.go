package twig

import (
	"context"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"github.com/appdock/appdock/twig/parse"
)

// Environment is a language with its templates: what exists, how it escapes,
// what a render may cost. It is immutable but for its cache of compiled
// templates, and serves any number of goroutines.
type Environment struct {
	loader     TemplateLoader
	filters    *library
	functions  *library
	tests      *library
	tags       map[string]*Tag
	globals    *Array
	constants  func(name string) (Value, bool)
	enums      func(name string) (Enum, bool)
	strict     bool
	debug      bool
	fromString bool
	frozen     bool
	escape     func(template string) string
	strategies map[string]func(string) (string, error)
	limits     Limits
	zone       *time.Location
	now        func() time.Time
	random     func() *rand.Rand
	dateFormat [2]string // of dates, of intervals
	numbers    numberFormat
	config     parse.Config
	// deprecations is told of what templates should not use any more; nil: nobody is.
	deprecations func(Deprecation)
	policy       *Policy      // every template is compiled under it; nil outside the sandbox
	inner        *Environment // the sandbox that templates may switch on; itself in one

	contexts *sync.Pool // of *Context, for their buffers

	mu    sync.RWMutex
	cache map[string]*Template
}

// Enum is a host's enum: its cases in order.
type Enum struct {
	Name  string
	Cases []Value
	Unit  Value // the enum's own object, for enum(); null if there is none
}

// New makes an environment. Without options it has no templates, escapes for
// HTML and takes missing variables for null.
func New(options ...Option) *Environment {
	e := &Environment{
		loader: MapLoader{}, filters: newLibrary(), functions: newLibrary(), tests: newLibrary(),
		tags: map[string]*Tag{}, globals: NewMapping(0),
		constants:  func(string) (Value, bool) { return Value{}, false },
		enums:      func(string) (Enum, bool) { return Enum{}, false },
		escape:     func(string) string { return "html" },
		strategies: map[string]func(string) (string, error){},
		limits:     DefaultLimits(), zone: time.UTC, now: time.Now, //nolint:forbidigo // the default of the clock field
		random:     func() *rand.Rand { return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) }, // shuffles pages, guards nothing
		dateFormat: [2]string{"F j, Y H:i", "%d days"},
		numbers:    numberFormat{point: ".", separator: ","},
		contexts:   &sync.Pool{New: newContext},
		cache:      map[string]*Template{},
	}
	e.extend(core())
	var policy *Policy
	for _, o := range options {
		o(e, &policy)
	}
	e.config.Known = e.known
	e.config.Suggest = e.suggest
	e.config.Required = e.required
	e.config.MaxDepth = e.limits.Nesting
	e.config.Tags = map[string]parse.HostTag{}
	for name, t := range e.tags {
		e.config.Tags[name] = parse.HostTag{End: t.End, Short: t.Short, Words: t.Words}
	}
	if policy == nil {
		policy = &Policy{} // who did not say what a sandbox allows allows nothing
	}
	e.inner = e.Sandbox(policy)
	return e
}

// Sandbox gives an environment of the same language in which every template
// runs under the policy, whatever it includes and whoever loaded it before.
func (e *Environment) Sandbox(policy *Policy) *Environment {
	s := &Environment{
		loader: e.loader, filters: e.filters, functions: e.functions, tests: e.tests, tags: e.tags, globals: e.globals,
		constants: e.constants, enums: e.enums, strict: e.strict, debug: e.debug, fromString: e.fromString, frozen: e.frozen, escape: e.escape,
		strategies: e.strategies, limits: e.limits, zone: e.zone, now: e.now, random: e.random, dateFormat: e.dateFormat,
		numbers: e.numbers, config: e.config, policy: policy, contexts: e.contexts, cache: map[string]*Template{},
	}
	s.inner = s
	return s
}

func (e *Environment) extend(x Extension) {
	e.filters.add(x.Filters)
	e.functions.add(x.Functions)
	e.tests.add(x.Tests)
	for i := range x.Tags {
		e.tags[x.Tags[i].Name] = &x.Tags[i]
	}
}

func (e *Environment) library(kind parse.Kind) *library {
	switch kind {
	case parse.Filter:
		return e.filters
	case parse.Function:
		return e.functions
	case parse.Test:
	}
	return e.tests
}

func (e *Environment) known(kind parse.Kind, name string) bool {
	c, _ := e.library(kind).find(name)
	return c != nil
}

func (e *Environment) suggest(kind parse.Kind, name string) []string {
	return parse.Nearest(name, e.library(kind).names())
}

func (e *Environment) required(test string) bool {
	c, _ := e.tests.find(test)
	return c != nil && len(c.Params) == 1 && !c.Params[0].Optional
}

// Load gives a template, compiled once for as long as its text stays the same.
// The error is an *Error.
func (e *Environment) Load(ctx context.Context, name string) (*Template, error) {
	return e.load(ctx, name, 0)
}

func (e *Environment) load(ctx context.Context, name string, depth int) (*Template, error) {
	if e.frozen {
		e.mu.RLock()
		t := e.cache[name]
		e.mu.RUnlock()
		if t != nil {
			return t, nil
		}
	}
	src, err := e.loader.Load(ctx, name)
	if errors.Is(err, ErrNotFound) {
		return nil, &Error{Kind: Loader, Message: "Template \"" + name + "\" is not defined.", Cause: err}
	}
	if err != nil {
		return nil, &Error{Kind: Loader, Message: "Template \"" + name + "\" cannot be read: " + err.Error() + ".", Cause: err}
	}
	e.mu.RLock()
	t := e.cache[name]
	e.mu.RUnlock()
	if t != nil && t.source == src && depth == 0 && t.fresh(ctx) {
		return t, nil
	}
	t, err = e.compile(ctx, name, src, depth)
	if err != nil {
		return nil, err
	}
	e.mu.Lock()
	e.cache[name] = t
	e.mu.Unlock()
	return t, nil
}

// maxUses bounds how far use tags are followed into each other.
const maxUses = 50

func (e *Environment) compile(ctx context.Context, name, src string, depth int) (*Template, error) {
	if len(src) > e.limits.Source {
		return nil, &Error{Kind: Limit, Limit: LimitSource, Message: "The source of the template is too long.", Template: name, Line: 1}
	}
	if depth > maxUses {
		return nil, &Error{Kind: Limit, Limit: LimitDepth, Message: "Templates use each other in too long a chain.", Template: name, Line: 1}
	}
	tree, err := parse.Parse(name, src, &e.config)
	if err != nil {
		return nil, syntaxError(name, err)
	}
	return e.build(ctx, tree, src, depth)
}

// Parse compiles a template from a string, under a name for messages. It is not cached.
func (e *Environment) Parse(name, src string) (*Template, error) {
	return e.compile(context.Background(), name, src, 0)
}

// Check gives every error that can be found in a template's text without
// rendering it, in the order of the text; none means that it compiles. What it
// includes is not looked at.
func (e *Environment) Check(name, src string) []*Error {
	var found []*Error
	for _, p := range parse.Check(name, src, &e.config) {
		found = append(found, textError(name, p))
	}
	if found != nil {
		return found
	}
	if _, err := e.compile(context.Background(), name, src, 0); err != nil {
		failed, ok := errors.AsType[*Error](err)
		if !ok {
			failed = &Error{Kind: Syntax, Message: err.Error(), Template: name, Cause: err}
		}
		found = append(found, failed)
	}
	return found
}

// Template is a compiled template. It is immutable and serves any number of renders at once.
type Template struct {
	env       *Environment
	name      string
	source    string
	names     map[string]int // slots of variables
	symbols   []Key          // names of variables never read as ints
	blank     []Value        // slots before anything was read
	body      exec
	own       *table            // blocks of its own and of the templates it uses
	traits    map[string]*block // blocks of the templates it uses, for parent()
	used      []*Template
	macros    map[string]*macro
	parent    eval
	parentAt  *site
	policy    *Policy
	imports   int
	importers []importer
	traitable bool
}

type block struct {
	t    *Template
	name string
	body exec
	at   *site
}

type macro struct {
	t       *Template
	name    string
	params  []int
	names   []string
	values  []eval // defaults; nil: null
	varargs int    // slot
	empty   Value  // varargs, if there are none
	body    exec
}

// fresh reports whether the templates whose blocks this one uses are unchanged.
func (t *Template) fresh(ctx context.Context) bool {
	for _, u := range t.used {
		src, err := t.env.loader.Load(ctx, u.name)
		if err != nil || src != u.source || !u.fresh(ctx) {
			return false
		}
	}
	return true
}

// Name gives the template's name.
func (t *Template) Name() string { return t.name }

// Blocks lists the names of the blocks the template defines or uses, sorted.
func (t *Template) Blocks() []string {
	names := make([]string, 0, len(t.own.blocks))
	for name := range t.own.blocks {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Render renders the template with variables: nil, an *Array, Variables or
// anything [From] makes a mapping of. Nothing is written if it fails; the
// error is an *Error unless writing failed.
func (t *Template) Render(ctx context.Context, w io.Writer, vars any) error {
	return t.write(ctx, w, vars, nil)
}

// RenderBlock renders one block of the template or of its parents.
func (t *Template) RenderBlock(ctx context.Context, w io.Writer, name string, vars any) error {
	return t.write(ctx, w, vars, &name)
}

// Run runs an app script: output is thrown away, and the value of its return tag is given.
// An arrow function or the variable loop in it is of no use any more and must not be kept.
func (t *Template) Run(ctx context.Context, vars any) (Value, error) {
	return t.script(ctx, vars, nil)
}

// RunBlock runs one block of an app script, its function hook.
func (t *Template) RunBlock(ctx context.Context, name string, vars any) (Value, error) {
	return t.script(ctx, vars, &name)
}

func (t *Template) write(ctx context.Context, w io.Writer, vars any, block *string) error {
	c := t.env.contexts.Get().(*Context) // the pool holds nothing else
	err := c.render(ctx, t, vars, block)
	if err == nil {
		_, err = w.Write(c.out)
	}
	c.release()
	return err
}

func (t *Template) script(ctx context.Context, vars any, block *string) (Value, error) {
	c := t.env.contexts.Get().(*Context) // the pool holds nothing else
	err := c.render(ctx, t, vars, block)
	result := c.result
	c.release()
	if err != nil {
		return Value{}, err
	}
	return result, nil
}

func newContext() any {
	return &Context{
		out: make([]byte, 0, 4096), args: make([]Value, 0, 8),
		loaded: map[source]*Template{}, imports: map[*Template][]*Template{},
	}
}

// render renders a template, or a block of it, into c.out.
func (c *Context) render(ctx context.Context, t *Template, vars any, block *string) (err error) {
	defer c.caught(&err)
	c.ctx, c.env, c.limits = ctx, t.env, &t.env.limits
	c.alarm = min(pulse, c.limits.Steps+1)
	c.maxOutput = int(min(c.limits.Output, math.MaxInt))
	if ctx.Err() != nil {
		c.wake()
	}
	f := c.newFrame(t, c.variables(vars), nil, t.own)
	if block != nil {
		c.callBlock(t, *block, f, t.own, true, &site{template: t.name})
	} else {
		t.display(c, f)
	}
	c.done(f)
	return nil
}

// What is larger is not kept for the next render.
const (
	maxBuffer    = 1 << 20
	maxArguments = 1 << 10
	maxFrames    = 1 << 7
)

// release gives the context back, with its buffers but without anything of the render.
func (c *Context) release() {
	if cap(c.out) > maxBuffer || cap(c.spare) > maxBuffer || cap(c.args) > maxArguments || len(c.frames) > maxFrames || len(c.loops) > maxFrames {
		return
	}
	pool := c.env.contexts
	clear(c.args[:cap(c.args)])
	if len(c.loaded) > 0 {
		clear(c.loaded)
	}
	if len(c.imports) > 0 {
		clear(c.imports)
	}
	c.out, c.args = c.out[:0], c.args[:0]
	c.state = state{}
	pool.Put(c)
}

// display renders the template: its body, then its parent with the variables the body left.
func (t *Template) display(c *Context, f *frame) {
	policy := c.policy
	c.policy = t.policy
	t.body(c, f)
	if p := t.parentOf(c, f); p != nil && c.flow == onward {
		c.enter()
		g := c.newFrame(p, nil, f, f.blocks.onto(p))
		p.display(c, g)
		c.done(g)
		c.leave()
	}
	c.policy = policy
}

// parentOf gives the template this one extends; nil if none. f may be a frame of another template.
// What it extends is found under its own policy: whoever looks for a block or
// macro in it may run outside the sandbox, or nothing may run yet.
func (t *Template) parentOf(c *Context, f *frame) *Template {
	if t.parent == nil {
		return nil
	}
	policy := c.policy
	c.at, c.policy = t.parentAt, t.policy
	g := f
	if f.t != t {
		g = c.newFrame(t, nil, f, f.blocks)
	}
	p := c.load(t, t.parent(c, g), t.parentAt)
	if g != f {
		c.done(g)
	}
	c.policy = policy
	return p
}

// table holds blocks by name: those of a template and, over them, those of its children.
type table struct {
	blocks map[string]*block
	mu     sync.Mutex
	below  map[*Template]*table // what onto made, kept for the next render
}

// maxTables is how many merged tables are kept per template.
const maxTables = 16

// onto puts this table over a template's own blocks.
func (b *table) onto(t *Template) *table {
	b.mu.Lock()
	defer b.mu.Unlock()
	if m := b.below[t]; m != nil {
		return m
	}
	m := &table{blocks: make(map[string]*block, len(b.blocks)+len(t.own.blocks))}
	for name, block := range t.own.blocks {
		m.blocks[name] = block
	}
	for name, block := range b.blocks {
		m.blocks[name] = block
	}
	if b.below == nil || len(b.below) >= maxTables {
		b.below = map[*Template]*table{}
	}
	b.below[t] = m
	return m
}
