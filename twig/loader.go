package twig

import (
	"context"
	"errors"
	"io/fs"
)

// ErrNotFound is what a loader gives for a template it does not have.
var ErrNotFound = errors.New("template not found")

// TemplateLoader finds the text of templates by name.
type TemplateLoader interface {
	// Load gives a template's text; ErrNotFound, possibly wrapped, if there is none.
	Load(ctx context.Context, name string) (string, error)
}

// MapLoader holds templates in memory.
type MapLoader map[string]string

// Load gives the text kept under the name.
func (m MapLoader) Load(_ context.Context, name string) (string, error) {
	if s, ok := m[name]; ok {
		return s, nil
	}
	return "", ErrNotFound
}

// FSLoader reads templates from a file system; names are its paths.
type FSLoader struct{ FS fs.FS }

// Load reads the file. Names that are no valid paths, such as "../x", are not found.
func (l FSLoader) Load(_ context.Context, name string) (string, error) {
	if !fs.ValidPath(name) {
		return "", ErrNotFound
	}
	b, err := fs.ReadFile(l.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return "", ErrNotFound
	}
	return string(b), err
}

// ChainLoader asks loaders in turn; the first that has a template gives it.
type ChainLoader []TemplateLoader

// Load gives the first loader's answer that is not ErrNotFound.
func (c ChainLoader) Load(ctx context.Context, name string) (string, error) {
	for _, l := range c {
		s, err := l.Load(ctx, name)
		if !errors.Is(err, ErrNotFound) {
			return s, err
		}
	}
	return "", ErrNotFound
}
