package restapi

import "net/http"

func categories() collection {
	return collection{
		entity: "category",
		sorts: map[string]sortKey{
			"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID}, "name": {"name", aText},
		},
		narrowed: map[string]filterKey{
			"active": {field: "active", kind: aTruth}, "parent_id": {field: "parentId", kind: anID}, "name": {field: "name"},
			"updated_at": {field: "updatedAt", kind: aTime}, "created_at": {field: "createdAt", kind: aTime},
		},
	}
}

func (a *api) categoryRoutes() []route {
	return []route{
		read("/categories", "listCategories", "List categories, the newest first", many(categories(), categoryOf)).needs("categories:read").takes(categories().parameters()...),
		read("/categories/{id}", "getCategory", "Show a category", one("category", categoryOf)).needs("categories:read").takes(locale(), fieldsParameter()),
		write(http.MethodPost, "/categories", "createCategory", "Make a category", http.StatusCreated, createCategory).needs("categories:write").takes(locale()),
		write(http.MethodPatch, "/categories/{id}", "updateCategory", "Change a category", http.StatusOK, patchCategory).needs("categories:write").takes(locale()),
		remove("/categories/{id}", "deleteCategory", "Delete a category that has none below it", deleteCategory).needs("categories:delete"),
	}
}
