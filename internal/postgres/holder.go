package postgres

import (
	"context"
	"errors"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/appdock/appdock"
)

const (
	// lookTime is how often it is looked whether the database is still this host's, and
	// reachable.
	lookTime = time.Second
	// answerTime is how long the server may take to say so.
	answerTime = 5 * time.Second
	// claimTime is how long the lock of a host that is gone may be there still.
	claimTime = 2 * time.Second
	// outcomeTime is how long a transaction that is being committed is left alone.
	outcomeTime = 20 * time.Millisecond
)

// holder keeps the database for this host: an advisory lock on a connection of its own,
// and the number that this host drew when it took it. When the connection is lost it takes
// the lock again. If another host has drawn a number meanwhile, the database is lost to
// this one for good: what is in its memory is not what stands in the tables any more.
type holder struct {
	config *pgx.ConnConfig
	log    *slog.Logger
	number int64
	stop   context.CancelFunc
	ended  chan struct{}

	using   sync.Mutex
	conn    *pgx.Conn // nil: lost, for now
	session int64     // counts the connections

	mu  sync.Mutex
	now standing
}

// standing is how this host stands to its database.
type standing struct {
	err  error // why nothing can be written; nil: all is well
	lost bool  // and that will stay so
}

// hold takes the database, brings its tables up to date, and watches over it.
func hold(ctx context.Context, config *pgx.ConnConfig, log *slog.Logger) (*holder, error) {
	h := &holder{config: config, log: log, ended: make(chan struct{})}
	if err := h.take(ctx); err != nil {
		return nil, err
	}
	always, stop := context.WithCancel(context.WithoutCancel(ctx))
	h.stop = stop
	go h.watch(always)
	return h, nil
}

func (h *holder) take(ctx context.Context) (err error) {
	conn, err := connect(ctx, h.config)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, conn.Close(context.WithoutCancel(ctx)))
		}
	}()
	if err := writable(ctx, conn); err != nil {
		return err
	}
	if err := h.claim(ctx, conn); err != nil {
		return err
	}
	if err := migrate(ctx, conn); err != nil {
		return err
	}
	if err := conn.QueryRow(ctx, "UPDATE holder SET number = number + 1 RETURNING number").Scan(&h.number); err != nil {
		return err
	}
	// A host that had it before may not know yet that it has it no more: what it began ends.
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1), pg_advisory_unlock($1)", unitsLock); err != nil {
		return err
	}
	h.conn = conn
	return nil
}

// begun gives the number of the session with the server, for [holder.outcomeOf].
func (h *holder) begun() (session int64) {
	h.using.Lock()
	defer h.using.Unlock()
	return h.session
}

// claim waits for the server to notice that the host before is gone, if it just ended.
func (h *holder) claim(ctx context.Context, conn *pgx.Conn) error {
	patience, cancel := context.WithTimeout(ctx, claimTime)
	defer cancel()
	for {
		err := claim(ctx, conn)
		if appdock.CodeOf(err) != codeLocked {
			return err
		}
		select {
		case <-patience.Done():
			return err
		case <-time.After(claimTime / 20):
		}
	}
}

func (h *holder) state() standing {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *holder) close() error {
	h.stop()
	<-h.ended
	if h.conn == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), answerTime)
	defer cancel()
	// The server answers this after it has freed the lock, and the end of a connection before.
	_, err := h.conn.Exec(ctx, "SELECT pg_advisory_unlock($1)", hostLock)
	if h.conn.IsClosed() {
		return nil // it is free anyhow
	}
	return errors.Join(err, h.conn.Close(ctx))
}

func (h *holder) watch(ctx context.Context) {
	defer close(h.ended)
	look := time.NewTicker(lookTime)
	defer look.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-look.C:
		}
		before := h.state()
		now := h.look(ctx)
		if ctx.Err() != nil {
			return
		}
		h.mu.Lock()
		h.now = now
		h.mu.Unlock()
		switch {
		case now.lost:
			h.log.LogAttrs(ctx, slog.LevelError, "database lost for good", slog.Any("error", now.err))
			return
		case now.err != nil && before.err == nil:
			h.log.LogAttrs(ctx, slog.LevelError, "database lost, nothing is written", slog.Any("error", now.err))
		case now.err == nil && before.err != nil:
			h.log.LogAttrs(ctx, slog.LevelInfo, "database found again")
		}
	}
}

// look asks on the connection of the lock, which must not be lost, or takes the lock again.
func (h *holder) look(ctx context.Context) standing {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	h.using.Lock()
	defer h.using.Unlock()
	if h.conn != nil {
		if err := h.conn.Ping(ctx); err == nil {
			return standing{}
		}
		_ = h.conn.Close(ctx) // it is of no more use, whatever this says
		h.conn = nil
	}
	conn, err := connect(ctx, h.config)
	if err != nil {
		return standing{err: err}
	}
	if err := errors.Join(writable(ctx, conn), claim(ctx, conn)); err != nil {
		_ = conn.Close(ctx) // the error above is the one that counts
		return standing{err: err}
	}
	if err := h.mine(ctx, conn); err != nil {
		_ = conn.Close(ctx) // likewise
		return standing{err: err, lost: appdock.CodeOf(err) == codeTaken}
	}
	h.conn = conn
	h.session++
	return standing{}
}

// mine asks whether the number of this host was the last one drawn.
func (h *holder) mine(ctx context.Context, conn *pgx.Conn) error {
	var number int64
	if err := conn.QueryRow(ctx, "SELECT number FROM holder").Scan(&number); err != nil {
		return err
	}
	return h.check(number)
}

const (
	codeTaken  = "ADK-DATABASE-TAKEN"
	codeLocked = "ADK-DATABASE-LOCKED"
)

// check compares the number that stands in the database with that of this host.
func (h *holder) check(number int64) error {
	if number == h.number {
		return nil
	}
	return &appdock.Error{
		Kind:    appdock.Unavailable,
		Code:    codeTaken,
		Message: "Another Appdock has taken over the database.",
		Cause:   "this host lost its connection to " + place(h.config) + ", and another one was started meanwhile",
		Cure:    "Run one host on a database: stop this one, or the other and start this one again.",
	}
}

// outcome is how a transaction ended.
type outcome string

const (
	committed outcome = "committed"
	aborted   outcome = "aborted"
	unsure    outcome = "" // nobody can tell
)

// outcomeOf asks the server how a transaction ended that began during a session. It can
// tell if it has not been down since: after a crash, the number of a transaction that did
// not reach the disk may be another one's.
func (h *holder) outcomeOf(ctx context.Context, session, transaction int64) outcome {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	for {
		var status *string // null: it is long over
		h.using.Lock()
		if h.conn == nil || h.session != session {
			h.using.Unlock()
			return unsure
		}
		err := h.conn.QueryRow(ctx, "SELECT pg_xact_status($1::text::xid8)", strconv.FormatInt(transaction, 10)).Scan(&status)
		h.using.Unlock()
		switch {
		case err != nil || status == nil:
			return unsure
		case *status == string(committed) || *status == string(aborted):
			return outcome(*status)
		}
		select {
		case <-ctx.Done():
			return unsure
		case <-time.After(outcomeTime): // it is still being committed
		}
	}
}
