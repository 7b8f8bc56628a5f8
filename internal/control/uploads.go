package control

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"

	"github.com/appdock/appdock"
)

// maxUpload bounds the archive of an app.
const maxUpload = 32 << 20

// Uploads take the folders of apps from other machines.
type Uploads interface {
	// Upload keeps the folder of an app on the host: a zip with one folder in it, called
	// like the app. The source that it gives names the host's copy, for Preview and what
	// follows. Nothing is installed by it; a copy that nothing came of goes after a day.
	Upload(ctx context.Context, archive []byte) (Source, error)
}

func uploadRoutes() []route {
	return []route{
		{"POST /v1/shops/{shop}/uploads", "app.upload", inShop(func(r *http.Request, shop Shop) (any, error) {
			archive, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxUpload))
			if _, large := errors.AsType[*http.MaxBytesError](err); large {
				return nil, tooLarge(err)
			}
			if err != nil {
				return nil, malformed(err)
			}
			return shop.Upload(r.Context(), archive)
		})},
	}
}

func tooLarge(err error) error {
	return &appdock.Error{
		Kind: appdock.TooLarge, Code: "ADK-UPLOAD-LARGE", Message: "The app's folder is too large to be sent",
		Cause: fmt.Sprintf("packed it has more than %d MiB", maxUpload>>20), Cure: "Leave out of it what the host does not need, such as sources and caches.", Err: err,
	}
}

// Upload sends the folder of an app.
func (s shopClient) Upload(ctx context.Context, archive []byte) (Source, error) {
	return call[Source](ctx, s.host, http.MethodPost, s.path+"/uploads", packed(archive))
}

// packed is a body that is no JSON.
type packed []byte

// Pack makes the archive of an app's folder, to be called name in it. Links and what is no
// file are left out, as are the folders of version control and of node's packages.
func Pack(folder fs.FS, name string) ([]byte, error) {
	var out bytes.Buffer
	archive := zip.NewWriter(&out)
	err := fs.WalkDir(folder, ".", func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "node_modules"}, d.Name()):
			return fs.SkipDir
		case !d.Type().IsRegular():
			return nil
		}
		in, err := folder.Open(path)
		if err != nil {
			return err
		}
		defer func() { _ = in.Close() }() // it was only read
		entry, err := archive.Create(name + "/" + path)
		if err == nil {
			_, err = io.Copy(entry, io.LimitReader(in, maxUnpacked))
		}
		if err == nil && out.Len() > maxUpload {
			err = tooLarge(nil)
		}
		return err
	})
	if err = errors.Join(err, archive.Close()); err == nil && out.Len() > maxUpload {
		err = tooLarge(nil)
	}
	if err != nil {
		return nil, fmt.Errorf("pack the folder of %s: %w", name, err)
	}
	return out.Bytes(), nil
}

// maxUnpacked is how much of one file is packed: an app's package may hold less in all, so
// that what is longer is refused where it arrives.
const maxUnpacked = 1 << 30
