package httpapi

import (
	"context"
	"fmt"
	"image"
	_ "image/gif" // measured below
	_ "image/jpeg"
	_ "image/png"
	"io"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// media are the records of files; *shop.Service has them. All but FileOf check the actor's
// privileges.
type media interface {
	Attach(ctx context.Context, a appdock.Actor, media appdock.ID, f shop.File) error
	Rename(ctx context.Context, a appdock.Actor, media appdock.ID, name string) error
	FreeFileName(ctx context.Context, a appdock.Actor, f shop.File, media appdock.ID) (string, error)
	FileOf(ctx context.Context, shop appdock.ShopID, media appdock.ID) (shop.File, error)
}

// files keep content under its hash; *files.Store is it.
type files interface {
	Put(content io.Reader) (hash string, size int64, err error)
	Get(hash string) (io.ReadSeekCloser, error)
}

// downloads gets a file from a URL that a client sent; *appclient.Client does, guarded.
type downloads interface {
	Download(ctx context.Context, url string, max int64, keep func(io.Reader) error) error
}

// maxDownload is as much as a client may send itself.
const maxDownload = maxBody

// downloadPatience is how long a download may take.
const downloadPatience = 20 * time.Second

// uploadMedia answers POST /api/_action/media/{id}/upload (admin-api.md 8): the file itself,
// or JSON with the URL that it is at. fileName and extension stand in the query; the
// JavaScript SDK writes them into the JSON.
func uploadMedia(c *call) error {
	if missing := c.actor.Missing("media:update"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	said, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	var from string
	byURL := mediaType(c.r.Header.Get("Content-Type")) == string(plain)
	if byURL {
		if from, err = c.uploadedURL(said); err != nil {
			return err
		}
	}
	f := shop.File{Name: scalarText(said["fileName"]), Extension: strings.ToLower(scalarText(said["extension"]))}
	if f.Name == "" {
		f.Name = c.target.id.String()
	}
	if f.Extension == "" {
		return &appdock.Error{
			Kind: appdock.Invalid, Code: "CONTENT__MEDIA_MISSING_FILE_EXTENSION", Message: "No file extension provided. Please use the \"extension\" query parameter.",
			Cure: "Send it, such as extension=png.",
		}
	}
	if err := f.Check(); err != nil {
		return err
	}
	// Before the file is read: nobody should send it in vain.
	if _, err := c.mediaRecord(); err != nil {
		return err
	}
	keep := func(content io.Reader) error {
		f.Hash, f.Size, err = c.options.Files.Put(content)
		return err
	}
	if byURL {
		ctx, cancel := context.WithTimeout(c.r.Context(), downloadPatience)
		defer cancel()
		err = c.options.Downloads.Download(ctx, from, maxDownload, keep)
	} else {
		err = keep(c.r.Body)
	}
	if err != nil {
		return err
	}
	if f.Size == 0 {
		return missingParameter("content")
	}
	if f.Width, f.Height, err = c.measure(f.Hash); err != nil {
		return err
	}
	_, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Media.Attach(ctx, c.actor, c.target.id, f)
	})
	if err != nil {
		return err
	}
	return c.mediaChanged()
}

// uploadedURL reads the JSON that says where a file is, and adds to said what stands there.
func (c *call) uploadedURL(said map[string]any) (string, error) {
	tree, err := c.formOrJSON()
	if err != nil {
		return "", err
	}
	from, _ := tree["url"].(string)
	if from == "" {
		return "", missingParameter("url")
	}
	for _, name := range []string{"fileName", "extension"} {
		if empty(said[name]) {
			said[name] = tree[name]
		}
	}
	if u, err := url.Parse(from); err == nil && empty(said["extension"]) {
		said["extension"] = strings.TrimPrefix(path.Ext(u.Path), ".")
	}
	return from, nil
}

// mediaRecord proves that there is such a record.
func (c *call) mediaRecord() (shop.File, error) {
	f, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (shop.File, error) {
		return c.options.Media.FileOf(ctx, c.shop.ID, c.target.id)
	})
	if appdock.CodeOf(err) == "CONTENT__MEDIA_MISSING_FILE" {
		return f, nil
	}
	return f, err
}

