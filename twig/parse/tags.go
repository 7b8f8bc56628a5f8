package parse

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// tagParser parses what follows a tag's name. It may return nil if the tag
// leaves nothing to run.
type tagParser func(t Token) Stmt

// tag finds the parser of a tag; nil if there is no such tag.
func (p *parser) tag(name string) tagParser {
	switch name {
	case "apply":
		return p.applyTag
	case "autoescape":
		return p.autoescapeTag
	case "block":
		return p.blockTag
	case "deprecated":
		return p.deprecatedTag
	case "do":
		return p.doTag
	case "embed":
		return p.embedTag
	case "extends":
		return p.extendsTag
	case "flush":
		return p.flushTag
	case "for":
		return p.forTag
	case "from":
		return p.fromTag
	case "guard":
		return p.guardTag
	case "if":
		return p.ifTag
	case "import":
		return p.importTag
	case "include":
		return p.includeTag
	case "macro":
		return p.macroTag
	case "sandbox":
		return p.sandboxTag
	case "set":
		return p.setTag
	case "types":
		return p.typesTag
	case "use":
		return p.useTag
	case "with":
		return p.withTag
	}
	if p.Script {
		switch name {
		case "foreach":
			return p.forTag
		case "break", "continue":
			return p.jumpTag
		case "return":
			return p.returnTag
		}
	}
	if host, ok := p.Tags[name]; ok {
		return func(t Token) Stmt { return p.hostTag(t, host) }
	}
	return nil
}

// tagNames lists all tags, for suggestions.
func (p *parser) tagNames() []string {
	names := strings.Fields("apply for if extends include block use macro import from set flush do embed with deprecated types guard autoescape sandbox")
	if p.Script {
		names = append(names, "foreach", "break", "continue", "return")
	}
	return slices.Concat(names, slices.Sorted(maps.Keys(p.Tags)))
}

func (p *parser) applyTag(t Token) Stmt {
	x := p.filters(&Captured{Pos: t.Pos})
	p.expectEnd()
	body := p.body("apply", "endapply")
	p.expectEnd()
	return &Apply{Pos: t.Pos, X: x, Body: body}
}

func (p *parser) autoescapeTag(t Token) Stmt {
	strategy := "html"
	if !p.is(BlockEnd) {
		x, ok := p.expr(0).(*Constant)
		if !ok {
			errorf(p.current().Pos, "An escaping strategy must be a string or false.")
		}
		switch v := x.Value.(type) {
		case string:
			strategy = v
		case bool:
			if !v {
				strategy = ""
			}
		default:
			errorf(p.current().Pos, "An escaping strategy must be a string or false.")
		}
	}
	p.expectEnd()
	p.escape = append(p.escape, &strategy)
	body := p.body("autoescape", "endautoescape")
	p.escape = p.escape[:len(p.escape)-1]
	p.expectEnd()
	return &AutoEscape{Pos: t.Pos, Strategy: strategy, Body: body}
}

func (p *parser) blockTag(t Token) Stmt {
	name := p.expect(NameToken, "", "").Value
	if earlier := p.blocks[name]; earlier != nil {
		errorf(p.current().Pos, "The block '%s' has already been defined line %d.", name, earlier.Line)
	}
	b := &Block{Pos: t.Pos, Name: name}
	if n := len(p.escape); n > 0 {
		b.Escape = p.escape[n-1]
	}
	p.blocks[name] = b
	p.t.Blocks = append(p.t.Blocks, b)
	p.pushScope()
	p.stack = append(p.stack, name)
	loops := p.loops
	p.loops = 0
	if p.is(BlockEnd) {
		p.expectEnd()
		b.Body = p.body("block", "endblock")
		p.closingName("block", name)
	} else {
		b.Body = []Stmt{&Print{Pos: t.Pos, X: p.expr(0)}}
	}
	p.expectEnd()
	p.loops = loops
	p.stack = p.stack[:len(p.stack)-1]
	p.popScope()
	return &BlockPrint{Pos: t.Pos, Block: b}
}

// closingName reads the optional name behind endblock and endmacro.
func (p *parser) closingName(tag, name string) {
	if t := p.current(); p.accept(NameToken) && t.Value != name {
		errorf(t.Pos, "Expected end%s for %s \"%s\" (but \"%s\" given).", tag, tag, name, t.Value)
	}
}

