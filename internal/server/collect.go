package server

import (
	"os"
	"runtime/debug"
)

// gcPercent is how much the heap may grow, in percent of what is alive, before what is not is
// collected. A host keeps little in its heap, for pages of the database are outside of it, and
// makes much for each answer: with Go's 100 a seventh of its time went into collecting.
const gcPercent = 200

// Collect has garbage collected as a host does, for the whole process, unless the environment
// says how (GOGC). It is for programs that are a host and nothing else.
func Collect() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
