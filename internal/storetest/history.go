package storetest

import (
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/webhook"
)

func historyCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"what happened is told in order, part by part": happened,
		"it is told from a moment on":                  happenedSince,
		"much data comes in parts":                     happenedMuch,
	}
}

// past is the whole history of some names, in parts, by the numbers in their payloads' ids.
func (f *fixture) past(p webhook.Past) (ids []appdock.ID, parts int) {
	f.t.Helper()
	for {
		events, more, err := f.History.Happened(f.t.Context(), f.shop.ID, p)
		f.must(err)
		parts++
		for _, e := range events {
			if e.Seq <= p.After || e.Shop != f.shop.ID {
				f.t.Errorf("%d of shop %s behind %d", e.Seq, e.Shop, p.After)
			}
			ids, p.After = append(ids, e.ID), e.Seq
		}
		if !more {
			return ids, parts
		}
	}
}

func happened(f *fixture) {
	var want []appdock.ID
	for i := range 5 {
		e := event(f.shop.ID, "past", i)
		e.Name = "past.written"
		_, err := f.Queue.Append(f.t.Context(), e)
		f.must(err)
		want = append(want, e.ID)
	}
	mine, theirs, other := event(f.shop.ID, "mine", 0), event(f.shop.ID, "theirs", 0), event(f.shop.ID, "other", 0)
	mine.Name, theirs.Name, other.Name = "past.written", "past.written", "past.deleted"
	mine.Only, theirs.Only = ID("mine"), ID("theirs")
	_, err := f.Queue.Append(f.t.Context(), mine, theirs, other)
	f.must(err)

	names := []appdock.EventName{"past.written"}
	got, parts := f.past(webhook.Past{Names: names, Limit: 2})
	f.equal("in parts", got, want)
	f.equal("parts", parts, 3)
	got, parts = f.past(webhook.Past{Names: names, Limit: 5})
	f.equal("at once", got, want)
	f.equal("parts", parts, 1)
	got, _ = f.past(webhook.Past{Names: names, Installation: ID("mine"), Limit: 9})
	f.equal("with that for one app", got, append(want, mine.ID))
	got, _ = f.past(webhook.Past{Names: []appdock.EventName{"past.deleted", "nothing"}, Limit: 9})
	f.equal("of another name", got, []appdock.ID{other.ID})
	got, _ = f.past(webhook.Past{Limit: 9})
	f.equal("of no name", len(got), 0)

	events, _, err := f.History.Happened(f.t.Context(), f.shop.ID, webhook.Past{Names: names, Limit: 1})
	f.must(err)
	whole := event(f.shop.ID, "past", 0)
	whole.Name, whole.Seq, whole.Revision = "past.written", events[0].Seq, events[0].Revision
	f.equal("whole", events[0], whole)
}

func happenedSince(f *fixture) {
	var all []appdock.ID
	for i := range 40 {
		e := event(f.shop.ID, "since", i)
		e.Name, e.At = "since.written", Now().Add(time.Duration(i)*time.Hour)
		if i == 20 {
			e.At = e.At.Add(-time.Hour - time.Second) // decided before its neighbour, written after it
		}
		_, err := f.Queue.Append(f.t.Context(), e)
		f.must(err)
		all = append(all, e.ID)
	}
	names := []appdock.EventName{"since.written"}
	for name, tt := range map[string]struct {
		since time.Time
		want  []appdock.ID
	}{
		"from the beginning":      {time.Time{}, all},
		"from the first":          {Now(), all},
		"from the middle":         {Now().Add(30 * time.Hour), all[30:]},
		"from between two":        {Now().Add(30*time.Hour - time.Millisecond), all[30:]},
		"from one out of order":   {Now().Add(19*time.Hour - time.Second), append(all[19:20:20], all[20:]...)},
		"from behind it":          {Now().Add(19 * time.Hour), append(all[19:20:20], all[21:]...)},
		"from the last":           {Now().Add(39 * time.Hour), all[39:]},
		"from what has not begun": {Now().Add(40 * time.Hour), nil},
	} {
		got, _ := f.past(webhook.Past{Names: names, Since: tt.since, Limit: 7})
		f.equal(name, got, tt.want)
	}
}

func happenedMuch(f *fixture) {
	var want []appdock.ID
	for i := range 6 {
		e := event(f.shop.ID, "much", i)
		e.Name, e.Data.Payload = "much.written", []byte(`["`+strings.Repeat("x", 1<<20)+`"]`)
		_, err := f.Queue.Append(f.t.Context(), e)
		f.must(err)
		want = append(want, e.ID)
	}
	got, parts := f.past(webhook.Past{Names: []appdock.EventName{"much.written"}, Limit: 100})
	f.equal("all", got, want)
	if parts < 2 {
		f.t.Errorf("%d bytes came at once", 6<<20)
	}
}
