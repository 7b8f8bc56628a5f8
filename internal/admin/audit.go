package admin

import (
	"net/http"
	"slices"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/user"
	"github.com/appdock/appdock/protocol"
)

// entries are how many lines of the log a page shows; the command line has more.
const entries = 200

// logged is a line of the audit log.
type logged struct {
	At, Who, What, About, Detail string
	Means                        []string // the scopes of the detail in plain words
}

// auditLog shows an owner who let which app in or refused it, and who may log in
// (protocol-oauth.md B.4).
func auditLog(v *visit) error {
	if v.user.Role != user.Owner {
		return &appdock.Error{
			Kind: appdock.Refused, Code: "ADK-RIGHTS-MISSING", Message: "You may not look at the log of this shop",
			Cause: "it is for its owners", Cure: "Ask an owner of the shop.",
		}
	}
	list, err := v.options.People.Entries(v.r.Context(), v.shop.ID, entries)
	if err != nil {
		return err
	}
	lines := make([]logged, len(list))
	for i, e := range list {
		lines[i] = logged{At: v.clock(e.At), Who: e.Who, What: e.Action, About: e.About, Detail: e.Detail}
		if text, ok := v.texts.find("log." + e.Action); ok {
			lines[i].What = text
		}
		if e.User.IsZero() {
			if text, ok := v.texts.find("log.by." + e.Who); ok {
				lines[i].Who = text
			}
		}
		if strings.HasPrefix(e.Action, "app.") {
			lines[i].Detail, lines[i].Means = v.meaning(e.Detail)
		}
	}
	return v.show(http.StatusOK, "log", "log.title", lines)
}

// meaning puts the scopes of a detail into plain words, and leaves the rest as it is.
func (v *visit) meaning(detail string) (rest string, means []string) {
	var scopes []protocol.Scope
	words := slices.DeleteFunc(strings.Fields(detail), func(word string) bool {
		s, known := protocol.LookupScope(word)
		if known {
			scopes = append(scopes, s)
		}
		return known
	})
	for _, g := range v.groups(scopes) {
		means = append(means, g.Words...)
	}
	return strings.Join(words, " "), means
}
