package twig

import "strings"

// Policy says what templates may do in the sandbox. What is not listed is
// forbidden. A policy must not be changed once an environment has it.
type Policy struct {
	Tags      []string
	Filters   []string
	Functions []string
	Tests     []string            // nil allows all tests
	Methods   map[string][]string // by class; names without regard to case, "*" for all
	Props     map[string][]string // by class; "*" for all
}

func (p *Policy) allows(list []string, name string) bool {
	for _, n := range list {
		if n == name {
			return true
		}
	}
	return false
}

// checkMethod ends the render if the template being run may not call the method.
func (c *Context) checkMethod(o Object, name string) {
	if c.policy == nil {
		return
	}
	for _, m := range c.policy.Methods[o.Class()] {
		if m == "*" || strings.EqualFold(m, name) {
			return
		}
	}
	c.fail(Security, "Calling \"%s\" method on a \"%s\" object is not allowed.", strings.ToLower(name), o.Class())
}

// checkProperty ends the render if the template being run may not read the property.
func (c *Context) checkProperty(o Object, name string) {
	if c.policy == nil {
		return
	}
	for _, p := range c.policy.Props[o.Class()] {
		if p == "*" || p == name {
			return
		}
	}
	c.fail(Security, "Calling \"%s\" property on a \"%s\" object is not allowed.", name, o.Class())
}
