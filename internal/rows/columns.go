package rows

import (
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/sqlstore"
)

// The types below read columns in the forms that the tables keep: ids as 16 bytes or
// null, moments as milliseconds or null, privileges as words.

func idOrNull(id appdock.ID) any {
	if id.IsZero() {
		return nil
	}
	return id[:]
}

type idColumn struct{ to *appdock.ID }

// Scan reads an id; null is the zero ID.
func (c idColumn) Scan(v any) error {
	*c.to = appdock.ID{}
	if v == nil {
		return nil
	}
	b, ok := v.([]byte)
	if !ok || len(b) != len(c.to) {
		return fmt.Errorf("a %T of the wrong length is no id", v)
	}
	copy(c.to[:], b)
	return nil
}

func milliseconds(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

type timeColumn struct{ to *time.Time }

// Scan reads a moment; null is the zero time.
func (c timeColumn) Scan(v any) error {
	*c.to = time.Time{}
	if v == nil {
		return nil
	}
	ms, ok := v.(int64)
	if !ok {
		return fmt.Errorf("a %T is no moment", v)
	}
	*c.to = time.UnixMilli(ms).UTC()
	return nil
}

// foldOrNull gives a column x_fold: the folded form of a text that is not ASCII.
func foldOrNull(text string) any {
	if strings.ContainsFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) {
		return sqlstore.Fold(text)
	}
	return nil
}

func words[T ~string](list []T) string {
	texts := make([]string, len(list))
	for i, p := range list {
		texts[i] = string(p)
	}
	return strings.Join(texts, " ")
}

// privileges reads what words wrote; no words are a nil list.
func privileges(text string) []appdock.Privilege {
	var list []appdock.Privilege
	for word := range strings.FieldsSeq(text) {
		list = append(list, appdock.Privilege(word))
	}
	return list
}
