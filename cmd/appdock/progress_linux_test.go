package main

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// terminal gives both ends of a pseudo-terminal: what somebody sees, and what a program has
// for its standard error.
func terminal(t *testing.T) (screen, program *os.File) {
	t.Helper()
	screen, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = screen.Close() })
	fd := int(screen.Fd())
	number, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	if err = errors.Join(err, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0)); err != nil {
		t.Fatal(err)
	}
	program, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = program.Close() })
	return screen, program
}

// TestProgressOnATerminal runs the program itself on a terminal, over an app whose server
// answers when the line has been seen.
func TestProgressOnATerminal(t *testing.T) {
	t.Parallel()
	seen := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-seen:
		case <-r.Context().Done():
		}
		_, _ = io.WriteString(w, `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app"}`)
	}))
	t.Cleanup(server.Close)
	screen, stderr := terminal(t)
	validate := exec.CommandContext(t.Context(), "appdock", "app", "validate", server.URL, "--dev") // TestMain put it into PATH
	validate.Dir, validate.Stderr = t.TempDir(), stderr
	stdout, err := validate.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	if err := validate.Start(); err != nil {
		t.Fatal(err)
	}
	_ = stderr.Close() // the program has it; so the terminal ends with it

	want := "\r\x1b[Kchecking 1 of 1: " + server.URL
	var shown strings.Builder
	buffer := make([]byte, 1<<10)
	for told := false; ; {
		n, err := screen.Read(buffer)
		shown.Write(buffer[:n])
		if !told && strings.Contains(shown.String(), want) {
			told = true
			if took := time.Since(start); took < progressAfter {
				t.Errorf("the line is there after %s", took)
			}
			close(seen)
		}
		if err != nil {
			break // the program has ended
		}
	}
	said, err := io.ReadAll(stdout)
	if err := errors.Join(err, validate.Wait()); err != nil {
		t.Errorf("%v\n%s", err, shown.String())
	}
	if got := string(said); !strings.Contains(got, "app is valid\n") || strings.Contains(got, "checking") {
		t.Errorf("output %q", got)
	}
	if got := shown.String(); !strings.Contains(got, want) || !strings.HasSuffix(got, "\r\x1b[K") {
		t.Errorf("the terminal shows %q, want %q, and nothing in the end", got, want)
	}
}
