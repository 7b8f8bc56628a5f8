package control

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The document has every call of the protocol, and no other.
func TestDocumentHasTheRoutes(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/control.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([A-Z]+ /[^`]+)` \\| `([a-z.]+)` \\| .+ \\|$").FindAllSubmatch(text, -1) {
		told = append(told, string(row[1])+" "+string(row[2]))
	}
	served := []string{watchPattern + " host.watch"}
	for _, rt := range routes() {
		served = append(served, rt.pattern+" "+rt.action)
	}
	slices.Sort(told)
	slices.Sort(served)
	if diff := cmp.Diff(served, told); diff != "" {
		t.Errorf("docs/control.md (-served +told):\n%s", diff)
	}
}