func (p *parser) deprecatedTag(t Token) Stmt {
	d := &Deprecated{Pos: t.Pos, Message: p.expr(0)}
	for p.is(NameToken) {
		option := p.next()
		p.expect(OperatorToken, "=", "")
		switch option.Value {
		case "package":
			d.Package = p.expr(0)
		case "version":
			d.Version = p.expr(0)
		default:
			errorf(option.Pos, "Unknown \"%s\" option.", option.Value)
		}
	}
	p.expectEnd()
	return d
}

func (p *parser) doTag(t Token) Stmt {
	d := &Do{Pos: t.Pos, X: p.expr(0)}
	p.expectEnd()
	return d
}

func (p *parser) embedTag(t Token) Stmt {
	parent := p.expr(0)
	with, only, ignore := p.includeOptions()
	child := p.template(p.t.Name, parent, func(t Token) bool { return t.Value == "endembed" })
	p.t.Embeds = append(p.t.Embeds, child)
	p.expectEnd()
	return &Embed{Pos: t.Pos, Child: child, With: with, Only: only, IgnoreMissing: ignore}
}

func (p *parser) includeOptions() (with Expr, only, ignore bool) {
	if p.accept(NameToken, "ignore") {
		p.expect(NameToken, "missing", "")
		ignore = true
	}
	if p.accept(NameToken, "with") {
		with = p.expr(0)
	}
	only = p.accept(NameToken, "only")
	p.expectEnd()
	return with, only, ignore
}

func (p *parser) includeTag(t Token) Stmt {
	n := &Include{Pos: t.Pos, Template: p.expr(0)}
	n.With, n.Only, n.IgnoreMissing = p.includeOptions()
	return n
}

func (p *parser) extendsTag(t Token) Stmt {
	switch {
	case len(p.stack) > 0:
		errorf(t.Pos, "Cannot use \"extend\" in a block.")
	case !p.mainScope():
		errorf(t.Pos, "Cannot use \"extend\" in a macro.")
	case p.t.Parent != nil:
		errorf(t.Pos, "Multiple extends tags are forbidden.")
	}
	p.t.Parent = p.expr(0)
	p.expectEnd()
	return &Tag{Pos: t.Pos, Name: "extends"}
}

func (p *parser) flushTag(t Token) Stmt {
	p.expectEnd()
	return &Tag{Pos: t.Pos, Name: "flush"}
}

// targets parses the variables of an assignment.
func (p *parser) targets() []string {
	var names []string
	for {
		t := p.current()
		if t.Type == OperatorToken && isName(t.Value) {
			p.next()
		} else {
			p.expect(NameToken, "", "Only variables can be assigned to")
		}
		assignable(t.Value, t.Pos)
		names = append(names, t.Value)
		if !p.accept(Punctuation, ",") {
			return names
		}
	}
}

func assignable(name string, at Pos) {
	switch strings.ToLower(name) {
	case "true", "false", "none", "null":
		errorf(at, "You cannot assign a value to \"%s\".", name)
	}
}

// inHead reads "item in list" or "key, item in list".
func (p *parser) inHead(f *For) {
	names := p.targets()
	p.expect(OperatorToken, "in", "")
	f.Value, f.Seq = names[0], p.expr(0)
	if len(names) > 1 {
		f.Key, f.Value = names[0], names[1]
	}
}

// asHead reads "list as item" or "list as key => item", which app scripts may write
// (app-scripts.md B1).
func (p *parser) asHead(f *For) {
	f.Seq = p.expr(0)
	p.expect(NameToken, "as", "")
	f.Value = p.target()
	if p.accept(ArrowToken) {
		f.Key, f.Value = f.Value, p.target()
	}
}

func (p *parser) target() string {
	t := p.expect(NameToken, "", "Only variables can be assigned to")
	assignable(t.Value, t.Pos)
	return t.Value
}

func (p *parser) forTag(t Token) Stmt {
	f := &For{Pos: t.Pos, Tag: t.Value, Key: "_key"}
	if t.Value == "foreach" && !p.look(1).Is(OperatorToken, "in") && !p.look(1).Is(Punctuation, ",") {
		p.asHead(f)
	} else {
		p.inHead(f)
	}
	p.expectEnd()
	end := "end" + t.Value
	p.loops++
	f.Body = p.statementsIn(t.Value, func(t Token) bool { return t.Value == "else" || t.Value == end })
	p.loops--
	if p.next().Value == "else" {
		p.expectEnd()
		f.Else = p.body(t.Value, end)
		if f.Else == nil {
			f.Else = []Stmt{}
		}
	}
	p.expectEnd()
	return f
}

