package parse

import "slices"

// Kind is a kind of callable that templates name.
type Kind uint8

// The kinds of callables.
const (
	Filter Kind = iota
	Function
	Test
)

func (k Kind) String() string {
	return [...]string{"filter", "function", "test"}[k]
}

// Config says which language is parsed. The zero value knows no callable; set Known.
type Config struct {
	// Known reports whether a filter, function or test exists.
	Known func(kind Kind, name string) bool
	// Suggest gives names near an unknown one, best first; may be nil.
	Suggest func(kind Kind, name string) []string
	// Required says whether a test takes exactly one mandatory argument, so
	// that it may be written without brackets; may be nil.
	Required func(test string) bool
	// Tags are the host's own tags by name.
	Tags map[string]HostTag

	// Script switches on the words of app scripts: foreach, break, continue,
	// return, && and ||, === and !== (spec section 15).
	Script bool
	// Next switches on the syntax of Twig 3.23: ?. and === (spec section 14).
	Next bool
	// MaxDepth bounds the nesting of expressions and tags; 0 means 200.
	MaxDepth int
}

// HostTag describes a tag of the host's: a list of expressions, and a body if End is not
// empty.
type HostTag struct {
	End string // the closing tag's name; empty if there is none
	// Short says that the body may be missing: it is there if the closing tag follows before
	// what the tag stands in ends.
	Short bool
	// Words stand before the arguments after the first, each of which may be missing, in this
	// order. Without them arguments are separated by commas.
	Words []string
}

type operator struct {
	precedence int
	right      bool
}

// binary gives the binary operators by name (spec 5.1).
func (c *Config) binary() map[string]operator {
	ops := map[string]operator{
		"or": {precedence: 10}, "xor": {precedence: 12}, "and": {precedence: 15},
		"b-or": {precedence: 16}, "b-xor": {precedence: 17}, "b-and": {precedence: 18},
		"==": {precedence: 20}, "!=": {precedence: 20}, "<=>": {precedence: 20},
		"<": {precedence: 20}, ">": {precedence: 20}, ">=": {precedence: 20}, "<=": {precedence: 20},
		"not in": {precedence: 20}, "in": {precedence: 20}, "matches": {precedence: 20},
		"starts with": {precedence: 20}, "ends with": {precedence: 20},
		"has some": {precedence: 20}, "has every": {precedence: 20},
		"..": {precedence: 25}, "+": {precedence: 30}, "-": {precedence: 30}, "~": {precedence: 40},
		"*": {precedence: 60}, "/": {precedence: 60}, "//": {precedence: 60}, "%": {precedence: 60},
		"is": {precedence: 100}, "is not": {precedence: 100},
		"**": {precedence: 200, right: true}, "??": {precedence: 300, right: true},
	}
	if c.Script {
		ops["||"], ops["&&"] = operator{precedence: 10}, operator{precedence: 15}
	}
	if c.Script || c.Next {
		ops["==="], ops["!=="] = operator{precedence: 20}, operator{precedence: 20}
	}
	return ops
}

// unary gives the unary operators with the precedence of their operand.
func unary() map[string]int { return map[string]int{"not": 50, "-": 500, "+": 500} }

// words lists all operators for the lexer, longest first.
func words(binary map[string]operator) []string {
	list := []string{"=", "not"}
	for name := range binary {
		list = append(list, name)
	}
	slices.SortFunc(list, func(a, b string) int {
		if len(a) != len(b) {
			return len(b) - len(a)
		}
		if a < b {
			return -1
		}
		return 1
	})
	return list
}
