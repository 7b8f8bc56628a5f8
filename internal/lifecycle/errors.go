package lifecycle

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/protocol"
)

// Codes of failures (protocol-handshake.md 3 and 9, cli.md 2.7).
const (
	CodeNotCompatible     = "FRAMEWORK__APP_NOT_COMPATIBLE"
	CodeAlreadyInstalled  = "FRAMEWORK__APP_ALREADY_INSTALLED"
	CodeRequirements      = "FRAMEWORK__APP_REQUIREMENTS_NOT_MET"
	CodeAnotherApp        = "ADK-APP-ANOTHER"
	CodeSubscription      = "ADK-SUBSCRIPTION"
	CodeSubscriptions     = "ADK-SUBSCRIPTIONS"
	CodeSubscriptionGone  = "ADK-SUBSCRIPTION-GONE"
	CodeLocked            = "FRAMEWORK__APP_LOCKED"
	CodeRegistration      = "FRAMEWORK__APP_REGISTRATION_FAILED"
	CodeClaimed           = "FRAMEWORK__APP_SECRET_ROTATION_CLAIMED"
	CodeSecretRequired    = "FRAMEWORK__APP_FEATURES_REQUIRE_APP_SECRET"
	CodeNotFound          = "FRAMEWORK__APP_NOT_FOUND"
	CodeConsentNeeded     = "ADK-CONSENT-NEEDED"
	CodeRotationPending   = "FRAMEWORK__APP_SECRET_ROTATION_PENDING"
	CodeNoServer          = "ADK-APP-NO-SERVER"
	CodeChangeSuggested   = "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED"
	CodeStrategy          = "FRAMEWORK__APP_SHOP_ID_CHANGE_STRATEGY_NOT_FOUND"
	CodeNotRequested      = "ADK-PRIVILEGE-NOT-REQUESTED"
	CodeDowngrade         = "ADK-APP-DOWNGRADE"
	CodeNotReady          = "ADK-APP-NOT-READY"
	CodeFormatUnsupported = "ADK-FORMAT-UNSUPPORTED"
	CodeNoAction          = "FRAMEWORK__APP_ACTION_NOT_FOUND"
	CodeInterrupted       = "FRAMEWORK__SYNC_ACTION_PROCESS_INTERRUPTED"
)

// HandshakeError is the call of a handshake that failed, for people to look at: find it
// with errors.As. Secrets are redacted in both texts.
type HandshakeError struct {
	Request string // head and body
	Answer  string // likewise; empty: there was none
	Err     *protocol.Failure
}

func (e *HandshakeError) Error() string {
	if e.Err.Err != nil {
		return e.Err.Err.Error()
	}
	return fmt.Sprintf("%s: status %d", e.Err.Fault, e.Err.Status)
}

// Unwrap gives the failure, which says what was wrong.
func (e *HandshakeError) Unwrap() error { return e.Err }

// maxShown is how much of a body people are shown.
const maxShown = 16 << 10

// handshakeError wraps what protocol's checks found.
func handshakeError(c protocol.Call, a protocol.Answer, err error, secrets []string) error {
	failure, ok := errors.AsType[*protocol.Failure](err)
	if !ok {
		return err
	}
	c, a = c.Redacted(secrets...), a.Redacted(secrets...)
	var request, answer strings.Builder
	fmt.Fprintf(&request, "%s %s\n", c.Method, c.URL)
	for _, h := range c.Header {
		fmt.Fprintf(&request, "%s: %s\n", h.Name, h.Value)
	}
	writeBody(&request, c.Body)
	if a.Status != 0 {
		fmt.Fprintf(&answer, "HTTP %d\n", a.Status)
		for _, name := range slices.Sorted(maps.Keys(a.Header)) {
			fmt.Fprintf(&answer, "%s: %s\n", name, strings.Join(a.Header[name], ", "))
		}
		writeBody(&answer, a.Body)
	}
	return &HandshakeError{Request: request.String(), Answer: answer.String(), Err: failure}
}

