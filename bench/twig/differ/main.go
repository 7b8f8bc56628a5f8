// Command differ renders templates made by chance with our engine and with
// PHP's Twig, and prints where they differ. It keeps to what Twig 3.5 (Debian
// 12) and 3.15 have in common; that an error has another text is no difference.
//
//	go run ./bench/twig/differ -seed 1 -n 20000
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/appdock/appdock/twig"
)

func main() {
	seed := flag.Uint64("seed", 1, "`number` the templates are made from")
	n := flag.Int("n", 20_000, "`templates` to render")
	show := flag.Int("show", 20, "differences to print at most")
	dir := flag.String("dir", "bench/twig/differ", "`folder` of oracle.php")
	flag.Parse()
	different, err := run(context.Background(), *dir, *seed, *n, *show)
	if err != nil {
		fmt.Fprintln(os.Stderr, "differ:", err)
		os.Exit(2)
	}
	if different > 0 {
		os.Exit(1)
	}
}

// data is what every template sees. Keys are sorted: maps of Go have no order.
var data = map[string]any{
	"other": `<i>{{ x ?? 'none' }}</i>{% block b %}other{% endblock %}`,
	"vars": map[string]any{
		"a": "a<b> 'c' & \"d\"", "e": "", "f": 2.5, "l": []any{3, "1", 2, "b", "a"}, "m": map[string]any{"a": "x", "b": map[string]any{"c": 5}, "k": nil},
		"n": 7, "nul": nil, "s": "Grüße, Welt 12", "t": true, "z": 0,
	},
}

// run compares n templates and gives how many differ.
func run(ctx context.Context, dir string, seed uint64, n, show int) (different int, err error) {
	file, err := os.CreateTemp("", "differ-*.json")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.Remove(file.Name())) }()
	if err := errors.Join(json.NewEncoder(file).Encode(data), file.Close()); err != nil {
		return 0, err
	}
	php := exec.CommandContext(ctx, "php", filepath.Join(dir, "oracle.php"), file.Name())
	php.Stderr = os.Stderr
	ask, err := php.StdinPipe()
	if err != nil {
		return 0, err
	}
	answers, err := php.StdoutPipe()
	if err != nil {
		return 0, err
	}
	if err := php.Start(); err != nil {
		return 0, err
	}
	read := bufio.NewReaderSize(answers, 1<<20)
	g := &generator{rand.New(rand.NewPCG(seed, 0))}
	failed := 0
	for range n {
		src := g.template()
		line, err := json.Marshal(src)
		if err != nil {
			return different, err
		}
		if _, err := ask.Write(append(line, '\n')); err != nil {
			return different, err
		}
		answer, err := read.ReadBytes('\n')
		if err != nil {
			return different, fmt.Errorf("PHP ended at %s: %w", src, err)
		}
		var theirs struct{ Out, Error []byte }
		if err := json.Unmarshal(answer, &theirs); err != nil {
			return different, err
		}
		ours, failure := render(ctx, src)
		if failure != nil {
			failed++
		}
		if (failure != nil) == (theirs.Error != nil) && (failure != nil || ours == string(theirs.Out)) {
			continue
		}
		if different++; different <= show {
			fmt.Printf("%s\n ours: %q %v\n PHP:  %q %s\n", src, ours, failure, theirs.Out, theirs.Error)
		}
	}
	fmt.Printf("%d templates from seed %d: %d differ, %d fail in both\n", n, seed, different, failed)
	return different, errors.Join(ask.Close(), php.Wait())
}

func render(ctx context.Context, src string) (string, error) {
	other, _ := data["other"].(string)
	env := twig.New(twig.WithStrictVariables(), twig.WithLoader(twig.MapLoader{"t": src, "other": other}))
	t, err := env.Load(ctx, "t")
	if err != nil {
		return "", err
	}
	var out strings.Builder
	err = t.Render(ctx, &out, data["vars"])
	return out.String(), err
}
