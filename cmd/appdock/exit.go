package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/appdock/appdock"
)

// Exit codes (cli.md 2.5).
const (
	exitDone        = 0
	exitFailed      = 1
	exitUsage       = 2
	exitInvalid     = 3 // the app has faults
	exitUnreachable = 4
	exitRefused     = 5
	exitInterrupted = 130
)

// Codes that this package gives itself.
const (
	codeUsage          = "ADK-USAGE"
	codeNotFound       = "ADK-NOT-FOUND"
	codeConsentNeeded  = "ADK-CONSENT-NEEDED"
	codeConsentRefused = "ADK-CONSENT-REFUSED"
	codeInterrupted    = "ADK-INTERRUPTED"
	codeUnsupported    = "ADK-UNSUPPORTED"
)

// toldError is a failure that people were told of already, one app at a time. It is the
// exit code that it comes to.
type toldError int

func (toldError) Error() string { return "some of it failed" }

// usageError is a command line that cannot be understood.
func usageError(message, cure string) error {
	return &appdock.Error{Kind: appdock.Invalid, Code: codeUsage, Message: message, Cure: cure}
}

// exitCode says what a command that ended with err tells the shell (cli.md 2.5).
func exitCode(err error) int {
	if told, ok := errors.AsType[toldError](err); ok {
		return int(told)
	}
	switch code := appdock.CodeOf(err); {
	case err == nil:
		return exitDone
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case code == codeUsage, wrongFlags(err), code == "ADK-SHOP-NEEDED", code == "ADK-APP-FORMAT", code == "ADK-REMOTE" && appdock.KindOf(err) == appdock.Invalid:
		return exitUsage
	case code == "ADK-HOST-UNREACHABLE", code == "ADK-HOST-LOST":
		return exitUnreachable
	case appdock.KindOf(err) == appdock.Refused, code == "ADK-TOKEN-REFUSED", code == "FRAMEWORK__APP_SHOP_ID_CHANGE_SUGGESTED":
		return exitRefused
	case aboutApp(err):
		return exitInvalid
	}
	return exitFailed
}

// wrongFlags reports whether all that is wrong with the configuration was said by flags.
func wrongFlags(err error) bool {
	told, ok := errors.AsType[*appdock.Error](err)
	return ok && told.Code == "ADK-CONFIG-INVALID" && len(told.Faults) > 0 &&
		!slices.ContainsFunc(told.Faults, func(f appdock.Fault) bool { return !strings.HasPrefix(f.Pointer, "--") })
}

// compatible is code as Shopware would say it: it knows 0 and 1.
func compatible(code int) int {
	if code >= exitUsage && code <= exitRefused {
		return exitFailed
	}
	return code
}

// aboutApp reports whether err is what validation found in an app.
func aboutApp(err error) bool {
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok || told.Kind != appdock.Invalid {
		return false
	}
	if isFinding(told.Code) {
		return true
	}
	for _, f := range told.Faults {
		if isFinding(f.Code) {
			return true
		}
	}
	return false
}

// isFinding tells a finding's code (validation.md: "manifest.bad_value") from the others,
// which are in capitals.
func isFinding(code string) bool {
	group, _, ok := strings.Cut(code, ".")
	return ok && group != "" && strings.ToLower(group) == group
}
