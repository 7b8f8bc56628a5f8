package parse

import (
	"strconv"
	"strings"
)

// expr parses an expression whose operators bind at least as tightly as given.
func (p *parser) expr(precedence int) Expr {
	defer p.nest()()
	if arrow := p.arrow(); arrow != nil {
		return arrow
	}
	x := p.primary()
	for {
		t := p.current()
		op, ok := p.ops[t.Value]
		if t.Type != OperatorToken || !ok || op.precedence < precedence {
			break
		}
		p.next()
		p.link()
		switch t.Value {
		case "is":
			x = p.test(x, false, t.Pos)
		case "is not":
			x = p.test(x, true, t.Pos)
		default:
			right := op.precedence
			if !op.right {
				right++
			}
			x = p.infix(t, x, p.expr(right))
		}
	}
	if precedence == 0 {
		x = p.conditional(x)
		if p.Next && p.is(OperatorToken, "=") {
			return p.assign(x)
		}
	}
	return x
}

// infix makes the node of an operator. A power binds tighter than an
// unbracketed sign before it (spec 5.1).
func (p *parser) infix(t Token, x, y Expr) Expr {
	if u, ok := x.(*Unary); ok && t.Value == "**" && !u.Paren && u.Op != "not" {
		return &Unary{Pos: u.Pos, Op: u.Op, X: p.infix(t, u.X, y)}
	}
	op := t.Value
	switch op {
	case "||":
		op = "or"
	case "&&":
		op = "and"
	case "===", "!==":
		return &TestExpr{Pos: t.Pos, X: x, Name: "same as", Args: []Arg{{Value: y}}, Not: op == "!=="}
	}
	b := &Binary{Pos: t.Pos, Op: op, X: x, Y: y}
	p.noticeOperands(b)
	return b
}

// What the next major version binds looser or tighter, so that it needs
// brackets beside the operators it passes (spec 14).
const (
	concatFalls   = "+ -"
	notRises      = "* / // %"
	coalesceFalls = "or xor and b-or b-xor b-and == != <=> < > >= <= not in matches starts with ends with has some has every .. + - ~ * / // % **"
)

// noticeOperands tells of operands without brackets that will bind otherwise.
func (p *parser) noticeOperands(b *Binary) {
	operands := []Expr{b.X, b.Y}
	for _, x := range operands {
		if inner, ok := x.(*Binary); ok && inner.Op == "~" && !inner.Paren && contains(concatFalls, b.Op) {
			p.notice(inner.Pos, "~", "binary")
		}
	}
	for _, x := range operands {
		switch inner := x.(type) {
		case *Binary:
			if inner.Op == "??" && !inner.Paren && contains(coalesceFalls, b.Op) {
				p.notice(inner.Pos, "??", "binary")
			}
		case *Unary:
			if inner.Op == "not" && !inner.Paren && contains(notRises, b.Op) {
				p.notice(inner.Pos, "not", "unary")
			}
		}
	}
}

func contains(ops, op string) bool { return strings.Contains(" "+ops+" ", " "+op+" ") }

func (p *parser) notice(at Pos, op, kind string) {
	p.t.Notices = append(p.t.Notices, Notice{at, "Add explicit parentheses around the \"" + op + "\" " + kind +
		" operator to avoid behavior change in the next major version as its precedence will change"})
}

func (p *parser) conditional(x Expr) Expr {
	for p.is(Punctuation, "?") {
		p.link()
		at := p.next().Pos
		c := &Cond{Pos: at, Test: x}
		if p.accept(Punctuation, ":") {
			c.Else = p.expr(0)
		} else {
			c.Then = p.expr(0)
			if p.accept(Punctuation, ":") {
				c.Else = p.expr(0)
			} else {
				c.Else = &Constant{Pos: at, Value: ""}
			}
		}
		x = c
	}
	return x
}

// assign parses "target = value" as an expression (3.23).
func (p *parser) assign(target Expr) Expr {
	at := p.next().Pos
	checkTarget(target)
	return &Assign{Pos: at, Target: target, X: p.expr(0)}
}

