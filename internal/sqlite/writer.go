package sqlite

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"sync/atomic"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/rows"
)

const (
	maxUnits = 256  // of one group
	maxRows  = 2000 // that a group writes before it is committed
	// Units of one work follow each other within this time: the next step of a delivery.
	grace = 5 * time.Millisecond
	// pause is how long a group waits for the next unit that it has reason to expect, and
	// gathering how long it may be waiting.
	pause     = 2 * time.Millisecond
	gathering = 5 * time.Millisecond
)

// writer owns the one writing connection. Units that wait are committed as a group; one that
// fails takes nobody with it. What was committed is answered by the [syncer].
type writer struct {
	session *session
	units   chan *unit
	idles   chan *unit // taken when there is nothing else
	space   *space
	health  *health
	syncer  *syncer
	rights  atomic.Int64  // counts the groups that may have changed who may do what
	stop    chan struct{} // closed to end the loop
	ended   chan struct{} // closed when it has ended and everybody was answered
	// Units that write records wait here until others had their turn: for twice as long as the
	// last large one of them took. Both are the loop's alone.
	held  []*unit
	until time.Time
	last  int // units of the group before
	// share is how many units a group waits for: half of those whose callers are about. Those who
	// are answered together come back together. Were the first of them committed alone, all others
	// would have to wait for its sync, and the processors for them.
	share int
}

// unit is a unit of work that waits for the writer.
type unit struct {
	run    func(context.Context, *session) (rows int, err error) // may run again
	heavy  bool                                                  // known to write more than rows.Heavy
	yields bool                                                  // it writes records: how many, nobody knows before
	taken  atomic.Bool
	answer chan result
}

// take makes the unit either the writer's or nobody's: true for the first caller alone.
func (u *unit) take() bool { return u.taken.CompareAndSwap(false, true) }

type result struct {
	err      error
	panicked *panicked
}

// panicked carries a panic from the writer to the caller whose function it was.
type panicked struct {
	value any
	stack []byte
}

// Error shows where the panic came from.
func (p *panicked) Error() string { return fmt.Sprintf("%v\n\n%s", p.value, p.stack) }

// Unwrap gives the panic's value if it was an error.
func (p *panicked) Unwrap() error {
	err, _ := p.value.(error)
	return err
}

// newWriter starts the loop. What the session commits is on the disk once sync has returned.
// Nothing of the loop is cancelled with ctx: half a group must not be lost to one of its
// callers.
func newWriter(ctx context.Context, s *session, sync func() error, room *space, log *slog.Logger) *writer {
	ctx = context.WithoutCancel(ctx)
	h := &health{log: log}
	w := &writer{
		session: s,
		units:   make(chan *unit, maxUnits),
		idles:   make(chan *unit),
		space:   room,
		health:  h,
		syncer:  newSyncer(ctx, sync, h),
		stop:    make(chan struct{}),
		ended:   make(chan struct{}),
	}
	go w.loop(ctx)
	return w
}

// close ends the loop after the group that is being written, and waits until that is answered.
func (w *writer) close() {
	close(w.stop)
	<-w.ended
}

// errClosed answers those who come after the store was closed.
func errClosed() error {
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    "ADK-STOPPING",
		Message: "The host is stopping.",
		Cure:    "Try again when it runs.",
	}
}

// do runs a unit that takes in something new, and returns after its commit. It is refused
// before it is written if the disk is nearly full. Whoever gives up before the unit has
// begun takes it back; once it has begun, its end is waited for. A panic of run comes out
// here.
func (w *writer) do(ctx context.Context, heavy bool, run func(context.Context, *session) (int, error)) error {
	if err := w.space.check(); err != nil {
		return err
	}
	return w.keep(ctx, heavy, run)
}

// records runs a unit that writes records, as do does. One that writes many is followed by
// all others that wait: a shop that is filled in large units must not hold up what is small
// and has several steps, such as a delivery.
func (w *writer) records(ctx context.Context, run func(context.Context, *session) (int, error)) error {
	if err := w.space.check(); err != nil {
		return err
	}
	return w.give(ctx, w.units, &unit{run: run, yields: true, answer: make(chan result, 1)})
}

// keep runs a unit about what was taken in before: deliveries go on while the disk is
// nearly full.
func (w *writer) keep(ctx context.Context, heavy bool, run func(context.Context, *session) (int, error)) error {
	return w.give(ctx, w.units, &unit{run: run, heavy: heavy, answer: make(chan result, 1)})
}

