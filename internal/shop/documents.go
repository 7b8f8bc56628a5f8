package shop

import (
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base32"
	"fmt"
	"maps"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// NewDocument is the wish for a document of an order.
type NewDocument struct {
	Type       string // technical name of a document type, such as "invoice"
	Order      appdock.ID
	FileType   string // "pdf"
	Referenced appdock.ID
	Static     bool
	Number     string         // empty: the next of the range
	Config     map[string]any // as encoding/json decodes it
}

// Document names a document and what leads to its file.
type Document struct {
	ID, Media appdock.ID // Media is zero as long as it has no file
	DeepLink  string
}

// CreateDocument makes a document with the next number of its range, or the one that it
// is given (admin-api.md 8). Nothing is rendered: its file is uploaded. It needs
// document:create.
func (s *Service) CreateDocument(ctx context.Context, actor appdock.Actor, n NewDocument) (Document, error) {
	if missing := actor.Missing("document:create"); len(missing) > 0 {
		return Document{}, appdock.MissingPrivileges(missing)
	}
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return Document{}, err
	}
	made := Document{ID: s.newID(), DeepLink: deepLink()}
	w := s.asHost(actor, schema)
	err = s.decideAs(ctx, w, func(u Unit) ([]draft, error) {
		kind, err := u.Search(entity.View{}, &entity.Criteria{
			Entity: "document_type", Limit: 1, Filters: []entity.Filter{{Kind: entity.Equals, Field: "technicalName", Values: []any{n.Type}}},
		})
		if err != nil {
			return nil, err
		}
		if len(kind.Records) == 0 {
			return nil, &appdock.Error{
				Kind: appdock.Invalid, Code: "DOCUMENT__INVALID_RENDERER_TYPE", Message: fmt.Sprintf("Unable to find a document renderer with type %q.", short(n.Type)),
				Cure: "Name a document type of this shop, such as invoice or delivery_note.",
			}
		}
		order, err := u.Search(entity.View{}, &entity.Criteria{Entity: "order", IDs: []appdock.ID{n.Order}})
		if err != nil {
			return nil, err
		}
		if len(order.Records) == 0 {
			return nil, &appdock.Error{
				Kind: appdock.NotFound, Code: "DOCUMENT__ORDER_NOT_FOUND", Message: fmt.Sprintf("The order with id %q is invalid or could not be found.", n.Order),
				Cure: "Send the id of an order of this shop.",
			}
		}
		number, err := documentNumber(u, w, kind.Records[0], n)
		if err != nil {
			return nil, err
		}
		config := map[string]any{"documentDate": w.now.Format("2006-01-02T15:04:05.000-07:00")}
		maps.Copy(config, n.Config)
		config["documentNumber"] = number
		d, _ := schema.Definition("document")
		return []draft{{definition: d, action: entity.Insert, id: made.ID, pointer: "/0", set: map[string]any{
			"documentTypeId": kind.Records[0].ID(), "orderId": n.Order, "fileType": n.FileType, "static": n.Static, "sent": false,
			"referencedDocumentId": orNull(n.Referenced), "deepLinkCode": made.DeepLink, "documentNumber": number, "config": encode(config),
		}}}, nil
	})
	return made, err
}

// documentNumber is the one that is asked for, which no other document of the type may
// have, or the next of the range that none has.
func documentNumber(u Unit, w *writing, kind entity.Record, n NewDocument) (string, error) {
	taken := func(number string) (bool, error) {
		page, err := u.Search(entity.View{}, &entity.Criteria{Entity: "document", Limit: 1, Filters: []entity.Filter{
			{Kind: entity.Equals, Field: "documentTypeId", Values: []any{kind.ID()}},
			{Kind: entity.Equals, Field: "documentNumber", Values: []any{number}},
		}})
		return len(page.Records) > 0, err
	}
	if number := n.Number; number != "" {
		used, err := taken(number)
		if err == nil && used {
			err = &appdock.Error{
				Kind: appdock.Invalid, Code: "DOCUMENT__NUMBER_ALREADY_EXISTS", Message: fmt.Sprintf("Document number %s has already been allocated.", short(number)),
				Cure: "Send another documentNumber in the config, or none.",
			}
		}
		return number, err
	}
	for {
		number, err := newPlan(w, u.Search).free(u, "document_"+kind.Text("technicalName"))
		if err != nil {
			return "", err
		}
		if used, err := taken(number); err != nil || !used {
			return number, err
		}
	}
}

