// Package user knows the people who log in to the admin: their rights, their passwords and
// their sessions. Machines have clients and tokens instead: package oauth.
package user

import (
	"context"
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/appdock/appdock"
)

// User is a person with a log-in to the admin of one shop.
type User struct {
	ID         appdock.ID
	Shop       appdock.ShopID
	Name       string // for the log-in; case is ignored
	Email      string
	Role       Role
	Privileges appdock.Privileges // of staff; an owner has all
	// PasswordHash is empty until the person has chosen a password.
	PasswordHash string
	// PasswordAt is when it was chosen; sessions of before are dead.
	PasswordAt time.Time
	Active     bool
	CreatedAt  time.Time
	// RowVersion is the state that was read; Change refuses an older one. The store sets it.
	RowVersion int64
}

// Role says what a user may do.
type Role string

// The roles.
const (
	Owner Role = "owner" // everything
	Staff Role = "staff" // the privileges that are named
)

// Maintain is the privilege to install apps and to accept what they ask for
// (protocol-oauth.md B.3).
const Maintain appdock.Privilege = "system.plugin_maintain"

// Actor is the user with the rights of now.
func (u User) Actor() appdock.Actor {
	return appdock.Actor{Shop: u.Shop, User: u.ID, Privileges: u.Privileges, Everything: u.Role == Owner}
}

// Store keeps users. Each method is one unit of work.
type Store interface {
	// Users lists the users of a shop by name.
	Users(ctx context.Context, shop appdock.ShopID) ([]User, error)
	// User finds one; NotFound if there is none.
	User(ctx context.Context, shop appdock.ShopID, id appdock.ID) (User, error)
	// Named finds one by name, whose case is ignored; NotFound if there is none.
	Named(ctx context.Context, shop appdock.ShopID, name string) (User, error)
	// CreateUser writes a new one; Conflict if the name or the e-mail address is taken.
	CreateUser(ctx context.Context, u User) error
	// ChangeUser replaces one as a whole; Conflict if somebody changed it since it was read.
	// Sessions that began before PasswordAt, and all of one who is not active, end with it.
	ChangeUser(ctx context.Context, u User) (User, error)
}

// Draft is what is known of a user before there is one.
type Draft struct {
	Name, Email string
	Role        Role
	Privileges  []appdock.Privilege
}

var (
	nameForm      = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}$`)
	privilegeForm = regexp.MustCompile(`^([a-z][a-z0-9_.]*(:[a-z_]+){0,2}|app\.[A-Za-z][A-Za-z0-9_-]*)$`) // the last: to open the pages of an app
)

// check finds everything that is wrong with a draft.
func (d Draft) check() error {
	var faults []appdock.Fault
	wrong := func(pointer, message string) {
		faults = append(faults, appdock.Fault{Pointer: pointer, Code: "ADK-USER-INVALID", Message: message})
	}
	if !nameForm.MatchString(d.Name) {
		wrong("/name", "a name is 1 to 64 letters, digits and . _ @ + -, and begins with a letter or digit")
	}
	if address, err := mail.ParseAddress(d.Email); err != nil || address.Address != d.Email || len(d.Email) > 254 {
		wrong("/email", fmt.Sprintf("%q is no e-mail address", d.Email))
	}
	switch d.Role {
	case Owner:
		if len(d.Privileges) > 0 {
			wrong("/privileges", "an owner may do everything; privileges are for staff")
		}
	case Staff:
		for _, p := range d.Privileges {
			if !privilegeForm.MatchString(string(p)) {
				wrong("/privileges", fmt.Sprintf("%q is no privilege such as order:read", p))
			}
		}
	default:
		wrong("/role", fmt.Sprintf("%q is neither owner nor staff", d.Role))
	}
	if len(faults) == 0 {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-USER-INVALID",
		Message: "The user cannot be created", Cure: "Correct the named values.", Faults: faults,
	}
}

// The bounds of a password (NIST SP 800-63B-4 section 3.1.1.2).
const (
	minPassword = 12  // characters
	maxPassword = 256 // bytes
)

// checkPassword says what is wrong with a password that a person chose.
func checkPassword(plain string, u User) error {
	cause := ""
	folded := strings.ToLower(plain)
	local, _, _ := strings.Cut(u.Email, "@")
	switch {
	case !utf8.ValidString(plain):
		cause = "it is no text"
	case utf8.RuneCountInString(plain) < minPassword:
		cause = fmt.Sprintf("it has fewer than %d characters", minPassword)
	case len(plain) > maxPassword:
		cause = fmt.Sprintf("it is longer than %d bytes", maxPassword)
	case strings.Trim(plain, plain[:1]) == "":
		cause = "it is one character again and again"
	case slices.Contains([]string{strings.ToLower(u.Name), strings.ToLower(u.Email), strings.ToLower(local)}, folded):
		cause = "it is the name or the address of the user"
	default:
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-PASSWORD-WEAK",
		Message: "This password cannot be used", Cause: cause,
		Cure: fmt.Sprintf("Choose one of %d characters or more; a few unrelated words are good.", minPassword),
	}
}
