package main

import (
	"fmt"
	"sync"
	"time"
)

// progress is a line on the terminal about work that takes long enough to wonder.
type progress struct {
	screen stream
	doing  string // such as "checking"
	total  int

	stop chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex
	count int
	name  string
}

const (
	progressAfter = 300 * time.Millisecond // nobody wonders earlier
	progressEvery = 100 * time.Millisecond
)

// progress begins to count to total. The line is shown only where somebody sees it; end
// takes it away.
func (p *program) progress(doing string, total int) *progress {
	line := &progress{screen: p.err, doing: doing, total: total, stop: make(chan struct{})}
	if p.err.terminal && !p.quiet {
		line.done.Go(line.show)
	}
	return line
}

// next says what is being worked on.
func (l *progress) next(name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.count, l.name = l.count+1, name
}

// end takes the line away. Nothing is written after it.
func (l *progress) end() {
	close(l.stop)
	l.done.Wait()
}

func (l *progress) show() {
	wait := time.NewTimer(progressAfter)
	defer wait.Stop()
	shown := false
	for {
		select {
		case <-l.stop:
			if shown {
				l.screen.print("\r\x1b[K")
			}
			return
		case <-wait.C:
			shown = true
			l.screen.print("\r\x1b[K" + l.line())
			wait.Reset(progressEvery)
		}
	}
}

func (l *progress) line() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return fmt.Sprintf("%s %d of %d: %s", l.doing, l.count, l.total, cut(oneLine(l.name), maxLabel))
}
