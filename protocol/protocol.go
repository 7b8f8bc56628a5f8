// Package protocol is what a host and an app agree on byte for byte: signatures,
// the registration handshake, webhooks, action buttons, and the catalogue of events.
// Host and SDK use the same functions and the same test vectors, so that what one
// side signs the other side accepts.
//
// Everything here is a function of values. Nothing opens a socket, reads a clock or
// keeps a secret: a [Call] is a request that is ready to be sent, an [Answer] is what
// came back, and a Check function says what that means. Secrets are plain text,
// because their keepers differ; they are arguments, not fields, wherever possible.
//
// The rule behind every body: it is made once, and the bytes that were signed are the
// bytes that are sent.
package protocol

import "time"

// Names of the headers that carry signatures and context (protocol-signing.md 1, 4, 8).
const (
	HeaderAppSignature      = "shopware-app-signature"
	HeaderShopSignature     = "shopware-shop-signature"
	HeaderPreviousSignature = "shopware-shop-signature-previous"

	HeaderVersion  = "sw-version"
	HeaderLanguage = "sw-context-language"
	HeaderLocale   = "sw-user-language"

	HeaderEventID  = "X-Shopware-Event-Id"
	HeaderSequence = "X-Shopware-Sequence"
	HeaderAttempt  = "X-Shopware-Attempt"

	HeaderTraceParent = "traceparent" // https://www.w3.org/TR/trace-context

	HeaderStandardID        = "webhook-id"
	HeaderStandardTimestamp = "webhook-timestamp"
	HeaderStandardSignature = "webhook-signature"
)

// ParamSignature is the last query parameter of a signed browser URL.
const ParamSignature = HeaderShopSignature

// LiveVersion is the version id of records that are not drafts (hookable-events.md 8).
const LiveVersion = "0fa91ce3e96a4bc2be4bd9ce752c3425"

// Limits of answers in bytes: protocol-handshake.md 4 and protocol-webhooks.md 4.
const (
	maxHandshakeAnswer = 1 << 20
	maxActionAnswer    = 1 << 20
	maxWebhookAnswer   = 64 << 10
)

// MaxBody is what a receiver reads of a request before it gives up (protocol-signing.md 10).
const MaxBody = 10 << 20

// Tolerance is how old a timestamp may be for a receiver that looks (protocol-signing.md 7).
const Tolerance = 300 * time.Second

// Grace is how long both sides still accept the secret before the last rotation
// (protocol-handshake.md 8.2; the constant of the official SDKs).
const Grace = 60 * time.Second

// Deadlines by kind of call (protocol-signing.md 4).
func handshakeTimeout() Timeout { return Timeout{Connect: time.Second, Total: 5 * time.Second} }

func webhookTimeout() Timeout { return Timeout{Connect: 5 * time.Second, Total: 10 * time.Second} }
