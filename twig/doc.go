// Package twig renders Twig templates: the language of Twig 3.15, with limits
// and a sandbox that belong to the compiled template.
//
// An [Environment] is a language with a loader; it compiles templates, which
// are immutable and serve any number of goroutines. Values are a small type of
// their own, [Value], with ordered arrays; [From] makes them of Go values.
//
// Templates of strangers are safe to run: every render is bounded in steps,
// bytes, depth and, through its context, in time, and sees nothing of the host
// but the variables and functions it is given. See [Limits] and [Policy].
//
// What is supported, what differs from the reference and why is in docs/twig.md.
package twig
