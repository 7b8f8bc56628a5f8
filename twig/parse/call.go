package parse

import "strings"

func (p *parser) arguments() []Arg {
	p.expect(Punctuation, "(", "A list of arguments must begin with an opening parenthesis")
	var args []Arg
	spread := false
	before, deepest := p.chain, p.chain
	for first := true; !p.is(Punctuation, ")"); first = false {
		if !first {
			p.expect(Punctuation, ",", "Arguments must be separated by a comma")
			if p.is(Punctuation, ")") {
				break
			}
		}
		if p.accept(SpreadToken) {
			spread = true
			p.beside(before, &deepest, func() { args = append(args, Arg{Value: p.expr(0), Spread: true}) })
			continue
		}
		if spread {
			errorf(p.current().Pos, "Normal arguments must be placed before argument unpacking.")
		}
		p.beside(before, &deepest, func() { args = append(args, p.argument()) })
	}
	p.expect(Punctuation, ")", "A list of arguments must be closed by a parenthesis")
	return args
}

func (p *parser) argument() Arg {
	if t := p.current(); t.Type == NameToken && p.look(1).Is(OperatorToken, "=") {
		p.next()
		p.next()
		return Arg{Name: t.Value, Value: p.expr(0)}
	}
	x := p.expr(0)
	if p.is(OperatorToken, "=") || p.is(Punctuation, ":") {
		n, ok := x.(*Name)
		if !ok {
			errorf(p.current().Pos, "A parameter name must be a string.")
		}
		p.next()
		return Arg{Name: n.Name, Value: p.expr(0)}
	}
	return Arg{Value: x}
}

// call parses a call of a function or of an imported macro. The functions that
// are part of the grammar become nodes of their own.
func (p *parser) call(t Token) Expr {
	if m, ok := p.importedFunction(t.Value); ok {
		return &MacroCall{Pos: t.Pos, Slot: m.slot, Name: m.name, Args: p.arguments()}
	}
	args := p.arguments()
	p.check(Function, t.Value, t.Pos)
	switch t.Value {
	case "parent":
		if len(p.stack) == 0 {
			errorf(t.Pos, "Calling the \"parent\" function outside of a block is forbidden.")
		}
		if p.t.Parent == nil && len(p.t.Uses) == 0 {
			errorf(t.Pos, "Calling the \"parent\" function on a template that does not call \"extends\" or \"use\" is forbidden.")
		}
		return &Parent{Pos: t.Pos, Block: p.stack[len(p.stack)-1]}
	case "block":
		got := p.bind(t, args, 1, "name", "template")
		return &BlockCall{Pos: t.Pos, Name: got[0], Template: got[1]}
	case "attribute":
		return p.attribute(t, args)
	}
	return &Call{Pos: t.Pos, Name: t.Value, Args: args}
}

// attribute turns attribute(x, name, arguments) into x.(name)(...arguments).
func (p *parser) attribute(t Token, args []Arg) Expr {
	got := p.bind(t, args, 2, "variable", "attribute", "arguments")
	a := &Attr{Pos: t.Pos, X: got[0], Name: got[1], Kind: Any}
	if got[2] != nil {
		a.Args = []Arg{{Value: got[2], Spread: true}}
	}
	return a
}

// bind puts arguments in the order of their parameters, the first of which must be given.
func (p *parser) bind(t Token, args []Arg, required int, params ...string) []Expr {
	got := make([]Expr, len(params))
	var unknown *Arg
	named := false
	for i, a := range args {
		at := i
		if a.Name != "" {
			named = true
			at = -1
			for j, name := range params {
				if name == a.Name {
					at = j
				}
			}
			if at < 0 {
				unknown = &args[i]
				continue
			}
			if got[at] != nil {
				errorf(t.Pos, "Argument \"%s\" is defined twice for function \"%s\".", a.Name, t.Value)
			}
		} else if named {
			errorf(t.Pos, "Positional arguments cannot be used after named arguments for function \"%s\".", t.Value)
		}
		if at < len(params) {
			got[at] = a.Value
		}
	}
	for i, name := range params[:required] {
		if got[i] == nil {
			errorf(t.Pos, "Value for argument \"%s\" is required for function \"%s\".", name, t.Value)
		}
	}
	if unknown != nil {
		errorf(unknown.Value.At(), "Unknown argument \"%s\" for function \"%s(%s)\".", unknown.Name, t.Value, strings.Join(params, ", "))
	}
	return got
}
