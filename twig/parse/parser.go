package parse

import (
	"strings"
)

type symbols struct {
	templates map[string]*ImportSlot
	functions map[string]importedMacro
}

type importedMacro struct {
	slot *ImportSlot
	name string
}

type parser struct {
	*Config
	ops    map[string]operator
	prefix map[string]int
	tokens []Token
	pos    int
	depth  int
	chain  int // operators and accesses on the deepest way through the statement so far

	t       *Template
	blocks  map[string]*Block
	stack   []string // blocks we are in
	scopes  []symbols
	escape  []*string
	lenient int // inside the part of a guard that is not taken
	loops   int

	checking *checking // nil when parsing
}

// Parse turns a template's text into its tree. The error is an *Error.
func Parse(name, src string, c *Config) (t *Template, err error) {
	defer caught(&err)
	ops := c.binary()
	p := &parser{Config: c, ops: ops, prefix: unary(), tokens: lex(src, c, nil)}
	t = p.template(name, nil, nil)
	return t, nil
}

// template parses a whole template, or up to a closing tag if end says so.
func (p *parser) template(name string, parent Expr, end func(Token) bool) *Template {
	outer := *p
	p.t = &Template{Name: name, Parent: parent}
	p.blocks, p.stack, p.loops = map[string]*Block{}, nil, 0
	p.scopes = []symbols{newSymbols()}
	p.escape = nil
	p.t.Body = p.statements(end)
	if end != nil && p.current().Type != EOF {
		p.next()
	}
	if p.t.Parent != nil {
		p.t.Body = childBody(p.t.Body, false)
	}
	t := p.t
	p.t, p.blocks, p.stack, p.scopes, p.escape, p.loops = outer.t, outer.blocks, outer.stack, outer.scopes, outer.escape, outer.loops
	return t
}

func newSymbols() symbols {
	return symbols{templates: map[string]*ImportSlot{}, functions: map[string]importedMacro{}}
}

// childBody removes what a template that extends another does not print, and
// refuses what it must not hold (spec 8).
func childBody(body []Stmt, nested bool) []Stmt {
	kept := body[:0:0]
	for _, s := range body {
		if s = childStmt(s, nested); s != nil {
			kept = append(kept, s)
		}
	}
	return kept
}

func childStmt(s Stmt, nested bool) Stmt {
	switch n := s.(type) {
	case *TextStmt:
		if strings.Trim(strings.TrimPrefix(n.Data, "\xef\xbb\xbf"), trimAll+"\f") != "" {
			outsideBlocks(n.Pos)
		}
		return nil
	case *BlockPrint:
		if nested {
			errorf(n.Pos, "A block definition cannot be nested under non-capturing nodes.")
		}
		return nil
	case *Print, *Include, *Embed, *Host:
		outsideBlocks(s.At())
	case *Apply:
		outsideBlocks(n.Pos)
	case *If:
		for i := range n.Branches {
			n.Branches[i].Body = childBody(n.Branches[i].Body, true)
		}
	case *For:
		n.Body, n.Else = childBody(n.Body, true), childBody(n.Else, true)
	case *With:
		n.Body = childBody(n.Body, true)
	case *AutoEscape:
		n.Body = childBody(n.Body, true)
	case *Sandbox:
		n.Body = childBody(n.Body, true)
	}
	return s
}

func outsideBlocks(at Pos) {
	errorf(at, "A template that extends another one cannot include content outside Twig blocks. Did you forget to put the content inside a {%% block %%} tag?")
}

// The stream.

func (p *parser) current() Token { return p.tokens[p.pos] }

// look gives a token ahead; there is always one unless the template ends before.
func (p *parser) look(ahead int) Token {
	if p.pos+ahead >= len(p.tokens) {
		errorf(p.tokens[len(p.tokens)-1].Pos, "Unexpected end of template.")
	}
	return p.tokens[p.pos+ahead]
}

func (p *parser) next() Token {
	t := p.current()
	if p.pos+1 >= len(p.tokens) {
		errorf(t.Pos, "Unexpected end of template.")
	}
	p.pos++
	return t
}

func (p *parser) is(typ Type, values ...string) bool { return p.current().Is(typ, values...) }

// accept moves on if the current token fits.
func (p *parser) accept(typ Type, values ...string) bool {
	if !p.is(typ, values...) {
		return false
	}
	p.next()
	return true
}

func (p *parser) expect(typ Type, value, message string) Token {
	t := p.current()
	if t.Type == typ && (value == "" || t.Value == value) {
		return p.next()
	}
	var b strings.Builder
	if message != "" {
		b.WriteString(message + ". ")
	}
	b.WriteString("Unexpected token \"" + t.Type.String() + "\"")
	if t.Value != "" && t.Value != "0" {
		b.WriteString(" of value \"" + t.Value + "\"")
	}
	b.WriteString(" (\"" + typ.String() + "\" expected")
	if value != "" {
		b.WriteString(" with value \"" + value + "\"")
	}
	b.WriteString(").")
	errorf(t.Pos, "%s", b.String())
	return t
}

func (p *parser) expectEnd() {
	if p.is(BlockEnd) && p.pos+1 < len(p.tokens) {
		p.pos++
		return
	}
	p.expect(BlockEnd, "", "")
}

