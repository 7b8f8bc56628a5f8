package postgres

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
)

var (
	// Where a plan reads a table, by an index or from one end to the other.
	reads = regexp.MustCompile(`(Seq Scan|Index (?:Only )?Scan|Bitmap Heap Scan)(?: using \S+)? on "?(\w+)"?`)
	// An index of which nothing but the shop and the version is compared.
	wholeShop = regexp.MustCompile(`(?:Index|Recheck) Cond: \(*(?:\w+\.)?shop = [$\w.]+\)(?: AND \((?:\w+\.)?version_id = [^)]*\))?\)*$`)
	// The items of orders: one has nearly all that the shop has, and the planner knows.
	allowed = regexp.MustCompile(`t0\."order_id" AS parent`)
)

// walks explains every statement that was prepared, for any parameters, and gives those that
// read all of a table that is not small, or all that a shop has in it. In a small table any
// way is as short as another, and the planner takes any.
func (s *Store) walks(t *testing.T) []string {
	t.Helper()
	if _, err := s.hosts.Exec(t.Context(), "ANALYZE"); err != nil {
		t.Fatal(err)
	}
	large := map[string]bool{}
	names, err := s.hosts.Query(t.Context(), "SELECT relname FROM pg_class WHERE relkind = 'r' AND reltuples >= 1000 AND relnamespace = current_schema()::regnamespace")
	if err != nil {
		t.Fatal(err)
	}
	list, err := pgx.CollectRows(names, pgx.RowTo[string])
	if err != nil || len(list) == 0 {
		t.Fatal("no table is large", err)
	}
	for _, name := range list {
		large[name] = true
	}
	plans := map[string][]string{}
	for _, pool := range []*pgxpool.Pool{s.hosts, s.searchers} {
		for _, conn := range pool.AcquireAllIdle(t.Context()) {
			explain(t, conn.Conn(), plans)
			conn.Release()
		}
	}
	if len(plans) < 50 {
		t.Fatalf("only %d statements were run", len(plans))
	}
	var found []string
	for text, plan := range plans {
		for i, line := range plan {
			m := reads.FindStringSubmatch(line)
			if m == nil || !large[m[2]] || allowed.MatchString(text) {
				continue
			}
			how := strings.Join(plan[i:min(len(plan), i+2)], "\n\t")
			if m[1] == "Seq Scan" || wholeShop.MatchString(how) {
				_, text, _ := strings.Cut(strings.Join(strings.Fields(text), " "), " FROM ")
				found = append(found, text+"\n\t"+how)
			}
		}
	}
	return found
}

// explain adds the plans of the statements that are prepared on a connection.
func explain(t *testing.T, conn *pgx.Conn, plans map[string][]string) {
	t.Helper()
	type prepared struct {
		Name, Statement string
		Parameters      int
	}
	run(t, conn, "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off")
	found, err := conn.Query(t.Context(), "SELECT name, statement, cardinality(parameter_types) FROM pg_prepared_statements", pgx.QueryExecModeSimpleProtocol)
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(found, pgx.RowToStructByPos[prepared])
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		switch word, _, _ := strings.Cut(strings.TrimSpace(p.Statement), " "); word {
		case "SELECT", "WITH", "INSERT", "UPDATE", "DELETE":
		default:
			continue
		}
		nothing := strings.TrimSuffix(strings.Repeat("NULL, ", p.Parameters), ", ")
		if nothing != "" {
			nothing = "(" + nothing + ")"
		}
		lines, err := conn.Query(t.Context(), fmt.Sprintf("EXPLAIN EXECUTE %s%s", pgx.Identifier{p.Name}.Sanitize(), nothing), pgx.QueryExecModeSimpleProtocol)
		if err != nil {
			t.Fatal(err)
		}
		if plans[p.Statement], err = pgx.CollectRows(lines, pgx.RowTo[string]); err != nil {
			t.Fatalf("%s: %v", p.Statement, err)
		}
	}
	run(t, conn, "RESET plan_cache_mode; RESET enable_seqscan")
}
