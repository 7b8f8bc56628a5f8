package rows

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/appdock/appdock/internal/sqlstore"
)

// The statements of this package are those of both databases but for what stands here.
// Truth is spelt TRUE, FALSE and NOT, because one of them keeps it as a number.

// among is the condition that a column is one of the values of a list, which is bound as
// one parameter.
func (s *Store) among(column string) string {
	if s.sql.Dialect == sqlstore.Postgres {
		return column + " = ANY (?)"
	}
	return column + " IN (SELECT value FROM json_each(?))"
}

// document is the text of a document in a column of an entity's table.
func (s *Store) document(column string) string {
	if s.sql.Dialect == sqlstore.Postgres {
		return "CAST(" + column + " AS TEXT)"
	}
	return sqlstore.UnpackFunction + "(" + column + ")"
}

// list is that parameter.
func (s *Store) list(numbers []int64) any { return listOf(s, numbers) }

// texts is that parameter for a column of texts.
func (s *Store) texts(texts []string) any { return listOf(s, texts) }

func listOf[T int64 | string](s *Store, values []T) any {
	if s.sql.Dialect == sqlstore.Postgres {
		return values
	}
	text, _ := json.Marshal(values) // these always marshal
	return string(text)
}

var (
	// A parameter, with its number if it is bound at several places.
	parameter = regexp.MustCompile(`\?(\d*)`)
	// SQLite takes the tables of such a join in the order they are written in. PostgreSQL
	// finds the order itself, and knows the words only without a condition.
	ordered = regexp.MustCompile(`CROSS JOIN (\w+ AS \w+) ON`)
)

// ForPostgres spells a statement of this package, or one of package sqlstore, as
// PostgreSQL reads it.
func ForPostgres(text string) string {
	n := 0
	text = parameter.ReplaceAllStringFunc(text, func(p string) string {
		if p != "?" {
			return "$" + p[1:]
		}
		n++
		return "$" + strconv.Itoa(n)
	})
	if !strings.Contains(text, "CROSS JOIN") {
		return text
	}
	return ordered.ReplaceAllString(text, "JOIN $1 ON")
}
