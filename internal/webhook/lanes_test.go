package webhook

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/appdock/appdock"
)

func roomy() capacity {
	return capacity{inFlight: 64, slow: 16, perEndpoint: 8, queued: 1000, memory: 10_000, bytes: 1 << 20}
}

func keyed(url string, key byte, number int64) *entry {
	d := Delivery{
		ID: appdock.ID{0: key, 14: byte(number >> 8), 15: byte(number)}, URL: url, Number: number, Seq: number, State: Waiting,
		Endpoint: endpointOf("", appdock.ID{}, url),
	}
	d.Key[15] = key
	return &entry{Delivery: d}
}

func drain(l *lanes, now time.Time) (list []*entry) {
	for d, ok := l.next(now); ok; d, ok = l.next(now) {
		list = append(list, d)
	}
	return list
}

func numbers(list []*entry) (all []int64) {
	for _, d := range list {
		all = append(all, d.Number)
	}
	return all
}

func (e *entry) came(to State) Delivery {
	d := e.Delivery
	d.State = to
	d.Attempts++
	return d
}

func TestLanes(t *testing.T) {
	t.Parallel()
	const app = "https://app.test/hook"
	retry := func(e *entry) *entry { e.Attempts = 1; return e }
	trial := func(e *entry) *entry { e.trial = true; return e }
	tests := map[string]struct {
		add  []*entry
		want [][]int64 // what may start, each time all that started before is done
	}{
		"one key goes one by one": {
			[]*entry{keyed(app, 1, 1), keyed(app, 1, 2), keyed(app, 1, 3)},
			[][]int64{{1}, {2}, {3}},
		},
		"keys go beside each other": {
			[]*entry{keyed(app, 1, 1), keyed(app, 2, 2), keyed(app, 1, 3)},
			[][]int64{{1, 2}, {3}},
		},
		"two subscriptions at one server share a lane": {
			[]*entry{keyed("https://app.test/placed", 1, 1), keyed("https://APP.test:443/paid", 1, 2)},
			[][]int64{{1}, {2}},
		},
		"another port is another endpoint": {
			[]*entry{keyed(app, 1, 1), keyed("https://app.test:8443/hook", 1, 2)},
			[][]int64{{1, 2}},
		},
		"without a key it waits for all before and holds all after": {
			[]*entry{keyed(app, 1, 1), keyed(app, 2, 2), keyed(app, 0, 3), keyed(app, 3, 4), keyed(app, 1, 5)},
			[][]int64{{1, 2}, {3}, {4, 5}},
		},
		"two without a key, and one with a key between": {
			[]*entry{keyed(app, 0, 1), keyed(app, 0, 2), keyed(app, 1, 3), keyed(app, 0, 4), keyed(app, 1, 5)},
			[][]int64{{1}, {2}, {3}, {4}, {5}},
		},
		"a barrier stands in its own endpoint only": {
			[]*entry{keyed(app, 0, 1), keyed("https://other.test/", 1, 2), keyed(app, 1, 3)},
			[][]int64{{1, 2}, {3}},
		},
		"a retry waits for no barrier and holds nobody back": {
			[]*entry{keyed(app, 0, 5), retry(keyed(app, 1, 1)), retry(keyed(app, 0, 2)), keyed(app, 1, 6)},
			[][]int64{{5, 1, 2}, {6}},
		},
		"nor does a trial, though it was never tried": {
			[]*entry{keyed(app, 0, 5), trial(keyed(app, 1, 1)), keyed(app, 1, 6)},
			[][]int64{{5, 1}, {6}},
		},
		"what is here already is not taken again": {
			[]*entry{keyed(app, 1, 1), keyed(app, 1, 1), keyed(app, 1, 2)},
			[][]int64{{1}, {2}},
		},
		"what cannot be called has a place of its own": {
			[]*entry{keyed("::", 1, 1), keyed(app, 1, 2)},
			[][]int64{{1, 2}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLanes(roomy())
			for _, d := range tt.add {
				l.add(d, noon)
			}
			for i, want := range tt.want {
				got := drain(l, noon)
				if fmt.Sprint(numbers(got)) != fmt.Sprint(want) {
					t.Fatalf("round %d: got %v, want %v", i, numbers(got), want)
				}
				for _, d := range got {
					l.done(d, d.came(Delivered), Accepted, noon)
				}
			}
			if rest := drain(l, noon); len(rest) > 0 {
				t.Errorf("left: %v", numbers(rest))
			}
			l.isEmpty(t)
		})
	}
}

