package protocol

import "errors"

// What a receiver says about a request it does not trust (protocol-signing.md 10).
var (
	// ErrSignatureMissing: the header or parameter is absent.
	ErrSignatureMissing = errors.New("the signature is missing")
	// ErrSignatureInvalid: the signature is not that of these bytes under this key.
	ErrSignatureInvalid = errors.New("the signature does not match")
	// ErrShopUnknown: no shop is known under the id that the message names.
	ErrShopUnknown = errors.New("no such shop")
	// ErrTimestamp: the message is older or newer than the receiver tolerates.
	ErrTimestamp = errors.New("the timestamp is outside of the tolerance")
	// ErrMalformed: the message cannot be read, or lacks what every message has.
	ErrMalformed = errors.New("the message is malformed")
)

// Class says what a failure leaves behind.
type Class string

// Classes of protocol-handshake.md 5 and 7.
const (
	Failed   Class = "failed"   // nothing was agreed
	Rejected Class = "rejected" // the app said no
	Unknown  Class = "unknown"  // the app may have agreed: keep the secret
)

// Fault names what was wrong; stable, so that a cure can be told for each.
type Fault string

// Faults in the order in which an answer is checked.
const (
	FaultUnreachable     Fault = "unreachable"      // no answer: connection, TLS, timeout
	FaultStatus          Fault = "status"           // an error status without a text
	FaultRefused         Fault = "refused"          // the app gave a text in "error"
	FaultRedirect        Fault = "redirect"         // redirects are never followed
	FaultNotJSON         Fault = "not_json"         // not a JSON object
	FaultNoProof         Fault = "no_proof"         // "proof" is not a string
	FaultWrongProof      Fault = "wrong_proof"      // "proof" is absent or of another secret, shop URL or name
	FaultNoSecret        Fault = "no_secret"        // "secret" is absent, empty or not a string
	FaultSecretLength    Fault = "secret_length"    // outside of 64 to 255 characters
	FaultSecretSame      Fault = "secret_same"      // a re-registration must bring a new one
	FaultConfirmationURL Fault = "confirmation_url" // absent, not absolute, or not https in production
	FaultSignature       Fault = "signature"        // a signed answer was expected
	FaultInvalidAnswer   Fault = "invalid_answer"   // signed and readable, but not an answer to this
)

// Failure is why an app's answer was not accepted. Reason is safe to show: secrets in
// it are redacted and its length is limited.
type Failure struct { //nolint:errname // the handshake calls its outcomes failures, and each has its class
	Class  Class
	Fault  Fault
	Status int // of the answer; 0: there was none
	Reason string
	Err    error // of the transport, or the verification; may be nil
}

func (f *Failure) Error() string { return f.Reason }

// Unwrap gives the cause, so that errors.Is finds a timeout.
func (f *Failure) Unwrap() error { return f.Err }