func writeBody(b *strings.Builder, body []byte) {
	if len(body) > 0 {
		fmt.Fprintf(b, "\n%s\n", strings.ToValidUTF8(string(body[:min(len(body), maxShown)]), ""))
	}
}

func errNotCompatible(app, constraint, platform string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeNotCompatible,
		Message: fmt.Sprintf("App %q is not compatible with this host", app),
		Cause:   fmt.Sprintf("it runs on %s, and this host is %s", constraint, platform),
		Cure:    "Take a version of the app for this platform, or change platform_version.",
		Params:  []appdock.Param{{Name: "name", Value: app}},
	}
}

func errAlreadyInstalled(app string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    CodeAlreadyInstalled,
		Message: fmt.Sprintf("App %q is already installed", app),
		Cure:    "Uninstall it first to install it anew.",
		Params:  []appdock.Param{{Name: "name", Value: app}},
	}
}

func errCannotDeactivate(app string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Refused,
		Code:    "ADK-APP-RESTRICTS",
		Message: fmt.Sprintf("App %q cannot be deactivated.", app),
		Cause:   "its entities forbid that records they lead to are deleted, and somebody has to see to that",
		Cure:    "Uninstall the app, with --keep-user-data to keep its records.",
	}
}

func errRequirements(app, cause string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeRequirements,
		Message: fmt.Sprintf("App %q needs a shop that can be reached from outside", app),
		Cause:   cause,
		Cure:    "Set shop.url to the public https address of the shop.",
		Params:  []appdock.Param{{Name: "appName", Value: app}},
	}
}

func errLocked(app string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    CodeLocked,
		Message: fmt.Sprintf("App %q is locked", app),
		Cause:   "another operation on it is running",
		Cure:    "Wait until it has ended and try again.",
		Params:  []appdock.Param{{Name: "appName", Value: app}},
	}
}

func errConsentNeeded(app string, given bool) *appdock.Error {
	cause := "nobody accepted what it asks for"
	if given {
		cause = "what it asks for is not what was accepted"
	}
	return &appdock.Error{
		Kind:    appdock.Refused,
		Code:    CodeConsentNeeded,
		Message: fmt.Sprintf("App %q needs consent", app),
		Cause:   cause,
		Cure:    "Look at its permissions and hosts, and accept them.",
		Params:  []appdock.Param{{Name: "appName", Value: app}},
	}
}

func errFormat(app string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Unsupported,
		Code:    CodeFormatUnsupported,
		Message: fmt.Sprintf("App %q is not installed from a folder", app),
		Cause:   "it signs in with OAuth: its vendor's server gives its app.json, and is told of the installation",
		Cure:    "Install it by its address, such as: appdock app install https://app.example/app.json",
	}
}

// errAnotherApp is an app.json that names another app than the one it was installed from.
func errAnotherApp(app, found string) *appdock.Error {
	return &appdock.Error{
		Kind: appdock.Conflict, Code: CodeAnotherApp,
		Message: fmt.Sprintf("The manifest of app %q is that of another app", app),
		Cause:   fmt.Sprintf("its app.json says id %q", found),
		Cure:    "If the vendor renamed the app, uninstall it and install the new one; else ask the vendor.",
	}
}

// errSecretRequired is row 15 of protocol-handshake.md 9.
func errSecretRequired(app string, features []string) *appdock.Error {
	list := features[len(features)-1]
	if rest := features[:len(features)-1]; len(rest) > 0 {
		list = strings.Join(rest, ", ") + " and " + list
	}
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeSecretRequired,
		Message: fmt.Sprintf("App %q could not be installed/updated because it uses features %s but has no secret", app, list),
		Cause:   "what is sent to the app could not be signed",
		Cure:    "Add a <setup> with a registration URL to the manifest.",
		Params:  []appdock.Param{{Name: "appName", Value: app}, {Name: "features", Value: features}},
	}
}

