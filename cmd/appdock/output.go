package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// say prints a sentence of a result; nothing with -q or when the result is a document.
func (p *program) say(format string, args ...any) {
	if !p.quiet && !p.json() {
		p.out.print(harmless(fmt.Sprintf(format, args...)) + "\n")
	}
}

// warn prints a sentence about what works but deserves a look.
func (p *program) warn(sentence string) {
	if !p.quiet && !p.json() {
		p.err.print(p.err.paint(yellow, "warning:") + " " + oneLine(sentence) + "\n")
	}
}

// document prints the one JSON document of a command (cli.md 2.4).
func (p *program) document(v any) error {
	e := json.NewEncoder(p.out)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("write the document: %w", err)
	}
	return nil
}

// show prints v as a document or, for people, as text does it.
func (p *program) show(v any, text func()) error {
	if p.json() {
		return p.document(v)
	}
	if !p.quiet {
		text()
	}
	return nil
}

// fail tells people, or the program that reads the document, why the command failed.
func (p *program) fail(ctx context.Context, err error) {
	if _, told := errors.AsType[toldError](err); told {
		return
	}
	failure := p.explain(ctx, err)
	if !p.json() {
		p.printFailure(failure)
		return
	}
	if err := p.document(map[string]control.Failure{"error": failure}); err != nil {
		p.printFailure(failure)
	}
}

// explain is what people are told of a failure. The operator's part of it is logged here:
// this process is the only one that has it.
func (p *program) explain(ctx context.Context, err error) control.Failure {
	if errors.Is(err, context.Canceled) {
		return control.Failure{Code: codeInterrupted, Message: "Interrupted"}
	}
	level := slog.LevelInfo
	if appdock.CodeOf(err) == "" {
		level = slog.LevelError
	}
	p.log.LogAttrs(ctx, level, "command failed", slog.Any("err", err))
	return control.Explain(err)
}

// printFailure prints `error: <message>: <cause> [CODE]` and what helps (cli.md 2.4).
// What validation found comes first, a line each, as `app validate` prints it.
func (p *program) printFailure(f control.Failure) {
	var b strings.Builder
	var others []control.Fault
	for _, fault := range f.Faults {
		if isFinding(fault.Code) {
			fmt.Fprintf(&b, "%s: %s %s: %s\n", oneLine(fault.Pointer), p.err.paint(red, "error"), fault.Code, oneLine(fault.Message))
		} else {
			others = append(others, fault)
		}
	}
	message := oneLine(f.Message)
	if f.Cause != "" {
		message = strings.TrimSuffix(message, ".") + ": " + oneLine(f.Cause)
	}
	fmt.Fprintf(&b, "%s %s [%s]\n", p.err.paint(red, "error:"), message, f.Code)
	for _, fault := range others {
		fmt.Fprintf(&b, "  %s: %s\n", oneLine(fault.Pointer), oneLine(fault.Message))
	}
	if f.Cure != "" {
		fmt.Fprintf(&b, "  %s\n", oneLine(f.Cure))
	}
	if f.Exchange != nil {
		fmt.Fprintf(&b, "\n  request:\n%s", indented(f.Exchange.Request))
		if f.Exchange.Answer != "" {
			fmt.Fprintf(&b, "\n  answer:\n%s", indented(f.Exchange.Answer))
		}
	}
	p.err.print(b.String())
}

// printProblem prints a finding in the text form of validation.md 1.
func (p *program) printProblem(x control.Problem) {
	as := faint
	switch x.Severity {
	case "error":
		as = red
	case "warning":
		as = yellow
	}
	p.err.print(fmt.Sprintf("%s:%d:%d: %s %s: %s\n", oneLine(x.File), x.Line, x.Column, p.err.paint(as, x.Severity), x.Code, oneLine(x.Message)))
	if x.Hint != "" {
		p.err.print("    " + oneLine(x.Hint) + "\n")
	}
}

// indented is a block of text below its title.
func indented(text string) string {
	var b strings.Builder
	for line := range strings.Lines(strings.TrimSpace(harmless(text)) + "\n") {
		b.WriteString(strings.TrimRight("    "+line, " \t\r\n") + "\n")
	}
	return b.String()
}
