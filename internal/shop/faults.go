package shop

import (
	"fmt"
	"strings"

	"github.com/appdock/appdock"
)

// Codes of violations as clients know them (admin-api.md 9).
const (
	codeBlank      = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
	codeType       = "ba785a8c-82cb-4283-967c-3cf342181b40"
	codeTooLong    = "d94b19cc-114f-4f44-9cc4-4138e80a87b9"
	codeTooLow     = "76454e69-502c-46c5-9643-f447d837c4d5"
	codeTooShort   = "9ff3fdc4-b214-49db-8718-39c315e33d45"
	codeMissing    = "2fa2158c-2a7f-484b-98aa-975522539ff8"
	codeEmail      = "bd79c0ab-ddba-46cc-a703-a7a4b08de310"
	codeConstraint = "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION"
	codeForeignKey = "FRAMEWORK__FOREIGN_KEY_VIOLATION"
	codeIntend     = "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"
	codeNoSystem   = "MISSING-SYSTEM-TRANSLATION"
	codeNoLanguage = "MISSING-TRANSLATION-LANGUAGE"
	codeLocked     = "FRAMEWORK__ENTITY_IS_LOCKED"

	codeDeletesSystem = "delete-system-translation-violation"

	duplicateNumber = "CONTENT__DUPLICATE_PRODUCT_NUMBER"
)

// Codes of faults in criteria that need the schema to be found (admin-api.md 5.2).
const (
	codeUnmapped   = "FRAMEWORK__UNMAPPED_FIELD"
	codeRuntime    = "FRAMEWORK__RUNTIME_FIELD_IN_CRITERIA"
	codeNotAllowed = "FRAMEWORK__ACCESSOR_NOT_ALLOWED"
)

func blank(pointer string) appdock.Fault {
	return appdock.Fault{Pointer: pointer, Code: codeBlank, Message: "This value should not be blank."}
}

func wrongType(pointer, want string) appdock.Fault {
	return appdock.Fault{
		Pointer: pointer, Code: codeType,
		Message: "This value should be of type " + want + ".",
		Params:  []appdock.Param{{Name: "{{ type }}", Value: want}},
	}
}

func tooLong(pointer string, limit int) appdock.Fault {
	return appdock.Fault{
		Pointer: pointer, Code: codeTooLong,
		Message: fmt.Sprintf("This value is too long. It should have %d characters or less.", limit),
		Params:  []appdock.Param{{Name: "{{ limit }}", Value: limit}},
	}
}

func tooShort(pointer string, limit int) appdock.Fault {
	return appdock.Fault{
		Pointer: pointer, Code: codeTooShort,
		Message: fmt.Sprintf("This value is too short. It should have %d characters or more.", limit),
		Params:  []appdock.Param{{Name: "{{ limit }}", Value: limit}},
	}
}

func tooLow(pointer string, limit int64) appdock.Fault {
	return appdock.Fault{
		Pointer: pointer, Code: codeTooLow,
		Message: fmt.Sprintf("This value should be %d or more.", limit),
		Params:  []appdock.Param{{Name: "{{ limit }}", Value: limit}},
	}
}

func missing(pointer string) appdock.Fault {
	return appdock.Fault{Pointer: pointer, Code: codeMissing, Message: "This field is missing."}
}

func constraint(pointer, message string) appdock.Fault {
	return appdock.Fault{Pointer: pointer, Code: codeConstraint, Message: message}
}

func writeProtected(pointer string) appdock.Fault {
	return constraint(pointer, "This field is write-protected.")
}

func badUUID(pointer, value string) appdock.Fault {
	return constraint(pointer, fmt.Sprintf("The string %q is not a valid uuid.", short(value)))
}

// short cuts what a client sent to what a message may repeat of it.
func short(text string) string {
	const longest = 200
	if len(text) <= longest {
		return text
	}
	return strings.ToValidUTF8(text[:longest], "") + "..."
}

// invalid is the refusal of a request for all that is wrong with it; nil if nothing is.
func invalid(faults faultList) error {
	if faults.Count() == 0 {
		return nil
	}
	all := faults.All()
	message := "There is 1 error in the request."
	switch n := len(all); {
	case faults.Full():
		message = fmt.Sprintf("There are more than %d errors in the request.", n-1)
	case n > 1:
		message = fmt.Sprintf("There are %d errors in the request.", n)
	}
	return &appdock.Error{Kind: appdock.Invalid, Code: all[0].Code, Message: message, Faults: all}
}
