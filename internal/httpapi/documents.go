package httpapi

import (
	"context"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// documents are those of orders; *shop.Service has them. All but DocumentOf check the actor's
// privileges.
type documents interface {
	CreateDocument(ctx context.Context, a appdock.Actor, n shop.NewDocument) (shop.Document, error)
	AttachDocument(ctx context.Context, a appdock.Actor, id appdock.ID, f shop.File) (shop.Document, error)
	DocumentOf(ctx context.Context, shop appdock.ShopID, id appdock.ID) (shop.Document, error)
}

// maxDocuments bounds the documents of one request: each is a unit of work.
const maxDocuments = 200

// madeDocument is the answer for one document. Contents would be the rendered file.
type madeDocument struct {
	DocumentID      appdock.ID  `json:"documentId"`
	DocumentMediaID *appdock.ID `json:"documentMediaId"`
	DeepLink        string      `json:"deepLink"`
	Contents        *string     `json:"contents"`
}

// createDocuments answers POST /api/_action/order/document/{type}/create (admin-api.md 8): a
// list of orders. What is malformed is refused before anything is made; what cannot be made of
// one order is told in errors, and the others are made.
func createDocuments(c *call) error {
	body, err := web.Body(c.r)
	if err != nil {
		return err
	}
	v, err := parseJSON(body)
	if err != nil {
		return err
	}
	items, ok := v.([]any)
	if !ok || len(items) == 0 || len(items) > maxDocuments {
		return badRequest(fmt.Sprintf("Expected an array of 1 to %d documents.", maxDocuments))
	}
	wanted := make([]shop.NewDocument, len(items))
	for i, item := range items {
		if wanted[i], err = newDocument(c.target.kind, item, "/"+strconv.Itoa(i)); err != nil {
			return err
		}
	}
	done, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (documentsMade, error) {
		return c.makeDocuments(ctx, wanted)
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, done)
}

// documentsMade is what became of a list of documents; errors are by order.
type documentsMade struct {
	Data   []madeDocument        `json:"data"`
	Errors map[string][]apiError `json:"errors"`
}

// makeDocuments makes one after the other, in the time that all of them have together. Those that
// are made when it ends are told, and of the others that they were not.
func (c *call) makeDocuments(ctx context.Context, wanted []shop.NewDocument) (documentsMade, error) {
	done := documentsMade{Data: []madeDocument{}, Errors: map[string][]apiError{}}
	for i, n := range wanted {
		d, err := c.options.Documents.CreateDocument(ctx, c.actor, n)
		e, told := errors.AsType[*appdock.Error](err)
		if err != nil && ctx.Err() != nil {
			e, told = errors.AsType[*appdock.Error](context.Cause(ctx))
		}
		switch {
		case told && e.Kind == appdock.Unavailable && len(done.Data) > 0:
			for _, left := range wanted[i:] {
				done.fail(left, e)
			}
			return done, nil
		case err == nil:
			done.Data = append(done.Data, madeDocument{DocumentID: d.ID, DeepLink: d.DeepLink})
		case !told, e.Kind == appdock.Refused, e.Kind == appdock.Unavailable:
			return done, err
		default:
			done.fail(n, e)
		}
	}
	return done, nil
}

// fail tells why a document was not made.
func (m documentsMade) fail(n shop.NewDocument, e *appdock.Error) {
	m.Errors[n.Order.String()] = append(m.Errors[n.Order.String()], wireErrors(e, web.Status(e.Kind))...)
}

// newDocument reads one item of the list.
func newDocument(kind string, item any, pointer string) (shop.NewDocument, error) {
	n := shop.NewDocument{Type: kind, FileType: "pdf"}
	tree, ok := item.(map[string]any)
	if !ok {
		return n, badDocument(pointer, "This value should be of type object.")
	}
	var err error
	text, _ := tree["orderId"].(string)
	if n.Order, err = appdock.ParseID(text); err != nil {
		return n, badDocument(pointer+"/orderId", "This value should be the id of an order.")
	}
	if v := tree["referencedDocumentId"]; v != nil && v != "" {
		text, _ := v.(string)
		if n.Referenced, err = appdock.ParseID(text); err != nil {
			return n, badDocument(pointer+"/referencedDocumentId", "This value should be the id of a document.")
		}
	}
	if v := tree["fileType"]; v != nil {
		if n.FileType, ok = v.(string); !ok || n.FileType != "pdf" && n.FileType != "html" {
			return n, badDocument(pointer+"/fileType", "This value should be pdf or html.")
		}
	}
	if v := tree["static"]; v != nil {
		if n.Static, ok = v.(bool); !ok {
			return n, badDocument(pointer+"/static", "This value should be of type bool.")
		}
	}
	if v := tree["config"]; v != nil {
		if n.Config, ok = object(v); !ok {
			return n, badDocument(pointer+"/config", "This value should be of type object.")
		}
	}
	n.Number = scalarText(n.Config["documentNumber"])
	if len(n.Number) > 255 {
		return n, badDocument(pointer+"/config/documentNumber", "This value is too long. It should have 255 characters or less.")
	}
	return n, nil
}

func badDocument(pointer, message string) error {
	return &appdock.Error{
		Kind: appdock.Invalid, Code: codeParameter, Message: message,
		Faults: []appdock.Fault{{Pointer: pointer, Code: codeParameter, Message: message}},
	}
}

// uploadDocument answers POST /api/_action/document/{id}/upload: the file of a document that
// has none.
func uploadDocument(c *call) error {
	if missing := c.actor.Missing("document:update"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	said, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	f := shop.File{Name: scalarText(said["fileName"]), Extension: strings.ToLower(scalarText(said["extension"]))}
	if f.Extension == "" {
		f.Extension = "pdf"
	}
	checked := f
	if checked.Name == "" {
		checked.Name = "document" // it gets one of its own
	}
	if err := checked.Check(); err != nil {
		return err
	}
	// Before the file is read: nobody should send it in vain.
	_, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (shop.Document, error) {
		return c.options.Documents.DocumentOf(ctx, c.shop.ID, c.target.id)
	})
	if err != nil {
		return err
	}
	if f.Hash, f.Size, err = c.options.Files.Put(c.r.Body); err != nil {
		return err
	}
	if f.Size == 0 {
		return missingParameter("content")
	}
	d, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (shop.Document, error) {
		return c.options.Documents.AttachDocument(ctx, c.actor, c.target.id, f)
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		DocumentID       appdock.ID `json:"documentId"`
		DocumentMediaID  appdock.ID `json:"documentMediaId"`
		DeepLinkCode     string     `json:"deepLinkCode"`
		DocumentDeepLink string     `json:"documentDeepLink"` // as older clients know it
	}{d.ID, d.Media, d.DeepLink, d.DeepLink})
}

