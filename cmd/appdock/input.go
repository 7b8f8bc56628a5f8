package main

import (
	"io"
	"os"
)

// input reads a file that an argument names, - for standard input, up to one byte more than
// most: a longer text is the caller's to refuse.
func (p *program) input(name string, most int64) ([]byte, error) {
	source := p.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, unreadable(err)
		}
		defer func() { _ = file.Close() }() // it was only read
		source = file
	}
	text, err := io.ReadAll(io.LimitReader(source, most+1))
	if err != nil {
		return nil, unreadable(err)
	}
	return text, nil
}