func (l *lanes) isEmpty(t *testing.T) {
	t.Helper()
	if len(l.endpoints) > 0 || l.quick.inFlight+l.slow.inFlight+l.entries+l.bytes != 0 || len(l.asleep) > 0 {
		t.Errorf("left: %d endpoints, %d quick and %d slow in flight, %d entries, %d bytes, %d asleep",
			len(l.endpoints), l.quick.inFlight, l.slow.inFlight, l.entries, l.bytes, len(l.asleep))
	}
}

// A strict delivery that failed holds its lane until its time has come, and no other.
func TestLanesStrict(t *testing.T) {
	t.Parallel()
	const app = "https://app.test/"
	l := newLanes(roomy())
	for i, key := range []byte{1, 1, 2, 0, 2} {
		e := keyed(app, key, int64(i+1))
		e.Strict = true
		l.add(e, noon)
	}
	now := noon
	step := func(want string, fail ...int64) {
		t.Helper()
		l.wake(now)
		got := drain(l, now)
		if fmt.Sprint(numbers(got)) != want {
			t.Fatalf("got %v, want %s", numbers(got), want)
		}
		for _, e := range got {
			after := e.came(Delivered)
			if slices.Contains(fail, e.Number) {
				after.State, after.DueAt = Waiting, now.Add(time.Minute)
			}
			l.done(e, after, Accepted, now)
		}
	}
	step("[1 3]", 1)
	step("[]")
	if l.alarm != noon.Add(time.Minute) {
		t.Fatalf("the alarm is at %v", l.alarm)
	}
	now = l.alarm
	step("[1]", 1)
	step("[]")
	now = now.Add(time.Minute)
	step("[1]")
	step("[2]")
	step("[4]", 4)
	step("[]")
	now = now.Add(time.Minute)
	step("[4]")
	step("[5]")
	l.wake(now)
	l.isEmpty(t)
}

func TestLanesShareTheirRoom(t *testing.T) {
	t.Parallel()
	c := roomy()
	c.inFlight = 10
	l := newLanes(c)
	for n := range int64(100) {
		l.add(keyed("https://a.test/", byte(n+1), n+1), noon)
	}
	for n := range int64(3) {
		l.add(keyed("https://b.test/", byte(n+1), 100+n+1), noon)
	}
	first := drain(l, noon)
	got := map[string]int{}
	for _, d := range first {
		got[d.URL]++
	}
	if got["https://a.test/"] != 7 || got["https://b.test/"] != 3 {
		t.Errorf("got %v of 10, want the small one not to wait behind the large", got)
	}
	l.done(first[0], first[0].came(Delivered), Accepted, noon)
	if next := drain(l, noon); len(next) != 1 {
		t.Errorf("one left and %d came", len(next))
	}
}

// Endpoints that do not answer leave the room to the others after half a second, and get a
// quarter of it until they are quick again.
func TestLanesSlowEndpoints(t *testing.T) {
	t.Parallel()
	c := roomy()
	c.inFlight, c.slow = 16, 4
	l := newLanes(c)
	for n := range int64(40) {
		l.add(keyed(fmt.Sprintf("https://slow%d.test/", n%2), byte(n+1), n+1), noon)
	}
	hanging := drain(l, noon)
	l.add(keyed("https://quick.test/", 1, 100), noon)
	if got := drain(l, noon); len(hanging) != 16 || len(got) != 0 {
		t.Fatalf("%d hang and %d went out, want all 16 places taken", len(hanging), len(got))
	}
	later := noon.Add(slowAfter + 1)
	l.watch(later)
	if got := numbers(drain(l, later)); fmt.Sprint(got) != "[100]" {
		t.Fatalf("got %v, want the quick one alone", got)
	}
	for _, e := range hanging {
		l.done(e, e.came(Delivered), Accepted, later)
	}
	if got := drain(l, later); len(got) != 4 {
		t.Fatalf("%d went out to slow endpoints, want 4", len(got))
	} else {
		for _, e := range got { // the average comes down
			l.done(e, e.came(Delivered), Accepted, later)
		}
	}
	most := 0
	for {
		got := drain(l, later)
		if len(got) == 0 {
			break
		}
		most = max(most, len(got))
		for _, e := range got {
			l.done(e, e.came(Delivered), Accepted, later)
		}
	}
	if most <= 4 {
		t.Errorf("at most %d at a time though they are quick again", most)
	}
}

// An endpoint that failed is met by one attempt, then by two, and so on.
func TestLanesAfterAnOutage(t *testing.T) {
	t.Parallel()
	l := newLanes(roomy())
	for n := range int64(100) {
		l.add(keyed("https://app.test/", byte(n+1), n+1), noon)
	}
	round := func(c Class) int {
		got := drain(l, noon)
		for _, e := range got {
			l.done(e, e.came(Dead), c, noon)
		}
		return len(got)
	}
	var seen []int
	for range 3 {
		seen = append(seen, round(Transient))
	}
	for range 5 {
		seen = append(seen, round(Accepted))
	}
	if fmt.Sprint(seen) != "[8 1 1 1 2 4 8 8]" {
		t.Errorf("got %v", seen)
	}
}

