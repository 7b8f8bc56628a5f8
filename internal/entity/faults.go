package entity

import (
	"fmt"

	"github.com/appdock/appdock"
)

// maxFaults bounds what one answer tells: a body of one megabyte may hold half a million
// wrong values, and nobody reads more than the first few.
const maxFaults = 100

// Faults collects what is wrong with a request, as much of it as is told.
type Faults struct {
	first []appdock.Fault
	count int
}

// Add notes a fault.
func (f *Faults) Add(fault appdock.Fault) {
	if f.count++; f.count <= maxFaults {
		f.first = append(f.first, fault)
	}
}

// Count is how many were added.
func (f *Faults) Count() int { return f.count }

// Full says that there are more than are told: who reads a long list may stop.
func (f *Faults) Full() bool { return f.count > maxFaults }

// All gives the first faults, and one more about the request as a whole if there are
// others; its code is that of the first.
func (f *Faults) All() []appdock.Fault {
	if !f.Full() {
		return f.first
	}
	return append(f.first[:maxFaults:maxFaults], appdock.Fault{
		Code:    f.first[0].Code,
		Message: fmt.Sprintf("There are more errors in the request than these %d.", maxFaults),
	})
}