// guardTag keeps the part of a guard that applies (spec 7).
func (p *parser) guardTag(t Token) Stmt {
	typ := p.expect(NameToken, "", "")
	kind := map[string]Kind{"filter": Filter, "function": Function, "test": Test}
	k, ok := kind[typ.Value]
	if !ok {
		errorf(typ.Pos, "Supported guard types are function, filter and test, \"%s\" given.", typ.Value)
	}
	name := p.expect(NameToken, "", "").Value
	if p.is(NameToken) {
		name += " " + p.next().Value
	}
	exists := p.Known(k, name)
	p.expectEnd()
	part := func(taken bool, end func(Token) bool) []Stmt {
		if !taken {
			p.lenient++
			defer func() { p.lenient-- }()
		}
		return p.statementsIn("guard", end)
	}
	body := part(exists, func(t Token) bool { return t.Value == "else" || t.Value == "endguard" })
	var other []Stmt
	if p.next().Value == "else" {
		p.expectEnd()
		other = part(!exists, func(t Token) bool { return t.Value == "endguard" })
		p.next()
	}
	p.expectEnd()
	if !exists {
		body = other
	}
	return &If{Pos: t.Pos, Branches: []Branch{{Body: body}}}
}

func (p *parser) ifTag(t Token) Stmt {
	n := &If{Pos: t.Pos}
	fork := func(t Token) bool { return t.Value == "elseif" || t.Value == "else" || t.Value == "endif" }
	test := p.expr(0)
	p.expectEnd()
	n.Branches = append(n.Branches, Branch{Test: test, Body: p.statementsIn("if", fork)})
	for {
		switch p.next().Value {
		case "else":
			p.expectEnd()
			n.Branches = append(n.Branches, Branch{Body: p.statementsIn("if", func(t Token) bool { return t.Value == "endif" })})
		case "elseif":
			test = p.expr(0)
			p.expectEnd()
			n.Branches = append(n.Branches, Branch{Test: test, Body: p.statementsIn("if", fork)})
		default:
			p.expectEnd()
			return n
		}
	}
}

func (p *parser) sandboxTag(t Token) Stmt {
	p.expectEnd()
	body := p.body("sandbox", "endsandbox")
	p.expectEnd()
	for _, s := range body {
		switch n := s.(type) {
		case *Include:
			n.Sandboxed = true
			continue
		case *TextStmt:
			if strings.Trim(n.Data, trimAll+"\f") == "" {
				continue
			}
		}
		errorf(s.At(), "Only \"include\" tags are allowed within a \"sandbox\" section.")
	}
	return &Sandbox{Pos: t.Pos, Body: body}
}

func (p *parser) setTag(t Token) Stmt {
	s := &Set{Pos: t.Pos, Names: p.targets()}
	if p.accept(OperatorToken, "=") {
		for {
			s.Values = append(s.Values, p.expr(0))
			if !p.accept(Punctuation, ",") {
				break
			}
		}
		p.expectEnd()
		if len(s.Names) != len(s.Values) {
			errorf(p.current().Pos, "When using set, you must have the same number of variables and assignments.")
		}
		return s
	}
	if len(s.Names) > 1 {
		errorf(p.current().Pos, "When using set with a block, you cannot have a multi-target.")
	}
	p.expectEnd()
	s.Capture = true
	s.Body = p.body("set", "endset")
	p.expectEnd()
	return s
}

func (p *parser) typesTag(t Token) Stmt {
	braces := p.accept(Punctuation, "{")
	for first := true; !p.is(Punctuation, "}") && !p.is(BlockEnd); first = false {
		if !first {
			p.expect(Punctuation, ",", "A type string must be followed by a comma")
			if p.is(Punctuation, "}") || p.is(BlockEnd) {
				break
			}
		}
		p.expect(NameToken, "", "")
		p.accept(Punctuation, "?")
		p.expect(Punctuation, ":", "A type name must be followed by a colon (:)")
		p.expect(StringToken, "", "")
	}
	if braces {
		p.expect(Punctuation, "}", "An opened mapping is not properly closed")
	}
	p.expectEnd()
	return &Tag{Pos: t.Pos, Name: "types"}
}

