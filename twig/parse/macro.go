package parse

func (p *parser) importSlot(x Expr) *ImportSlot {
	n, ok := x.(*Name)
	slot := &ImportSlot{Index: p.t.Imports, Local: !p.mainScope(), Self: ok && n.Name == "_self"}
	p.t.Imports++
	return slot
}

func (p *parser) importTag(t Token) Stmt {
	x := p.expr(0)
	p.expect(NameToken, "as", "")
	name := p.expect(NameToken, "", "")
	assignable(name.Value, name.Pos)
	p.expectEnd()
	slot := p.importSlot(x)
	p.scopes[len(p.scopes)-1].templates[name.Value] = slot
	return &Import{Pos: t.Pos, Template: x, Slot: slot}
}

func (p *parser) fromTag(t Token) Stmt {
	x := p.expr(0)
	p.expect(NameToken, "import", "")
	slot := p.importSlot(x)
	scope := p.scopes[len(p.scopes)-1]
	for {
		name := p.expect(NameToken, "", "")
		alias := name
		if p.accept(NameToken, "as") {
			alias = p.expect(NameToken, "", "")
		}
		assignable(alias.Value, alias.Pos)
		scope.functions[alias.Value] = importedMacro{slot: slot, name: name.Value}
		if !p.accept(Punctuation, ",") {
			break
		}
	}
	p.expectEnd()
	return &Import{Pos: t.Pos, From: true, Template: x, Slot: slot}
}

func (p *parser) macroTag(t Token) Stmt {
	m := &Macro{Pos: t.Pos, Name: p.expect(NameToken, "", "").Value}
	m.Params = p.macroParams(m.Name)
	p.expectEnd()
	p.pushScope()
	stack, escape, loops := p.stack, p.escape, p.loops
	p.stack, p.escape, p.loops = nil, nil, 0
	m.Body = p.body("macro", "endmacro")
	p.stack, p.escape, p.loops = stack, escape, loops
	p.closingName("macro", m.Name)
	p.popScope()
	p.expectEnd()
	p.t.Macros = append(p.t.Macros, m)
	return &Tag{Pos: t.Pos, Name: "macro"}
}

func (p *parser) macroParams(macro string) []MacroParam {
	var params []MacroParam
	p.expect(Punctuation, "(", "A list of arguments must begin with an opening parenthesis")
	for !p.is(Punctuation, ")") {
		if len(params) > 0 {
			p.expect(Punctuation, ",", "Arguments must be separated by a comma")
			if p.is(Punctuation, ")") {
				break
			}
		}
		t := p.expect(NameToken, "", "An argument must be a name")
		if t.Value == "varargs" {
			errorf(t.Pos, "The argument \"varargs\" in macro \"%s\" cannot be defined because the variable \"varargs\" is reserved for arbitrary arguments.", macro)
		}
		assignable(t.Value, t.Pos)
		param := MacroParam{Pos: t.Pos, Name: t.Value}
		if p.accept(OperatorToken, "=") {
			param.Default = p.expr(0)
			if !constant(param.Default) {
				errorf(t.Pos, "A default value for an argument must be a constant (a boolean, a string, a number, a sequence, or a mapping).")
			}
		}
		params = append(params, param)
	}
	p.expect(Punctuation, ")", "A list of arguments must be closed by a parenthesis")
	return params
}

func constant(x Expr) bool {
	switch n := x.(type) {
	case *Constant:
		return true
	case *Unary:
		return n.Op != "not" && constant(n.X)
	case *Array:
		for _, item := range n.Items {
			if item.Spread || item.Key != nil && !constant(item.Key) || !constant(item.Value) {
				return false
			}
		}
		return true
	}
	return false
}
