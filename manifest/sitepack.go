package manifest

import (
	"regexp"

	"github.com/appdock/appdock/protocol"
)

// What the texts of app.json must look like, known or not (app-json.md 3 and 4).
var (
	scopeForm = regexp.MustCompile(`^[a-z][a-z0-9_]*:(read|write|delete)$`)
	topicForm = regexp.MustCompile(`^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$`)
)

// lookupTopic finds a topic that may stand in an app.json; ok is false for one that may not.
func lookupTopic(name string) (t protocol.Topic, ok bool) {
	for _, t := range protocol.LookupTopic(name) {
		if t.Name == name && !t.RunTime {
			return t, true
		}
	}
	return protocol.Topic{}, false
}

// topics are all that may stand in an app.json.
func topics() []string {
	var all []string
	for _, t := range protocol.Topics() {
		if !t.RunTime {
			all = append(all, t.Name)
		}
	}
	return all
}

// scopes are all that there are.
func scopes() []string {
	var all []string
	for _, s := range protocol.Scopes() {
		all = append(all, s.String())
	}
	return all
}