func errNotFound(message string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.NotFound,
		Code:    CodeNotFound,
		Message: message,
		Cure:    "See the installed apps with: appdock app list",
	}
}

func errNotReady(r Registration) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    CodeNotReady,
		Message: fmt.Sprintf("App %q is not completely installed", r.Installation.App),
		Cause:   fmt.Sprintf("its registration is %s", r.State),
		Cure:    "Install it again: that finishes its registration.",
		Params:  []appdock.Param{{Name: "appName", Value: r.Installation.App}},
	}
}

// errPending is a rotation while the last one has no known result.
func errPending(app string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    CodeRotationPending,
		Message: fmt.Sprintf("The registration of app %q is not settled", app),
		Cause:   "the app may have agreed to a secret that this host could not confirm",
		Cure:    "Recover it first: appdock app secret recover " + app,
		Params:  []appdock.Param{{Name: "appName", Value: app}},
	}
}

func errDowngrade(app, installed, offered string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Conflict,
		Code:    CodeDowngrade,
		Message: fmt.Sprintf("App %q cannot go back to version %s", app, offered),
		Cause:   "version " + installed + " is installed, and updates go to newer versions only",
		Cure:    "Uninstall the app and install the older version, or publish its content under a newer version.",
		Params:  []appdock.Param{{Name: "appName", Value: app}},
	}
}

// errNotRequested is a grant of what the manifest does not ask for.
func errNotRequested(app string, privileges []appdock.Privilege) *appdock.Error {
	names := make([]string, len(privileges))
	for i, p := range privileges {
		names[i] = string(p)
	}
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeNotRequested,
		Message: fmt.Sprintf("App %q does not ask for %s", app, strings.Join(names, ", ")),
		Cause:   "an app can be granted what its manifest asks for, and nothing else",
		Cure:    "See what it asks for with: appdock app permissions " + app,
		Params:  []appdock.Param{{Name: "appName", Value: app}, {Name: "privileges", Value: names}},
	}
}

func errStrategy(name string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeStrategy,
		Message: fmt.Sprintf("Shop ID change resolver with name %q not found.", name),
		Cause:   "there is no strategy of that name",
		Cure:    "Name one of " + strategyNames() + ".",
		Params:  []appdock.Param{{Name: "shopIdChangeResolverName", Value: name}},
	}
}

// ChangeSuggested is the refusal of a call to an app while nobody has said whether the shop
// moved or is a copy (protocol-shop-identity.md 2.2).
func ChangeSuggested(c Comparison) *appdock.Error {
	var differing []string
	for _, p := range c.Prints {
		if p.Score > 0 && !p.Ignored {
			differing = append(differing, p.Identifier)
		}
	}
	return &appdock.Error{
		Kind:    appdock.Refused,
		Code:    CodeChangeSuggested,
		Message: fmt.Sprintf("The shop moved or is a copy (score %d of %d)", c.Score, Threshold),
		Cause:   "its apps know it with another " + strings.Join(differing, ", ") + "; they are told nothing until that is settled",
		Cure:    "See what differs with: appdock shop check. Then settle it with: appdock shop url-change resolve",
	}
}

// errNoServer is a registration of an app that has none.
func errNoServer(app string) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Invalid,
		Code:    CodeNoServer,
		Message: fmt.Sprintf("App %q has no server", app),
		Cause:   "its manifest has no <setup>, so that it has no secret either",
		Cure:    "There is nothing to do. An update that brings a <setup> registers the app.",
		Params:  []appdock.Param{{Name: "appName", Value: app}},
	}
}

// errRegistration is the failure of a handshake; err may be a [*HandshakeError].
func errRegistration(app, reason, cause, cure string, err error) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    CodeRegistration,
		Message: fmt.Sprintf("App registration for %q failed: %s", app, reason),
		Cause:   cause,
		Cure:    cure,
		Params:  []appdock.Param{{Name: "appName", Value: app}, {Name: "reason", Value: reason}},
		Err:     err,
	}
}

