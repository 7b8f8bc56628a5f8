package sqlstore

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// query is one statement; its names are unique.
type query struct {
	Translator
	shop    int64
	view    entity.View
	aliases int
	widest  int // tables of the SELECT that joins the most
}

// maxTables is how many tables a SELECT may join: more is beyond SQLite.
const maxTables = 64

// finish is the statement, unless it is too wide for a database.
func (q *query) finish(e expr) (Statement, error) {
	if q.widest > maxTables {
		return Statement{}, entity.TooManyTables(maxTables)
	}
	return q.Dialect.statement(e), nil
}

// query begins a statement for a view.
func (t Translator) query(shop int64, v entity.View) *query {
	if v.Language == appdock.SystemLanguage {
		v.Language, v.Fallback = appdock.ID{}, appdock.ID{}
	}
	if v.Fallback == appdock.SystemLanguage {
		v.Fallback = appdock.ID{}
	}
	return &query{Translator: t, shop: shop, view: v}
}

// firstAlias is the alias of the records that a statement is about.
const firstAlias = "t0"

func (q *query) newAlias() string {
	if q.aliases == 0 {
		q.aliases = 1
		return firstAlias
	}
	name := "t" + strconv.Itoa(q.aliases)
	q.aliases++
	return name
}

// node is a record that a condition can speak of: a row of an entity under an alias.
type node struct {
	def   *entity.Definition
	alias string
}

func (n node) column(name string) string { return n.alias + "." + quote(name) }

// scope is one SELECT: its record, and the records that to-one associations lead to from
// there. To-many associations open scopes of their own.
type scope struct {
	*query
	node
	pairs string // of the mapping entity through which the records are found: what stands before them in FROM
	tie   string // how they are tied to it
	joins []string
	nodes map[string]node // joined ones by alias and association
	many  []node          // those among them that to-many associations lead to, as they were joined
	score expr            // what a record is worth by the queries; empty: there are none
}

func (q *query) scope(d *entity.Definition) *scope {
	return &scope{query: q, node: node{d, q.newAlias()}, nodes: map[string]node{}}
}

// from is the FROM clause; complete once all conditions of the scope were made.
func (s *scope) from() string {
	tables := 1 + len(s.joins)
	if s.pairs != "" {
		tables++
	}
	s.widest = max(s.widest, tables)
	return s.pairs + s.source(s.def) + " " + s.alias + s.tie + strings.Join(s.joins, "")
}

// place is what a path leads to.
type place struct {
	node
	field    entity.Field
	document []string // the way inside the field's document
	// many is set if the path leads through a to-many association of the node; rest is
	// the path from there on.
	many *entity.Association
	rest string
}

// resolve follows a path from the scope's record and joins what it passes.
func (s *scope) resolve(path string) (place, error) { return s.follow(s.node, path) }

// follow follows a path from a node.
func (s *scope) follow(at node, path string) (place, error) {
	steps := strings.Split(path, ".")
	if steps[0] == at.def.Name && len(steps) > 1 && !known(at.def, steps[0]) {
		steps = steps[1:]
	}
	for i, step := range steps {
		if f, ok := at.def.Field(step); ok {
			if f.Runtime {
				return place{}, fmt.Errorf("entity %s: %q is computed when read", at.def.Name, path)
			}
			return place{node: at, field: f, document: steps[i+1:]}, nil
		}
		a, ok := at.def.Association(step)
		if !ok || !s.Schema.Stored(a) || i == len(steps)-1 {
			break
		}
		if a.Kind.Many() {
			return place{node: at, many: &a, rest: strings.Join(steps[i+1:], ".")}, nil
		}
		next, err := s.join(at, a)
		if err != nil {
			return place{}, err
		}
		at = next
	}
	return place{}, fmt.Errorf("entity %s: %q leads to no field", s.def.Name, path)
}

func known(d *entity.Definition, name string) bool {
	_, association := d.Association(name)
	return association || d.Index(name) >= 0
}

// join adds the record that a to-one association leads to, once.
func (s *scope) join(from node, a entity.Association) (node, error) {
	name := from.alias + "." + a.Name
	if n, ok := s.nodes[name]; ok {
		return n, nil
	}
	target, err := s.definition(a.Target)
	if err != nil {
		return node{}, err
	}
	n := node{target, s.newAlias()}
	s.nodes[name] = n
	link := s.link(from, n, a)
	if key, _ := from.def.Field(a.Via); a.Kind == entity.ToOne && s.view.Inherit && key.Inherited {
		own := from.column(key.Place().Column)
		link = strings.Replace(link, own, s.shown(from, key, key.Place().Column), 1)
	}
	s.joins = append(s.joins, " LEFT JOIN "+s.source(target)+" "+n.alias+" ON "+link)
	return n, nil
}

