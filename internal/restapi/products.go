package restapi

import (
	"net/http"

	"github.com/appdock/appdock/internal/entity"
)

// products says how products are listed.
func products() collection {
	return collection{
		entity: "product",
		sorts: map[string]sortKey{
			"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID},
			"name": {"name", aText}, "sku": {"productNumber", aText}, "price": {"price", aNumber}, "stock": {"stock", aNumber},
		},
		narrowed: map[string]filterKey{
			"sku": {field: "productNumber"}, "ean": {field: "ean"}, "active": {field: "active", kind: aTruth},
			"category_id": {field: "categories.id", kind: anID}, "manufacturer_id": {field: "manufacturerId", kind: anID},
			"parent_id": {field: "parentId", kind: anID}, "stock": {field: "stock", kind: aNumber}, "price": {field: "price", kind: aNumber},
			"updated_at": {field: "updatedAt", kind: aTime}, "created_at": {field: "createdAt", kind: aTime}, "tag": {field: "tags.name"},
		},
	}
}

// variants are the products below another.
func variants(c *call) (*page[product], error) {
	id, err := c.id("id")
	if err != nil {
		return nil, err
	}
	if _, err := c.show("product", id, nil); err != nil {
		return nil, err
	}
	c.etag = ""
	l := products()
	l.fixed = []entity.Filter{{Kind: entity.Equals, Field: "parentId", Values: []any{id}}}
	return many(l, productOf)(c)
}

func (a *api) productRoutes() []route {
	return []route{
		read("/products", "listProducts", "List products, the newest first", many(products(), productOf)).needs("products:read").takes(append(products().parameters(), expandParameter("product"))...),
		read("/products/{id}", "getProduct", "Show a product", one("product", productOf)).needs("products:read").takes(locale(), fieldsParameter(), expandParameter("product")),
		write(http.MethodPost, "/products", "createProduct", "Make a product", http.StatusCreated, createProduct).needs("products:write").takes(locale()),
		write(http.MethodPatch, "/products/{id}", "updateProduct", "Change a product", http.StatusOK, patchProduct).needs("products:write").takes(locale()),
		remove("/products/{id}", "deleteProduct", "Delete a product and its variants", deleteProduct).needs("products:delete"),
		read("/products/{id}/variants", "listProductVariants", "List the variants of a product", variants).needs("products:read").takes(products().parameters()...),
		write(http.MethodPost, "/products/{id}/variants", "createProductVariant", "Make a variant", http.StatusCreated, createVariant).needs("products:write").takes(locale()),
		read("/products/{id}/stock", "getProductStock", "Show how much there is", showStock).needs("products:read"),
		write(http.MethodPut, "/products/{id}/stock", "replaceProductStock", "Say how much there is", http.StatusOK, putStock).needs("products:write"),
		write(http.MethodPatch, "/products/{id}/stock", "updateProductStock", "Add or take away", http.StatusOK, patchStock).needs("products:write"),
		read("/products/{id}/media", "listProductMedia", "List the media of a product", listProductMedia).needs("products:read"),
		write(http.MethodPost, "/products/{id}/media", "createProductMedia", "Put a file into a product", http.StatusCreated, addProductMedia).needs("products:write"),
		remove("/products/{id}/media/{media_id}", "deleteProductMedia", "Take a file out of a product", removeProductMedia).needs("products:delete"),
	}
}