// idle runs a unit when nothing else waits, alone.
func (w *writer) idle(ctx context.Context, run func(context.Context, *session) (int, error)) error {
	return w.give(ctx, w.idles, &unit{run: run, heavy: true, answer: make(chan result, 1)})
}

func (w *writer) give(ctx context.Context, to chan<- *unit, u *unit) error {
	select {
	case to <- u:
	case <-ctx.Done():
		return ctx.Err()
	case <-w.ended:
		return errClosed()
	}
	select {
	case r := <-u.answer:
		return r.give()
	case <-w.ended:
	case <-ctx.Done():
		if u.take() {
			return ctx.Err()
		}
	}
	select {
	case r := <-u.answer:
		return r.give()
	case <-w.ended:
	}
	select {
	case r := <-u.answer: // written last
		return r.give()
	default:
		return errClosed()
	}
}

func (r result) good() bool { return r.err == nil && r.panicked == nil }

func (r result) give() error {
	if r.panicked != nil {
		panic(r.panicked)
	}
	return r.err
}

func (w *writer) loop(ctx context.Context) {
	defer close(w.ended)
	defer w.syncer.close()
	for {
		u, ok := w.next()
		if !ok {
			return
		}
		for u != nil {
			u = w.group(ctx, u)
		}
	}
}

// next gives the unit that begins a group; false: none will any more.
func (w *writer) next() (u *unit, ok bool) {
	for {
		if len(w.held) > 0 && !w.yielding() {
			u, w.held = w.held[0], w.held[1:]
			return u, true
		}
		select {
		case u = <-w.units:
		case <-w.stop:
			return nil, false
		default:
			if u, ok = w.await(); !ok {
				return nil, false
			}
		}
		if u != nil && !w.hold(u) {
			return u, true
		}
	}
}

// await waits for a unit: nil if those that are held are next.
func (w *writer) await() (u *unit, ok bool) {
	if len(w.held) == 0 {
		select {
		case u = <-w.units:
		case u = <-w.idles:
		case <-w.stop:
			return nil, false
		}
		return u, true
	}
	last := w.syncer.begun.Load()
	for settled := w.syncer.until(last); settled != nil; settled = w.syncer.until(last) {
		select {
		case u = <-w.units:
			return u, true
		case <-settled:
		case <-w.stop:
			return nil, false
		}
	}
	// What comes of the units that were answered last comes soon.
	over := time.NewTimer(grace)
	defer over.Stop()
	select {
	case u = <-w.units:
	case <-over.C:
		w.until = time.Time{}
	case <-w.stop:
		return nil, false
	}
	return u, true
}

// hold keeps a unit for later if it has to yield.
func (w *writer) hold(u *unit) bool {
	if !u.yields || !w.yielding() {
		return false
	}
	w.held = append(w.held, u)
	return true
}

func (w *writer) yielding() bool { return !w.until.IsZero() && time.Until(w.until) > 0 }

// group writes a unit and those that wait behind it. It returns a heavy one that it met:
// that one begins the next group.
func (w *writer) group(ctx context.Context, u *unit) (next *unit) {
	if !u.take() {
		return nil
	}
	if err := w.health.failure(); err != nil {
		u.answer <- result{err: err}
		return nil
	}
	if _, err := w.session.Exec(ctx, "BEGIN IMMEDIATE"); err != nil {
		u.answer <- result{err: explain(err)}
		return nil
	}
	var g group
	written := 0
	began := time.Now() //nolint:forbidigo // measures this process, whatever the host's clock says
	about := 0          // units of the group before, if that is not answered yet
	if w.syncer.until(w.syncer.begun.Load()) != nil {
		about = w.last
	}
	patient := true // all write records: the next step of a delivery makes nobody wait
	for {
		n, err := w.add(ctx, &g, u)
		if err != nil { // the transaction is gone
			w.abandon(ctx, g, explain(err))
			return nil
		}
		written += n
		if u.yields && n > rows.Heavy {
			w.until = began.Add(3 * time.Since(began))
		}
		if u.heavy || n > rows.Heavy || written > maxRows || len(g.units) == maxUnits {
			break
		}
		var wait time.Duration
		if patient = patient && u.yields; patient && len(g.units) < w.share {
			wait = min(pause, gathering-time.Since(began))
		}
		if u, next = w.another(wait); u == nil {
			break
		}
	}
	w.last, w.share = len(g.units), (len(g.units)+about)/2
	g.number = w.syncer.begun.Add(1)
	if _, err := w.session.Exec(ctx, "COMMIT"); err != nil {
		w.abandon(ctx, g, w.commitFailed(ctx, err))
		g.units = nil
	}
	if w.session.engine.marked { // after the commit: who reads with the new number sees it
		w.session.engine.marked = false
		w.rights.Add(1)
	}
	w.session.engine.losses.Settle()
	w.syncer.groups <- g
	return next
}

