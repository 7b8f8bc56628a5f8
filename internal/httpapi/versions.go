package httpapi

import (
	"context"
	"net/http"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// versions keeps drafts of records (admin-api.md 6.4); *shop.Service does. All its methods check
// the actor's privileges.
type versions interface {
	CreateVersion(ctx context.Context, a appdock.Actor, v shop.Version) (shop.Version, error)
	MergeVersion(ctx context.Context, a appdock.Actor, entity string, version appdock.ID) error
	DeleteVersion(ctx context.Context, a appdock.Actor, v shop.Version) error
}

// createVersion answers POST /api/_action/version/{entity}/{id}.
func createVersion(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	v := shop.Version{Entity: c.entityName(), Record: c.target.id}
	name, err := optionalText(tree, "versionName")
	if err != nil {
		return err
	}
	v.Name = name
	text, err := optionalText(tree, "versionId")
	if err != nil {
		return err
	}
	if text != "" {
		if v.ID, err = appdock.ParseID(text); err != nil {
			return &appdock.Error{
				Kind: appdock.Invalid, Code: "FRAMEWORK__INVALID_VERSION_ID",
				Message: "versionId " + given(text) + " is not a valid uuid.",
				Cure:    "Send 32 lower-case hex digits as versionId, or leave it out.",
			}
		}
	}
	v, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (shop.Version, error) {
		return c.options.Versions.CreateVersion(ctx, c.actor, v)
	})
	if err != nil {
		return err
	}
	answer := struct {
		VersionID   appdock.ID `json:"versionId"`
		VersionName *string    `json:"versionName"` // as it was sent
		ID          appdock.ID `json:"id"`
		Entity      string     `json:"entity"`
	}{v.ID, nil, v.Record, v.Entity}
	if name != "" {
		answer.VersionName = &name
	}
	return web.JSON(c.w, http.StatusOK, answer)
}

// mergeVersion answers POST /api/_action/version/merge/{entity}/{versionId}.
func mergeVersion(c *call) error {
	_, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Versions.MergeVersion(ctx, c.actor, c.entityName(), c.target.id)
	})
	if err == nil {
		c.w.WriteHeader(http.StatusNoContent)
	}
	return err
}

// deleteVersion answers POST /api/_action/version/{versionId}/{entity}/{entityId}.
func deleteVersion(c *call) error {
	_, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Versions.DeleteVersion(ctx, c.actor, shop.Version{ID: c.target.version, Entity: c.entityName(), Record: c.target.id})
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct{}{})
}

// optionalText reads a text of a body; "" if it was not sent.
func optionalText(tree map[string]any, name string) (string, error) {
	switch v := tree[name].(type) {
	case nil:
		return "", nil
	case string:
		return v, nil
	}
	return "", badParameter(name, "Send a text, or leave it out.")
}