// nest guards against templates nested so deeply that reading them would exhaust the stack.
func (p *parser) nest() func() {
	limit := p.MaxDepth
	if limit == 0 {
		limit = 200
	}
	p.depth++
	if p.depth > limit {
		tooDeep(p.current().Pos, "The template is nested more than %d levels deep.", limit)
	}
	return func() { p.depth-- }
}

// maxChain bounds how many operators and accesses follow each other in a
// statement: they grow its tree in depth without nesting it.
const maxChain = 2000

// link counts one more of them.
func (p *parser) link() {
	if p.chain++; p.chain > maxChain {
		tooDeep(p.current().Pos, "The expression has more than %d operators.", maxChain)
	}
}

// beside parses one of several expressions that stand beside each other: what
// counts of them is the deepest.
func (p *parser) beside(before int, deepest *int, parse func()) {
	p.chain = before
	parse()
	*deepest = max(*deepest, p.chain)
	p.chain = *deepest
}

// Symbols.

func (p *parser) mainScope() bool { return len(p.scopes) == 1 }

func (p *parser) pushScope() { p.scopes = append(p.scopes, newSymbols()) }

func (p *parser) popScope() { p.scopes = p.scopes[:len(p.scopes)-1] }

func (p *parser) importedTemplate(name string) *ImportSlot {
	if slot := p.scopes[len(p.scopes)-1].templates[name]; slot != nil {
		return slot
	}
	return p.scopes[0].templates[name]
}

func (p *parser) importedFunction(name string) (importedMacro, bool) {
	if m, ok := p.scopes[len(p.scopes)-1].functions[name]; ok {
		return m, true
	}
	m, ok := p.scopes[0].functions[name]
	return m, ok
}

// check refuses the name of a callable that does not exist.
func (p *parser) check(kind Kind, name string, at Pos) {
	if p.lenient > 0 || p.Known(kind, name) {
		return
	}
	errorf(at, "Unknown \"%s\" %s.%s", name, kind, p.suggest(kind, name))
}

func (p *parser) suggest(kind Kind, name string) string {
	if p.Suggest == nil {
		return ""
	}
	return DidYouMean(p.Suggest(kind, name))
}

// DidYouMean turns suggestions into the words that end an error message.
func DidYouMean(names []string) string {
	if len(names) == 0 {
		return ""
	}
	return " Did you mean \"" + strings.Join(names, "\", \"") + "\"?"
}

// statements parses up to a tag that end accepts, which is left as the current token.
func (p *parser) statements(end func(Token) bool) []Stmt { return p.statementsIn("", end) }

func (p *parser) statementsIn(tag string, end func(Token) bool) []Stmt {
	defer p.nest()()
	var body []Stmt
	opened := p.current().Pos.Line
	for {
		p.chain = 0
		switch t := p.current(); t.Type { //nolint:exhaustive // the other kinds are treated alike
		case EOF:
			return body
		case Text:
			p.next()
			body = append(body, &TextStmt{Pos: t.Pos, Data: t.Value})
		case VarStart:
			p.next()
			if s := p.run(p.print, t); s != nil {
				body = append(body, s)
			}
		case BlockStart:
			p.next()
			name := p.current()
			if name.Type != NameToken {
				p.run(func(t Token) Stmt { errorf(t.Pos, "A block must start with a tag name."); return nil }, name)
				continue
			}
			if end != nil && end(name) {
				return body
			}
			parse := p.tag(name.Value)
			if parse == nil && p.orphan(name.Value) {
				continue
			}
			if parse == nil {
				parse = func(Token) Stmt { p.unknownTag(name, tag, opened, end != nil); return nil }
			}
			p.next()
			if s := p.run(parse, name); s != nil {
				body = append(body, s)
			}
		case brokenToken:
			p.next()
			p.checking.add(&Error{Message: t.Value, Pos: t.Pos})
		default:
			errorf(t.Pos, "Unexpected token \"%s\" of value \"%s\".", t.Type, t.Value)
		}
	}
}

// print parses what stands between {{ and }}.
func (p *parser) print(t Token) Stmt {
	x := p.expr(0)
	if !p.is(VarEnd) || p.pos+1 >= len(p.tokens) {
		p.expect(VarEnd, "", "")
	}
	p.pos++
	return &Print{Pos: t.Pos, X: x}
}

func (p *parser) unknownTag(name Token, inside string, opened int, nested bool) {
	if !nested {
		errorf(name.Pos, "Unknown \"%s\" tag.%s", name.Value, DidYouMean(Nearest(name.Value, p.tagNames())))
	}
	if inside == "" {
		errorf(name.Pos, "Unexpected \"%s\" tag", name.Value)
	}
	errorf(name.Pos, "Unexpected \"%s\" tag (expecting closing tag for the \"%s\" tag defined near line %d).", name.Value, inside, opened)
}

// body parses the inside of a tag up to its closing tag, the name of which is dropped.
func (p *parser) body(tag, closing string) []Stmt {
	body := p.statementsIn(tag, func(t Token) bool { return t.Value == closing })
	if p.current().Type != EOF {
		p.next()
	}
	return body
}
