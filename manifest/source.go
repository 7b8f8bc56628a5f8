package manifest

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"
)

// Path says where in a manifest a value stands: for XML like the XPath
// /manifest/webhooks/webhook[2]/@event (the number is left out for an only
// child), for JSON the pointer /webhooks/1/topic.
type Path string

// Child is the path of an element, attribute ("@name") or member below p.
func (p Path) Child(name string) Path { return p + "/" + Path(name) }

// parent is what p stands in; the parent of the whole is empty.
func (p Path) parent() Path {
	cut := strings.LastIndexByte(string(p), '/')
	if cut < 0 {
		return ""
	}
	return p[:cut]
}

// Position is a place in a file, for people: lines and columns start at 1 and
// columns count characters. The zero Position is no place at all.
type Position struct {
	File   string `json:"file"`
	Line   int    `json:"line"`
	Column int    `json:"column"`
}

// Source is the text an App was read from, and where in it each value stands.
// A nil Source, as that of an App made by hand, knows no positions.
type Source struct {
	file    string
	text    string
	marks   []int              // characters before every markEvery-th byte
	lines   []int              // byte offset at which each line begins
	offsets map[Path]int       // byte offset of each value
	beside  map[string]*Source // files beside the manifest, by the name of their root element
}

// byteOrderMark may begin a file; it is no character of it.
const byteOrderMark = "\uFEFF"

func newSource(file string, text []byte) *Source {
	s := &Source{file: file, text: strings.TrimPrefix(string(text), byteOrderMark), lines: []int{0}, offsets: map[Path]int{}}
	characters := 0
	for i := range len(s.text) {
		if i%markEvery == 0 {
			s.marks = append(s.marks, characters)
		}
		if utf8.RuneStart(s.text[i]) {
			characters++
		}
		if s.text[i] == '\n' {
			s.lines = append(s.lines, i+1)
		}
	}
	return s
}

// markEvery is after how many bytes the characters are noted, so that places in
// a very long line need not be counted from its start.
const markEvery = 1 << 10

// characters is how many there are before a byte offset.
func (s *Source) characters(offset int) int {
	if len(s.marks) == 0 {
		return 0
	}
	mark := min(offset/markEvery, len(s.marks)-1)
	count := s.marks[mark]
	for i := mark * markEvery; i < offset; i++ {
		if utf8.RuneStart(s.text[i]) {
			count++
		}
	}
	return count
}

// File is the name of the file as Problems give it.
func (s *Source) File() string {
	if s == nil {
		return ""
	}
	return s.file
}

// Bytes is the text of the manifest without a byte order mark; reading it again gives the same App.
func (s *Source) Bytes() []byte {
	if s == nil {
		return nil
	}
	return []byte(s.text)
}

// Hash is the SHA-256 of the text in lower-case hex.
func (s *Source) Hash() string {
	sum := sha256.Sum256(s.Bytes())
	return hex.EncodeToString(sum[:])
}

// Position is where the value at p stands or, when p is not in the file,
// where that stands in which it is missing.
func (s *Source) Position(p Path) Position {
	if s == nil {
		return Position{}
	}
	if other := s.of(p); other != s {
		return other.Position(p)
	}
	for {
		if offset, ok := s.offsets[p]; ok {
			return s.at(offset)
		}
		if p == "" {
			return s.at(0)
		}
		p = p.parent()
	}
}

// at turns a byte offset into a position.
func (s *Source) at(offset int) Position {
	line := s.line(offset)
	column := s.characters(offset) - s.characters(s.lines[line-1]) + 1
	return Position{File: s.file, Line: line, Column: column}
}

// line is the 1-based line of a byte offset.
func (s *Source) line(offset int) int {
	line, found := slices.BinarySearch(s.lines, offset)
	if found {
		return line + 1
	}
	return line
}

// has reports whether the file has a value at p itself.
func (s *Source) has(p Path) bool {
	if s == nil {
		return false
	}
	_, ok := s.of(p).offsets[p]
	return ok
}

// of is the file that p is in: its first step is the root element.
func (s *Source) of(p Path) *Source {
	first, _, _ := strings.Cut(strings.TrimPrefix(string(p), "/"), "/")
	if other, ok := s.beside[first]; ok {
		return other
	}
	return s
}

// nth is the path of number i of n elements with the same name; an only child has no number.
func nth(p Path, i, n int) Path {
	if n == 1 {
		return p
	}
	return p + Path("["+strconv.Itoa(i+1)+"]")
}
