package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// diagnosis is the document of `appdock doctor`.
type diagnosis struct {
	Status control.Verdict   `json:"status"` // the worst of all
	Checks []control.Finding `json:"checks"`
}

func newDoctor(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "doctor",
		Short: "Look for what is wrong with a host, or will be soon",
		Long: "Look at the data folder, its key, its database, the disk and the clock; at the name, the certificate and the way of each shop's " +
			"URL, and whether that leads back to this host; at the identity of the shops, at their apps' secrets and servers, and at webhooks and " +
			"deliveries that are held. Nothing is changed. Apps' servers are connected to, and asked nothing.\n\n" +
			"Each line is ok, warn or fail, with its cause and what to do about it. The exit code is 1 if something fails; warnings alone are 0.\n\n" +
			"Where no host runs on the data folder, the folder and the address are looked at first, and the rest only if a host could start there: " +
			"as with any command, that brings a database of an older version up to date.",
		Example: "appdock doctor\n\n# for a program\nappdock doctor --json\n\n# a host elsewhere\nappdock doctor --server https://shop.example --token file:laptop.token",
		Args:    args(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			found, err := p.examine(cmd.Context())
			if err == nil {
				err = cmd.Context().Err()
			}
			if err != nil {
				return err
			}
			d := diagnosis{Status: control.OK, Checks: found}
			for _, f := range found {
				if f.Verdict == control.Fail || f.Verdict == control.Warn && d.Status == control.OK {
					d.Status = f.Verdict
				}
			}
			if p.json() {
				err = p.document(d)
			} else {
				p.printDiagnosis(d)
			}
			if err == nil && d.Status == control.Fail {
				return toldError(exitFailed)
			}
			return err
		},
	}
}

// examine asks the host that runs. Where none does it looks itself, and what stops a host
// from starting is what it finds.
func (p *program) examine(ctx context.Context) ([]control.Finding, error) {
	if p.server != "" {
		client, err := p.dialServer()
		if err != nil {
			return nil, err
		}
		defer client.Close()
		return client.Examine(ctx)
	}
	l, err := p.configure()
	if err != nil {
		return configurationFaults(err), nil
	}
	fine := control.Finding{Check: "configuration", Verdict: control.OK, Message: "The configuration has no faults."}
	config := l.result.Config
	if socket := server.SocketPath(config.Data); control.Listening(ctx, socket) {
		client := control.Dial(socket)
		defer client.Close()
		found, err := client.Examine(ctx)
		return append([]control.Finding{fine}, found...), err
	}
	found := append([]control.Finding{fine}, server.Examine(ctx, config)...)
	for _, f := range found {
		if f.Verdict == control.Fail && f.Check != "listen" {
			return found, nil // no host would start there
		}
	}
	listen := config.Listen
	config.Listen = ""
	host, err := p.open(ctx, config)
	if err != nil {
		return append(found, control.Failed("start", "", err)), nil
	}
	within, err := host.Examine(ctx)
	if err = errors.Join(err, host.Close()); err != nil {
		return nil, err
	}
	// The host looked at the folder again; of the address it knows nothing.
	for _, f := range found {
		if f.Check == "listen" && f.Subject == listen {
			within = append(within, f)
		}
	}
	return append([]control.Finding{fine}, within...), nil
}

// configurationFaults are a finding for each fault of a configuration.
func configurationFaults(err error) []control.Finding {
	whole := control.Failed("configuration", "", err)
	told, ok := errors.AsType[*appdock.Error](err)
	if !ok || len(told.Faults) == 0 {
		return []control.Finding{whole}
	}
	var list []control.Finding
	for _, f := range told.Faults {
		one := whole
		one.Subject, one.Cause = f.Pointer, f.Message
		list = append(list, one)
	}
	return list
}

func (p *program) printDiagnosis(d diagnosis) {
	count := map[control.Verdict]int{}
	for _, f := range d.Checks {
		count[f.Verdict]++
		if !p.quiet || f.Verdict == control.Fail {
			p.printFinding(f)
		}
	}
	p.say("\n%d ok, %s, %s", count[control.OK], counted(count[control.Warn], "warning", "warnings"), counted(count[control.Fail], "failure", "failures"))
}

// printFinding prints one line, and below it what explains it.
func (p *program) printFinding(f control.Finding) {
	as := faint
	switch f.Verdict {
	case control.Warn:
		as = yellow
	case control.Fail:
		as = red
	case control.OK:
	}
	line := p.out.paint(as, fmt.Sprintf("%-4s", f.Verdict)) + "  " + fmt.Sprintf("%-17s", f.Check) + " "
	if f.Subject != "" {
		line += oneLine(f.Subject) + ": "
	}
	line += oneLine(f.Message)
	if f.Code != "" {
		line += " [" + f.Code + "]"
	}
	p.out.print(line + "\n")
	for _, text := range []string{f.Cause, f.Cure} {
		if text != "" {
			p.out.print("      " + oneLine(text) + "\n")
		}
	}
}
