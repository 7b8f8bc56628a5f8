package sqlstore

import (
	"fmt"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Taken is what a person is told whose change broke the unique constraint of the columns;
// err is the driver's.
func Taken(d *entity.Definition, c entity.Change, columns []string, err error) *appdock.Error {
	u, primary := Violated(d, columns)
	fault := appdock.Fault{Pointer: c.Pointer, Code: u.Code}
	switch {
	case primary:
		// An insertion of what exists is an update (admin-api.md 6).
		fault.Code = "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"
		fault.Message = fmt.Sprintf("There is a record of %s with the id %s already.", d.Name, c.ID)
	default:
		if fault.Code == "" {
			fault.Code = "FRAMEWORK__DUPLICATE_VALUE"
		}
		fields := strings.Join(u.Fields, " and ")
		fault.Message = fmt.Sprintf("Another record of %s has the same %s.", d.Name, fields)
		for _, name := range u.Fields {
			fault.Params = append(fault.Params, appdock.Param{Name: name, Value: c.Set[name]})
		}
	}
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    fault.Code,
		Message: fault.Message,
		Faults:  []appdock.Fault{fault},
		Params:  fault.Params,
		Err:     err,
	}
}

// Gone says why a change found no row.
func Gone(c entity.Change) error {
	e := &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    "ADK-RECORD-CHANGED",
		Message: fmt.Sprintf("The record %s of %s was changed by somebody else.", c.ID, c.Entity),
		Cure:    "Read it again and repeat the change.",
	}
	if c.Expect == 0 {
		e.Kind, e.Code = appdock.NotFound, "ADK-RECORD-GONE"
		e.Message = fmt.Sprintf("There is no record %s of %s.", c.ID, c.Entity)
	}
	e.Faults = []appdock.Fault{{Pointer: c.Pointer, Code: e.Code, Message: e.Message}}
	return e
}
