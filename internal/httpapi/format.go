package httpapi

import (
	"mime"
	"slices"
	"strconv"
	"strings"
)

// format is a form in which records are sent.
type format string

// The formats, by their media types (admin-api.md 4).
const (
	plain   format = "application/json"
	jsonAPI format = "application/vnd.api+json"
)

// negotiate gives the first format that the client accepts; accept holds its Accept
// headers. Who accepts everything gets JSON:API behind what it names.
func negotiate(accept []string) (format, error) {
	if strings.TrimSpace(strings.Join(accept, "")) == "" {
		return jsonAPI, nil
	}
	type wish struct {
		format  format
		quality float64
	}
	var wishes []wish
	anything := false
	for _, item := range strings.Split(strings.Join(accept, ","), ",") {
		name, params, err := mime.ParseMediaType(item)
		if err != nil {
			continue
		}
		quality, err := strconv.ParseFloat(params["q"], 64)
		if err != nil {
			quality = 1
		}
		switch {
		case quality <= 0:
		case name == "*/*" || name == "application/*":
			anything = true
		case name == string(plain) || name == string(jsonAPI):
			wishes = append(wishes, wish{format(name), quality})
		}
	}
	slices.SortStableFunc(wishes, func(a, b wish) int {
		switch {
		case a.quality > b.quality:
			return -1
		case a.quality < b.quality:
			return 1
		}
		return 0
	})
	switch {
	case len(wishes) > 0:
		return wishes[0].format, nil
	case anything:
		return jsonAPI, nil
	}
	return "", unsupported("All content types in Accept are unsupported: application/json and application/vnd.api+json are spoken.")
}

// mediaType gives the bare media type of a Content-Type header; "" if there is none.
func mediaType(header string) string {
	name, _, err := mime.ParseMediaType(header)
	if err != nil && name == "" {
		name, _, _ = strings.Cut(header, ";")
		return strings.ToLower(strings.TrimSpace(name))
	}
	return name
}
