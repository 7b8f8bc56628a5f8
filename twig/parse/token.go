package parse

import "fmt"

// Pos is a place in a template: lines and columns count from 1, columns in bytes.
type Pos struct {
	Line, Column int
}

// Type says what a token is.
type Type uint8

// The types of tokens.
const (
	EOF Type = iota
	Text
	BlockStart
	VarStart
	BlockEnd
	VarEnd
	NameToken
	NumberToken
	StringToken
	OperatorToken
	Punctuation
	InterpolationStart
	InterpolationEnd
	ArrowToken
	SpreadToken
)

// String is the type's name in error messages.
func (t Type) String() string {
	switch t {
	case EOF:
		return "end of template"
	case Text:
		return "text"
	case BlockStart:
		return "begin of statement block"
	case VarStart:
		return "begin of print statement"
	case BlockEnd:
		return "end of statement block"
	case VarEnd:
		return "end of print statement"
	case NameToken:
		return "name"
	case NumberToken:
		return "number"
	case StringToken:
		return "string"
	case OperatorToken:
		return "operator"
	case Punctuation:
		return "punctuation"
	case InterpolationStart:
		return "begin of string interpolation"
	case InterpolationEnd:
		return "end of string interpolation"
	case ArrowToken:
		return "arrow function"
	case SpreadToken:
		return "spread operator"
	case brokenToken: // never in a message
	}
	return "token"
}

// A Token is one piece of a template. Value is the text of it: of strings with
// escapes resolved, of operators with one space for any run of blanks.
type Token struct {
	Type  Type
	Value string
	Pos   Pos
}

// Is reports whether the token has that type and one of the values; any value if none is given.
func (t Token) Is(typ Type, values ...string) bool {
	if t.Type != typ {
		return false
	}
	for _, v := range values {
		if t.Value == v {
			return true
		}
	}
	return len(values) == 0
}

// Error is what is wrong with a template's text. Message is a whole sentence.
type Error struct {
	Message string
	Pos     Pos
	TooDeep bool // the text may be right but is nested deeper than Config allows
}

func (e *Error) Error() string {
	return fmt.Sprintf("%d:%d: %s", e.Pos.Line, e.Pos.Column, e.Message)
}

// errorf unwinds the parser; Parse turns the panic back into an error.
func errorf(at Pos, format string, args ...any) {
	panic(&Error{Message: fmt.Sprintf(format, args...), Pos: at})
}

func tooDeep(at Pos, format string, args ...any) {
	panic(&Error{Message: fmt.Sprintf(format, args...), Pos: at, TooDeep: true})
}
