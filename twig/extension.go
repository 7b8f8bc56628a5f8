package twig

import (
	"slices"
	"strings"

	"github.com/appdock/appdock/twig/parse"
)

// Param is a parameter of a filter, function, test or method.
type Param struct {
	Name     string
	Optional bool
	Default  Value  // if optional
	native   string // the reference's other name for it, in one message
}

// Required makes a parameter that must be given.
func Required(name string) Param { return Param{Name: name} }

// Optional makes a parameter with a default.
func Optional(name string, value Value) Param {
	return Param{Name: name, Optional: true, Default: value}
}

// Callable describes a filter, function or test.
type Callable struct {
	// Name may hold "*" for dynamic names: "*_path" makes a_path and b_path; what
	// the stars stand for comes before the other arguments.
	Name string
	// Params are the parameters; of filters and tests without the value itself,
	// which Call gets as its first argument.
	Params []Param
	// Variadic callables take any further arguments.
	Variadic bool
	// Call gets one value for every parameter, then what is variadic. It must
	// not keep args, nor, beyond the render, the Context or a value that holds an
	// arrow function or the variable loop: these read the variables of their
	// place, which other renders use next. All other values may be kept.
	// A plain error is wrapped; one of Failf is shown as it is.
	Call func(c *Context, args []Value) (Value, error)
	// Safe lists the escaping strategies the result needs no escaping for; "all" for any.
	Safe []string
	// Preserves lists the strategies for which the result is safe if the input is (filters).
	Preserves []string
	// PreEscape names the strategy the input is escaped for first (filters).
	PreEscape string
	// Cost is what a call takes of the limit of steps; 0 counts as 1. Bulk work
	// is charged by Context.Spend and Context.Reserve.
	Cost int
	// Deprecated says since when templates should not use it, such as "acme/shop 1.2";
	// empty: they may. WithDeprecations tells of those that do.
	Deprecated string

	// appends, if set, is Call without its string: it puts the text of its result
	// behind the output, from where it is printed or taken. If it did not, the
	// result is the value it gives.
	appends func(c *Context, args []Value) (v Value, appended bool, err error)

	// decides, if set, is Call of a test without parameters.
	decides func(c *Context, v Value) bool

	safe    func(args []parse.Arg) []string // of escape, which depends on its argument
	borrows bool                            // uses arrow functions only while it runs
	picks   bool                            // gives a value there was before, which costs nothing
}

// Tag describes a tag of the host's: a list of expressions and perhaps a body.
type Tag struct {
	Name string
	End  string // the closing tag's name; empty if there is no body
	// Short says that the body may be missing: it is there if the closing tag follows before
	// what the tag stands in ends, and belongs to the nearest tag before it.
	Short bool
	// Words stand before the arguments after the first, in this order: of
	// {% box size with {…} only name %} they are with and only. Each argument may be
	// missing; Run gets a null for it. Without Words arguments are separated by commas.
	Words []string
	// Run gets the arguments' values and, if the tag has one, its body, and
	// gives text that is printed as it is.
	Run func(c *Context, args []Value, body func() string) (string, error)
}

// Extension adds to the language.
type Extension struct {
	Filters   []Callable
	Functions []Callable
	Tests     []Callable
	Tags      []Tag
}

// library finds callables by name.
type library struct {
	exact   map[string]*Callable
	dynamic []*Callable
}

// text makes a filter of a function that appends its text.
func text(appends func(c *Context, args []Value) (Value, bool, error), c Callable) Callable {
	c.appends = appends
	c.Call = func(c *Context, args []Value) (Value, error) {
		start := len(c.out)
		v, appended, err := appends(c, args)
		if appended {
			v = String(string(c.out[start:]))
			c.out = c.out[:start]
		}
		return v, err
	}
	return c
}

func newLibrary() *library { return &library{exact: map[string]*Callable{}} }

func (l *library) add(list []Callable) {
	for i := range list {
		if c := &list[i]; strings.Contains(c.Name, "*") {
			l.dynamic = append(l.dynamic, c)
		} else {
			l.exact[c.Name] = c
		}
	}
}

// find gives a callable and what the stars of a dynamic name stand for.
func (l *library) find(name string) (*Callable, []string) {
	if c, ok := l.exact[name]; ok {
		return c, nil
	}
	for _, c := range l.dynamic {
		if stars, ok := matchStars(strings.Split(c.Name, "*"), name); ok {
			return c, stars
		}
	}
	return nil, nil
}

// matchStars matches the parts between stars; each star stands for as little as fits but the last.
func matchStars(parts []string, name string) ([]string, bool) {
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return nil, false
	}
	var stars []string
	for i, part := range parts[1:] {
		at := strings.Index(rest, part)
		if i == len(parts)-2 {
			at = len(rest) - len(part)
			if !strings.HasSuffix(rest, part) {
				return nil, false
			}
		}
		if at < 1 {
			return nil, false
		}
		stars = append(stars, rest[:at])
		rest = rest[at+len(part):]
	}
	return stars, true
}

func (l *library) names() []string {
	names := make([]string, 0, len(l.exact))
	for name := range l.exact {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
