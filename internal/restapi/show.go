package restapi

import (
	"encoding/binary"
	"hash/fnv"
	"strconv"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// show finds one record and notes its tag.
func (c *call) show(name string, id appdock.ID, loads map[string]*entity.Criteria, filters ...entity.Filter) (entity.Record, error) {
	found, err := c.search(&entity.Criteria{Entity: name, IDs: []appdock.ID{id}, Associations: loads, Filters: filters})
	if err != nil {
		return entity.Record{}, err
	}
	if len(found.Records) == 0 {
		return entity.Record{}, c.nothing()
	}
	c.etag = c.tagOf(found.Records[0])
	for _, field := range []string{"createdAt", "updatedAt"} { // the latter counts more
		if at, ok := found.Records[0].Get(field).(time.Time); ok {
			c.modified = at
		}
	}
	return found.Records[0], nil
}

// tagOf makes the strong tag of a record (rest-api-sitepack.md 8): the number of its version,
// and a sum of the versions of what is shown inside it, since a change of an address or of a
// delivery changes what is shown of an order. What is shown in another language, or cut, has
// one more sum behind it.
func (c *call) tagOf(r entity.Record) string {
	tag := strconv.FormatInt(r.RowVersion, 10) + "-" + versions(r)
	if !c.view.Language.IsZero() || c.query.Has("fields") || c.query.Has("expand") {
		sum := fnv.New32a()
		_, _ = sum.Write([]byte(c.view.Language.String() + c.query.Get("fields") + "\x00" + c.query.Get("expand"))) // never fails
		tag += "-" + strconv.FormatUint(uint64(sum.Sum32()), 36)
	}
	return `"` + tag + `"`
}

// versions sums up the versions of all records that were loaded into one.
func versions(r entity.Record) string {
	sum := fnv.New32a()
	var add func(entity.Record)
	add = func(r entity.Record) {
		for _, name := range sortedKeys(r.Loaded) {
			for _, below := range r.Loaded[name].Records {
				id := below.ID()
				_, _ = sum.Write(binary.BigEndian.AppendUint64(id[:], uint64(below.RowVersion))) // never fails
				add(below)
			}
		}
	}
	add(r)
	return strconv.FormatUint(uint64(sum.Sum32()), 36)
}

// one shows a record of a kind by the id in the path.
func one[T any](name string, show func(viewer, entity.Record) T) func(*call) (*T, error) {
	return func(c *call) (*T, error) {
		id, err := c.id("id")
		if err != nil {
			return nil, err
		}
		loads, err := c.loads(name)
		if err != nil {
			return nil, err
		}
		r, err := c.show(name, id, loads)
		if err != nil {
			return nil, err
		}
		out := expanding(c, name, show)(r)
		return &out, nil
	}
}

// many lists the records of a kind.
func many[T any](l collection, show func(viewer, entity.Record) T) func(*call) (*page[T], error) {
	return func(c *call) (*page[T], error) {
		loads, err := c.loads(l.entity)
		if err != nil {
			return nil, err
		}
		return list(c, l, loads, expanding(c, l.entity, show))
	}
}