func checkTarget(x Expr) {
	switch t := x.(type) {
	case *Name:
		assignable(t.Name, t.Pos)
	case *Array:
		for _, item := range t.Items {
			if item.Spread {
				errorf(item.Value.At(), "Only variables can be assigned to.")
			}
			checkTarget(item.Value)
		}
	default:
		errorf(x.At(), "Only variables can be assigned to.")
	}
}

// arrow parses "v => body" or "(a, b) => body" if one begins here.
func (p *parser) arrow() Expr {
	if p.look(1).Type == ArrowToken {
		at := p.current().Pos
		name := p.expect(NameToken, "", "")
		assignable(name.Value, name.Pos)
		p.expect(ArrowToken, "", "")
		return &Arrow{Pos: at, Params: []string{name.Value}, Body: p.expr(0)}
	}
	if !p.is(Punctuation, "(") {
		return nil
	}
	i := 2
	for p.look(i).Is(Punctuation, ",") {
		i += 2
	}
	if !p.look(i).Is(Punctuation, ")") || p.look(i+1).Type != ArrowToken {
		return nil
	}
	a := &Arrow{Pos: p.next().Pos}
	for {
		name := p.expect(NameToken, "", "")
		assignable(name.Value, name.Pos)
		a.Params = append(a.Params, name.Value)
		if !p.accept(Punctuation, ",") {
			break
		}
	}
	p.expect(Punctuation, ")", "")
	p.expect(ArrowToken, "", "")
	a.Body = p.expr(0)
	return a
}

func (p *parser) primary() Expr {
	t := p.current()
	if operand, ok := p.prefix[t.Value]; ok && t.Type == OperatorToken {
		p.next()
		u := &Unary{Pos: t.Pos, Op: t.Value, X: p.expr(operand)}
		if b, ok := u.X.(*Binary); ok && t.Value == "not" && !b.Paren && contains(notRises, b.Op) {
			p.notice(b.Pos, "not", "unary")
		}
		return p.postfix(u)
	}
	if p.accept(Punctuation, "(") {
		x := p.expr(0)
		switch n := x.(type) {
		case *Unary:
			n.Paren = true
		case *Binary:
			n.Paren = true
		}
		p.expect(Punctuation, ")", "An opened parenthesis is not properly closed")
		return p.postfix(x)
	}
	return p.postfix(p.operand(t))
}

func (p *parser) operand(t Token) Expr {
	switch t.Type { //nolint:exhaustive // the other kinds are treated alike
	case NameToken:
		p.next()
		return p.name(t)
	case NumberToken:
		p.next()
		return number(t)
	case StringToken, InterpolationStart:
		return p.str()
	case Punctuation:
		switch t.Value {
		case "[":
			return p.sequence()
		case "{":
			return p.mapping()
		}
	case OperatorToken:
		if isName(t.Value) {
			p.next()
			return &Name{Pos: t.Pos, Name: t.Value}
		}
		if t.Value == "=" && p.pos > 0 && p.tokens[p.pos-1].Is(OperatorToken, "==", "!=") {
			errorf(t.Pos, "Unexpected operator of value \"=\". Did you try to use \"===\" or \"!==\" for strict comparison? Use \"is same as(value)\" instead.")
		}
	}
	errorf(t.Pos, "Unexpected token \"%s\" of value \"%s\".", t.Type, t.Value)
	return nil
}

func isName(s string) bool {
	for i := range len(s) {
		if !isNamePart(s[i]) {
			return false
		}
	}
	return s != "" && isNameStart(s[0])
}

func (p *parser) name(t Token) Expr {
	switch t.Value {
	case "true", "TRUE":
		return &Constant{Pos: t.Pos, Value: true}
	case "false", "FALSE":
		return &Constant{Pos: t.Pos, Value: false}
	case "none", "NONE", "null", "NULL":
		return &Constant{Pos: t.Pos}
	}
	if p.is(Punctuation, "(") {
		return p.call(t)
	}
	return &Name{Pos: t.Pos, Name: t.Value}
}

