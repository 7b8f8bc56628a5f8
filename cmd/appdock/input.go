package main

import (
	"io"
	"os"

	"github.com/appdock/appdock"
)

// input reads a file that an argument names, - for standard input, up to one byte more than
// most: a longer text is the caller's to refuse.
func (p *program) input(name string, most int64) ([]byte, error) {
	source := p.in
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, noInput(name, err)
		}
		defer func() { _ = file.Close() }() // it was only read
		source = file
	}
	text, err := io.ReadAll(io.LimitReader(source, most+1))
	if err != nil {
		return nil, noInput(name, err)
	}
	return text, nil
}

// noInput says that a file which an argument names cannot be read.
func noInput(name string, err error) error {
	told := &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-INPUT-UNREADABLE", Message: "The file " + name + " cannot be used",
		Cause: unreadable(err).Error(), Cure: "Name a file that is there and that you may read.", Err: err,
	}
	if name == "-" {
		told.Message, told.Cure = "Standard input cannot be used", "Name a file instead."
	}
	return told
}
