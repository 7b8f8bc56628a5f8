package restapi

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Each operation of the document has an example of what is sent and of each answer. They are
// made of the same schemas, of the examples that stand at the types and of the names of fields.

// exampleID is the id in examples.
const exampleID = "0197c2a4b6e87d3f9a51c0de2f3b4a5c"

// examples puts them into the document.
func (d *document) examples() {
	for _, item := range d.openapi.Paths {
		for _, op := range []*huma.Operation{item.Get, item.Put, item.Post, item.Delete, item.Patch} {
			if op == nil {
				continue
			}
			if op.RequestBody != nil {
				for _, m := range op.RequestBody.Content {
					m.Example = d.example("", m.Schema)
				}
			}
			for status, answer := range op.Responses {
				for kind, m := range answer.Content {
					if kind == problemType {
						m.Example = exampleProblem(op.Path, status)
						continue
					}
					m.Example = d.example("", m.Schema)
				}
			}
		}
	}
	for _, item := range d.openapi.Webhooks {
		for _, m := range item.Post.RequestBody.Content {
			m.Example = d.example("", m.Schema)
		}
	}
}

// example is a value that a schema describes; name is that of the field that holds it.
func (d *document) example(name string, s *huma.Schema) any {
	if s.Ref != "" {
		s = d.schemas.SchemaFromRef(s.Ref)
	}
	switch {
	case len(s.Examples) > 0:
		return s.Examples[0]
	case s.Default != nil:
		return s.Default
	case len(s.Enum) > 0:
		return s.Enum[0]
	}
	switch s.Type {
	case huma.TypeObject:
		object := map[string]any{}
		for field, of := range s.Properties {
			object[field] = d.example(field, of)
		}
		return object
	case huma.TypeArray:
		return []any{d.example(strings.TrimSuffix(name, "s"), s.Items)}
	case huma.TypeBoolean:
		return true
	case huma.TypeInteger, huma.TypeNumber:
		if s.Minimum != nil {
			return *s.Minimum + 1
		}
		return 1
	case huma.TypeString:
		return exampleText(name, s)
	}
	return map[string]any{} // whatever
}

// exampleTexts are those of fields by their names.
var exampleTexts = map[string]string{
	"id": exampleID, "parent_id": exampleID, "email": "ada@example.com", "first_name": "Ada", "last_name": "Lovelace", "company": "Analytical Engines",
	"name": "Shirt", "sku": "SW-1000", "number": "10001", "street": "1 Main St", "zip": "10115", "city": "Berlin", "country": "DE", "state": "open",
	"phone": "+49 30 123456", "language": "en-GB", "locale": "en-GB", "currency": "EUR", "code": "EUR", "symbol": "€", "amount": "19.99",
	"label": "Shirt, blue", "group": "Colour", "type": "product", "salutation": "mrs", "tracking_code": "JD0001", "birthday": "1815-12-10",
	"topic": "order.created", "method": "GET", "path": "/products/" + exampleID, "message": "Parcel booked", "action": "ship", "from": "open", "to": "shipped",
	"version": "2.1.0", "resource": "products", "key": "washable", "text": "Ring twice", "author": "ship-it", "mime_type": "image/png", "file": "",
	"tax_status": "gross", "source": "marketplace", "note": "Ring twice", "tag": "sale", "description": "A blue shirt", "vat_id": "DE123456789",
}

func exampleText(name string, s *huma.Schema) string {
	switch {
	case s.Format == "date-time" || strings.HasSuffix(name, "_at") || strings.HasPrefix(name, "ships_"):
		return "2026-08-21T14:16:38.000Z"
	case s.Format == "uri" || name == "url" || strings.HasSuffix(name, "_url") || name == "address":
		return "https://app.example/hook"
	case exampleTexts[name] != "":
		return exampleTexts[name]
	case strings.HasSuffix(name, "_id"):
		return exampleID
	}
	return "text"
}

// exampleCodes are codes of problems, one for each status.
var exampleCodes = map[int]string{
	http.StatusBadRequest: "unknown_parameter", http.StatusUnauthorized: "invalid_token", http.StatusForbidden: "insufficient_scope",
	http.StatusNotFound: "not_found", http.StatusNotAcceptable: "not_acceptable", http.StatusConflict: "duplicate",
	http.StatusRequestEntityTooLarge: "payload_too_large", http.StatusUnsupportedMediaType: "unsupported_media_type",
	http.StatusUnprocessableEntity: "validation_failed", http.StatusTooManyRequests: "rate_limited",
	http.StatusInternalServerError: "internal_error", http.StatusServiceUnavailable: "maintenance",
	http.StatusPreconditionFailed: "precondition_failed", http.StatusPreconditionRequired: "precondition_required",
}

func exampleProblem(path, status string) any {
	n, err := strconv.Atoi(status)
	code := exampleCodes[n]
	if err != nil || code == "" { // unreachable: see the table of failures
		panic("a status without a code: " + status)
	}
	return map[string]any{
		"type": ProblemTypes + strings.ReplaceAll(code, "_", "-"), "title": title(&problem{Code: code}), "status": n, "code": code,
		"instance": base + strings.ReplaceAll(path, "{id}", exampleID), "request_id": exampleID,
	}
}
