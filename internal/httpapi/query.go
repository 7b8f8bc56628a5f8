package httpapi

import (
	"net/url"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
)

// maxDepth bounds how deep a query string, a filter or an association may be nested, as
// PHP's max_input_nesting_level does: what it is turned into is walked by recursion.
const maxDepth = 64

// parseQuery reads a query string or form in PHP's bracket syntax (admin-api.md 5):
// "filter[0][field]=id" becomes the tree that JSON would have been decoded to, with texts
// for all values. A group whose keys count up from 0 is a list. What has the same name
// overwrites what came before.
func parseQuery(raw string) (map[string]any, error) {
	root := newBranch()
	for pair := range strings.SplitSeq(raw, "&") {
		name, value, _ := strings.Cut(pair, "=")
		path := bracketPath(unescape(name))
		if len(path) == 0 {
			continue
		}
		if len(path) > maxDepth {
			return nil, &appdock.Error{
				Kind:    appdock.Invalid,
				Code:    "0",
				Message: "The query string is nested too deeply.",
			}
		}
		root.set(path, unescape(value))
	}
	tree := make(map[string]any, len(root.keys))
	for _, key := range root.keys {
		tree[key] = grown(root.children[key])
	}
	return tree, nil
}

// unescape decodes a part of a query; one that is not encoded right stands for itself.
func unescape(s string) string {
	if text, err := url.QueryUnescape(s); err == nil {
		return text
	}
	return s
}

// bracketPath splits "a[b][]" into a, b and "". What follows a closed bracket and opens
// no other is ignored.
func bracketPath(name string) []string {
	open := strings.IndexByte(name, '[')
	if open < 0 {
		open = len(name)
	}
	if open == 0 {
		return nil
	}
	path := []string{name[:open]}
	for rest := name[open:]; strings.HasPrefix(rest, "["); {
		key, behind, closed := strings.Cut(rest[1:], "]")
		if !closed {
			break
		}
		path = append(path, key)
		rest = behind
	}
	return path
}

// branch is a PHP array that is being filled: ordered, its values texts or branches.
type branch struct {
	keys     []string
	children map[string]any
	next     int // key of what is added without one
}

func newBranch() *branch { return &branch{children: map[string]any{}} }

func (b *branch) set(path []string, value string) {
	for len(path) > 1 {
		child, ok := b.children[b.key(path[0])].(*branch)
		if !ok {
			child = newBranch()
			b.put(path[0], child)
		}
		b, path = child, path[1:]
	}
	b.put(path[0], value)
}

// key is the key that a name stands for: an empty one is the next number.
func (b *branch) key(name string) string {
	if name == "" {
		return strconv.Itoa(b.next)
	}
	return name
}

func (b *branch) put(name string, child any) {
	key := b.key(name)
	if n, err := strconv.Atoi(key); err == nil && n >= b.next {
		b.next = n + 1
	}
	if _, known := b.children[key]; !known {
		b.keys = append(b.keys, key)
	}
	b.children[key] = child
}

// grown turns what was filled into lists, maps and texts.
func grown(child any) any {
	b, ok := child.(*branch)
	if !ok {
		return child
	}
	isList := true
	for i, key := range b.keys {
		isList = isList && key == strconv.Itoa(i)
	}
	if isList {
		list := make([]any, len(b.keys))
		for i, key := range b.keys {
			list[i] = grown(b.children[key])
		}
		return list
	}
	tree := make(map[string]any, len(b.keys))
	for _, key := range b.keys {
		tree[key] = grown(b.children[key])
	}
	return tree
}
