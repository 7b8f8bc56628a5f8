package parse

import "strings"

// maxErrors is how many errors Check gives before it stops looking.
const maxErrors = 100

// Check finds what is wrong with a template's text: not only the first error
// but, as far as can be told, those behind it, one of each tag at most.
func Check(name, src string, c *Config) []*Error {
	open := map[int]bool{}
	for {
		r := &recovery{open: open}
		found := check(name, src, c, r)
		if found.suspect < 0 || open[found.suspect] || len(open) >= maxErrors {
			return found.errors
		}
		// A quote that begins no string made one of what stands behind it. All is
		// read again, knowing that.
		open[found.suspect] = true
	}
}

// checking is what Check has found so far.
type checking struct {
	errors   []*Error
	suspect  int            // offset of a quote that may begin no string; -1: none
	broken   map[string]int // tags by name whose opening was wrong, so that their closing tags have no pair
	recovery *recovery
}

func (c *checking) add(e *Error) {
	if n := len(c.errors); n == 0 || c.errors[n-1].Pos != e.Pos {
		c.errors = append(c.errors, e)
	}
}

func check(name, src string, c *Config, r *recovery) *checking {
	found := &checking{suspect: -1, broken: map[string]int{}, recovery: r}
	tokens := lex(src, c, r)
	p := &parser{Config: c, ops: c.binary(), prefix: unary(), tokens: tokens, checking: found}
	var err error
	func() {
		defer caught(&err)
		p.template(name, nil, nil)
	}()
	e, ok := err.(*Error) //nolint:errorlint // caught gives nothing else
	switch last := tokens[len(tokens)-1]; {
	case !ok || len(found.errors) >= maxErrors:
	case e.Pos == last.Pos && len(found.errors) > 0 && (r.cut || found.unpaired()):
		// What is not closed by the end may be closed by what was not read.
	default:
		found.add(e)
	}
	return found
}

// unpaired reports whether a closing tag was found in the wrong place: then the
// one it belongs to is open at the end, which says nothing new.
func (c *checking) unpaired() bool {
	for _, e := range c.errors {
		if strings.HasPrefix(e.Message, `Unexpected "end`) {
			return true
		}
	}
	return false
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
		if !ok || len(p.checking.errors) >= maxErrors || p.current().Type == EOF {
			panic(r)
		}
		e, suspect := p.checking.recovery.blame(p.tokens, p.pos, e)
		if p.checking.suspect < 0 {
			p.checking.suspect = suspect
		}
		p.checking.add(e)
		p.t, p.blocks, p.depth, p.lenient, p.loops = before.t, before.blocks, before.depth, before.lenient, before.loops
		p.scopes, p.stack, p.escape = before.scopes[:scopes], before.stack[:stack], before.escape[:escape]
		p.checking.broken[t.Value]++
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
	if p.checking == nil {
		return false
	}
	broken := p.checking.broken
	switch opening, closing := strings.CutPrefix(tag, "end"); {
	case closing && broken[opening] > 0:
		broken[opening]--
	case tag == "else" && broken["if"]+broken["for"]+broken["foreach"]+broken["guard"] > 0:
	case tag == "elseif" && broken["if"] > 0:
	default:
		return false
	}
	for p.current().Type != EOF {
		p.pos++
		if p.tokens[p.pos-1].Type == BlockEnd {
			break
		}
	}
	return true
}
