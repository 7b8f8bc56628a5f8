package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkValidateProcess is what people wait for: the whole process of `app validate`,
// from its start to its end, over apps that have every section and every file beside it.
//
//	make bench-validate
func BenchmarkValidateProcess(b *testing.B) {
	binary := filepath.Join(b.TempDir(), "appdock")
	if out, err := exec.Command("go", "build", "-trimpath", "-o", binary, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	for _, n := range []int{1, 100} {
		b.Run(fmt.Sprintf("apps=%d", n), func(b *testing.B) {
			folder := b.TempDir()
			for i := range n {
				fullApp(b, filepath.Join(folder, "apps", fmt.Sprintf("App%03d", i)))
			}
			var times []time.Duration
			for b.Loop() {
				validate := exec.Command(binary, "app", "validate", "--quiet")
				validate.Dir = folder
				start := time.Now()
				err := validate.Run()
				times = append(times, time.Since(start))
				if ended, ok := errors.AsType[*exec.ExitError](err); !ok || ended.ExitCode() != exitInvalid {
					b.Fatalf("ended with %v, want exit code %d: the apps have faults", err, exitInvalid)
				}
			}
			slices.Sort(times)
			b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
			b.ReportMetric(float64(times[len(times)-1].Microseconds())/1000, "ms-max")
		})
	}
}

// fullApp writes an app with all that an app can have.
func fullApp(b *testing.B, folder string) {
	b.Helper()
	const data = "../../manifest/testdata"
	if err := os.CopyFS(folder, os.DirFS(filepath.Join(data, "beside"))); err != nil {
		b.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(data, "everything.xml"))
	if err != nil {
		b.Fatal(err)
	}
	named := strings.Replace(string(text), "OrderNotes", filepath.Base(folder), 1)
	if err := os.WriteFile(filepath.Join(folder, "manifest.xml"), []byte(named), 0o600); err != nil {
		b.Fatal(err)
	}
}
