package parse

import "strings"

// When checking, what cannot be split into tokens must not hide what stands
// behind it. The lexer leaves a broken token with the error and goes on behind
// the tag; the parser fails at it, drops the tag and goes on too.

// recovery is what the lexer needs for it.
type recovery struct {
	open    map[int]bool // offsets of quotes that begin no string
	strings []wideString
	cut     bool // the rest is not read: there is no telling where a comment ends
}

// wideString is a string that holds delimiters of tags: one that was meant to
// end before them may have run on to the next quote.
type wideString struct {
	offset int // of its quote
	token  int
}

// brokenToken stands for what is no token. Its value is the error's message.
const brokenToken Type = 255

// attempt reads a token. What is wrong becomes a broken one.
func (l *lexer) attempt(read func()) {
	if l.recovery == nil {
		read()
		return
	}
	defer func() {
		switch r := recover().(type) {
		case nil:
		case *Error:
			l.mend(r)
		default:
			panic(r)
		}
	}()
	read()
}

// mend goes on behind what is wrong.
func (l *lexer) mend(e *Error) {
	if len(l.states) == 0 {
		l.tokens = append(l.tokens, Token{Type: brokenToken, Value: e.Message, Pos: e.Pos})
		l.cursor, l.recovery.cut = len(l.src), true
		return
	}
	what, end, closing := "variable", VarEnd, "}}"
	if l.tag() == inBlock {
		what, end, closing = "block", BlockEnd, "%}"
	}
	from := min(l.cursor, len(l.src))
	close, next := strings.Index(l.src[from:], closing), nextTag(l.src[from:])
	if close >= 0 && (next < 0 || close < next) {
		l.cursor = l.behind(from+close+len(closing), 0, end == BlockEnd)
	} else {
		if e.Pos.Line > l.opened.Line {
			e = &Error{Message: "Unclosed \"" + what + "\".", Pos: l.opened}
		}
		l.cursor = from + max(next, 0)
		if next < 0 {
			l.cursor = len(l.src)
		}
	}
	l.tokens = append(l.tokens, Token{Type: brokenToken, Value: e.Message, Pos: e.Pos}, Token{Type: end, Pos: l.here()})
	l.brackets, l.states, l.state = nil, nil, inData
}

// tag is the state of the tag being read, whatever of it is being read.
func (l *lexer) tag() state {
	if len(l.states) > 1 {
		return l.states[1]
	}
	return l.state
}

// nextTag finds where the next print, tag or comment opens; -1 if none does.
func nextTag(src string) int {
	for i := 0; i+1 < len(src); i++ {
		if src[i] == '{' && strings.IndexByte("{%#", src[i+1]) >= 0 {
			return i
		}
	}
	return -1
}

// inside refuses a tag in a tag: the one around it was not closed. Nothing in
// an expression looks like one.
func (l *lexer) inside(rest string) {
	if l.recovery == nil || !strings.HasPrefix(rest, "{{") && !strings.HasPrefix(rest, "{%") {
		return
	}
	what := "variable"
	if l.tag() == inBlock {
		what = "block"
	}
	errorf(l.opened, "Unclosed \"%s\".", what)
}

// note keeps where a string began that holds delimiters.
func (l *lexer) note(offset int, raw string) {
	if l.recovery == nil {
		return
	}
	for _, delimiter := range []string{"{{", "}}", "{%", "%}"} {
		if strings.Contains(raw, delimiter) {
			l.recovery.strings = append(l.recovery.strings, wideString{offset, len(l.tokens)})
			return
		}
	}
}

// around gives the tokens of the tag that a token belongs to: from its opening
// delimiter to its closing one.
func around(tokens []Token, at int) (from, to int) {
	for from = min(at, len(tokens)-1); from > 0 && tokens[from].Type != BlockStart && tokens[from].Type != VarStart; from-- {
	}
	for to = from; to < len(tokens)-1 && tokens[to].Type != BlockEnd && tokens[to].Type != VarEnd; to++ {
	}
	return from, to
}

// blame gives the error to tell of a tag in which err was found: what the lexer
// stumbled over, if that stands before. suspect is the offset of a quote of the
// tag that may begin no string; -1 if there is none.
func (r *recovery) blame(tokens []Token, at int, err *Error) (e *Error, suspect int) {
	from, to := around(tokens, at)
	open := strings.Contains(err.Message, "Unexpected ")
	for _, t := range tokens[from : to+1] {
		if t.Type != brokenToken {
			continue
		}
		if !before(err.Pos, t.Pos) {
			err = &Error{Message: t.Value, Pos: t.Pos}
			open = openQuote(t.Value)
		}
		break
	}
	if !open {
		return err, -1
	}
	for _, s := range r.strings {
		if s.token > from && s.token < to {
			return err, s.offset
		}
	}
	return err, -1
}

func openQuote(message string) bool {
	return message == `Unexpected character "'".` || message == `Unclosed """.` || strings.HasPrefix(message, "Unclosed ")
}

func before(a, b Pos) bool { return a.Line < b.Line || a.Line == b.Line && a.Column < b.Column }
