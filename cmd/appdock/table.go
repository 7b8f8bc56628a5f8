package main

import (
	"io"
	"strings"
	"unicode"

	"charm.land/lipgloss/v2"
)

// table is a list as people read it. Its cells may come from strangers.
type table struct {
	head []string
	rows [][]string
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

// write prints the table with its columns below each other: with a line below a bold head
// if the stream is a terminal, else bare.
func (t *table) write(s stream, indent string) {
	widths := make([]int, len(t.head))
	rows := append([][]string{t.head}, t.rows...)
	for _, row := range rows {
		for i, cell := range row {
			row[i] = oneLine(cell)
			widths[i] = max(widths[i], lipgloss.Width(row[i]))
		}
	}
	var b strings.Builder
	for n, row := range rows {
		line := make([]string, len(row))
		for i, cell := range row {
			line[i] = cell + strings.Repeat(" ", widths[i]-lipgloss.Width(cell))
		}
		text := strings.TrimRight(strings.Join(line, "  "), " ")
		if n > 0 {
			b.WriteString(indent + text + "\n")
			continue
		}
		b.WriteString(indent + s.paint(bold, text) + "\n")
		if s.terminal {
			for i, width := range widths {
				line[i] = strings.Repeat("─", width)
			}
			b.WriteString(indent + s.paint(faint, strings.Join(line, "  ")) + "\n")
		}
	}
	s.print(b.String())
}

// pairs is a thing with its properties, a line each.
type pairs struct{ rows [][2]string }

func (p *pairs) add(name, value string) {
	if value != "" {
		p.rows = append(p.rows, [2]string{name, value})
	}
}

func (p *pairs) write(s stream) {
	width := 0
	for _, row := range p.rows {
		width = max(width, lipgloss.Width(row[0]))
	}
	for _, row := range p.rows {
		s.print(s.paint(bold, row[0]) + strings.Repeat(" ", width-lipgloss.Width(row[0])+2) + oneLine(row[1]) + "\n")
	}
}

// stream is where text for people goes.
type stream struct {
	io.Writer
	terminal bool
	color    bool
}

// print writes text. A reader who has left cannot be told so.
func (s stream) print(text string) { _, _ = io.WriteString(s, text) }

// style of a piece of text.
type style int

const (
	bold style = iota
	faint
	red
	yellow
)

func (s stream) paint(as style, text string) string {
	if !s.color {
		return text
	}
	base := lipgloss.NewStyle()
	switch as {
	case bold:
		base = base.Bold(true)
	case faint:
		base = base.Faint(true)
	case red:
		base = base.Bold(true).Foreground(lipgloss.Red)
	case yellow:
		base = base.Bold(true).Foreground(lipgloss.Yellow)
	}
	return base.Render(text)
}

// harmless is text of strangers without what could make a terminal show something else
// than it says: control sequences, and marks that turn the direction of writing.
func harmless(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return unicode.ReplacementChar
		}
		return r
	}, text)
}

// oneLine is harmless text without line breaks.
func oneLine(text string) string {
	return strings.Join(strings.FieldsFunc(harmless(text), func(r rune) bool { return r == '\n' || r == '\t' }), " ")
}

// cut shortens text to n characters.
func cut(text string, n int) string {
	if letters := []rune(text); len(letters) > n {
		return string(letters[:n-1]) + "…"
	}
	return text
}
