package restapi

// products says how products are listed.
func products() collection {
	return collection{
		entity: "product",
		sorts: map[string]sortKey{
			"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID},
			"name": {"name", aText}, "sku": {"productNumber", aText}, "price": {"price", aNumber}, "stock": {"stock", aNumber},
		},
		filters: map[string]filterKey{
			"sku": {field: "productNumber"}, "ean": {field: "ean"}, "active": {field: "active", kind: aTruth},
			"category_id": {field: "categories.id", kind: anID}, "manufacturer_id": {field: "manufacturerId", kind: anID},
			"parent_id": {field: "parentId", kind: anID}, "stock": {field: "stock", kind: aNumber}, "price": {field: "price", kind: aNumber},
			"updated_at": {field: "updatedAt", kind: aTime}, "created_at": {field: "createdAt", kind: aTime}, "tag": {field: "tags.name"},
		},
	}
}

func (a *api) productRoutes() []route {
	return []route{
		read("/products", "listProducts", "List products, the newest first", many(products(), productOf)).needs("products:read").takes(products().parameters()...),
		read("/products/{id}", "getProduct", "Show a product", one("product", productOf)).needs("products:read").takes(locale(), fieldsParameter()),
	}
}