// another gives a unit for the same group, or a heavy one for the next.
func (w *writer) another(wait time.Duration) (same, heavy *unit) {
	for {
		u := w.coming(wait)
		if u == nil {
			return nil, nil
		}
		if u.heavy {
			return nil, u
		}
		if !w.hold(u) && u.take() {
			return u, nil
		}
	}
}

// coming gives the next unit; nil: none came. It waits for one as long as the group before is
// being synced, when a commit would be of no use to anybody so early, and of fewer units; and
// some time longer.
func (w *writer) coming(wait time.Duration) *unit {
	select {
	case u := <-w.units:
		return u
	default:
	}
	last := w.syncer.begun.Load()
	for syncing := w.syncer.until(last); syncing != nil; syncing = w.syncer.until(last) {
		select {
		case u := <-w.units:
			return u
		case <-syncing:
		}
	}
	if wait <= 0 {
		return nil
	}
	over := time.NewTimer(wait)
	defer over.Stop()
	select {
	case u := <-w.units:
		return u
	case <-over.C:
	case <-w.stop:
	}
	return nil
}

// add runs a unit in the transaction of a group. The first that fails after it wrote takes the
// whole transaction back; then all begin again, each in a savepoint, and one that fails takes
// nobody with it. Without a failure there are no savepoints: for each, SQLite would keep a copy
// of the pages that its unit changes. err says that the transaction is lost, which happens when
// SQLite rolled it back on its own: a full disk, a failed read.
func (w *writer) add(ctx context.Context, g *group, u *unit) (written int, err error) {
	g.units, g.results = append(g.units, u), append(g.results, result{})
	last := len(g.units) - 1
	if g.savepoints {
		g.results[last], written, err = w.one(ctx, u)
		return written, err
	}
	w.session.touched = false
	g.results[last], written = w.attempt(ctx, u)
	switch {
	case g.results[last].good():
		return written, nil
	case !w.session.touched && w.session.engine.within():
		return 0, nil
	}
	if _, err := w.session.Exec(ctx, "ROLLBACK"); err != nil {
		return 0, errors.Join(g.results[last].err, err)
	}
	if _, err := w.session.Exec(ctx, "BEGIN IMMEDIATE"); err != nil || last == 0 {
		return 0, err
	}
	g.savepoints = true
	written = 0
	for i, u := range g.units {
		var n int
		if g.results[i], n, err = w.one(ctx, u); err != nil {
			return 0, err
		}
		written += n
	}
	return written, nil
}

// one runs a unit in its savepoint.
func (w *writer) one(ctx context.Context, u *unit) (r result, written int, err error) {
	if _, err := w.session.Exec(ctx, "SAVEPOINT unit"); err != nil {
		return r, 0, err
	}
	r, written = w.attempt(ctx, u)
	if r.good() {
		_, err := w.session.Exec(ctx, "RELEASE unit")
		return r, written, err
	}
	if _, err := w.session.Exec(ctx, "ROLLBACK TO unit"); err != nil {
		return r, 0, errors.Join(r.err, err)
	}
	_, err = w.session.Exec(ctx, "RELEASE unit")
	return r, 0, err
}

// attempt runs a unit and catches its panic.
func (w *writer) attempt(ctx context.Context, u *unit) (r result, written int) {
	defer func() {
		if v := recover(); v != nil {
			r.panicked = &panicked{v, debug.Stack()}
		}
	}()
	written, err := u.run(ctx, w.session)
	return result{err: explain(err)}, written
}

// abandon rolls the transaction back and tells everybody whose work is lost with it.
func (w *writer) abandon(ctx context.Context, g group, err error) {
	// It may be gone already; there is nothing else to do about an error here.
	_, _ = w.session.Exec(ctx, "ROLLBACK")
	w.session.engine.losses.Settle()
	g.answer(err)
}

// commitFailed decides what a failed commit means. A full disk passes. After anything else
// nobody knows what the disk holds: nothing more is written, reading goes on.
func (w *writer) commitFailed(ctx context.Context, err error) error {
	if told := explain(err); appdock.CodeOf(told) == "ADK-DISK-FULL" {
		return told
	}
	return w.health.fail(ctx, fmt.Errorf("commit: %w", err))
}
