package main

import (
	"fmt"
	"strings"
)

// configDocument is docs/configuration.md.
func configDocument(settings []setting) []byte {
	var b strings.Builder
	b.WriteString(`# Configuration

<!-- Printed from the code: go test ./cmd/appdock -run TestConfigurationIsDocumented -update -->

A value is taken from the first of these places that has it:

1. a flag, such as ` + "`--listen`" + `;
2. a variable: ` + "`APPDOCK_`" + ` and the key in capitals, each dot as ` + "`_`" + `; the items of a list are separated by commas; an empty
   variable counts as none;
3. the file: ` + "`appdock.yaml`" + ` in the working directory, or the one that ` + "`--config`" + ` or ` + "`APPDOCK_CONFIG`" + ` names;
4. the default.

` + "`appdock config show --origin`" + ` says what counts and where it comes from. An unknown key is an error, and all that is wrong is
told at once, with its line. ` + "`appdock config schema`" + ` prints the JSON Schema of the file for editors
([appdock.schema.json](appdock.schema.json)).

A secret may stand in the file itself, but need not: ` + "`file:PATH`" + ` is the content of a file, ` + "`env:NAME`" + ` that of a variable.

` + "```yaml" + `
listen: 127.0.0.1:8000
data: /var/lib/appdock
shop:
  url: https://shop.example
apps:
  MyApp:
    secret: file:/run/secrets/my-app
` + "```" + `

Several shops on one host stand in ` + "`shops`" + ` instead of ` + "`shop`" + `:

` + "```yaml" + `
shops:
  - name: Shop one
    url: https://one.example
  - name: Shop two
    url: https://two.example
    locale: de-DE
` + "```" + `

## Keys

| key | type | default | meaning |
| --- | --- | --- | --- |
`)
	for _, s := range settings {
		form := s.form
		if len(s.choices) > 0 {
			form = "`" + strings.Join(s.choices, "`, `") + "`"
		}
		if s.list {
			form = "list of " + form
		}
		usual := "none"
		switch {
		case strings.HasPrefix(s.usual, "("):
			usual = strings.Trim(s.usual, "()")
		case s.usual != "":
			usual = "`" + s.usual + "`"
		}
		meaning := s.meaning
		if s.secret {
			meaning += "; secret, never shown"
		}
		if s.variable() == "" {
			meaning += "; in the file only"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", s.key, form, usual, meaning)
	}
	b.WriteString(`
## Keys of parts that are not there yet

These keys are known and refused, wherever they are given: in this version there is nothing that they would change.

| key | why |
| --- | --- |
`)
	for _, p := range plannedSettings() {
		fmt.Fprintf(&b, "| `%s` | %s |\n", p.key, p.lacks)
	}
	return []byte(b.String())
}
