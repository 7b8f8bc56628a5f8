package restapi

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"github.com/appdock/appdock/internal/web"
)

// body reads the JSON that was sent into v, and refuses what the type of v does not describe:
// all that is wrong at once.
func (c *call) body(v any) error {
	text, err := c.text()
	if err != nil {
		return err
	}
	c.in, c.sent = v, text
	return c.document.decode(text, v)
}

// text gives the JSON that was sent.
func (c *call) text() ([]byte, error) {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	merge := c.route.method == http.MethodPatch && kind == "application/merge-patch+json" // RFC 7396
	if c.r.Header.Get("Content-Type") != "" && (err != nil || kind != "application/json" && !merge) {
		return nil, &problem{
			Status: http.StatusUnsupportedMediaType, Code: "unsupported_media_type", Detail: "Send application/json.",
			header: http.Header{"Accept": {"application/json"}},
		}
	}
	web.Limit(c.r, maxBody)
	return web.Body(c.r)
}

// decode reads a JSON text into v.
func (d *document) decode(text []byte, v any) error {
	tree, plain, faults, ok := readTree(text)
	if !ok || tree == nil {
		return refuse("malformed_json", "The body is not one JSON value.")
	}
	if p := invalid(faults); p != nil {
		return p
	}
	t := reflect.TypeOf(v).Elem()
	var found huma.ValidateResult
	huma.Validate(d.schemas, d.schemas.Schema(t, true, ""), huma.NewPathBuffer(nil, 0), huma.ModeWriteToServer, tree, &found)
	for _, err := range found.Errors {
		faults = append(faults, faultOf(err))
	}
	slices.SortStableFunc(faults, func(a, b fault) int { return strings.Compare(a.Pointer, b.Pointer) })
	if p := invalid(faults); p != nil {
		return p
	}
	if err := json.Unmarshal(plain, v); err != nil {
		return fmt.Errorf("decode a body that was found right: %w", err)
	}
	return nil
}

// faultOf tells what the library found in the codes and pointers of this API.
func faultOf(err error) fault {
	detail, ok := errors.AsType[*huma.ErrorDetail](err)
	if !ok {
		return fault{Code: "invalid", Detail: err.Error()}
	}
	f := fault{Pointer: pointer(detail.Location), Code: "invalid", Detail: detail.Message}
	begins := func(format string) bool {
		head, _, _ := strings.Cut(format, "%")
		return strings.HasPrefix(detail.Message, head)
	}
	switch {
	case detail.Message == validation.MsgUnexpectedProperty:
		f.Code, f.Detail = "unknown_field", "There is no such field."
	case begins(validation.MsgExpectedRequiredProperty):
		f.Code, f.Detail = "required", "This field is needed."
		name, _, _ := strings.Cut(strings.TrimPrefix(detail.Message, "expected required property "), " ")
		f.Pointer += "/" + name
	case begins(validation.MsgExpectedMinLength), begins(validation.MsgExpectedMinItems):
		f.Code = "too_short"
	case begins(validation.MsgExpectedMaxLength), begins(validation.MsgExpectedMaxItems):
		f.Code = "too_long"
	case begins(validation.MsgExpectedMinimumNumber), begins(validation.MsgExpectedExclusiveMinimumNumber):
		f.Code = "too_low"
	case begins(validation.MsgExpectedMaximumNumber):
		f.Code = "too_high"
	case begins(validation.MsgExpectedOneOf):
		f.Code = "not_allowed"
	case begins(validation.MsgExpectedMatchPattern), begins(validation.MsgExpectedBePattern):
		f.Code = "malformed"
		if strings.HasSuffix(f.Pointer, "/amount") {
			f.Code, f.Detail = "not_a_number", "must be a decimal string"
		}
	case slices.Contains([]string{
		validation.MsgExpectedBoolean, validation.MsgExpectedNumber, validation.MsgExpectedInteger, validation.MsgExpectedString,
		validation.MsgExpectedArray, validation.MsgExpectedObject,
	}, detail.Message):
		f.Code = "invalid_type"
	}
	return f
}

// pointer makes "lines[0].price" a JSON pointer.
func pointer(location string) string {
	if location == "" {
		return ""
	}
	return "/" + strings.ReplaceAll(strings.ReplaceAll(strings.ReplaceAll(location, "[", "/"), "]", ""), ".", "/")
}

// maybe is a field of a body that may be left out, which leaves what is there as it is, or be
// null, which clears it.
type maybe[T any] struct {
	Sent, Null bool
	Value      T
}

// some is a field that was sent.
func some[T any](v T) maybe[T] { return maybe[T]{Sent: true, Value: v} }

// UnmarshalJSON implements [json.Unmarshaler].
func (m *maybe[T]) UnmarshalJSON(text []byte) error {
	m.Sent, m.Null = true, string(text) == "null"
	if m.Null {
		return nil
	}
	return json.Unmarshal(text, &m.Value)
}

// Schema implements [huma.SchemaProvider]: that of the value, or null.
func (maybe[T]) Schema(r huma.Registry) *huma.Schema {
	s := *huma.SchemaFromType(r, reflect.TypeFor[T]())
	s.Nullable = true
	return &s
}

// extended gives the schema of a body that has all that a patch has, some of it needed: the
// library does not look into the types that one is made of.
func extended[Patch any](r huma.Registry, own *huma.Schema, required ...string) *huma.Schema {
	s := huma.SchemaFromType(r, reflect.TypeFor[Patch]())
	maps.Copy(s.Properties, own.Properties)
	s.Required = required
	return s
}