func number(t Token) Expr {
	t.Value = strings.ReplaceAll(t.Value, "_", "")
	if n, err := strconv.ParseInt(t.Value, 10, 64); err == nil {
		return &Constant{Pos: t.Pos, Value: n}
	}
	f, _ := strconv.ParseFloat(t.Value, 64)
	return &Constant{Pos: t.Pos, Value: f}
}

// str parses a string and its interpolations.
func (p *parser) str() Expr {
	var x Expr
	add := func(y Expr) {
		if x == nil {
			x = y
		} else {
			p.link()
			x = &Binary{Pos: y.At(), Op: "~", X: x, Y: y}
		}
	}
	for text := true; ; {
		switch {
		case text && p.is(StringToken):
			t := p.next()
			add(&Constant{Pos: t.Pos, Value: t.Value})
			text = false
		case p.accept(InterpolationStart):
			add(p.expr(0))
			p.expect(InterpolationEnd, "", "")
			text = true
		default:
			return x
		}
	}
}

func (p *parser) sequence() Expr {
	a := &Array{Pos: p.expect(Punctuation, "[", "A sequence element was expected").Pos}
	before, deepest := p.chain, p.chain
	for first := true; !p.is(Punctuation, "]"); first = false {
		if !first {
			p.expect(Punctuation, ",", "A sequence element must be followed by a comma")
			if p.is(Punctuation, "]") {
				break
			}
		}
		spread := p.accept(SpreadToken)
		p.beside(before, &deepest, func() { a.Items = append(a.Items, Item{Value: p.expr(0), Spread: spread}) })
	}
	p.expect(Punctuation, "]", "An opened sequence is not properly closed")
	return a
}

func (p *parser) mapping() Expr {
	a := &Array{Pos: p.expect(Punctuation, "{", "A mapping element was expected").Pos}
	before, deepest := p.chain, p.chain
	for first := true; !p.is(Punctuation, "}"); first = false {
		if !first {
			p.expect(Punctuation, ",", "A mapping value must be followed by a comma")
			if p.is(Punctuation, "}") {
				break
			}
		}
		p.beside(before, &deepest, func() {
			if p.accept(SpreadToken) {
				a.Items = append(a.Items, Item{Value: p.expr(0), Spread: true})
			} else {
				a.Items = append(a.Items, p.pair())
			}
		})
	}
	p.expect(Punctuation, "}", "An opened mapping is not properly closed")
	return a
}

func (p *parser) pair() Item {
	t := p.current()
	var key Expr
	switch {
	case t.Type == NameToken:
		p.next()
		key = &Constant{Pos: t.Pos, Value: t.Value}
		if p.is(Punctuation, ",", "}") {
			return Item{Key: key, Value: &Name{Pos: t.Pos, Name: t.Value}}
		}
	case t.Type == StringToken:
		p.next()
		key = &Constant{Pos: t.Pos, Value: t.Value}
	case t.Type == NumberToken:
		p.next()
		key = number(t)
	case t.Is(Punctuation, "("):
		key = p.expr(0)
	default:
		errorf(t.Pos, "A mapping key must be a quoted string, a number, a name, or an expression enclosed in parentheses (unexpected token \"%s\" of value \"%s\".", t.Type, t.Value)
	}
	p.expect(Punctuation, ":", "A mapping key must be followed by a colon (:)")
	return Item{Key: key, Value: p.expr(0)}
}

func (p *parser) postfix(x Expr) Expr {
	for p.is(Punctuation, ".", "[", "|") || p.Next && p.is(Punctuation, "?") && p.look(1).Is(Punctuation, ".") && p.adjacent() {
		p.link()
		safe := p.accept(Punctuation, "?")
		switch p.next().Value {
		case ".":
			x = p.dot(x, safe)
		case "[":
			x = p.subscript(x)
		case "|":
			x = p.filters(x)
		}
	}
	return x
}

