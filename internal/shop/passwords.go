package shop

import (
	"context"

	passwords "github.com/appdock/appdock/internal/password" // definitions call a field of that type password
)

// hashPasswords hashes what was sent, before the unit: it takes long. Rows that the actor
// may not write in any case are left out, so that nobody without rights makes the host work.
func (w *writing) hashPasswords(ctx context.Context) error {
	for _, row := range w.drafts {
		d := row.definition
		mayNot := len(w.actor.Missing(d.May("create"))) > 0 && len(w.actor.Missing(d.May("update"))) > 0
		if err := ctx.Err(); err != nil {
			return err
		}
		for name, v := range row.set {
			plain, ok := v.(plainPassword)
			switch {
			case !ok:
			case mayNot || w.faults.Count() > 0:
				row.set[name] = "" // the write will be refused
			default:
				row.set[name] = passwords.Hash(string(plain))
			}
		}
	}
	return nil
}