// reach joins what an association needs to lead from one node to the scope's own record,
// and gives the condition that it does.
func (s *scope) reach(from node, a entity.Association) (string, error) {
	if a.Kind != entity.ManyToMany {
		return s.link(from, s.node, a), nil
	}
	pair, err := s.pair(a)
	if err != nil {
		return "", err
	}
	via, _ := pair.def.Field(a.Via) // NewSchema has checked it
	condition := pair.alias + ".shop = " + from.alias + ".shop AND " + pair.column(via.Place().Column) + " = " + from.alias + ".id"
	return condition + s.pairVersion(pair, from, s.node, a), nil
}

// pairVersion is what a condition on the rows that pair a record with others ends with: that what
// they lead to is shown, and that the pair is one of the record that pairs belong to.
func (q *query) pairVersion(pair, from, to node, a entity.Association) string {
	condition := ""
	if to.def.Versioned {
		condition = " AND " + q.seen(to)
	}
	return condition + q.ownPair(pair, from, to, a)
}

// ownPair is the condition that a pair stands in the version of the record that pairs of its
// kind belong to.
func (q *query) ownPair(pair, from, to node, a entity.Association) string {
	switch {
	case !pair.def.Versioned:
		return ""
	case q.view.Live():
		return " AND " + pair.alias + ".version_id = " + q.Dialect.live()
	case a.Drafted:
		return " AND " + pair.alias + ".version_id = " + from.alias + ".version_id"
	}
	return " AND " + pair.alias + ".version_id = " + to.alias + ".version_id"
}

// pair joins the rows that pair the scope's record with others.
func (s *scope) pair(a entity.Association) (node, error) {
	mapping, err := s.definition(a.Mapping)
	if err != nil {
		return node{}, err
	}
	n := node{mapping, s.newAlias()}
	far, _ := mapping.Field(a.Far) // NewSchema has checked it
	// First the pairs of the keys that are known, then what they lead to. SQLite would rather
	// walk all records in the order they are wanted in, and look for a pair of each.
	join := " JOIN "
	if s.Dialect == SQLite {
		join = " CROSS JOIN "
	}
	s.pairs = s.rowsOf(mapping) + " " + n.alias + join
	s.tie = " ON " + n.alias + ".shop = " + s.alias + ".shop AND " + n.column(far.Place().Column) + " = " + s.alias + ".id"
	return n, nil
}

// link is the condition that an association leads from one node to another. What is copied into a
// draft with a record belongs to the record of the same version; all else is what the view shows.
func (q *query) link(from, to node, a entity.Association) string {
	condition := to.alias + ".shop = " + from.alias + ".shop AND "
	if a.Kind == entity.ToOne {
		key, _ := from.def.Field(a.Via) // NewSchema has checked it
		condition += to.alias + ".id = " + from.column(key.Place().Column)
	} else {
		key, _ := to.def.Field(a.Via)
		condition += to.column(key.Place().Column) + " = " + from.alias + ".id"
	}
	switch {
	case !to.def.Versioned:
		return condition
	case q.Schema.InParts(from.def, a) || q.view.Live() && from.def.Versioned:
		return condition + " AND " + to.alias + ".version_id = " + from.alias + ".version_id"
	}
	return condition + " AND " + q.seen(to)
}

// seen is the condition that the view shows a record of an entity that has versions: its draft,
// or the live one where the version has no copy of it.
func (q *query) seen(n node) string { return q.seenBy(n.alias, n.def, n.alias+".id") }

// seenBy is the condition that a row stands in the version that the view shows a record in, of
// which it has the key.
func (q *query) seenBy(row string, of *entity.Definition, key string) string {
	live := row + ".version_id = " + q.Dialect.live()
	if q.view.Live() {
		return live
	}
	draft, base := q.Dialect.literal(q.view.Version), q.Dialect.literal(entity.BaseOf(q.view.Version))
	return "(" + row + ".version_id = " + draft + " OR " + live + " AND NOT EXISTS (SELECT 1 FROM " + q.source(of) +
		" AS draft WHERE draft.shop = " + row + ".shop AND draft.id = " + key + " AND draft.version_id IN (" + draft + ", " + base + ")))"
}
