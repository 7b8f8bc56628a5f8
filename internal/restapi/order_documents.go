package restapi

import "github.com/appdock/appdock/internal/entity"

// orderDocument is a document of an order, such as its invoice. Its file is in the admin.
type orderDocument struct {
	ID        string  `json:"id"`
	OrderID   string  `json:"order_id"`
	Type      *string `json:"type" doc:"technical name, such as invoice"`
	Number    *string `json:"number"`
	FileType  string  `json:"file_type" example:"pdf"`
	HasFile   bool    `json:"has_file"`
	Sent      bool    `json:"sent" doc:"to the customer"`
	CreatedAt string  `json:"created_at" format:"date-time"`
	UpdatedAt *string `json:"updated_at" format:"date-time"`
	Version   int64   `json:"version"`
}

func orderDocumentOf(r entity.Record) orderDocument {
	kind, _ := r.One("documentType")
	return orderDocument{
		ID: r.ID().String(), OrderID: r.Key("orderId").String(), Type: textOrNil(kind, "technicalName"), Number: textOrNil(r, "documentNumber"),
		FileType: r.Text("fileType"), HasFile: !r.Key("documentMediaFileId").IsZero(), Sent: truth(r, "sent"),
		CreatedAt: moment(r, "createdAt"), UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
}

func listDocuments(c *call) (*complete[orderDocument], error) {
	order, err := c.orderInPath()
	if err != nil {
		return nil, err
	}
	c.etag = "" // that of the order, which does not change with them
	found, err := c.search(&entity.Criteria{
		Entity: "document", Limit: mostOfSmall, Associations: kinds["document"].loads(), Sort: []entity.Sort{{Field: "createdAt"}, {Field: "id"}},
		Filters: []entity.Filter{{Kind: entity.Equals, Field: "orderId", Values: []any{order.ID()}}},
	})
	if err != nil {
		return nil, err
	}
	out := &complete[orderDocument]{Data: []orderDocument{}}
	for _, r := range found.Records {
		out.Data = append(out.Data, orderDocumentOf(r))
	}
	c.weak = true
	return out, nil
}
