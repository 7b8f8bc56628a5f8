package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
)

// accepted is what the flags of an installation accept beforehand.
type accepted struct{ permissions, hosts bool }

// consent shows what an app asks for and finds out whether somebody accepts it (cli.md
// 2.3): nil if all of it was accepted or nothing was asked for.
func (p *program) consent(ctx context.Context, wish control.Preview, flags accepted) error {
	parts := []struct {
		flag      string
		accepted  bool
		print     func(stream)
		needed    bool
		question  string
		explained string
	}{
		{
			"--accept-permissions", flags.permissions, func(s stream) { printPermissions(s, wish, flags.permissions) },
			len(wish.Permissions)+len(wish.Additional)+len(wish.Scopes) > 0, "Grant these permissions?", "permissions",
		},
		{
			"--accept-hosts", flags.hosts, func(s stream) { printHosts(s, wish) },
			len(wish.Hosts) > 0, "Allow data to be sent to these hosts?", "hosts",
		},
	}
	var missing, names []string
	for _, part := range parts {
		if !part.needed {
			continue
		}
		if !p.quiet {
			part.print(p.err)
		}
		switch {
		case part.accepted:
		case !p.canAsk():
			missing, names = append(missing, part.flag), append(names, part.explained)
		default:
			yes, err := p.ask(ctx, part.question)
			if err != nil {
				return err
			}
			if !yes {
				if wish.InstalledVersion != "" {
					return refused(wish.Name + " stays as it is.")
				}
				return refused(wish.Name + " was not installed.")
			}
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &appdock.Error{
		Kind:    appdock.Refused,
		Code:    codeConsentNeeded,
		Message: fmt.Sprintf("App %q needs consent", wish.Name),
		Cause:   "its " + strings.Join(names, " and ") + " must be accepted, and nobody can be asked here",
		Cure:    "Look at them, then run it again with --yes, or with " + strings.Join(missing, " and ") + ".",
	}
}

func refused(what string) error {
	return &appdock.Error{Kind: appdock.Refused, Code: codeConsentRefused, Message: "Aborting due to user input.", Cure: what}
}

// printPermissions prints what an app asks for, or, with --force, what it is granted.
func printPermissions(s stream, wish control.Preview, granted bool) {
	verb := "wants"
	if granted {
		verb = "is granted"
	}
	s.print(oneLine(fmt.Sprintf("%s %s %s these permissions:", wish.Name, wish.Version, verb)) + "\n")
	if len(wish.Scopes) > 0 { // a SitePack app (cli.md 2.3)
		t := table{head: []string{"SCOPE", "ALLOWS"}}
		if wish.InstalledVersion != "" {
			t.head = append(t.head, "")
		}
		for _, x := range wish.Scopes {
			switch {
			case wish.InstalledVersion == "":
				t.add(x.Scope, x.Allows)
			case x.New:
				t.add(x.Scope, x.Allows, "new")
			default:
				t.add(x.Scope, x.Allows, "")
			}
		}
		t.write(s, "  ")
		return
	}
	t := table{head: []string{"RESOURCE", "PRIVILEGES"}}
	add := func(resource, privileges string, _ bool) { t.add(resource, privileges) }
	if wish.InstalledVersion != "" { // an update: what it does not have yet is marked (cli.md 2.2)
		t.head = append(t.head, "")
		add = func(resource, privileges string, fresh bool) {
			mark := ""
			if fresh {
				mark = "new"
			}
			t.add(resource, privileges, mark)
		}
	}
	for _, r := range wish.Permissions {
		add(r.Resource, strings.Join(r.Privileges, ", "), isNew(wish, r.Resource, r.Privileges))
	}
	for _, privilege := range wish.Additional {
		add("", privilege, slices.Contains(wish.NewPrivileges, privilege))
	}
	t.write(s, "  ")
	for _, x := range wish.Problems {
		if x.Code == sensitive {
			s.print("  " + s.paint(yellow, "!") + " " + oneLine(x.Message) + "\n")
		}
	}
}

func printHosts(s stream, wish control.Preview) {
	s.print("It talks to these hosts:\n")
	for _, host := range wish.Hosts {
		mark := ""
		if wish.InstalledVersion != "" && slices.Contains(wish.NewHosts, host) {
			mark = "  new"
		}
		s.print("  " + oneLine(host) + mark + "\n")
	}
}

// sensitive is the finding about a permission that deserves a second look.
const sensitive = "manifest.permission_sensitive"

// canAsk reports whether there is somebody to be asked.
func (p *program) canAsk() bool { return p.interactive && !p.noInteraction && !p.quiet }

// maxUnusable is how many answers that are none make a no.
const maxUnusable = 3

// ask puts a question; the end of input, an empty answer and three unusable ones are no.
func (p *program) ask(ctx context.Context, question string) (bool, error) {
	return p.askWith(ctx, question, false)
}

// askWith is ask for a question whose empty answer is usual.
func (p *program) askWith(ctx context.Context, question string, usual bool) (bool, error) {
	choices := map[bool]string{false: " [y/N] ", true: " [Y/n] "}[usual]
	for range maxUnusable {
		p.err.print(p.err.paint(bold, question) + choices)
		line, err := p.line(ctx)
		ended := errors.Is(err, io.EOF)
		if err != nil {
			p.err.print("\n") // nobody ended the line of the question
		}
		if err != nil && !ended {
			return false, fmt.Errorf("read the answer: %w", err)
		}
		switch strings.ToLower(strings.TrimSpace(line)) {
		case "y", "yes":
			return true, nil
		case "n", "no":
			return false, nil
		case "":
			return usual && !ended, nil
		}
		if ended {
			break
		}
	}
	return false, nil
}

// line reads one line of input. Nothing ends a read from a terminal: when ctx ends first,
// the read is left behind, and so is the program.
func (p *program) line(ctx context.Context) (string, error) {
	type result struct {
		line string
		err  error
	}
	done := make(chan result, 1)
	if p.lines == nil {
		p.lines = bufio.NewReader(p.in)
	}
	go func() {
		line, err := p.lines.ReadString('\n')
		done <- result{line, err}
	}()
	select {
	case r := <-done:
		return r.line, r.err
	case <-ctx.Done():
		return "", ctx.Err()
	}
}
