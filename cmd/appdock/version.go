package main

import (
	"runtime/debug"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/server"
)

// version is set by the build of a release: -ldflags "-X main.version=1.2.3".
var version string

// build is what this binary was made from.
type build struct{ version, commit, goVersion string }

// readBuild takes what the compiler wrote into the binary.
func readBuild() build {
	b := build{version: version}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	b.goVersion = info.GoVersion
	if b.version == "" && info.Main.Version != "(devel)" {
		b.version = info.Main.Version
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" {
			b.commit = setting.Value
		}
	}
	if b.version == "" {
		b.version = "dev"
	}
	return b
}

func newVersion(p *program) *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "Print the version of this program",
		Long:    "Print the version of this program, what it was built from, and the Shopware version that it speaks to apps.",
		Example: "appdock version\nappdock version --json",
		Args:    args(0, 0, ""),
		RunE: func(*cobra.Command, []string) error {
			v := control.Version{
				Version:  p.build.version,
				Commit:   p.build.commit,
				Go:       p.build.goVersion,
				Platform: server.Default().Platform,
			}
			return p.show(v, func() {
				var list pairs
				list.add("Appdock", v.Version)
				list.add("Commit", v.Commit)
				list.add("Go", v.Go)
				list.add("Platform", v.Platform)
				list.write(p.out)
			})
		},
	}
}
