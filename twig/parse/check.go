package parse

import "strings"

// maxErrors is how many errors Check gives before it stops looking.
const maxErrors = 100

// Check finds what is wrong with a template's text: not only the first error
// but, as far as can be told, those behind it. What cannot be split into tokens
// has one error.
func Check(name, src string, c *Config) []*Error {
	var found []*Error
	err := check(name, src, c, &found)
	if e, ok := err.(*Error); ok && (len(found) == 0 || len(found) < maxErrors && found[len(found)-1].Pos != e.Pos) { //nolint:errorlint // check gives nothing else
		found = append(found, e)
	}
	return found
}

func check(name, src string, c *Config, found *[]*Error) (err error) {
	defer caught(&err)
	p := &parser{Config: c, ops: c.binary(), prefix: unary(), tokens: lex(src, c), checking: found}
	p.template(name, nil, nil)
	return nil
}

// run parses one print or tag. When checking, an error in it is kept and
// reading goes on behind its closing delimiter.
func (p *parser) run(parse tagParser, t Token) (s Stmt) {
	if p.checking == nil {
		return parse(t)
	}
	before := *p
	scopes, stack, escape := len(p.scopes), len(p.stack), len(p.escape)
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		e, ok := r.(*Error)
		if !ok || len(*p.checking) >= maxErrors {
			panic(r)
		}
		*p.checking = append(*p.checking, e)
		p.t, p.blocks, p.depth, p.lenient, p.loops = before.t, before.blocks, before.depth, before.lenient, before.loops
		p.scopes, p.stack, p.escape = before.scopes[:scopes], before.stack[:stack], before.escape[:escape]
		p.broken++
		for p.current().Type != EOF {
			p.pos++
			if last := p.tokens[p.pos-1].Type; last == BlockEnd || last == VarEnd {
				break
			}
		}
		s = nil
	}()
	return parse(t)
}

// orphan skips a middle or closing tag that lost its pair to an earlier error.
func (p *parser) orphan(tag string) bool {
	closing := strings.HasPrefix(tag, "end")
	if p.broken == 0 || !closing && tag != "else" && tag != "elseif" {
		return false
	}
	if closing {
		p.broken--
	}
	for p.current().Type != EOF {
		p.pos++
		if p.tokens[p.pos-1].Type == BlockEnd {
			break
		}
	}
	return true
}
