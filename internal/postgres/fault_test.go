package postgres

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/rows"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/webhook"
)

var shopA = appdock.Shop{ID: "AAAAAAAAAAAAAAAA", URL: "https://a.example", Name: "A", Locale: "en-GB", Currency: "EUR"}

// wire is what lies between a host and its server.
type wire struct {
	mu      sync.Mutex
	open    map[*link]bool
	down    bool
	unheard atomic.Bool // the next COMMIT does not reach the server
	mute    atomic.Bool // the answer to the next COMMIT does not reach the host
	all     atomic.Bool // with that, all connections are cut
	sent    atomic.Int64
}

// link is a connection over the wire.
type link struct {
	net.Conn
	wire   *wire
	silent atomic.Bool
}

func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.down {
		return nil, errors.New("the wire is down")
	}
	var d net.Dialer
	conn, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l := &link{Conn: conn, wire: w}
	w.open[l] = true
	return l, nil
}

func (w *wire) setDown(down bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.down = down
}

func (w *wire) cutAll() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for l := range w.open {
		_ = l.Conn.Close()
	}
}

func (l *link) Write(b []byte) (int, error) {
	l.wire.sent.Add(1)
	if bytes.Contains(b, []byte("COMMIT\x00")) {
		if l.wire.unheard.CompareAndSwap(true, false) {
			_ = l.Close()
			return 0, io.ErrClosedPipe
		}
		if l.wire.mute.CompareAndSwap(true, false) {
			l.silent.Store(true)
		}
	}
	return l.Conn.Write(b)
}

func (l *link) Read(b []byte) (int, error) {
	n, err := l.Conn.Read(b)
	if err == nil && l.silent.Load() {
		if l.wire.all.Load() {
			l.wire.cutAll()
		}
		_ = l.Close()
		return 0, io.ErrUnexpectedEOF
	}
	return n, err
}

func (l *link) Close() error {
	l.wire.mu.Lock()
	defer l.wire.mu.Unlock()
	delete(l.wire.open, l)
	return l.Conn.Close()
}

// overWire opens a store with a shop, over a wire that can be cut.
func overWire(t *testing.T, config *pgx.ConnConfig, o Options) (*Store, *wire) {
	t.Helper()
	w := &wire{open: map[*link]bool{}}
	o.dial = w.dial
	s := openStore(t, config, o)
	if err := s.AddShop(t.Context(), shopA); err != nil {
		t.Fatal(err)
	}
	return s, w
}

func product(number string) entity.Change {
	return entity.Change{
		Entity: "product", Kind: entity.Inserted, ID: appdock.NewID(time.Now()), Pointer: "/0",
		Set: map[string]any{"productNumber": number},
	}
}

func products(t *testing.T, s *Store) int {
	t.Helper()
	page, err := s.Search(t.Context(), shopA.ID, entity.View{}, &entity.Criteria{Entity: "product", Limit: 1, Total: entity.CountAll})
	if err != nil {
		t.Fatal(err)
	}
	return page.Total
}

// TestConnectionLostAtCommit cuts the connection where nobody but the server knows what
// became of the unit of work.
func TestConnectionLostAtCommit(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		cut  func(*wire)
		runs int
		code string
	}{
		"before the server heard of it":            {func(w *wire) { w.unheard.Store(true) }, 2, ""},
		"before the host heard of it":              {func(w *wire) { w.mute.Store(true) }, 1, ""},
		"before the host heard of it, with others": {func(w *wire) { w.all.Store(true); w.mute.Store(true) }, 1, "ADK-DATABASE-UNSURE"},
	} {
		t.Run(name, func(t *testing.T) {
			// A store of its own: one that lost all its connections takes a moment until it
			// can tell again what became of a unit.
			s, w := overWire(t, newDatabase(t), options(t))
			before, runs := products(t, s), 0
			change := product(name)
			_, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error {
				if runs++; runs == 1 {
					test.cut(w)
				}
				return u.Apply(change)
			})
			w.all.Store(false)
			if got := appdock.CodeOf(err); got != test.code || (err != nil) != (test.code != "") {
				t.Errorf("got %v, want code %q", err, test.code)
			}
			if runs != test.runs {
				t.Errorf("the unit ran %d times, want %d", runs, test.runs)
			}
			if got := products(t, s); got != before+1 {
				t.Errorf("got %d products more, want one", got-before)
			}
		})
	}
}

// TestRowsAreSentTogether counts what is sent: a server that stands elsewhere must not be
// waited for between one row and the next.
func TestRowsAreSentTogether(t *testing.T) {
	t.Parallel()
	s, w := overWire(t, newDatabase(t), options(t))
	var changes []entity.Change
	for i := range 256 {
		changes = append(changes, product(fmt.Sprint("P", i)))
	}
	before := w.sent.Load()
	if _, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error { return u.Apply(changes...) }); err != nil {
		t.Fatal(err)
	}
	if sent := w.sent.Load() - before; sent > 32 {
		t.Errorf("%d rows were sent %d times", len(changes), sent)
	}
}

