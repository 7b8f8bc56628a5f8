package appclient

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strings"
	"syscall"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Codes of what can go wrong between a host and an app.
const (
	CodeAddressRefused = "ADK-ADDRESS-REFUSED" // the address policy forbids it
	CodeURLInvalid     = "ADK-APP-URL"         // not an absolute http or https URL
	CodeName           = "ADK-APP-NAME"        // the host name leads nowhere
	CodeRefused        = "ADK-APP-REFUSED"     // nobody listens
	CodeUnreachable    = "ADK-APP-UNREACHABLE" // no connection, or it broke
	CodeTLS            = "ADK-APP-TLS"         // the certificate or the handshake
	CodeTimeout        = "ADK-APP-TIMEOUT"     // no connection or no answer in time
	CodeNotHTTP        = "ADK-APP-NOT-HTTP"    // what came back is no HTTP answer
)

// What ended a call, where the network has no word for it.
var (
	errURL     = errors.New("not an absolute http or https URL")
	errNotHTTP = errors.New("not an HTTP answer")
	errConnect = errors.New("no connection in time")
	errTotal   = errors.New("no answer in time")
)

// explain says to people why a call got no answer. Nothing of it shows a query or a
// secret; what the network itself said is in the cause.
func explain(call protocol.Call, err error) *appdock.Error {
	host, said := where(call.URL), clean(err)
	if u, failed := url.Parse(call.URL); failed == nil {
		host = u.Host
	}
	failure := func(code, cause, cure string) *appdock.Error {
		return &appdock.Error{
			Kind:    appdock.Failed,
			Code:    code,
			Message: "No answer from " + where(call.URL),
			Cause:   cause,
			Cure:    cure,
		}
	}
	if errors.Is(err, errURL) {
		return &appdock.Error{
			Kind:    appdock.Invalid,
			Code:    CodeURLInvalid,
			Message: "This URL cannot be called: " + where(call.URL),
			Cause:   errURL.Error(),
			Cure:    "Correct the URL in the manifest.",
		}
	}
	if refused, ok := errors.AsType[refusedError](err); ok {
		address := refused.address.String()
		e := failure(CodeAddressRefused, host+" is at "+address+", which this host may not call: it is not a public address",
			"Give the app a public address, or add "+address+" to network.allow in the configuration. Development mode allows loopback and private addresses.")
		e.Kind = appdock.Refused
		return e
	}
	if errors.Is(err, errConnect) {
		return failure(CodeTimeout, "no connection within "+seconds(call.Timeout.Connect), "Check that the app's server runs, and that no firewall drops the connection.")
	}
	if errors.Is(err, errTotal) {
		return failure(CodeTimeout, "no answer within "+seconds(call.Timeout.Total), "Let the app's server answer first and work afterwards.")
	}
	if name, ok := errors.AsType[*net.DNSError](err); ok {
		cause := "the name " + name.Name + " could not be looked up: " + name.Err
		if name.IsNotFound {
			cause = "there is no host named " + name.Name
		}
		return failure(CodeName, cause, "Check the spelling of the URL in the manifest, and the name's DNS records.")
	}
	if record, ok := errors.AsType[tls.RecordHeaderError](err); ok && string(record.RecordHeader[:]) == "HTTP/" {
		return failure(CodeTLS, "the server speaks http where https was asked for", "Call it by http, or let it speak TLS.")
	}
	if isTLS(err) {
		return failure(CodeTLS, "the connection is not safe: "+said, "Give the app's server a certificate for its host name from an authority that this host trusts.")
	}
	switch {
	case errors.Is(err, syscall.ECONNREFUSED):
		return failure(CodeRefused, "nobody listens at "+host+": the connection was refused", "Start the app's server, or correct the port in the manifest.")
	case errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return failure(CodeUnreachable, "the server closed the connection before its answer was complete", "Look into the log of the app's server: it may have crashed.")
	case errors.Is(err, errNotHTTP):
		return failure(CodeNotHTTP, "what came back is not an HTTP answer", "Check that the port in the URL is that of the app's web server, and whether it wants https.")
	}
	return failure(CodeUnreachable, said, "Check that the app's server runs and that this host can reach it.")
}

// untrustedError is a failure whose cause is a certificate: to app validate --online that is
// worse than a server that is not there. It reads as the explanation alone.
type untrustedError struct {
	explained   *appdock.Error
	certificate *tls.CertificateVerificationError
}

func (e untrustedError) Error() string   { return e.explained.Error() }
func (e untrustedError) Unwrap() []error { return []error{e.explained, e.certificate} }

// isTLS reports whether the handshake failed: their certificate, or their version. Much of
// what crypto/tls says has no type, but all of it a prefix.
func isTLS(err error) bool {
	_, certificate := errors.AsType[*tls.CertificateVerificationError](err)
	_, alert := errors.AsType[tls.AlertError](err)
	_, record := errors.AsType[tls.RecordHeaderError](err)
	said := clean(err)
	return certificate || alert || record || strings.HasPrefix(said, "tls: ") || strings.HasPrefix(said, "x509: ")
}

// clean is the innermost message of a network error: without the addresses that both
// sides of a connection happened to have.
func clean(err error) string {
	if op, ok := errors.AsType[*net.OpError](err); ok && op.Err != nil {
		return op.Err.Error()
	}
	return err.Error()
}

func seconds(d time.Duration) string { return fmt.Sprintf("%g s", d.Seconds()) }