func TestLanesRate(t *testing.T) {
	t.Parallel()
	l := newLanes(roomy())
	for n := range int64(30) {
		e := keyed("https://app.test/", byte(n+1), n+1)
		e.pace = pace{rate: 5, inFlight: 20}
		l.add(e, noon)
	}
	began := 0
	for now := noon; now.Before(noon.Add(2 * time.Second)); now = now.Add(50 * time.Millisecond) {
		l.wake(now)
		for _, e := range drain(l, now) {
			began++
			l.done(e, e.came(Delivered), Accepted, now)
		}
	}
	if began < 14 || began > 15 {
		t.Errorf("%d began in two seconds, want five at once and five in each", began)
	}
}

// What is dropped never goes out, what stays keeps its order, and what is under way holds
// its lane.
func TestLanesDrop(t *testing.T) {
	t.Parallel()
	const app = "https://app.test/"
	l := newLanes(roomy())
	for i, key := range []byte{1, 1, 2, 0, 1, 2, 1} {
		e := keyed(app, key, int64(i+1))
		e.Subscription = appdock.ID{15: byte(i % 2)}
		l.add(e, noon)
	}
	first, _ := l.next(noon) // 1 is under way
	dropped := l.drop(func(d Delivery) bool { return d.Subscription == appdock.ID{15: 1} }, noon)
	if len(dropped) != 3 { // 2, 4 (the barrier) and 6
		t.Fatalf("dropped %d", len(dropped))
	}
	if got := numbers(drain(l, noon)); fmt.Sprint(got) != "[3]" {
		t.Fatalf("got %v", got)
	}
	l.done(first, first.came(Delivered), Accepted, noon)
	if got := numbers(drain(l, noon)); fmt.Sprint(got) != "[5]" {
		t.Fatalf("got %v", got)
	}
}

// disk is the model of what a store gives: all that was made and is not over.
type disk struct {
	rows map[int64]*entry
}

func (m *disk) read(w wish) (list []*entry) {
	for _, e := range m.rows {
		if e.Endpoint == w.endpoint && !e.InHand && e.ordered() && e.Number > w.after {
			list = append(list, e)
		}
	}
	slices.SortFunc(list, func(a, b *entry) int { return int(a.Number - b.Number) })
	return list[:min(len(list), w.limit)]
}