// TestConnectionLostInUnit has the server end the connection in the middle.
func TestConnectionLostInUnit(t *testing.T) {
	t.Parallel()
	s, w := overWire(t, newDatabase(t), options(t))
	runs := 0
	_, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error {
		if runs++; runs == 1 {
			w.cutAll()
		}
		return u.Apply(product("P1"))
	})
	// The lock's connection was cut, too: the second run may come before that is found.
	if err != nil && appdock.KindOf(err) != appdock.Unavailable {
		t.Errorf("got %v", err)
	}
	if got, want := products(t, s), map[bool]int{true: 1, false: 0}[err == nil]; got != want {
		t.Errorf("got %d products, want %d after %v", got, want, err)
	}
}

// heard gives what a store logs, one message at a time.
type heard chan string

func (h heard) Enabled(context.Context, slog.Level) bool { return true }
func (h heard) WithAttrs([]slog.Attr) slog.Handler       { return h }
func (h heard) WithGroup(string) slog.Handler            { return h }

func (h heard) Handle(_ context.Context, r slog.Record) error {
	h <- r.Message
	return nil
}

func (h heard) wait(t *testing.T, message string) {
	t.Helper()
	for {
		select {
		case m := <-h:
			if m == message {
				return
			}
		case <-t.Context().Done():
			t.Fatalf("%q was not logged", message)
		}
	}
}

// TestServerGoneAndBack goes on without a restart of the host.
func TestServerGoneAndBack(t *testing.T) {
	t.Parallel()
	o := options(t)
	log := make(heard, 10)
	o.Log = slog.New(log)
	s, w := overWire(t, newDatabase(t), o)
	w.setDown(true)
	w.cutAll()
	log.wait(t, "database lost, nothing is written")
	wantCode(t, s.Healthy(), "ADK-DATABASE-UNREACHABLE")
	if err := s.Failed(); err != nil {
		t.Errorf("given up for good: %v", err)
	}
	_, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error { return u.Apply(product("P1")) })
	wantCode(t, err, "ADK-DATABASE-UNREACHABLE")
	_, err = s.Shops(t.Context())
	wantCode(t, err, "ADK-DATABASE-UNREACHABLE")
	w.setDown(false)
	log.wait(t, "database found again")
	if err := s.Healthy(); err != nil {
		t.Error(err)
	}
	if _, err := s.Write(t.Context(), shopA.ID, func(u shop.Unit) error { return u.Apply(product("P1")) }); err != nil {
		t.Error(err)
	}
	if n := products(t, s); n != 1 {
		t.Errorf("got %d products, want 1", n)
	}
}

// TestTakenOver loses the database to another host, while this one cannot see it.
func TestTakenOver(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	o := options(t)
	log := make(heard, 10)
	o.Log = slog.New(log)
	first, w := overWire(t, config, o)
	w.setDown(true)
	admin := connected(t, config)
	first.holder.using.Lock()
	pid := first.holder.conn.PgConn().PID()
	first.holder.using.Unlock()
	if _, err := admin.Exec(t.Context(), "SELECT pg_terminate_backend($1, 10000)", int32(pid)); err != nil { //nolint:gosec // it came so
		t.Fatal(err)
	}
	second := openStore(t, config, options(t))
	// Its other connections are as good as ever.
	err := database{first}.Write(t.Context(), rows.Upkeep, false, func(ctx context.Context, c rows.Conn) (int, error) {
		t.Error("the unit was run")
		return 0, nil
	})
	if code := appdock.CodeOf(err); code != "ADK-DATABASE-TAKEN" && code != "ADK-DATABASE-UNREACHABLE" {
		t.Errorf("got %v", err)
	}
	if err := second.SetFact(t.Context(), "mine", "yes"); err != nil {
		t.Error(err)
	}
	log.wait(t, "database lost, nothing is written")
	if err := second.Close(); err != nil {
		t.Fatal(err)
	}
	w.setDown(false)
	log.wait(t, "database lost for good")
	wantCode(t, first.Failed(), "ADK-DATABASE-TAKEN")
	wantCode(t, first.SetFact(t.Context(), "mine", "no"), "ADK-DATABASE-TAKEN")
}

