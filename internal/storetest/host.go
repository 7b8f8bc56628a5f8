package storetest

import (
	"errors"
	"fmt"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
)

func hostCases() map[string]func(*fixture) {
	return map[string]func(*fixture){
		"shops are listed in the order they were made": listedShops,
		"a shop's URL can change":                      changedURL,
		"facts are remembered":                         facts,
		"what a host does again and again is a record": recurringTasks,
		"backoffs are kept, and forgotten after a day": backoffs,
		"a unit that fails changes no backoff":         unitBackoffs,
	}
}

func (f *fixture) listed() []appdock.Shop {
	f.t.Helper()
	shops, err := f.Shops.Shops(f.t.Context())
	f.must(err)
	return shops
}

func listedShops(f *fixture) {
	want := []appdock.Shop{f.other, f.shop}
	f.equal("shops", f.listed(), want)
	f.wantKind(f.Shops.AddShop(f.t.Context(), f.shop), appdock.Conflict)
	f.Stores = f.Reopen(f.t)
	f.equal("shops when opened again", f.listed(), want)
}

func changedURL(f *fixture) {
	f.must(f.Shops.SetShopURL(f.t.Context(), f.shop.ID, "https://new.example"))
	f.shop.URL = "https://new.example"
	f.equal("shops", f.listed(), []appdock.Shop{f.other, f.shop})
	f.wantKind(f.Shops.SetShopURL(f.t.Context(), "NobodyKnowsThis1", "https://new.example"), appdock.NotFound)
}

func facts(f *fixture) {
	fact := func(name string) string {
		f.t.Helper()
		value, err := f.Facts.Fact(f.t.Context(), name)
		f.must(err)
		return value
	}
	f.equal("before", fact("mode"), "")
	f.must(f.Facts.SetFact(f.t.Context(), "mode", "development"))
	f.must(f.Facts.SetFact(f.t.Context(), "mode", "production"))
	f.Stores = f.Reopen(f.t)
	f.equal("after", fact("mode"), "production")
	f.equal("another", fact("other"), "")
}

func (f *fixture) backoff(s appdock.ShopID, who string) appdock.Backoff {
	f.t.Helper()
	b, err := f.Backoffs.Backoff(f.t.Context(), s, who)
	f.must(err)
	b.Last = b.Last.UTC()
	return b
}

// keep replaces a backoff, and checks what was there.
func (f *fixture) keep(s appdock.ShopID, who string, before, after appdock.Backoff) {
	f.t.Helper()
	f.must(f.Backoffs.ChangeBackoff(f.t.Context(), s, who, func(b appdock.Backoff) (appdock.Backoff, error) {
		b.Last = b.Last.UTC()
		f.equal("before", b, before)
		return after, nil
	}))
}

func backoffs(f *fixture) {
	none := appdock.Backoff{}
	two, three := appdock.Backoff{Count: 2, Last: Now()}, appdock.Backoff{Count: 3, Last: Now().Add(-time.Hour)}
	f.equal("before", f.backoff(f.shop.ID, "one"), none)
	f.keep(f.shop.ID, "one", none, two)
	f.keep(f.shop.ID, "one", two, three)
	f.keep(f.shop.ID, "old", none, appdock.Backoff{Count: 9, Last: Now().Add(-25 * time.Hour)})
	f.Stores = f.Reopen(f.t)
	f.equal("kept", f.backoff(f.shop.ID, "one"), three)
	f.equal("of another", f.backoff(f.shop.ID, "two"), none)
	f.equal("of another shop", f.backoff(f.other.ID, "one"), none)
	f.keep(f.shop.ID, "two", none, two)
	f.equal("old, when somebody else came", f.backoff(f.shop.ID, "old"), none)
	f.keep(f.shop.ID, "one", three, none)
	f.equal("forgotten", f.backoff(f.shop.ID, "one"), none)
	wrong := errors.New("wrong")
	err := f.Backoffs.ChangeBackoff(f.t.Context(), f.shop.ID, "two", func(appdock.Backoff) (appdock.Backoff, error) { return three, wrong })
	f.equal("its own error", errors.Is(err, wrong), true)
	f.equal("and no change", f.backoff(f.shop.ID, "two"), two)
}

func unitBackoffs(f *fixture) {
	one := appdock.Backoff{Count: 1, Last: Now()}
	unit := func(fail error) error {
		_, err := f.Records.Write(f.t.Context(), f.shop.ID, func(u shop.Unit) error {
			if err := u.ChangeBackoff("who", func(appdock.Backoff) (appdock.Backoff, error) { return one, nil }); err != nil {
				return err
			}
			return fail
		})
		return err
	}
	wrong := errors.New("wrong")
	f.equal("failed", errors.Is(unit(wrong), wrong), true)
	f.equal("nothing is kept", f.backoff(f.shop.ID, "who"), appdock.Backoff{})
	f.must(unit(nil))
	f.equal("kept", f.backoff(f.shop.ID, "who"), one)
}

func recurringTasks(f *fixture) {
	ctx := f.t.Context()
	seen := func(shop appdock.ShopID) (tasks []string) {
		f.t.Helper()
		page, err := f.Records.Search(ctx, shop, entity.View{}, &entity.Criteria{Entity: "scheduled_task", Sort: []entity.Sort{{Field: "name"}}})
		f.must(err)
		for _, r := range page.Records {
			last, _ := r.Get("lastExecutionTime").(time.Time)
			next, _ := r.Get("nextExecutionTime").(time.Time)
			tasks = append(tasks, fmt.Sprint(r.Text("name"), " ", r.Get("runInterval"), " ", r.Text("status"), " ", last.Equal(Now()), " ", next.Sub(Now())))
		}
		return tasks
	}
	f.must(f.Tasks.ScheduleTasks(ctx, map[string]time.Duration{"clean": time.Minute, "beat": time.Hour}))
	want := []string{"beat 3600 scheduled false 1h0m0s", "clean 60 scheduled false 1m0s"}
	for _, shop := range []appdock.ShopID{f.shop.ID, f.other.ID} {
		f.equal("at first", seen(shop), want)
	}
	f.must(f.Tasks.TaskRan(ctx, "clean", false))
	f.must(f.Tasks.TaskRan(ctx, "beat", true))
	f.equal("after a run", seen(f.shop.ID), []string{"beat 3600 failed true 1h0m0s", "clean 60 scheduled true 1m0s"})
	f.must(f.Tasks.ScheduleTasks(ctx, map[string]time.Duration{"clean": 2 * time.Minute}))
	f.equal("of another release", seen(f.shop.ID), []string{"clean 120 scheduled true 1m0s"})
	one := f.search(&entity.Criteria{Entity: "scheduled_task", Filters: []entity.Filter{{Kind: entity.Equals, Field: "name", Values: []any{"CLEAN"}}}})
	f.equal("found by its name", len(one.Records), 1)
	f.must(f.Tasks.ScheduleTasks(ctx, nil)) // they are those of each shop
	f.equal("none any more", seen(f.shop.ID), []string(nil))
}
