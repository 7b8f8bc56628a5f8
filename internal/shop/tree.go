package shop

import (
	"fmt"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// maxLevels bounds how deep records stand below others of their kind.
const maxLevels = 100

// climb is a way up from a record that gets another parent.
type climb struct {
	entity  string
	id, at  appdock.ID
	isNew   bool
	levels  int
	pointer string
}

// checkTrees refuses records that would stand below themselves: whoever walks a tree of
// categories must come to an end. Each level is asked for once for all records.
func (p *plan) checkTrees() error {
	climbs := p.climbs()
	above := map[rowKey]appdock.ID{} // parents of stored rows that the plan does not hold
	for len(climbs) > 0 {
		var stuck []climb
		unknown := idsByEntity{}
		for _, c := range climbs {
			switch {
			case p.up(&c, above), c.isNew: // what is stored leads to a new row over a moved one only
			default:
				stuck = append(stuck, c)
				unknown.add(c.entity, c.at)
			}
		}
		climbs = stuck
		err := unknown.each(func(name string, ids []appdock.ID) error {
			for _, id := range ids {
				above[rowKey{name, id}] = appdock.ID{} // also of one that is not there
			}
			found, err := p.find(&entity.Criteria{Entity: name, IDs: ids})
			for _, r := range found.Records {
				above[rowKey{name, r.ID()}] = r.Key("parentId")
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// climbs begins at all records that get another parent of their kind.
func (p *plan) climbs() []climb {
	var all []climb
	for _, c := range p.changes {
		parent, sent := c.Set["parentId"].(appdock.ID)
		if !sent {
			continue
		}
		d, _ := p.schema.Definition(c.Entity)
		if f, _ := d.Field("parentId"); f.Target == c.Entity {
			all = append(all, climb{entity: c.Entity, id: c.ID, at: parent, isNew: c.Kind == entity.Inserted, pointer: c.Pointer + "/parentId"})
		}
	}
	return all
}

// up goes as far as the rows are known. It reports whether that is the end.
func (p *plan) up(c *climb, above map[rowKey]appdock.ID) bool {
	for ; !c.at.IsZero(); c.levels++ {
		if c.at == c.id {
			p.faults.Add(constraint(c.pointer, "A record cannot stand below itself."))
			return true
		}
		if c.levels == maxLevels {
			p.faults.Add(constraint(c.pointer, fmt.Sprintf("Records can stand %d levels below others.", maxLevels)))
			return true
		}
		k := rowKey{c.entity, c.at}
		parent, known := above[k]
		if r := p.rows[k]; r != nil {
			parent, _ = r.get("parentId").(appdock.ID)
		} else if !known {
			return false
		}
		c.at = parent
	}
	return true
}
