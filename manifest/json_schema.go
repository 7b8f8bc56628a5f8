package manifest

import (
	_ "embed" // the schema is a file, which others take as it is
)

//go:embed app.schema.json
var jsonSchema []byte

// JSONSchema is the JSON Schema (2020-12) of app.json. It says of one field at a
// time what Validate says; what holds between fields, or needs the app's folder,
// only Validate knows.
func JSONSchema() []byte { return append([]byte(nil), jsonSchema...) }
