package webhook

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/appdock/appdock"
)

func keyed(url string, key byte, seq int64) Delivery {
	d := Delivery{ID: appdock.ID{0: key, 14: byte(seq >> 8), 15: byte(seq)}, URL: url, Seq: seq, State: Waiting}
	d.Key[15] = key
	return d
}

func drain(l *lanes) (list []Delivery) {
	for d, ok := l.next(); ok; d, ok = l.next() {
		list = append(list, d)
	}
	return list
}

func seqs(list []Delivery) (numbers []int64) {
	for _, d := range list {
		numbers = append(numbers, d.Seq)
	}
	return numbers
}

func TestLanes(t *testing.T) {
	t.Parallel()
	const app = "https://app.test/hook"
	retry := func(d Delivery) Delivery { d.Attempts = 1; return d }
	tests := map[string]struct {
		add  []Delivery
		want [][]int64 // what may start, each time all that started before is done
	}{
		"one key goes one by one": {
			[]Delivery{keyed(app, 1, 1), keyed(app, 1, 2), keyed(app, 1, 3)},
			[][]int64{{1}, {2}, {3}},
		},
		"keys go beside each other": {
			[]Delivery{keyed(app, 1, 1), keyed(app, 2, 2), keyed(app, 1, 3)},
			[][]int64{{1, 2}, {3}},
		},
		"two subscriptions at one server share a lane": {
			[]Delivery{keyed("https://app.test/placed", 1, 1), keyed("https://APP.test:443/paid", 1, 2)},
			[][]int64{{1}, {2}},
		},
		"another port is another endpoint": {
			[]Delivery{keyed(app, 1, 1), keyed("https://app.test:8443/hook", 1, 2)},
			[][]int64{{1, 2}},
		},
		"without a key it waits for all before and holds all after": {
			[]Delivery{keyed(app, 1, 1), keyed(app, 2, 2), keyed(app, 0, 3), keyed(app, 3, 4), keyed(app, 1, 5)},
			[][]int64{{1, 2}, {3}, {4, 5}},
		},
		"two without a key, and one with a key between": {
			[]Delivery{keyed(app, 0, 1), keyed(app, 0, 2), keyed(app, 1, 3), keyed(app, 0, 4), keyed(app, 1, 5)},
			[][]int64{{1}, {2}, {3}, {4}, {5}},
		},
		"a barrier stands in its own endpoint only": {
			[]Delivery{keyed(app, 0, 1), keyed("https://other.test/", 1, 2), keyed(app, 1, 3)},
			[][]int64{{1, 2}, {3}},
		},
		"a retry waits for no barrier and holds nobody back": {
			[]Delivery{keyed(app, 0, 5), retry(keyed(app, 1, 1)), retry(keyed(app, 0, 2)), keyed(app, 1, 6)},
			[][]int64{{5, 1, 2}, {6}},
		},
		"what cannot be called has a place of its own": {
			[]Delivery{keyed("::", 1, 1), keyed(app, 1, 2)},
			[][]int64{{1, 2}},
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLanes(8, 64)
			for _, d := range tt.add {
				l.add(d)
			}
			for i, want := range tt.want {
				got := drain(l)
				if fmt.Sprint(seqs(got)) != fmt.Sprint(want) {
					t.Fatalf("round %d: got %v, want %v", i, seqs(got), want)
				}
				for _, d := range got {
					l.done(d)
				}
			}
			if rest := drain(l); len(rest) > 0 || len(l.endpoints) > 0 || l.inFlight != 0 {
				t.Errorf("left: %v, %d endpoints, %d in flight", seqs(rest), len(l.endpoints), l.inFlight)
			}
		})
	}
}

func TestLanesShareTheirRoom(t *testing.T) {
	t.Parallel()
	l := newLanes(8, 10)
	for seq := range int64(100) {
		l.add(keyed("https://a.test/", byte(seq+1), seq))
	}
	for seq := range int64(3) {
		l.add(keyed("https://b.test/", byte(seq+1), 100+seq))
	}
	first := drain(l)
	got := map[string]int{}
	for _, d := range first {
		got[d.URL]++
	}
	if got["https://a.test/"] != 7 || got["https://b.test/"] != 3 {
		t.Errorf("got %v of 10, want the small one not to wait behind the large", got)
	}
	l.done(first[0])
	if next := drain(l); len(next) != 1 {
		t.Errorf("one left and %d came", len(next))
	}
}

// Whatever comes in and however long each takes: first attempts keep their order for each
// key, barriers hold, limits hold, everything goes out once.
func TestLanesRandomly(t *testing.T) {
	t.Parallel()
	for seed := range uint64(300) {
		random := rand.New(rand.NewPCG(seed, 1))
		l := newLanes(1+random.IntN(4), 1+random.IntN(8))
		type mark struct{ added, started, ended int }
		marks := map[int64]*mark{}
		var added, running []Delivery
		clock, total := 0, 1+random.IntN(60)
		perEndpoint := map[string]int{}
		for len(added) < total || len(running) > 0 {
			clock++
			switch random.IntN(3) {
			case 0:
				if len(added) < total {
					d := keyed(fmt.Sprintf("https://%d.test/", random.IntN(3)), byte(random.IntN(4)), int64(len(added)+1))
					d.Attempts = max(0, random.IntN(5)-3)
					marks[d.Seq] = &mark{added: clock}
					added = append(added, d)
					l.add(d)
				}
			case 1:
				if d, ok := l.next(); ok {
					marks[d.Seq].started = clock
					running = append(running, d)
					perEndpoint[d.URL]++
				}
			case 2:
				if len(running) > 0 {
					at := random.IntN(len(running))
					d := running[at]
					running = append(running[:at], running[at+1:]...)
					marks[d.Seq].ended = clock
					perEndpoint[d.URL]--
					l.done(d)
				}
			}
			if len(added) == total && len(running) == 0 {
				if d, ok := l.next(); ok {
					marks[d.Seq].started = clock
					running = append(running, d)
					perEndpoint[d.URL]++
				}
			}
			if len(running) > l.total {
				t.Fatalf("seed %d: %d in flight, want at most %d", seed, len(running), l.total)
			}
			for url, n := range perEndpoint {
				if n > l.perEndpoint {
					t.Fatalf("seed %d: %d in flight to %s, want at most %d", seed, n, url, l.perEndpoint)
				}
			}
		}
		for i, earlier := range added {
			if marks[earlier.Seq].started == 0 {
				t.Fatalf("seed %d: %d never went out", seed, earlier.Seq)
			}
			for _, later := range added[i+1:] {
				ordered := earlier.URL == later.URL && earlier.Attempts == 0 && later.Attempts == 0 &&
					(earlier.Key == later.Key || earlier.Key.IsZero() || later.Key.IsZero())
				if ordered && marks[later.Seq].started < marks[earlier.Seq].ended {
					t.Fatalf("seed %d: %d started before %d was done", seed, later.Seq, earlier.Seq)
				}
			}
		}
		if len(l.endpoints) > 0 || l.inFlight != 0 {
			t.Fatalf("seed %d: %d endpoints and %d in flight are left", seed, len(l.endpoints), l.inFlight)
		}
	}
}
