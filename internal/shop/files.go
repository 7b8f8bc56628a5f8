package shop

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// File is what a media record shows. Its content is kept elsewhere, under its hash.
type File struct {
	Name      string // without the extension
	Extension string
	Size      int64
	Hash      string
	// Width and Height of an image; 0: it is none, or of a kind that nobody measures.
	Width, Height int
	UploadedAt    time.Time
	Private       bool
}

// maxFileName bounds the bytes of a file's name, which has to fit into a URL.
const maxFileName = 255

// mimeTypes are the files that media may be, by their extensions: those that Shopware takes.
func mimeTypes() map[string]string {
	return map[string]string{
		"jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "avif": "image/avif", "gif": "image/gif",
		"svg": "image/svg+xml", "bmp": "image/bmp", "tiff": "image/tiff", "tif": "image/tiff", "eps": "application/postscript",
		"ico": "image/x-icon", "glb": "model/gltf-binary",
		"webm": "video/webm", "mkv": "video/x-matroska", "flv": "video/x-flv", "ogv": "video/ogg", "mov": "video/quicktime",
		"mp4": "video/mp4", "avi": "video/x-msvideo", "wmv": "video/x-ms-wmv",
		"ogg": "audio/ogg", "aac": "audio/aac", "mp3": "audio/mpeg", "wav": "audio/wav", "flac": "audio/flac", "oga": "audio/ogg", "wma": "audio/x-ms-wma",
		"pdf": "application/pdf", "txt": "text/plain", "doc": "application/msword", "csv": "text/csv", "zip": "application/zip",
		"docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", "xls": "application/vnd.ms-excel",
		"xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	}
}

// MIME is the type that the file is served as.
func (f File) MIME() string { return mimeTypes()[f.Extension] }

// Check refuses a name or an extension that no media may have, so that nothing is uploaded
// in vain.
func (f File) Check() error {
	if f.MIME() == "" {
		return mediaError(appdock.Invalid, "CONTENT__MEDIA_FILE_TYPE_NOT_SUPPORTED", fmt.Sprintf("The file extension %q is not supported.", short(f.Extension)),
			"Use an extension of a usual image, video, sound or document, in lower case.")
	}
	wrong := func(r rune) bool {
		return unicode.IsControl(r) || strings.ContainsRune(`\/?*%&:|"'<>#+`, r) || r == utf8.RuneError
	}
	if f.Name == "" || len(f.Name) > maxFileName || strings.ContainsFunc(f.Name, wrong) || strings.Trim(f.Name, ". ") != f.Name {
		return mediaError(appdock.Invalid, "CONTENT__MEDIA_ILLEGAL_FILE_NAME", fmt.Sprintf("Provided filename %q is not permitted.", short(f.Name)),
			`Leave out \ / ? * % & : | " ' < > # + and control characters, dots and spaces at the ends, and more than 255 bytes.`)
	}
	return nil
}

func mediaError(kind appdock.Kind, code, message, cure string) *appdock.Error {
	return &appdock.Error{Kind: kind, Code: code, Message: message, Cure: cure}
}

// Attach makes a file that of a media record (admin-api.md 8). It needs media:update, and no
// two records of a shop have files of one name.
func (s *Service) Attach(ctx context.Context, actor appdock.Actor, media appdock.ID, f File) error {
	if err := f.Check(); err != nil {
		return err
	}
	return s.changeFile(ctx, actor, media, attached(f, actor))
}

// attached changes a media record to one of the file.
func attached(f File, actor appdock.Actor) func(File, time.Time) (File, map[string]any, error) {
	return func(_ File, now time.Time) (File, map[string]any, error) {
		return f, fileValues(f, now, actor, map[string]any{}), nil
	}
}

// fileValues adds to the values of a media record those that say which file it has.
func fileValues(f File, now time.Time, actor appdock.Actor, set map[string]any) map[string]any {
	meta := map[string]any{"hash": f.Hash}
	if f.Width > 0 {
		meta["width"], meta["height"] = f.Width, f.Height
	}
	maps.Copy(set, map[string]any{
		"fileName": f.Name, "fileExtension": f.Extension, "mimeType": f.MIME(), "fileSize": f.Size,
		"uploadedAt": now, "metaData": encode(meta), "userId": orNull(actor.User),
	})
	return set
}

func duplicatedFileName(f File) error {
	return mediaError(appdock.Invalid, "CONTENT__MEDIA_DUPLICATED_FILE_NAME", fmt.Sprintf("A file with the name \"%s.%s\" already exists.", f.Name, f.Extension),
		"Choose another name; GET /api/_action/media/provide-name gives one that is free.")
}

// Rename gives the file of a media record another name.
func (s *Service) Rename(ctx context.Context, actor appdock.Actor, media appdock.ID, name string) error {
	return s.changeFile(ctx, actor, media, func(f File, _ time.Time) (File, map[string]any, error) {
		if f.Hash == "" {
			return f, nil, mediaError(appdock.NotFound, "CONTENT__MEDIA_MISSING_FILE", fmt.Sprintf("Could not find file for media with id %q", media), "Upload a file first.")
		}
		f.Name = name
		return f, map[string]any{"fileName": name}, f.Check()
	})
}

// changeFile is one unit of work on the file of a media record.
func (s *Service) changeFile(ctx context.Context, actor appdock.Actor, media appdock.ID, change func(File, time.Time) (File, map[string]any, error)) error {
	if missing := actor.Missing("media:update"); len(missing) > 0 {
		return appdock.MissingPrivileges(missing)
	}
	schema, err := s.store.Schema(ctx, actor.Shop)
	if err != nil {
		return err
	}
	w := &writing{actor: actor, schema: schema, now: s.now().UTC().Truncate(time.Millisecond), newID: s.newID}
	events, err := s.store.Write(ctx, actor.Shop, func(u Unit) error { return w.changeFile(u, media, change) })
	if err == nil && len(events) > 0 {
		s.committed(events)
	}
	return err
}

// changeFile changes the file of a media record in a unit of work.
func (w *writing) changeFile(u Unit, media appdock.ID, change func(File, time.Time) (File, map[string]any, error)) error {
	p := newPlan(w, u.Search)
	record, err := mediaRecord(u.Search, media)
	if err != nil {
		return err
	}
	f, set, err := change(fileOf(record), w.now)
	if err != nil {
		return err
	}
	if taken, err := fileNameTaken(u.Search, f, media); err != nil || taken {
		return cmp.Or(err, duplicatedFileName(f))
	}
	p.rows[rowKey{"media", media}] = &row{stored: record, exists: true, set: map[string]any{}}
	set["path"] = strings.TrimPrefix(FilePath(media, f), "/") // what its url has behind that of the shop
	p.change(record.Definition, media, "", set)
	if err := u.Apply(p.changes...); err != nil {
		return err
	}
	events, err := p.events(u.Search)
	if err != nil {
		return err
	}
	return u.Raise(events...)
}

// FreeFileName gives the name if no other media record has a file of it, or else one with a
// number behind it. It needs media:read.
func (s *Service) FreeFileName(ctx context.Context, actor appdock.Actor, f File, media appdock.ID) (string, error) {
	if missing := actor.Missing("media:read"); len(missing) > 0 {
		return "", appdock.MissingPrivileges(missing)
	}
	if err := f.Check(); err != nil {
		return "", err
	}
	const most = 1_000
	name := f.Name
	for n := 1; n <= most; n++ {
		taken, err := fileNameTaken(s.committedBefore(ctx, actor.Shop), f, media)
		if err != nil {
			return "", err
		}
		if !taken {
			return f.Name, nil
		}
		f.Name = fmt.Sprintf("%s_(%d)", name, n)
	}
	return "", mediaError(appdock.Invalid, "CONTENT__MEDIA_DUPLICATED_FILE_NAME", "There are too many files of that name.", "Choose another one.")
}

// FileOf gives the file of a media record; NotFound if it has none. It is for whoever shows
// it: rights were not looked at.
func (s *Service) FileOf(ctx context.Context, shop appdock.ShopID, media appdock.ID) (File, error) {
	record, err := mediaRecord(s.committedBefore(ctx, shop), media)
	if err != nil {
		return File{}, err
	}
	f := fileOf(record)
	if f.Hash == "" {
		return File{}, mediaError(appdock.NotFound, "CONTENT__MEDIA_MISSING_FILE", fmt.Sprintf("Could not find file for media with id %q", media), "Upload a file first.")
	}
	return f, nil
}

func mediaRecord(search searcher, media appdock.ID) (entity.Record, error) {
	page, err := search(entity.View{}, &entity.Criteria{Entity: "media", IDs: []appdock.ID{media}})
	if err != nil {
		return entity.Record{}, err
	}
	if len(page.Records) == 0 {
		return entity.Record{}, mediaError(appdock.NotFound, "CONTENT__MEDIA_NOT_FOUND", fmt.Sprintf("Media for id %q not found.", media), "Create the media record first, then upload its file.")
	}
	return page.Records[0], nil
}

// fileOf reads the file of a record; without a hash it has none.
func fileOf(r entity.Record) File {
	var meta struct {
		Hash          string
		Width, Height int
	}
	if raw := r.Document("metaData"); raw != nil {
		_ = json.Unmarshal(raw, &meta) // the host wrote it
	}
	size, _ := r.Get("fileSize").(int64)
	at, _ := r.Get("uploadedAt").(time.Time)
	private, _ := r.Get("private").(bool)
	return File{
		Name: r.Text("fileName"), Extension: r.Text("fileExtension"), Size: size, Hash: meta.Hash,
		Width: meta.Width, Height: meta.Height, UploadedAt: at, Private: private,
	}
}

// fileNameTaken reports whether another record has a file of that name.
func fileNameTaken(search searcher, f File, media appdock.ID) (bool, error) {
	page, err := search(entity.View{}, &entity.Criteria{Entity: "media", Limit: 2, Filters: []entity.Filter{
		{Kind: entity.Equals, Field: "fileName", Values: []any{f.Name}},
		{Kind: entity.Equals, Field: "fileExtension", Values: []any{f.Extension}},
	}})
	return slices.ContainsFunc(page.Records, func(r entity.Record) bool { return r.ID() != media }), err
}

// FilePath is where a media record's file is shown, below the shop's URL.
func FilePath(media appdock.ID, f File) string {
	return "/media/" + media.String() + "/" + url.PathEscape(f.Name+"."+f.Extension)
}

// showFile fills in what is computed of media (entities.md, media). Nobody is told where a private
// file is.
func (s *Service) showFile(shop appdock.ShopID, r entity.Record) {
	f := fileOf(r)
	set := func(name string, v any) {
		if i := r.Definition.Index(name); i >= 0 && i < len(r.Values) {
			r.Values[i] = v
		}
	}
	set("hasFile", f.Hash != "")
	if f.Hash == "" {
		return
	}
	set("mediaType", encode(map[string]any{"name": mediaType(f.MIME()), "flags": []any{}}))
	if !f.Private {
		set("url", fmt.Sprintf("%s%s?ts=%d", s.PublicURL(shop), FilePath(r.ID(), f), f.UploadedAt.Unix()))
	}
}

func mediaType(mime string) string {
	switch kind, _, _ := strings.Cut(mime, "/"); kind {
	case "image", "video", "audio":
		return strings.ToUpper(kind)
	case "text":
		return "DOCUMENT"
	}
	if mime == "application/pdf" || strings.HasPrefix(mime, "application/vnd.") || mime == "application/msword" {
		return "DOCUMENT"
	}
	return "BINARY"
}