func (p *parser) useTag(t Token) Stmt {
	x, _ := p.expr(0).(*Constant)
	u := &Use{Pos: t.Pos}
	ok := x != nil
	if ok {
		u.Template, ok = x.Value.(string)
	}
	if !ok {
		errorf(p.current().Pos, "The template references in a \"use\" statement must be a string.")
	}
	if p.accept(NameToken, "with") {
		for {
			name := p.expect(NameToken, "", "").Value
			alias := name
			if p.accept(NameToken, "as") {
				alias = p.expect(NameToken, "", "").Value
			}
			u.Aliases = append(u.Aliases, [2]string{name, alias})
			if !p.accept(Punctuation, ",") {
				break
			}
		}
	}
	p.expectEnd()
	p.t.Uses = append(p.t.Uses, u)
	return &Tag{Pos: t.Pos, Name: "use"}
}

func (p *parser) withTag(t Token) Stmt {
	w := &With{Pos: t.Pos}
	if !p.is(BlockEnd) {
		w.Vars = p.expr(0)
		w.Only = p.accept(NameToken, "only")
	}
	p.expectEnd()
	w.Body = p.body("with", "endwith")
	p.expectEnd()
	return w
}

func (p *parser) hostTag(t Token, host HostTag) Stmt {
	h := &Host{Pos: t.Pos, Name: t.Value}
	if len(host.Words) > 0 {
		h.Args = p.worded(host.Words)
	}
	for !p.is(BlockEnd) && len(host.Words) == 0 {
		if len(h.Args) > 0 {
			p.expect(Punctuation, ",", "Arguments must be separated by a comma")
		}
		h.Args = append(h.Args, p.expr(0))
	}
	p.expectEnd()
	h.HasBody = host.End != "" && (!host.Short || p.closed(t.Value, host.End))
	if h.HasBody {
		h.Body = p.body(t.Value, host.End)
		p.expectEnd()
	}
	return h
}

// worded reads an argument, and one for each word; null for those that are missing.
func (p *parser) worded(words []string) []Expr {
	args := make([]Expr, 1+len(words))
	for i := range args {
		args[i] = &Constant{Pos: p.current().Pos}
		if i == 0 && !p.is(BlockEnd) && !p.current().Is(NameToken, words...) || i > 0 && p.accept(NameToken, words[i-1]) {
			args[i] = p.expr(0)
		}
	}
	return args
}

// closed reports whether a tag that was just read is closed by end: it comes before the end of
// what the tag stands in, and no later tag of the name takes it.
func (p *parser) closed(name, end string) bool {
	var open []string // tags since then, those without a body too
	inside := func(names ...string) bool {
		for len(open) > 0 && !slices.Contains(names, open[len(open)-1]) {
			open = open[:len(open)-1]
		}
		return len(open) > 0
	}
	for i := p.pos; i+1 < len(p.tokens); i++ {
		if p.tokens[i].Type != BlockStart || p.tokens[i+1].Type != NameToken {
			continue
		}
		tag := p.tokens[i+1].Value
		opened, closing := strings.CutPrefix(tag, "end")
		switch {
		case tag == end && !inside(name):
			return true
		case tag == "else" || tag == "elseif":
			if !inside("if", "for") {
				return false
			}
		case tag == end || closing && inside(opened):
			open = open[:len(open)-1]
		case closing:
			return false
		default:
			open = append(open, tag)
		}
	}
	return false
}

func (p *parser) jumpTag(t Token) Stmt {
	j := &Jump{Pos: t.Pos, Continue: t.Value == "continue", Levels: 1}
	if n := p.current(); p.accept(NumberToken) {
		j.Levels, _ = strconv.Atoi(n.Value)
	}
	if j.Levels < 1 || j.Levels > p.loops {
		errorf(t.Pos, "\"%s\" stands outside of as many loops as it leaves.", t.Value)
	}
	p.expectEnd()
	return j
}

func (p *parser) returnTag(t Token) Stmt {
	r := &Return{Pos: t.Pos}
	if !p.is(BlockEnd) {
		r.X = p.expr(0)
	}
	p.expectEnd()
	return r
}