// adjacent reports whether the next two tokens touch, as those of "?." do.
func (p *parser) adjacent() bool {
	a, b := p.current().Pos, p.look(1).Pos
	return a.Line == b.Line && a.Column+1 == b.Column
}

func (p *parser) dot(x Expr, safe bool) Expr {
	t := p.current()
	a := &Attr{Pos: t.Pos, X: x, Kind: Any, Safe: safe}
	if p.accept(Punctuation, "(") {
		a.Name = p.expr(0)
		p.expect(Punctuation, ")", "")
	} else {
		p.next()
		switch {
		case t.Type == NameToken, t.Type == OperatorToken && isName(strings.ReplaceAll(t.Value, " ", "_")):
			a.Name = &Constant{Pos: t.Pos, Value: t.Value}
		case t.Type == NumberToken:
			a.Name = number(t)
		default:
			errorf(t.Pos, "Expected name or number, got value \"%s\" of type %s.", t.Value, t.Type)
		}
	}
	if p.is(Punctuation, "(") {
		a.Kind = Method
		a.Args = p.arguments()
	}
	if m := p.macroOf(a); m != nil {
		return m
	}
	return a
}

// macroOf turns x.name into a call of a macro if x is an imported template.
func (p *parser) macroOf(a *Attr) Expr {
	n, ok := a.X.(*Name)
	c, constant := a.Name.(*Constant)
	if !ok || !constant {
		return nil
	}
	slot := p.importedTemplate(n.Name)
	if slot == nil && n.Name != "_self" {
		return nil
	}
	name, _ := c.Value.(string)
	return &MacroCall{Pos: a.Pos, Slot: slot, Name: name, Args: a.Args}
}

func (p *parser) subscript(x Expr) Expr {
	at := p.current().Pos
	slice := false
	var name Expr
	if p.is(Punctuation, ":") {
		slice, name = true, &Constant{Pos: at, Value: int64(0)}
	} else {
		name = p.expr(0)
	}
	if p.accept(Punctuation, ":") {
		slice = true
	}
	if !slice {
		p.expect(Punctuation, "]", "")
		return &Attr{Pos: at, X: x, Name: name, Kind: Index}
	}
	var length Expr = &Constant{Pos: at}
	if !p.is(Punctuation, "]") {
		length = p.expr(0)
	}
	p.expect(Punctuation, "]", "")
	p.check(Filter, "slice", at)
	return &FilterExpr{Pos: at, X: x, Name: "slice", Args: []Arg{{Value: name}, {Value: length}}}
}

// filters parses what follows a "|", and further filters after it.
func (p *parser) filters(x Expr) Expr {
	for {
		p.link()
		t := p.expect(NameToken, "", "")
		f := &FilterExpr{Pos: t.Pos, X: x, Name: t.Value}
		if p.is(Punctuation, "(") {
			f.Args = p.arguments()
		}
		p.check(Filter, t.Value, t.Pos)
		x = f
		if !p.accept(Punctuation, "|") {
			return x
		}
	}
}

func (p *parser) test(x Expr, not bool, at Pos) Expr {
	t := p.expect(NameToken, "", "")
	name := t.Value
	if p.is(NameToken) {
		if two := name + " " + p.current().Value; p.Known(Test, two) {
			p.next()
			name = two
		}
	}
	p.check(Test, name, t.Pos)
	e := &TestExpr{Pos: at, X: x, Name: name, Not: not}
	if p.is(Punctuation, "(") {
		e.Args = p.arguments()
	} else if p.Required != nil && p.Required(name) {
		e.Args = []Arg{{Value: p.primary()}}
	}
	if n, ok := x.(*Name); ok && name == "defined" {
		if m, ok := p.importedFunction(n.Name); ok {
			e.X = &MacroCall{Pos: n.Pos, Slot: m.slot, Name: m.name}
		}
	}
	return e
}
