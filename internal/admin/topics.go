package admin

import "strings"

// told is a topic in plain words, as the end of "it is told when", and its name.
type told struct{ Words, Topic string }

// topic gives a topic in plain words. One of rows is put together of what is written and what
// happens to it; the others have a text of their own.
func (t texts) topic(name string) told {
	if text, ok := t.find("topic." + name); ok {
		return told{text, name}
	}
	noun, verb, _ := strings.Cut(name, ".")
	return told{t.get("topic.*."+verb, t.get("topic."+noun+".*")), name}
}