// Whatever comes in and however long each takes, with a memory that holds few of them and
// sweeps in between: first attempts keep their order for each key, barriers hold, strict
// ones hold over all attempts, limits hold, everything goes out until it is done.
func TestLanesRandomly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(400) {
		random := rand.New(rand.NewPCG(seed, 1))
		c := capacity{
			inFlight: 1 + random.IntN(8), slow: 1 + random.IntN(3), perEndpoint: 1 + random.IntN(4),
			queued: 1 + random.IntN(40), memory: 1 + random.IntN(60), bytes: 1 + random.IntN(20),
		}
		l := newLanes(c)
		type mark struct{ started, ended, attempts int }
		marks := map[int64]*mark{}
		store := &disk{rows: map[int64]*entry{}}
		var made, running []*entry
		now, clock, total := noon, 0, 1+random.IntN(120)
		perEndpoint := map[string]int{}
		strict := random.IntN(3) == 0
		start := func() {
			if e, ok := l.next(now); ok {
				if s := l.side(l.endpoints[e.Endpoint]); s.inFlight > s.most {
					t.Fatalf("seed %d: %d in flight, want at most %d", seed, s.inFlight, s.most)
				}
				if m := marks[e.Number]; m.attempts == 0 {
					m.started = clock
				}
				marks[e.Number].attempts++
				running = append(running, e)
				perEndpoint[e.URL]++
			}
		}
		end := func() {
			at := random.IntN(len(running))
			e := running[at]
			running = slices.Delete(running, at, at+1)
			perEndpoint[e.URL]--
			marks[e.Number].ended = clock
			after, class := e.came(Delivered), Accepted
			if e.Strict && random.IntN(3) == 0 {
				store.rows[e.Number].InHand = false
				after.State, after.DueAt, class = Waiting, now.Add(time.Duration(random.IntN(5))*time.Second), Transient
			} else {
				delete(store.rows, e.Number)
			}
			after.InHand = false
			l.done(e, after, class, now)
		}
		feed := func() {
			l.wake(now)
			for w, ok := l.hunger(now); ok; w, ok = l.hunger(now) {
				list := store.read(w)
				last := int64(0)
				for _, row := range list {
					fresh := *row
					fresh.flying, fresh.charge = false, 1
					l.add(&fresh, now)
					last = row.Number
				}
				l.fed(w, last, len(list) > 0, time.Time{}, now)
			}
		}
		for idle := 0; len(made) < total || len(running) > 0 || len(store.rows) > 0; {
			clock++
			before := len(running) + len(made)
			switch random.IntN(5) {
			case 0:
				if len(made) < total {
					e := keyed(fmt.Sprintf("https://%d.test/", random.IntN(3)), byte(random.IntN(4)), int64(len(made)+1))
					e.Strict, e.charge = strict, 1
					marks[e.Number] = &mark{}
					made = append(made, e)
					room := l.room()
					e.InHand = room.take(e.Endpoint, e.charge)
					row := *e
					store.rows[e.Number] = &row
					l.admit(e, now)
				}
			case 1:
				start()
			case 2:
				if len(running) > 0 {
					end()
				}
			case 3:
				feed()
				now = now.Add(time.Duration(random.IntN(1500)) * time.Millisecond)
				l.watch(now)
			case 4:
				if random.IntN(10) == 0 {
					l.backlog(Backlog{Endpoint: endpointOf("", appdock.ID{}, "https://0.test/"), Ordered: true}, now)
				}
			}
			if len(made) == total && len(running) == 0 {
				feed()
				start()
			}
			if idle++; before != len(running)+len(made) {
				idle = 0
			}
			if idle > 2000 {
				t.Fatalf("seed %d: nothing happens any more, %d are not done", seed, len(store.rows))
			}
			for url, n := range perEndpoint {
				if n > l.perEndpoint {
					t.Fatalf("seed %d: %d in flight to %s, want at most %d", seed, n, url, l.perEndpoint)
				}
			}
		}
		for i, earlier := range made {
			m := marks[earlier.Number]
			if m.attempts == 0 || !strict && m.attempts > 1 {
				t.Fatalf("seed %d: %d went out %d times", seed, earlier.Number, m.attempts)
			}
			for _, later := range made[i+1:] {
				ordered := earlier.URL == later.URL && (earlier.Key == later.Key || earlier.Key.IsZero() || later.Key.IsZero())
				if ordered && marks[later.Number].started < m.ended {
					t.Fatalf("seed %d: %d started before %d was done", seed, later.Number, earlier.Number)
				}
			}
		}
		l.wake(now)
		feed()
		l.sweep(now.Add(2 * remembered))
		l.isEmpty(t)
	}
}

// What is over the bounds of all endpoints together stays on the disk.
func TestLanesBoundMemory(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ charge, want int }{
		"by their number":                         {0, 10},
		"by the bytes of their data, before that": {60, 2},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLanes(capacity{inFlight: 100, slow: 25, perEndpoint: 8, queued: 1000, memory: 10, bytes: 100})
			var made []*entry
			room := l.room() // of all that is made at once
			for n := range 30 {
				e := &entry{
					Delivery: Delivery{Number: int64(n + 1), Endpoint: Endpoint(n%5 + 1), Key: appdock.ID{15: byte(n + 1)}, State: Waiting},
					charge:   test.charge,
				}
				e.InHand = room.take(e.Endpoint, e.charge)
				made = append(made, e)
			}
			for _, e := range made {
				l.admit(e, noon)
			}
			if l.entries != test.want {
				t.Errorf("%d are in memory, want %d", l.entries, test.want)
			}
			for _, q := range l.endpoints {
				if !q.more {
					t.Errorf("nobody will look for the rest of endpoint %d", q.at)
				}
			}
		})
	}
}

// A retry that is written while the disk is looked at is not in what was found there, and what
// was found says nothing of it.
func TestLanesHearOfRetriesWhileTheyLook(t *testing.T) {
	t.Parallel()
	l := newLanes(roomy())
	at := keyed("https://app.test/", 1, 1).Endpoint
	l.retry(at, noon, noon)
	w, ok := l.hunger(noon)
	if !ok || !w.due {
		t.Fatalf("%+v, %t: nothing is looked for", w, ok)
	}
	soon := noon.Add(10 * time.Millisecond)
	l.retry(at, soon, noon)
	l.fed(w, 0, false, time.Time{}, noon)
	l.wake(soon)
	if w, ok = l.hunger(soon); !ok || !w.due {
		t.Fatalf("%+v, %t: the second retry is not looked for", w, ok)
	}
	l.fed(w, 0, false, time.Time{}, soon)
	if len(l.endpoints) != 0 {
		t.Errorf("%d endpoints are kept although nothing waits", len(l.endpoints))
	}
}
