package restapi

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	_ "image/gif" // measured below
	_ "image/jpeg"
	_ "image/png"
	"io"
	"mime"
	"net/http"
	"net/url"
	"path"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/web"
)

// files keep content under its hash; *files.Store is it.
type files interface {
	Put(content io.Reader) (hash string, size int64, err error)
	Get(hash string) (io.ReadSeekCloser, error)
}

// downloads gets a file from a URL that a client sent; *appclient.Client does, guarded.
type downloads interface {
	Download(ctx context.Context, url string, max int64, keep func(io.Reader) error) error
}

// downloadPatience is how long a download may take.
const downloadPatience = 20 * time.Second

// mediaFile is a file of the shop.
type mediaFile struct {
	ID        string  `json:"id"`
	Name      string  `json:"name" doc:"with its extension"`
	URL       *string `json:"url" doc:"null: it has no content yet, or is private"`
	MIMEType  *string `json:"mime_type"`
	Size      int64   `json:"size" doc:"in bytes"`
	Alt       *string `json:"alt"`
	Title     *string `json:"title"`
	Private   bool    `json:"private"`
	CreatedAt string  `json:"created_at" format:"date-time"`
	UpdatedAt *string `json:"updated_at" format:"date-time"`
	Version   int64   `json:"version"`
}

func mediaFileOf(_ viewer, r entity.Record) mediaFile {
	m := mediaFile{
		ID: r.ID().String(), URL: textOrNil(r, "url"), MIMEType: textOrNil(r, "mimeType"), Size: whole(r, "fileSize"), Alt: shownTextOrNil(r, "alt"),
		Title: shownTextOrNil(r, "title"), Private: truth(r, "private"), CreatedAt: moment(r, "createdAt"), UpdatedAt: momentOrNil(r, "updatedAt"), Version: r.RowVersion,
	}
	if name := r.Text("fileName"); name != "" {
		m.Name = name + "." + r.Text("fileExtension")
	}
	return m
}

// mediaCreate is a new file that the shop gets from a URL.
type mediaCreate struct {
	URL     string `json:"url" minLength:"1" doc:"https; redirects are not followed"`
	Name    string `json:"name,omitempty" maxLength:"255" doc:"with its extension; that of the URL if absent"`
	Alt     string `json:"alt,omitempty"`
	Title   string `json:"title,omitempty"`
	Private bool   `json:"private,omitempty"`

	file shop.File
}

func mediaFiles() collection {
	return collection{
		entity: "media",
		sorts:  map[string]sortKey{"created_at": {"createdAt", aTime}, "updated_at": {"updatedAt", aTime}, "id": {"id", anID}},
		narrowed: map[string]filterKey{
			"mime_type": {field: "mimeType"}, "created_at": {field: "createdAt", kind: aTime}, "updated_at": {field: "updatedAt", kind: aTime},
		},
	}
}

func (a *api) mediaRoutes() []route {
	create := write(http.MethodPost, "/media", "createMedia", "Bring a file", http.StatusCreated, createMedia).needs("media:write").
		saying("As JSON with the URL that it is at, or as multipart/form-data with the part file and, if wanted, name, alt, title and private.")
	create.decode, create.prepare, create.multipart = decodeMedia, keepMedia, true
	return []route{
		read("/media", "listMedia", "List files, the newest first", many(mediaFiles(), mediaFileOf)).needs("media:read").takes(mediaFiles().parameters()...),
		read("/media/{id}", "getMedia", "Show a file", one("media", mediaFileOf)).needs("media:read").takes(locale(), fieldsParameter()),
		create,
		remove("/media/{id}", "deleteMedia", "Delete a file", deleteMedia).needs("media:delete"),
	}
}

// decodeMedia reads what was sent but not the file itself, which may be large.
func decodeMedia(c *call) error {
	kind, _, err := mime.ParseMediaType(c.r.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/form-data" {
		return c.body(new(mediaCreate))
	}
	web.Limit(c.r, maxMedia)
	const inMemory = 1 << 20
	if err := c.r.ParseMultipartForm(inMemory); err != nil {
		if appdock.KindOf(err) == appdock.TooLarge {
			return err
		}
		return refuse("malformed_json", "The body is no multipart/form-data.")
	}
	file, header, err := c.r.FormFile("file")
	if err != nil {
		return invalid([]fault{{"/file", "required", "Send the part file."}})
	}
	in := &mediaCreate{Name: c.r.FormValue("name"), Alt: c.r.FormValue("alt"), Title: c.r.FormValue("title"), Private: c.r.FormValue("private") == "true"}
	if in.Name == "" {
		in.Name = header.Filename
	}
	c.in = in
	c.sent, err = formSum(file, in)
	return errors.Join(err, file.Close())
}

