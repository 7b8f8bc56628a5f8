// Package signature explains why the signature of a captured request does not verify.
//
// It changes the captured bytes in the ways in which proxies, frameworks and debugging
// tools change them, and tries the other secrets that are known. A change is named only
// when the signature verifies with it: nothing here is a guess. It reads no file and no
// clock, and what it returns holds neither a secret nor a signature.
package signature

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock/protocol"
)

// Role says what a secret is for (protocol-signing.md 1).
type Role string

// The roles, in the words of `appdock explain signature`.
const (
	AppSecret      Role = "app secret"      // from the vendor's account or the manifest
	ShopSecret     Role = "shop secret"     // from the app's last registration
	PreviousSecret Role = "previous secret" // the shop secret before it
	WebhookSecret  Role = "webhook secret"  // whsec_ and base64
)

// Secrets are those that are known.
type Secrets map[Role]string

// Change is one difference between what was captured and what was signed.
type Change struct {
	Code string `json:"code"`
	Text string `json:"text"`
}

// Difference is the first byte that differs, counted from 0. Want and Got are one byte,
// quoted, or "the end".
type Difference struct {
	In     string `json:"in"` // query, body or signature
	Offset int    `json:"offset"`
	Want   string `json:"signed"`
	Got    string `json:"captured"`
}

// Verdict is about one signature of a request.
type Verdict struct {
	Kind     string      `json:"kind"`    // registration, webhook, ...
	Carrier  string      `json:"carrier"` // the header or parameter that the signature stands in
	Secret   Role        `json:"secret"`  // that it must be made with
	Verifies bool        `json:"verifies"`
	Changes  []Change    `json:"changes,omitempty"` // which together explain it; none: nothing known does
	Differs  *Difference `json:"firstDifference,omitempty"`
	Missing  bool        `json:"secretMissing,omitempty"` // the secret it must be made with was not given
}

// Explain judges every signature of the request; none if it carries none.
func (s Secrets) Explain(r Request) []Verdict {
	var list []Verdict
	query := []byte(r.query())
	body := what{"body", r.Body, bodies(r.Body)}
	if signature := r.get(protocol.HeaderAppSignature); signature != "" && r.Method == "GET" {
		list = append(list, s.classic(Verdict{Kind: "registration", Carrier: protocol.HeaderAppSignature, Secret: AppSecret}, signature, what{"query", query, queries(query)}))
	}
	if signature := r.get(protocol.HeaderShopSignature); signature != "" {
		v := Verdict{Kind: kindOf(r.Body), Carrier: protocol.HeaderShopSignature, Secret: ShopSecret}
		if r.Method == "GET" {
			v.Kind = "re-registration"
			list = append(list, s.classic(v, signature, what{"query", query, queries(query)}))
		} else {
			list = append(list, s.classic(v, signature, body))
		}
	}
	if signature := r.get(protocol.HeaderPreviousSignature); signature != "" {
		list = append(list, s.classic(Verdict{Kind: "confirmation", Carrier: protocol.HeaderPreviousSignature, Secret: PreviousSecret}, signature, body))
	}
	if text, signature, behind := cutSignature(string(query)); signature != "" {
		v := s.classic(Verdict{Kind: "signed URL", Carrier: "parameter " + protocol.ParamSignature, Secret: ShopSecret}, signature, what{"query", []byte(text), queries([]byte(text))})
		if v.Verifies && behind {
			v.Verifies = false
			v.Changes = []Change{{"query.signature_position", "the signature is not the last parameter: parameters were sorted, or added behind it"}}
			v.Differs = &Difference{In: "query", Offset: strings.Index(string(query), protocol.ParamSignature+"="), Want: "the end", Got: `"s"`}
		}
		list = append(list, v)
	}
	if signature := r.get(protocol.HeaderStandardSignature); signature != "" {
		list = append(list, s.standard(r, signature, body))
	}
	return list
}

// what is signed, and what it may have been before something changed it.
type what struct {
	name     string
	captured []byte
	variants iter.Seq2[[]byte, []Change]
}

// key is a secret as bytes, with the changes that its use would be.
type key struct {
	bytes   []byte
	changes []Change
}

func (s Secrets) keys(right Role) []key {
	var list []key
	add := func(role Role, text string, changes ...Change) {
		if text == "" {
			return
		}
		if role != right {
			changes = append([]Change{{"secret.other", fmt.Sprintf("it was made with the %s instead of the %s", role, right)}}, changes...)
		}
		list = append(list, key{[]byte(text), changes})
	}
	roles := []Role{right, ShopSecret, PreviousSecret, AppSecret, WebhookSecret}
	for i, role := range roles {
		if i == 0 || role != right {
			add(role, s[role])
		}
	}
	for i, role := range roles {
		if i == 0 || role != right {
			add(role, s[role]+"\n", Change{"secret.newline", "the secret was used with the newline behind it"})
		}
	}
	return list
}

