package sqlite

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

// crowd is a store on a small disk, and what was accepted there.
type crowd struct {
	t        *testing.T
	store    *Store
	ballast  string // a file that can be deleted to make room
	accepted map[appdock.ID]bool
	made     []webhook.Delivery // and not finished
	n        int
}

func newCrowd(t *testing.T, o Options) *crowd {
	t.Helper()
	disk := smallDisk(t, 80<<20)
	c := &crowd{t: t, ballast: filepath.Join(disk, "ballast"), accepted: map[appdock.ID]bool{}}
	if err := os.WriteFile(c.ballast, make([]byte, 20<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	base := options(t, filepath.Join(disk, "test.db"))
	o.Path, o.Schema, o.Sealer = base.Path, base.Schema, base.Sealer
	store, err := Open(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := store.AddShop(t.Context(), shopA); err != nil {
		t.Fatal(err)
	}
	c.store = store
	return c
}

// publish appends an event of 32 KiB.
func (c *crowd) publish() error {
	c.n++
	e := appdock.Event{
		ID: appdock.ID{1, byte(c.n >> 8), byte(c.n)}, Shop: shopA.ID, Name: "product.written", At: time.Now(),
		Data: appdock.EventData{Payload: append(append([]byte{'"'}, bytes.Repeat([]byte{'x'}, 32<<10)...), '"')},
	}
	_, err := c.store.Append(c.t.Context(), e)
	if err == nil {
		c.accepted[e.ID] = true
	}
	return err
}

// fill publishes until that is refused.
func (c *crowd) fill() {
	c.t.Helper()
	for range 10_000 {
		switch err := c.publish(); {
		case err == nil:
		case appdock.CodeOf(err) == "ADK-DISK-FULL" && appdock.KindOf(err) == appdock.Unavailable:
			return
		default:
			c.t.Fatalf("got %v", err)
		}
	}
	c.t.Fatal("the disk does not fill up")
}

// deliver makes the deliveries of all events, and finishes them and those that were made
// before and could not be finished.
func (c *crowd) deliver() error {
	for {
		if err := c.finish(); err != nil {
			return err
		}
		done, made, err := c.store.FanOut(c.t.Context(), 50, func(events []appdock.Event) (made []webhook.Delivery, err error) {
			for _, e := range events {
				made = append(made, webhook.Delivery{
					ID: e.ID, Shop: e.Shop, Event: e.ID, EventName: e.Name, Seq: e.Seq, App: "Notes", State: webhook.Waiting, DueAt: e.At, CreatedAt: e.At,
				})
			}
			return made, nil
		})
		if err != nil || done == 0 {
			return err
		}
		c.made = made
	}
}

func (c *crowd) finish() error {
	var r webhook.Results
	for _, d := range c.made {
		d.State, d.Attempts = webhook.Delivered, 1
		r.Done = append(r.Done, webhook.Finished{Delivery: d, Attempt: webhook.Attempt{At: time.Now(), Status: 204, Response: "204 No Content\n\n"}})
	}
	err := c.store.Finish(c.t.Context(), r)
	if err == nil {
		c.made = nil
	}
	return err
}

// check looks for every accepted event, by id, and for others.
func (c *crowd) check() {
	c.t.Helper()
	found, err := c.store.Deliveries(c.t.Context(), webhook.Filter{Shop: shopA.ID, State: webhook.Delivered, Limit: 100_000})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, d := range found {
		if !c.accepted[d.Event] {
			c.t.Errorf("%s was delivered and never accepted", d.Event)
		}
	}
	if len(found) != len(c.accepted) {
		c.t.Errorf("%d were accepted and %d delivered", len(c.accepted), len(found))
	}
}

// Before the disk is full, what is new is refused; what was accepted is delivered all the
// same. When there is room again, the store goes on without being opened anew.
func TestDiskThatFillsUp(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{})
	c.fill()
	if free, err := freeBytes(c.ballast); err != nil || free < Reserve/2 {
		t.Errorf("%d bytes are free, %v; want what is new to be refused before they are used up", free, err)
	}
	if err := c.deliver(); err != nil {
		t.Errorf("deliveries stopped with what is new: %v", err)
	}
	if err := c.publish(); appdock.CodeOf(err) != "ADK-DISK-FULL" {
		t.Errorf("got %v", err)
	}
	if err := os.Remove(c.ballast); err != nil {
		t.Fatal(err)
	}
	if err := c.publish(); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	if err := errors.Join(c.deliver(), c.store.Healthy()); err != nil {
		t.Error(err)
	}
	c.check()
}

// A disk that somebody else fills up to the last byte loses nothing that was accepted.
func TestDiskThatIsFull(t *testing.T) {
	t.Parallel()
	c := newCrowd(t, Options{Reserve: 1})
	c.fill()
	// The log may have been copied meanwhile: then there is room in it.
	if err := c.deliver(); err != nil && appdock.CodeOf(err) != "ADK-DISK-FULL" {
		t.Errorf("got %v", err)
	}
	if err := c.store.Healthy(); err != nil {
		t.Errorf("a full disk ended the store: %v", err)
	}
	if err := os.Remove(c.ballast); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(c.publish(), c.deliver()); err != nil {
		t.Errorf("there is room again: %v", err)
	}
	c.check()
}
