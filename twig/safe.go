package twig

import (
	"slices"

	"github.com/appdock/appdock/twig/parse"
)

// all is what an expression is safe for if it is safe in any context.
var all = []string{"all"} // never changed

// isSafe reports whether a list of strategies covers one (spec 10).
func isSafe(strategies []string, strategy string) bool {
	for _, s := range strategies {
		if s == "all" || s == strategy || s == "html_attr" && strategy == "html" {
			return true
		}
	}
	return false
}

// safe gives the strategies an expression needs no escaping for. What is not
// known to be safe is not.
func (b *builder) safe(x parse.Expr) []string {
	switch n := x.(type) {
	case *parse.Constant, *parse.Parent, *parse.BlockCall, *parse.MacroCall:
		if _, ok := x.(*parse.MacroCall); ok && b.env.config.Script {
			return nil // a script's macro may return any value
		}
		return all
	case *parse.Cond:
		then := n.Then
		if then == nil {
			then = n.Test
		}
		return both(b.safe(then), b.safe(n.Else))
	case *parse.Binary:
		if n.Op == "??" {
			return both(b.safe(n.X), b.safe(n.Y))
		}
	case *parse.FilterExpr:
		return b.safeFilter(n)
	case *parse.Call:
		if c, _ := b.env.functions.find(n.Name); c != nil {
			return c.Safe
		}
	}
	return nil
}

func (b *builder) safeFilter(n *parse.FilterExpr) []string {
	c, _ := b.env.filters.find(n.Name)
	switch {
	case c == nil:
		return nil
	case c.safe != nil:
		return c.safe(n.Args)
	case c.Safe != nil:
		return c.Safe
	case c.Preserves != nil:
		return both(b.safe(n.X), c.Preserves)
	}
	return nil
}

// both gives what two lists have in common.
func both(a, b []string) []string {
	if slices.Contains(a, "all") {
		return b
	}
	if slices.Contains(b, "all") {
		return a
	}
	var common []string
	for _, s := range a {
		if isSafe(b, s) {
			common = append(common, s)
		}
	}
	return common
}

// escapeSafe says what a call of escape is safe for: its strategy, if that is known.
func escapeSafe(args []parse.Arg) []string {
	if len(args) == 0 {
		return []string{"html"}
	}
	for i, a := range args {
		if i > 0 && a.Name != "strategy" || a.Spread {
			continue
		}
		if k, ok := a.Value.(*parse.Constant); ok {
			if s, ok := k.Value.(string); ok {
				return []string{s}
			}
		}
		return []string{}
	}
	return []string{}
}
