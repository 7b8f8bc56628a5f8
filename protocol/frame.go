package protocol

import (
	"fmt"
	"net/url"
	"strconv"
	"time"
)

// Frame is what an app's page in the admin is told by its signed URL (protocol-signing.md 3).
type Frame struct {
	ShopID         string
	ShopURL        string
	At             time.Time
	Version        string // the Shopware version that the host speaks
	AppVersion     string
	InAppPurchases string // JWT, or empty; sent either way
	Language       string
	Locale         string
	User           string // id of the admin user, or empty; sent either way
}

// Profile says which of a frame's parameters are sent.
type Profile string

// Profiles of the configuration key signing.query_profile. Apps hash whatever comes, so the
// full list is the default.
const (
	ProfileFull Profile = ""
	Profile66   Profile = "6.6" // without app-version, in-app-purchases and sw-user-id
)

// Params lists the parameters in the order in which they are signed.
func (f Frame) Params(profile Profile) []Param {
	params := []Param{
		{"shop-id", f.ShopID},
		{"shop-url", f.ShopURL},
		{"timestamp", strconv.FormatInt(f.At.Unix(), 10)},
		{HeaderVersion, f.Version},
	}
	if profile == Profile66 {
		return append(params, Param{HeaderLanguage, f.Language}, Param{HeaderLocale, f.Locale})
	}
	return append(params,
		Param{"app-version", f.AppVersion},
		Param{"in-app-purchases", f.InAppPurchases},
		Param{HeaderLanguage, f.Language},
		Param{HeaderLocale, f.Locale},
		Param{"sw-user-id", f.User},
	)
}

// URL signs the source of a page with the shop secret. What a client adds, such as
// location-id, is in the source already: nothing may follow the signature.
func (f Frame) URL(source, secret string, profile Profile) (string, error) {
	return SignURL(source, f.Params(profile), ParamSignature, secret)
}

// ParseFrame reads the raw query of a page on the app's side. Use [VerifyQuery] with the
// secret of ShopID before anything else of it.
func ParseFrame(raw string) (Frame, error) {
	values, err := url.ParseQuery(raw)
	if err != nil {
		return Frame{}, fmt.Errorf("%w: %w", ErrMalformed, err)
	}
	seconds, err := strconv.ParseInt(values.Get("timestamp"), 10, 64)
	if err != nil || values.Get("shop-id") == "" {
		return Frame{}, fmt.Errorf("%w: a page has shop-id and timestamp", ErrMalformed)
	}
	return Frame{
		ShopID:         values.Get("shop-id"),
		ShopURL:        values.Get("shop-url"),
		At:             time.Unix(seconds, 0),
		Version:        values.Get(HeaderVersion),
		AppVersion:     values.Get("app-version"),
		InAppPurchases: values.Get("in-app-purchases"),
		Language:       values.Get(HeaderLanguage),
		Locale:         values.Get(HeaderLocale),
		User:           values.Get("sw-user-id"),
	}, nil
}