// errNoAppSecret is row 2 of protocol-handshake.md 9.
func errNoAppSecret(app string) *appdock.Error {
	return errRegistration(app, "Could not sign payload with store secret",
		"the manifest has no <secret>, and this host was given none for the app",
		"Give the vendor's secret with --app-secret, at the installation or at an update.", nil)
}

// errClaimed is a recovery in which the app refused every secret (protocol-handshake.md 8.3).
func errClaimed(app string, err error) *appdock.Error {
	return &appdock.Error{
		Kind:    appdock.Failed,
		Code:    CodeClaimed,
		Message: fmt.Sprintf("The registration of app %q was claimed by another party", app),
		Cause:   "the app refuses every secret that it may have agreed on with this host",
		Cure: "If the app refused for another reason, try again. Else ask the vendor to forget this shop, discard the secrets with " +
			"app secret recover --discard and register the app again, or give the shop another identity.",
		Params: []appdock.Param{{Name: "appName", Value: app}},
		Err:    err,
	}
}

// errHandshake tells people what was wrong with the app's answer, or that there was none.
func errHandshake(app string, err *HandshakeError) *appdock.Error {
	reason, cause, cure := reasons(err)
	return errRegistration(app, reason, cause, cure, err)
}

// errUnknown is errHandshake for an app that may hold a secret, which is kept.
func errUnknown(app string, err *HandshakeError, cure string) *appdock.Error {
	const unknown = "outcome unknown: "
	reason, cause, _ := reasons(err)
	return errRegistration(app, unknown+strings.TrimPrefix(reason, unknown), cause, cure, err)
}

func reasons(err *HandshakeError) (reason, cause, cure string) {
	// Who made the call may know better why nobody answered.
	if call, ok := errors.AsType[*appdock.Error](err.Err.Err); ok {
		return call.Message, call.Cause, call.Cure
	}
	cause, cure = explain(err.Err)
	return err.Err.Reason, cause, cure
}

func explain(f *protocol.Failure) (cause, cure string) {
	switch f.Fault {
	case protocol.FaultUnreachable:
		return "the app server gave no answer within the time it has",
			"Start the app server, and see that this host can reach it at the registration URL."
	case protocol.FaultStatus, protocol.FaultRefused:
		if f.Class == protocol.Rejected {
			return fmt.Sprintf("the app server refused with status %d", f.Status),
				"Compare the app secret on both sides, then ask the vendor of the app."
		}
		return fmt.Sprintf("the app server failed with status %d", f.Status), "Look into the log of the app server."
	case protocol.FaultRedirect:
		return "redirects are never followed: what is signed is sent to where it was meant for",
			"Write the final address into the manifest."
	case protocol.FaultNotJSON:
		return "the app server answered with something else than a JSON object",
			"See that the registration URL leads to the app's registration."
	case protocol.FaultNoProof, protocol.FaultWrongProof:
		return "the app knows another app secret, shop URL or app name than this host",
			"Compare the <secret> and <name> of the manifest with what the app server was set up with."
	case protocol.FaultNoSecret:
		return "the app server sent no shop secret", "Let the app answer with a secret of 64 to 255 characters."
	case protocol.FaultSecretLength:
		return "the shop secret is too short or too long",
			"Let the app make a secret of 64 to 255 characters; a shorter one is taken with handshake.allow_short_secret or --allow-short-secret."
	case protocol.FaultSecretSame:
		return "the app sent the secret it had before", "Let the app make a new secret for each registration."
	case protocol.FaultConfirmationURL:
		return "the confirmation URL is no absolute https address", "Let the app answer with the full https address of its confirmation."
	case protocol.FaultSignature, protocol.FaultInvalidAnswer: // of answers that are signed; those of a handshake are not
	}
	return "", ""
}
