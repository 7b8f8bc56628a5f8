package manifest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock/protocol"
)

const (
	// maxSnippet bounds a snippet in bytes (app-json.md 2.5).
	maxSnippet = 64 << 10
	// mostSnippets is how many are fetched for one app, and snippetsTime how long all of that
	// may take: each of them is somebody's page later.
	mostSnippets = 50
	snippetsTime = 10 * time.Second
)

// ReadSnippets reads the snippets of the app's blocks out of its folder. One that is not there
// is left out: the rules tell of it.
func (a *App) ReadSnippets(folder fs.FS) error {
	for i := range a.Theme.Blocks {
		b := &a.Theme.Blocks[i]
		name, ok := inside(b.SnippetPath)
		if b.SnippetPath == "" || !ok {
			continue
		}
		text, err := readSnippet(folder, name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return fmt.Errorf("read the snippet %s: %w", quote(b.SnippetPath), err)
		}
		b.Snippet = text
	}
	return nil
}

func readSnippet(folder fs.FS, name string) (text string, err error) {
	f, err := folder.Open(name)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is no file")
	}
	if err != nil {
		return "", err
	}
	all, err := io.ReadAll(io.LimitReader(f, maxSnippet+1))
	if err == nil && len(all) > maxSnippet {
		err = fmt.Errorf("it is larger than %d bytes", maxSnippet)
	}
	return string(all), err
}

// FetchSnippets fetches the snippets of the app's blocks: an app that is hosted has them beside
// its app.json, at address, by their paths. One that cannot be had leaves its block empty, and
// says why: the rest of the app works without (app-json.md 8).
func FetchSnippets(ctx context.Context, caller Caller, a *App, address *url.URL) {
	ctx, cancel := context.WithTimeout(ctx, snippetsTime)
	defer cancel()
	got := map[string]*Block{}
	for i := range a.Theme.Blocks {
		b := &a.Theme.Blocks[i]
		name, ok := inside(b.SnippetPath)
		if b.SnippetPath == "" || !ok || slices.Contains(strings.Split(b.SnippetPath, "/"), "..") {
			continue
		}
		if same := got[name]; same != nil {
			b.Snippet, b.Unread = same.Snippet, same.Unread
			continue
		}
		if len(got) == mostSnippets {
			b.Unread = fmt.Sprintf("only %d are fetched", mostSnippets)
			continue
		}
		b.Snippet, b.Unread = fetchSnippet(ctx, caller, address.ResolveReference(&url.URL{Path: name}))
		got[name] = b
	}
}

func fetchSnippet(ctx context.Context, caller Caller, at *url.URL) (text, unread string) {
	answer, err := caller.Call(ctx, protocol.Call{
		Method: http.MethodGet, URL: at.String(), Timeout: fetchTimeout, MaxAnswer: maxSnippet + 1,
		Header: []protocol.Header{{Name: "Accept", Value: "text/plain, */*"}},
	})
	switch {
	case err != nil:
		return "", fmt.Sprintf("%s cannot be fetched: %v", at.Redacted(), err)
	case answer.Status != http.StatusOK:
		return "", fmt.Sprintf("%s answered %d", at.Redacted(), answer.Status)
	case len(answer.Body) > maxSnippet:
		return "", fmt.Sprintf("%s is larger than %d bytes", at.Redacted(), maxSnippet)
	case strings.TrimSpace(string(answer.Body)) == "":
		return "", at.Redacted() + " is empty"
	}
	return string(answer.Body), ""
}
