package manifest

import (
	"os"
	"testing"
)

// BenchmarkParseAndValidate is one app with every section: a hundred of them
// must stay far below the 50 ms that app validate aims at.
func BenchmarkParseAndValidate(b *testing.B) {
	files := os.DirFS("testdata")
	b.ReportAllocs()
	for b.Loop() {
		app, _, err := Parse(files, Options{File: "everything.xml"})
		if err != nil {
			b.Fatal(err)
		}
		if len(Validate(app, Environment{Files: files})) == 0 {
			b.Fatal("there are remarks about this app")
		}
	}
}