// measure gives the size of an image in pixels; 0 if the content is none that can be read.
func (c *call) measure(hash string) (width, height int, err error) {
	content, err := c.options.Files.Get(hash)
	if err != nil {
		return 0, 0, err
	}
	defer func() { _ = content.Close() }() // it was only read
	config, _, err := image.DecodeConfig(content)
	if err != nil {
		return 0, 0, nil // most files are no image
	}
	return config.Width, config.Height, nil
}

func (c *call) mediaChanged() error {
	c.w.Header().Set("Location", resourceURL(c.shop.URL+"/api", "media", c.target.id))
	c.w.WriteHeader(http.StatusNoContent)
	return nil
}

// renameMedia answers POST /api/_action/media/{id}/rename.
func renameMedia(c *call) error {
	tree, err := c.formOrJSON()
	if err != nil {
		return err
	}
	name := scalarText(tree["fileName"])
	if name == "" {
		return missingParameter("fileName")
	}
	_, err = web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (struct{}, error) {
		return struct{}{}, c.options.Media.Rename(ctx, c.actor, c.target.id, name)
	})
	if err != nil {
		return err
	}
	return c.mediaChanged()
}

// provideMediaName answers GET /api/_action/media/provide-name: a name that is free.
func provideMediaName(c *call) error {
	tree, err := parseQuery(c.r.URL.RawQuery)
	if err != nil {
		return err
	}
	f := shop.File{Name: scalarText(tree["fileName"]), Extension: strings.ToLower(scalarText(tree["extension"]))}
	switch {
	case f.Name == "":
		return missingParameter("fileName")
	case f.Extension == "":
		return missingParameter("extension")
	}
	var id appdock.ID // of the record that the name is for
	if text := scalarText(tree["mediaId"]); text != "" {
		if id, err = appdock.ParseID(text); err != nil {
			return badParameter("mediaId", "Send the id of a media record, or leave it out.")
		}
	}
	name, err := web.Within(c.r.Context(), c.options.Patience, func(ctx context.Context) (string, error) {
		return c.options.Media.FreeFileName(ctx, c.actor, f, id)
	})
	if err != nil {
		return err
	}
	return web.JSON(c.w, http.StatusOK, struct {
		FileName string `json:"fileName"`
	}{name})
}

// MediaFile shows the file of a media record to anybody, unless it is private. Its path is
// /media/{id}/{name}; the name is for people: links of before a rename lead to the file.
func (a *API) MediaFile(w http.ResponseWriter, r *http.Request) error {
	nothing := &appdock.Error{Kind: appdock.NotFound, Code: "ADK-NOT-FOUND", Message: "There is no such file.", Cure: "Read the url of the media record again."}
	site, ok := a.options.Shops(r.Host)
	id, err := appdock.ParseID(r.PathValue("id"))
	if !ok || err != nil {
		return nothing
	}
	f, err := web.Within(r.Context(), a.options.Patience, func(ctx context.Context) (shop.File, error) {
		return a.options.Media.FileOf(ctx, site.ID, id)
	})
	if appdock.KindOf(err) == appdock.NotFound && err != nil {
		return nothing
	}
	if err != nil {
		return err
	}
	if f.Private {
		return nothing
	}
	content, err := a.options.Files.Get(f.Hash)
	if err != nil {
		return fmt.Errorf("show the file of media %s: %w", id, err)
	}
	defer func() { _ = content.Close() }() // it was only read
	h := w.Header()
	h.Set("Content-Type", f.MIME())
	h.Set("ETag", `"`+f.Hash+`"`)
	h.Set("Cache-Control", "public, max-age=3600")
	h.Set("Access-Control-Allow-Origin", "*")
	// A drawing may hold scripts: whoever opens it on its own runs none of them.
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	h.Set("X-Content-Type-Options", "nosniff")
	http.ServeContent(w, r, "", f.UploadedAt, content)
	return nil
}
