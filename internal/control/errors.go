package control

import (
	"encoding/json"
	"errors"

	"github.com/appdock/appdock"
)

// ExchangeError is a failure of a call to an app's server, with what was sent and what
// came back, secrets redacted.
type ExchangeError struct {
	Request string
	Answer  string
	Err     error
}

// Error is the failure's own text.
func (e *ExchangeError) Error() string { return e.Err.Error() }

// Unwrap gives the failure.
func (e *ExchangeError) Unwrap() error { return e.Err }

// Failure is how an error looks on the socket and in `--output json`. What has no code
// is internal: its text stays in the host's log.
type Failure struct {
	Kind     int     `json:"-"`
	Code     string  `json:"code"`
	Message  string  `json:"message"`
	Cause    string  `json:"cause"`
	Cure     string  `json:"cure"`
	Faults   []Fault `json:"faults,omitempty"`
	Exchange *Texts  `json:"exchange,omitempty"`
}

// Fault is one wrong value.
type Fault struct {
	Pointer string `json:"pointer"`
	Code    string `json:"code"`
	Message string `json:"message"`
}

// Texts are a request and its answer as people read them.
type Texts struct {
	Request string `json:"request"`
	Answer  string `json:"answer"`
}

// Explain turns an error into what people are told of it.
func Explain(err error) Failure {
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok || told.Code == "" {
		return Failure{ // its text stays in the host's log
			Kind:    int(appdock.Internal),
			Code:    "ADK-INTERNAL",
			Message: "Internal error",
			Cure:    "Look into the host's log; report it if it happens again.",
		}
	}
	f := Failure{Kind: int(told.Kind), Code: told.Code, Message: told.Message, Cause: told.Cause, Cure: told.Cure}
	for _, x := range told.Faults {
		f.Faults = append(f.Faults, Fault{x.Pointer, x.Code, x.Message})
	}
	if x, ok := errors.AsType[*ExchangeError](err); ok {
		f.Exchange = &Texts{x.Request, x.Answer}
	}
	return f
}

// wireFailure is a [Failure] with its kind, as it crosses the socket.
type wireFailure struct {
	Failure
	Kind int `json:"kind"`
}

func encodeFailure(err error) []byte {
	f := Explain(err)
	body, _ := json.Marshal(map[string]wireFailure{"error": {f, f.Kind}}) // strings and numbers only: cannot fail
	return body
}

// decodeFailure gives back the error that the host had.
func decodeFailure(body []byte) (error, bool) {
	var wire struct {
		Error *wireFailure `json:"error"`
	}
	understood := json.Unmarshal(body, &wire) == nil && wire.Error != nil && wire.Error.Code != ""
	if !understood {
		return nil, false
	}
	f := wire.Error
	told := &appdock.Error{Kind: appdock.Kind(f.Kind), Code: f.Code, Message: f.Message, Cause: f.Cause, Cure: f.Cure}
	for _, x := range f.Faults {
		told.Faults = append(told.Faults, appdock.Fault{Pointer: x.Pointer, Code: x.Code, Message: x.Message})
	}
	if f.Exchange != nil {
		return &ExchangeError{f.Exchange.Request, f.Exchange.Answer, told}, true
	}
	return told, true
}