// DocumentOf gives a document by its id; NotFound if there is none. It is for whoever shows
// it or gives it a file: rights were not looked at.
func (s *Service) DocumentOf(ctx context.Context, shop appdock.ShopID, id appdock.ID) (Document, error) {
	r, err := documentRecord(s.committedBefore(ctx, shop), id)
	if err != nil {
		return Document{}, err
	}
	return Document{ID: id, Media: r.Key("documentMediaFileId"), DeepLink: r.Text("deepLinkCode")}, nil
}

func documentRecord(search searcher, id appdock.ID) (entity.Record, error) {
	page, err := search(entity.View{}, &entity.Criteria{Entity: "document", IDs: []appdock.ID{id}, Associations: map[string]*entity.Criteria{"documentType": {}}})
	if err != nil {
		return entity.Record{}, err
	}
	if len(page.Records) == 0 {
		return entity.Record{}, NoDocument(id)
	}
	return page.Records[0], nil
}

// NoDocument is the failure to find a document, or one with that deep link.
func NoDocument(id appdock.ID) error {
	return &appdock.Error{
		Kind: appdock.NotFound, Code: "DOCUMENT__INVALID_DOCUMENT_ID", Message: fmt.Sprintf("The document with id %q is invalid or could not be found.", id),
		Cure: "Take id and deepLinkCode from the document record.",
	}
}

// AttachDocument makes a file that of a document which has none: a private media record of
// its own. Without a name it is named after the type and the number. It needs document:update.
func (s *Service) AttachDocument(ctx context.Context, actor appdock.Actor, id appdock.ID, f File) (Document, error) {
	if missing := actor.Missing("document:update"); len(missing) > 0 {
		return Document{}, appdock.MissingPrivileges(missing)
	}
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return Document{}, err
	}
	w := s.asHost(actor, schema)
	attached := Document{ID: id, Media: s.newID()}
	err = s.decideAs(ctx, w, func(u Unit) ([]draft, error) {
		r, err := documentRecord(u.Search, id)
		if err != nil {
			return nil, err
		}
		attached.DeepLink = r.Text("deepLinkCode")
		if !r.Key("documentMediaFileId").IsZero() {
			return nil, &appdock.Error{
				Kind: appdock.Invalid, Code: "DOCUMENT__GENERATION_ERROR", Message: "Unable to generate document. Document already exists",
				Cure: "Upload a file to a new document; the one that this has stays.",
			}
		}
		f := f
		if f.Name == "" {
			kind, _ := r.One("documentType")
			f.Name = strings.Trim(kind.Text("technicalName")+"_"+r.Text("documentNumber"), "_")
		}
		if err := f.Check(); err != nil {
			return nil, err
		}
		if taken, err := fileNameTaken(u.Search, f, attached.Media); err != nil || taken {
			return nil, cmp.Or(err, duplicatedFileName(f))
		}
		media, _ := schema.Definition("media")
		return []draft{
			{definition: media, action: entity.Insert, id: attached.Media, pointer: "/0", set: fileValues(f, w.now, actor, map[string]any{"private": true})},
			{definition: r.Definition, action: entity.Update, id: id, pointer: "/0", set: map[string]any{"documentMediaFileId": attached.Media}},
		}, nil
	})
	return attached, err
}

// asHost is a write that needs no right but those that were looked at.
func (s *Service) asHost(actor appdock.Actor, schema *entity.Schema) *writing {
	actor.Everything = true
	return &writing{actor: actor, schema: schema, now: s.now().UTC().Truncate(time.Millisecond), newID: s.newID}
}

// decideAs writes what drafts come to inside of the unit of work.
func (s *Service) decideAs(ctx context.Context, w *writing, drafts func(Unit) ([]draft, error)) error {
	events, err := s.store.Write(ctx, w.actor.Shop, func(u Unit) error {
		wanted, err := drafts(u)
		if err != nil {
			return err
		}
		once := *w
		once.drafts = wanted
		_, err = once.decide(u)
		return err
	})
	if err == nil && len(events) > 0 {
		s.committed(events)
	}
	return err
}

// deepLink is a code that nobody guesses.
func deepLink() string {
	var b [20]byte
	_, _ = rand.Read(b[:]) // never fails
	return strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}
