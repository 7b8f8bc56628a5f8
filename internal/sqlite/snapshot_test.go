package sqlite

import (
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/appdock/appdock"
)

// A snapshot of a store in use is whole and for its owner alone; one that was changed is
// told from it.
func TestInspect(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change string // of the copy, in SQL
		cut    int64  // bytes
		code   string
	}{
		"whole":                 {"", 0, ""},
		"of a newer version":    {"INSERT INTO goose_db_version (version_id, is_applied) VALUES (9999, 1)", 0, "ADK-DATA-NEWER"},
		"of another program":    {"ALTER TABLE host RENAME TO guest", 0, "ADK-DATA-DAMAGED"},
		"without its last page": {"", 4096, "ADK-DATA-DAMAGED"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := t.TempDir()
			path, copied := filepath.Join(folder, "test.db"), filepath.Join(folder, "copy.db")
			open(t, path)
			if err := Snapshot(t.Context(), path, copied); err != nil {
				t.Fatal(err)
			}
			info, err := os.Stat(copied)
			if err != nil || info.Mode().Perm()&0o077 != 0 {
				t.Fatalf("the copy can be read by others: %v, %v", info, err)
			}
			if test.change != "" {
				db, err := sql.Open("sqlite", copied)
				if err != nil {
					t.Fatal(err)
				}
				_, err = db.ExecContext(t.Context(), test.change)
				if e := db.Close(); err != nil || e != nil {
					t.Fatal(err, e)
				}
			}
			if test.cut > 0 {
				if err := os.Truncate(copied, info.Size()-test.cut); err != nil {
					t.Fatal(err)
				}
			}
			if _, err := Inspect(t.Context(), copied); appdock.CodeOf(err) != test.code {
				t.Errorf("got %v, want code %q", err, test.code)
			}
		})
	}
}
