package dev

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode"

	"charm.land/lipgloss/v2"

	"github.com/appdock/appdock/internal/control"
)

// screen prints what happens, a line each, so that columns stay below each other.
type screen struct {
	mu    sync.Mutex
	out   io.Writer
	color bool
}

// banner says where everything is; at most eight lines.
type banner struct {
	version, shop, admin, api, token, data string
	next                                   []string
}

func (s *screen) banner(b banner) {
	lines := []string{
		s.paint(bold, "Appdock, version "+b.version),
		"  Shop    " + b.shop,
		"  Admin   " + b.admin,
		"  API     " + b.api,
		"  Token   " + b.token,
		"  Data    " + b.data,
	}
	for i, next := range b.next {
		label := "  Next    "
		if i > 0 {
			label = "          "
		}
		lines = append(lines, label+next)
	}
	s.print(strings.Join(lines, "\n") + "\n\n")
}

// activity prints one thing that happened: time, app, event, key, status, ms.
func (s *screen) activity(a control.Activity) {
	a.App, a.Event, a.Text = harmless(a.App), harmless(a.Event), harmless(a.Text)
	arrow, tail := "→", ""
	switch a.Kind {
	case "event":
		if a.Attempt > 0 {
			tail = fmt.Sprintf("attempt %d", a.Attempt+1)
		}
	case "answer", "api":
		if a.Kind == "answer" {
			arrow = "←"
		} else {
			arrow = "·"
		}
		status := "---"
		if a.Status > 0 {
			status = fmt.Sprint(a.Status)
		}
		tail = s.paint(statusColor(a.Status), status) + fmt.Sprintf(" %5d ms", a.MS)
		if a.Text != "" {
			tail += "  " + a.Text
		}
	default:
		s.print(fmt.Sprintf("%s • %-14s %s\n", a.At.Format(clock), a.App, a.Text))
		return
	}
	line := fmt.Sprintf("%s %s %-14s %-28s %-32s %s", a.At.Format(clock), arrow, a.App, a.Event, a.Key, tail)
	s.print(strings.TrimRight(line, " ") + "\n")
}

// note prints a sentence of ours.
func (s *screen) note(format string, args ...any) { s.print(fmt.Sprintf(format, args...) + "\n") }

// life prints a step of an app's life, or what it says itself.
func (s *screen) life(app, text string) {
	s.activity(control.Activity{At: now(), Kind: "life", App: app, Text: text})
}

// failure prints what went wrong for the person who has to mend it.
func (s *screen) failure(err error) {
	var b strings.Builder
	f := control.Explain(err)
	fmt.Fprintf(&b, "%s %s", s.paint(red, "error:"), f.Message)
	if f.Cause != "" {
		fmt.Fprintf(&b, ": %s", f.Cause)
	}
	fmt.Fprintf(&b, " [%s]\n", f.Code)
	for _, x := range f.Faults {
		fmt.Fprintf(&b, "  %s: %s\n", x.Pointer, x.Message)
	}
	if f.Cure != "" {
		fmt.Fprintf(&b, "  %s\n", f.Cure)
	}
	s.print(b.String())
}

// harmless takes from a stranger's text what a terminal would obey.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) {
			return '·'
		}
		return r
	}, text)
}

func (s *screen) print(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// A terminal that is gone cannot be told so; the host goes on.
	_, _ = io.WriteString(s.out, text)
}

// clock is how times of the day are shown.
const clock = "15:04:05.000"

// style of a piece of text.
type style int

const (
	plain style = iota
	bold
	green
	yellow
	red
)

func (s *screen) paint(as style, text string) string {
	if !s.color {
		return text
	}
	base := lipgloss.NewStyle()
	switch as {
	case plain:
		return text
	case bold:
		base = base.Bold(true)
	case green:
		base = base.Foreground(lipgloss.Green)
	case yellow:
		base = base.Foreground(lipgloss.Yellow)
	case red:
		base = base.Foreground(lipgloss.Red)
	}
	return base.Render(text)
}

func statusColor(status int) style {
	switch {
	case status >= 200 && status < 300:
		return green
	case status >= 300 && status < 500:
		return yellow
	default:
		return red
	}
}