// showDocument answers GET /api/_action/document/{id}/{deepLinkCode} with the file.
func showDocument(c *call) error {
	if missing := c.actor.Missing("document:read"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	query, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	f, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (shop.File, error) {
		d, err := c.options.Documents.DocumentOf(ctx, c.shop.ID, c.target.id)
		switch {
		case err != nil:
			return shop.File{}, err
		case d.DeepLink != c.target.code:
			return shop.File{}, shop.NoDocument(c.target.id)
		case d.Media.IsZero():
			return shop.File{}, &appdock.Error{
				Kind: appdock.NotFound, Code: "DOCUMENT__GENERATION_ERROR", Message: "Unable to generate document. This host renders none, and the document has no file.",
				Cure: "Upload one with POST /api/_action/document/{id}/upload.",
			}
		}
		return c.options.Media.FileOf(ctx, c.shop.ID, d.Media)
	})
	if err != nil {
		return err
	}
	content, err := c.options.Files.Get(f.Hash)
	if err != nil {
		return fmt.Errorf("show the file of document %s: %w", c.target.id, err)
	}
	defer func() { _ = content.Close() }() // it was only read
	disposition := "inline"
	if truthy(query["download"]) {
		disposition = "attachment"
	}
	h := c.w.Header()
	h.Set("Content-Type", f.MIME())
	h.Set("Content-Disposition", mime.FormatMediaType(disposition, map[string]string{"filename": f.Name + "." + f.Extension}))
	h.Set("Cache-Control", "private, no-store")
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(c.w, c.r, "", f.UploadedAt, content)
	return nil
}
