package shop

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"fmt"

	"golang.org/x/crypto/argon2"
)

// Cost of a password's hash (design.md 5): 19 MiB, two passes.
const (
	hashMemory = 19 << 10 // KiB
	hashPasses = 2
)

// hashPassword hashes a person's password with argon2id and a salt of its own, in the PHC
// form that names its cost, so that the cost can rise later.
func hashPassword(p plainPassword) string {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt) // never fails: crypto/rand ends the program instead
	hash := argon2.IDKey([]byte(p), salt, hashPasses, hashMemory, 1, 32)
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=1$%s$%s", argon2.Version, hashMemory, hashPasses,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(hash))
}

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
				row.set[name] = hashPassword(plain)
			}
		}
	}
	return nil
}
