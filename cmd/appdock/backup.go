package main

import (
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock/internal/server"
)

func newBackup(p *program) *cobra.Command {
	var noKey bool
	c := &cobra.Command{
		Use:   "backup <file>",
		Short: "Back up the data folder, while a host runs on it or not",
		Long: "Write the data folder into one new file, as it is at one moment: the database, the key, the files of media and the folders of apps " +
			"that were sent from elsewhere. A host that runs goes on. The file is read back and checked before it gets its name, and nothing is replaced.\n\n" +
			"With the key in it, the file opens every secret of the host: keep it as safe as the data folder. --no-key leaves the key out; then " +
			"keep appdock.key yourself, for without it the secrets are lost. Run it as the user that runs the host. The configuration is not in it.",
		Example: "appdock backup /backups/appdock-monday.tar\n\n# the key is kept elsewhere\nappdock backup monday.tar --no-key --data /var/lib/appdock",
		Args:    args(1, 1, "a file"),
	}
	c.Flags().BoolVar(&noKey, "no-key", false, "leave the key file out")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := p.ownFolder()
		if err != nil {
			return err
		}
		b, err := server.BackUp(cmd.Context(), l.result.Config, args[0], !noKey)
		if err != nil {
			return err
		}
		return p.show(b, func() {
			p.say("%s is a backup of %s as of %s, with %s of media and %s of apps. It was read back and is whole.",
				args[0], l.result.Data, b.At.Format(time.RFC3339), plural(b.Files, "file"), plural(b.Apps, "folder"))
			if b.Key {
				p.say("The key is in it: keep it as safe as the data folder.")
			} else {
				p.say("The key is not in it: keep appdock.key too, or the secrets cannot be read again.")
			}
			for _, name := range b.Lost {
				p.warn("The data folder has lost " + name + ", which the database speaks of: it is not in the backup either.")
			}
		})
	}
	return c
}

func newRestore(p *program) *cobra.Command {
	var key string
	c := &cobra.Command{
		Use:   "restore <file>",
		Short: "Restore the data folder from a backup",
		Long: "Put what `appdock backup` wrote into the data folder, made if it is not there. No host may run on it. Nothing is changed before the " +
			"backup is proven: it is whole, this program can open it, and the key opens its secrets. What was there is kept in a folder beside.\n\n" +
			"What happened after the backup is not in it: apps may get webhooks again, and an app whose secret was rotated since needs " +
			"`appdock app secret recover`.",
		Example: "appdock restore /backups/appdock-monday.tar\n\n# a backup without its key\nappdock restore monday.tar --key appdock.key --data /var/lib/appdock",
		Args:    args(1, 1, "a file"),
	}
	c.Flags().StringVar(&key, "key", "", "the key file (that of the backup, or else of the data folder)")
	c.RunE = func(cmd *cobra.Command, args []string) error {
		l, err := p.ownFolder()
		if err != nil {
			return err
		}
		done, err := server.Restore(cmd.Context(), l.result.Config, args[0], key)
		if err != nil {
			return err
		}
		return p.show(done, func() {
			p.say("%s holds what it did at %s.", l.result.Data, done.Backup.At.Format(time.RFC3339))
			if done.Before != "" {
				p.say("What it held until now is kept in %s.", done.Before)
			}
		})
	}
	return c
}

// ownFolder gives the configuration for a command that works on files of this machine.
func (p *program) ownFolder() (*loading, error) {
	if p.server != "" {
		return nil, usageError("This command does not work with --server", "Run it on the machine of the host, with --data.")
	}
	return p.configure()
}
