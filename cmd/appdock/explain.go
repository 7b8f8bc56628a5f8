package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

func newExplain(p *program) *cobra.Command {
	var codes []string
	for _, e := range explanations() {
		codes = append(codes, e.Code)
	}
	c := &cobra.Command{
		Use:       "explain <code>",
		Short:     "Explain the code of a message, or a signature that does not verify",
		Long:      "Explain a code that stands in brackets behind a message: what it means, why it happens, and what helps. No host is needed.",
		Example:   "appdock explain FRAMEWORK__APP_REGISTRATION_FAILED\nappdock explain manifest.webhook_permission\nappdock explain ADK-DATA-LOCKED --json",
		Args:      args(1, 1, "a code"),
		ValidArgs: codes,
		RunE: func(_ *cobra.Command, given []string) error {
			code := strings.Trim(given[0], "[]")
			all := explanations()
			at := slices.IndexFunc(all, func(e explanation) bool { return strings.EqualFold(e.Code, code) })
			if at < 0 {
				return notFound("There is no code "+given[0], "", nearCodes(codes, code))
			}
			return p.showExplanation(all[at])
		},
	}
	c.AddCommand(newExplainSignature(p))
	return c
}

func (p *program) showExplanation(e explanation) error {
	return p.show(e, func() {
		var list pairs
		list.add("Code", e.Code)
		list.add("Meaning", e.Meaning)
		list.add("Cause", e.Cause)
		list.add("Cure", e.Cure)
		list.write(p.out)
	})
}

// nearCodes proposes the codes that contain what was given.
func nearCodes(codes []string, given string) string {
	var near []string
	for _, code := range codes {
		if strings.Contains(strings.ToUpper(code), strings.ToUpper(given)) {
			near = append(near, code)
		}
	}
	if len(near) == 0 || len(near) > 5 {
		return "Copy the code from the brackets behind a message."
	}
	return "Did you mean " + strings.Join(near, " or ") + "?"
}
