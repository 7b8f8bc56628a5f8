package main

import (
	"github.com/spf13/cobra"

	"github.com/appdock/appdock/manifest"
)

func newAppSchema(p *program) *cobra.Command {
	return &cobra.Command{
		Use:   "schema",
		Short: "Print the JSON Schema of app.json",
		Long: "Print the JSON Schema (2020-12) of app.json, for editors and other programs. What it accepts, `appdock app validate` " +
			"accepts as well, but for what holds between fields.",
		Example: "appdock app schema",
		Args:    args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			p.out.print(string(manifest.JSONSchema()))
			return nil
		},
	}
}
