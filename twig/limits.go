package twig

import (
	"cmp"
	"fmt"
)

// LimitName names a limit in an [Error].
type LimitName string

// The limits of a render.
const (
	LimitSteps  LimitName = "steps"
	LimitTime   LimitName = "time"
	LimitOutput LimitName = "output bytes"
	LimitMemory LimitName = "allocated bytes"
	LimitDepth  LimitName = "depth"
	LimitRegexp LimitName = "regexp steps"
	// These two are met while reading a template, which may happen in a render.
	LimitNesting LimitName = "nesting"
	LimitSource  LimitName = "source bytes"
)

// Limits bound one render; a field that is 0 has the value of [DefaultLimits].
// Wall time is bounded by the render's context. All but time are exact: the
// same template with the same values always ends at the same place.
type Limits struct {
	Steps     int64 // statements, loop turns, calls, and a share for bulk work
	Output    int64 // bytes of the result
	Allocated int64 // bytes of strings and arrays made on the way
	Depth     int   // of includes, macros, blocks and arrow functions inside each other
	Regexp    int64 // length of pattern times length of subject of one match
	Nesting   int   // of brackets and tags when reading a template
	Source    int   // bytes of one template
}

// DefaultLimits is generous for a page and small for a host.
func DefaultLimits() Limits {
	return Limits{
		Steps: 10_000_000, Output: 16 << 20, Allocated: 256 << 20, Depth: 120,
		Regexp: 50_000_000, Nesting: 200, Source: 4 << 20,
	}
}

func (l Limits) complete() Limits {
	d := DefaultLimits()
	return Limits{
		Steps: cmp.Or(l.Steps, d.Steps), Output: cmp.Or(l.Output, d.Output), Allocated: cmp.Or(l.Allocated, d.Allocated),
		Depth: cmp.Or(l.Depth, d.Depth), Regexp: cmp.Or(l.Regexp, d.Regexp), Nesting: cmp.Or(l.Nesting, d.Nesting), Source: cmp.Or(l.Source, d.Source),
	}
}

// maxNesting bounds how deep values are followed into each other.
const maxNesting = 512

// tooNested ends the render because values are nested too deeply to follow.
func (c *Context) tooNested() {
	panic(&Error{Kind: Limit, Limit: LimitDepth, Message: fmt.Sprintf("Values are nested more than %d levels deep.", maxNesting)})
}

// pulse is how many steps pass between two looks at the context.
const pulse = 2048

// exceeded ends the render because of a limit.
func (c *Context) exceeded(name LimitName, max int64) {
	panic(&Error{Kind: Limit, Limit: name, Message: fmt.Sprintf("The template exceeds its limit of %s (%d).", name, max)})
}

// step counts one unit of work.
func (c *Context) step() {
	c.steps++
	if c.steps >= c.alarm {
		c.wake()
	}
}

// Spend charges n units of work: one per element or so for bulk operations.
// It ends the render if there is no fuel left.
func (c *Context) Spend(n int) {
	c.steps += int64(n)
	if c.steps >= c.alarm {
		c.wake()
	}
}

// wake looks at what is not looked at on every step.
func (c *Context) wake() {
	if c.steps > c.limits.Steps {
		c.exceeded(LimitSteps, c.limits.Steps)
	}
	if err := c.ctx.Err(); err != nil {
		panic(&Error{Kind: Limit, Limit: LimitTime, Message: "The template was ended from outside: " + err.Error() + ".", Cause: err})
	}
	c.alarm = min(c.steps+pulse, c.limits.Steps+1)
}

// fits ends the render if there is no room for what is being made. It is
// charged when it is done.
func (c *Context) fits(bytes int) {
	if int64(bytes) > c.limits.Allocated-c.allocated {
		c.exceeded(LimitMemory, c.limits.Allocated)
	}
}

// Reserve charges memory before it is taken, and the work of filling it.
// Functions that can make much of little call it first. It ends the render if
// there is no room left.
func (c *Context) Reserve(bytes int64) {
	if bytes < 0 || bytes > c.limits.Allocated-c.allocated {
		c.exceeded(LimitMemory, c.limits.Allocated)
	}
	c.allocated += bytes
	c.Spend(int(bytes >> 6))
}

// treeSize is about how many bytes a compiled template takes for each one of its text.
const treeSize = 64

// payCompiling charges for compiling a text while a render is under way.
func (c *Context) payCompiling(src string) {
	c.Spend(len(src)/4 + 20)
	c.Reserve(int64(len(src)) * treeSize)
}

// elementSize is about what an array spends on an element.
const elementSize = 48

// charge counts a value that a filter or function made.
func (c *Context) charge(v Value) {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindString, KindMarkup:
		if v.n > 16 {
			c.Reserve(v.n)
		}
	case KindArray:
		c.Reserve(int64(v.Array().Len()) * elementSize)
	}
}

// chargeConverted counts arrays that a field or method of a Go struct had made
// of the host's: they are made anew whenever it is read.
func (c *Context) chargeConverted(o Object, v Value) {
	if v.kind != KindArray {
		return
	}
	if _, ok := goOf(o); !ok {
		return
	}
	c.charge(v)
	for _, e := range v.Array().All() {
		c.chargeConverted(o, e)
	}
}

// enter counts a level of includes, macros, blocks or arrow functions.
func (c *Context) enter() {
	c.depth++
	if c.depth > c.limits.Depth {
		c.exceeded(LimitDepth, int64(c.limits.Depth))
	}
}

func (c *Context) leave() { c.depth-- }

// climb counts how far something is looked for in templates that extend each
// other: one may extend itself.
func (c *Context) climb(up int) {
	if up > c.limits.Depth {
		c.exceeded(LimitDepth, int64(c.limits.Depth))
	}
}

// checkOutput is called after something was written.
func (c *Context) checkOutput() {
	if len(c.out) > c.maxOutput {
		c.tooMuch()
	}
}

func (c *Context) tooMuch() { c.exceeded(LimitOutput, c.limits.Output) }