func (s Secrets) classic(v Verdict, signature string, w what) Verdict {
	v.Missing = s[v.Secret] == ""
	if protocol.Verify(s[v.Secret], w.captured, signature) == nil {
		v.Verifies = true
		return v
	}
	plain, form := signature, []Change(nil)
	if t := strings.Trim(signature, " \t\r\n\"'"); t != plain {
		plain, form = t, append(form, Change{"signature.padded", "there are spaces or quotes around the signature"})
	}
	if t := strings.ToLower(plain); t != plain {
		plain, form = t, append(form, Change{"signature.upper_case", "the signature is in upper-case hex; it must be in lower case"})
	}
	if raw, err := base64.StdEncoding.DecodeString(plain); err == nil && len(raw) == 32 {
		plain, form = hex.EncodeToString(raw), append(form, Change{"signature.base64", "the signature is base64; it must be lower-case hex"})
	} else if raw, err := base64.StdEncoding.DecodeString(strings.Trim(signature, " \t\r\n\"'")); err == nil && len(raw) == 32 {
		plain, form = hex.EncodeToString(raw), []Change{{"signature.base64", "the signature is base64; it must be lower-case hex"}}
	}
	given, err := hex.DecodeString(plain)
	if err != nil || len(given) != 32 {
		return v // no variant of the message makes it a signature
	}
	v.search(w, s.keys(v.Secret), form, func(k, message []byte) bool { return protocol.Verify(k, message, plain) == nil })
	if len(v.Changes) > 0 && v.Differs == nil && plain != signature {
		v.Differs = differ("signature", []byte(plain), []byte(signature))
	}
	return v
}

// search tries every variant with the right key before it tries another key.
func (v *Verdict) search(w what, keys []key, form []Change, verifies func(key, message []byte) bool) {
	for _, k := range keys {
		for message, changes := range w.variants {
			if !verifies(k.bytes, message) {
				continue
			}
			v.Changes = append(append(append(v.Changes, form...), k.changes...), changes...)
			v.Differs = differ(w.name, message, w.captured)
			return
		}
	}
}

// standard judges the three webhook-* headers (protocol-signing.md 8).
func (s Secrets) standard(r Request, list string, w what) Verdict {
	v := Verdict{Kind: "Standard Webhooks", Carrier: protocol.HeaderStandardSignature, Secret: WebhookSecret}
	if s[WebhookSecret] == "" || s[ShopSecret] != "" && r.get(protocol.HeaderShopSignature) != "" {
		v.Secret = ShopSecret // a Shopware app's key is the bytes of its shop secret
	}
	v.Missing = s[v.Secret] == ""
	id := r.get(protocol.HeaderStandardID)
	seconds, err := strconv.ParseInt(r.get(protocol.HeaderStandardTimestamp), 10, 64)
	if id == "" || err != nil {
		return v
	}
	var keys []key
	for _, k := range s.keys(v.Secret) {
		if decoded, err := protocol.StandardKey(string(k.bytes)); err == nil {
			keys = append(keys, key{decoded, k.changes})
			k.changes = append(k.changes, Change{"secret.encoded", "the text of the secret was the key; it is base64 behind whsec_ and must be decoded"})
		}
		keys = append(keys, k)
	}
	var entries []string
	for entry := range strings.FieldsSeq(list) {
		entries = append(entries, strings.TrimSuffix(entry, ","))
	}
	for _, prefix := range []string{"", "v1,"} {
		var form []Change
		if prefix != "" {
			form = []Change{{"signature.version", "the signature lacks v1, in front"}}
		}
		v.search(w, keys, form, func(k, message []byte) bool {
			want := protocol.SignStandard(k, id, time.Unix(seconds, 0), message)
			for _, entry := range entries {
				if hmac.Equal([]byte(want), []byte(prefix+entry)) {
					return true
				}
			}
			return false
		})
		if v.Differs != nil || len(v.Changes) > 0 {
			return v
		}
		if prefix == "" && verifiesAsIs(keys, id, seconds, w.captured, entries) {
			v.Verifies = true
			return v
		}
	}
	return v
}

func verifiesAsIs(keys []key, id string, seconds int64, body []byte, entries []string) bool {
	for _, k := range keys {
		want := protocol.SignStandard(k.bytes, id, time.Unix(seconds, 0), body)
		for _, entry := range entries {
			if len(k.changes) == 0 && hmac.Equal([]byte(want), []byte(entry)) {
				return true
			}
		}
	}
	return false
}

// differ finds the first byte that differs; nil if there is none.
func differ(name string, signed, captured []byte) *Difference {
	at := 0
	for at < len(signed) && at < len(captured) && signed[at] == captured[at] {
		at++
	}
	if at == len(signed) && at == len(captured) {
		return nil
	}
	return &Difference{In: name, Offset: at, Want: byteAt(signed, at), Got: byteAt(captured, at)}
}

func byteAt(text []byte, at int) string {
	if at >= len(text) {
		return "the end"
	}
	return strconv.QuoteToASCII(string(text[at : at+1]))
}

// cutSignature takes the signature out of a query, wherever it stands.
func cutSignature(query string) (text, signature string, behind bool) {
	var rest []string
	for part := range strings.SplitSeq(query, "&") {
		if value, ok := strings.CutPrefix(part, protocol.ParamSignature+"="); ok {
			signature, behind = value, false
			continue
		}
		behind = behind || signature != ""
		if part != "" || len(rest) > 0 {
			rest = append(rest, part)
		}
	}
	return strings.Join(rest, "&"), signature, behind && signature != ""
}