// formSum tells forms apart, for idempotency keys: by what they say, not by how.
func formSum(file io.Reader, in *mediaCreate) ([]byte, error) {
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return nil, fmt.Errorf("read an uploaded file: %w", err)
	}
	return fmt.Appendf(nil, "%x %q %q %q %t", sum.Sum(nil), in.Name, in.Alt, in.Title, in.Private), nil
}

// keepMedia takes in the file, outside of any unit of work: it may come from far away.
func keepMedia(c *call) error {
	in, _ := c.in.(*mediaCreate)
	if in.Name == "" {
		if u, err := url.Parse(in.URL); err == nil {
			in.Name = path.Base(u.Path)
		}
	}
	extension := path.Ext(in.Name)
	in.file = shop.File{
		Name: strings.TrimSuffix(in.Name, extension), Extension: strings.ToLower(strings.TrimPrefix(extension, ".")), Private: in.Private,
	}
	if err := in.file.Check(); err != nil { // before anything is read in vain
		return invalid([]fault{{"/name", "malformed", web.Public(err).Message}})
	}
	keep := func(content io.Reader) (err error) {
		in.file.Hash, in.file.Size, err = c.options.Files.Put(content)
		return err
	}
	if err := c.contentOf(in, keep); err != nil {
		return err
	}
	if in.file.Size == 0 {
		at := "/file"
		if in.URL != "" {
			at = "/url"
		}
		return invalid([]fault{{at, "empty", "The file is empty."}})
	}
	content, err := c.options.Files.Get(in.file.Hash)
	if err != nil {
		return err
	}
	defer func() { _ = content.Close() }() // it was only read
	if size, _, err := image.DecodeConfig(content); err == nil {
		in.file.Width, in.file.Height = size.Width, size.Height
	}
	return nil
}

func (c *call) contentOf(in *mediaCreate, keep func(io.Reader) error) error {
	if in.URL != "" {
		ctx, cancel := context.WithTimeout(c.ctx, downloadPatience)
		defer cancel()
		err := c.options.Downloads.Download(ctx, in.URL, maxMedia, keep)
		if e, ok := errors.AsType[*appdock.Error](err); ok && e.Kind != appdock.Internal {
			return invalid([]fault{{"/url", "not_reachable", e.Message}})
		}
		return err
	}
	file, _, err := c.r.FormFile("file")
	if err != nil {
		return fmt.Errorf("open an uploaded file again: %w", err)
	}
	defer func() { _ = file.Close() }() // it was only read
	return keep(file)
}

func createMedia(c *call, in *mediaCreate) (*mediaFile, error) {
	id := c.options.NewID()
	d := newDraft("media", entity.Insert, id)
	if in.Alt != "" {
		d.put("alt", in.Alt, "/alt")
	}
	if in.Title != "" {
		d.put("title", in.Title, "/title")
	}
	d.put("private", in.Private, "/private")
	if err := c.write(d); err != nil {
		return nil, err
	}
	err := c.work.Attach(c.bearer.Actor, id, in.file)
	if appdock.CodeOf(err) == "CONTENT__MEDIA_DUPLICATED_FILE_NAME" {
		return nil, &problem{
			Status: http.StatusConflict, Code: "duplicate", Detail: "Another file has this name.",
			Errors: []fault{{"/name", "duplicate", "Another file has this name."}},
		}
	}
	if err != nil {
		return nil, explain(err, nil)
	}
	c.made("/media/" + id.String())
	r, err := c.show("media", id, nil)
	if err != nil {
		return nil, err
	}
	out := mediaFileOf(c.viewer(), r)
	return &out, nil
}

func deleteMedia(c *call) error {
	id, err := c.id("id")
	if err != nil {
		return err
	}
	if _, err := c.show("media", id, nil); err != nil {
		return err
	}
	if err := c.unchanged(); err != nil {
		return err
	}
	return c.write(removal("media", id))
}