// TestDeadlock runs two units that are in each other's way.
func TestDeadlock(t *testing.T) {
	t.Parallel()
	s, _ := overWire(t, newDatabase(t), options(t))
	for _, name := range []string{"a", "b"} {
		if err := s.SetFact(t.Context(), name, ""); err != nil {
			t.Fatal(err)
		}
	}
	var both, workers sync.WaitGroup
	both.Add(2)
	var runs atomic.Int32
	for _, names := range []string{"ab", "ba"} {
		var once sync.Once
		workers.Go(func() {
			err := database{s}.Write(t.Context(), rows.Intake, false, func(ctx context.Context, c rows.Conn) (int, error) {
				runs.Add(1)
				for _, name := range strings.Split(names, "") {
					if _, err := c.Exec(ctx, "UPDATE fact SET value = value || ? WHERE name = ?", names, name); err != nil {
						return 0, err
					}
					once.Do(func() { both.Done(); both.Wait() })
				}
				return 2, nil
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	// Whoever gave way may come back before the other one has its lock, and meet it again.
	if n := runs.Load(); n < 3 {
		t.Errorf("the units ran %d times, want one of them again", n)
	}
	for _, name := range []string{"a", "b"} {
		if value, err := s.Fact(t.Context(), name); err != nil || len(value) != 4 {
			t.Errorf("%s: got %q, %v", name, value, err)
		}
	}
}

// TestLowerNumberCommitsLast leaves a unit with its event's number open while another one
// gets a higher number, is committed and is matched. Those of one shop wait for each other.
func TestLowerNumberCommitsLast(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	s, _ := overWire(t, config, options(t))
	admin := connected(t, config)
	other := shopA
	other.ID, other.URL = "CaseShopBBBBBBBB", "https://other.example"
	if err := s.AddShop(t.Context(), other); err != nil {
		t.Fatal(err)
	}
	// The commit of an event of that name waits for whoever holds the lock.
	run(t, admin, `CREATE FUNCTION wait_for_test() RETURNS trigger LANGUAGE plpgsql AS $$
		BEGIN IF NEW.name = 'late' THEN PERFORM pg_advisory_xact_lock(42); END IF; RETURN NULL; END $$;
		CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON event DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION wait_for_test()`)
	run(t, admin, "SELECT pg_advisory_lock(42)")
	published := func(shop appdock.Shop, name appdock.EventName) appdock.Event {
		t.Helper()
		e := appdock.Event{ID: appdock.NewID(time.Now()), Shop: shop.ID, Name: name, At: time.Now()}
		events, err := s.Append(t.Context(), e)
		if err != nil {
			t.Fatal(err)
		}
		return events[0]
	}
	late := make(chan appdock.Event, 1)
	var waiting sync.WaitGroup
	waiting.Go(func() { late <- published(shopA, "late") })
	// The number is drawn when the commit waits.
	for blocked := false; !blocked; {
		err := admin.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND objid = 42 AND NOT granted)").Scan(&blocked)
		if err != nil {
			t.Fatal(err)
		}
	}
	matched := func() (names []appdock.EventName) {
		t.Helper()
		_, _, err := s.FanOut(t.Context(), 10, func(events []appdock.Event) ([]webhook.Delivery, error) {
			for _, e := range events {
				names = append(names, e.Name)
			}
			return nil, nil
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	early := published(other, "early")
	if got := matched(); len(got) != 1 || got[0] != "early" {
		t.Errorf("before: got %v", got)
	}
	run(t, admin, "SELECT pg_advisory_unlock(42)")
	waiting.Wait()
	if e := <-late; e.Seq >= early.Seq {
		t.Errorf("the late event has number %d, the early one %d: nothing was tried", e.Seq, early.Seq)
	}
	if got := matched(); len(got) != 1 || got[0] != "late" {
		t.Errorf("after: got %v", got)
	}
	if got := matched(); got != nil {
		t.Errorf("then: got %v", got)
	}
}

// TestTextsThatPostgreSQLCannotHold are stored with a sign in place of what they cannot be.
func TestTextsThatPostgreSQLCannotHold(t *testing.T) {
	t.Parallel()
	s, _ := overWire(t, newDatabase(t), options(t))
	if err := s.SetFact(t.Context(), "answer", "a\x00b\xffc"); err != nil {
		t.Fatal(err)
	}
	if value, err := s.Fact(t.Context(), "answer"); err != nil || value != "a\uFFFDb\uFFFDc" {
		t.Errorf("got %q, %v", value, err)
	}
}

// TestSearchThatIsGivenUp is ended by the server, too.
func TestSearchThatIsGivenUp(t *testing.T) {
	t.Parallel()
	config := newDatabase(t)
	s, _ := overWire(t, config, options(t))
	ctx, giveUp := context.WithCancel(t.Context())
	begun := make(chan struct{})
	var searching sync.WaitGroup
	searching.Go(func() {
		err := database{s}.Read(ctx, rows.Stranger, func(c rows.Conn) error {
			close(begun)
			return c.While(ctx, func(rows.Row) (bool, error) { return true, nil }, "SELECT pg_sleep(3600)")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	<-begun
	giveUp()
	searching.Wait()
	admin := connected(t, config)
	for running := true; running; {
		err := admin.QueryRow(t.Context(), "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query LIKE '%pg_sleep%' AND pid <> pg_backend_pid())").Scan(&running)
		if err != nil {
			t.Fatal(err)
		}
	}
	if n := products(t, s); n != 0 {
		t.Errorf("got %d products", n)
	}
}
