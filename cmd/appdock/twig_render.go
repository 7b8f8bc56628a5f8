package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/twig"
)

const (
	codeTwig = "ADK-TWIG" // a template that cannot be rendered
	codeData = "ADK-DATA-INVALID"
	// maxData is the largest file with variables that is read.
	maxData = 16 << 20
	// renderTime is how long a template may take.
	renderTime = 10 * time.Second
)

func newTwigRender(p *program) *cobra.Command {
	var data string
	var strict bool
	c := &cobra.Command{
		Use:   "render <file>",
		Short: "Render a template",
		Long: "Render a Twig template with variables from a JSON file, and print what comes out. What it extends, includes and imports is " +
			"looked for in its own folder and below. The limits are those of the host: a template that never ends is ended.\n\n" +
			"Tags, filters and functions of a shop (sw_extends, trans, seoUrl) are not there: they need the shop.",
		Example: "appdock twig render page.html.twig --data page.json\nappdock twig render mail.txt.twig --strict-variables",
		Args:    args(1, 1, "a template"),
	}
	c.Flags().StringVar(&data, "data", "", "file with the variables, one JSON object; - is standard input")
	c.Flags().BoolVar(&strict, "strict-variables", false, "a variable that is not there is an error, not empty")
	c.RunE = func(cmd *cobra.Command, given []string) error {
		vars := twig.NewMapping(0)
		if data != "" {
			var err error
			if vars, err = p.variables(data); err != nil {
				return err
			}
		}
		text, err := render(cmd.Context(), given[0], vars, strict)
		if err != nil {
			return err
		}
		return p.show(map[string]string{"output": text}, func() { p.out.print(text) })
	}
	return c
}

// render renders the template of a file, with those beside and below it.
func render(ctx context.Context, file string, vars *twig.Array, strict bool) (string, error) {
	root, err := os.OpenRoot(filepath.Dir(file))
	if err != nil {
		return "", noInput(file, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	if _, err := root.Stat(filepath.Base(file)); err != nil {
		return "", noInput(file, err)
	}
	options := []twig.Option{twig.WithLoader(twig.FSLoader{FS: root.FS()}), twig.WithAutoescapeBy(twig.ByName)}
	if strict {
		options = append(options, twig.WithStrictVariables())
	}
	ctx, cancel := context.WithTimeout(ctx, renderTime)
	defer cancel()
	t, err := twig.New(options...).Load(ctx, filepath.Base(file))
	var out bytes.Buffer
	if err == nil {
		err = t.Render(ctx, &out, vars)
	}
	if err == nil {
		return out.String(), nil
	}
	told := &appdock.Error{
		Kind: appdock.Invalid, Code: codeTwig, Message: "The template " + file + " cannot be rendered",
		Cause: err.Error(), Cure: "Mend it: appdock twig check finds all syntax errors of a folder.", Err: err,
	}
	if failed, ok := errors.AsType[*twig.Error](err); ok {
		told.Cause = fmt.Sprintf("%s:%d: %s", failed.Template, failed.Line, failed.Message)
		if failed.Kind == twig.Limit {
			told.Cure = "Make it do less: templates are limited in steps, time, memory, depth and output."
		}
	}
	return "", told
}

// variables reads a JSON object whose members stay in their order, as templates show it.
func (p *program) variables(name string) (*twig.Array, error) {
	text, err := p.input(name, maxData)
	if err != nil {
		return nil, err
	}
	wrong := fmt.Sprintf("it is larger than %d MiB", maxData>>20)
	if len(text) <= maxData {
		d := json.NewDecoder(bytes.NewReader(text))
		d.UseNumber()
		v, err := ordered(d, 0)
		if err == nil {
			if _, more := d.Token(); !errors.Is(more, io.EOF) {
				err = errors.New("there is more behind the object")
			}
		}
		if a := v.Array(); err == nil && a != nil && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
			return a, nil
		}
		if wrong = "it is no JSON object"; err != nil {
			wrong = "it is no JSON: " + err.Error()
		}
	}
	return nil, &appdock.Error{
		Kind: appdock.Invalid, Code: codeData, Message: "The variables in " + name + " cannot be read", Cause: wrong,
		Cure: `Write one JSON object, such as {"name": "Anna"}.`,
	}
}

// maxNesting of variables; templates get no deeper ones either.
const maxNesting = 200

// ordered reads one JSON value with the members of objects in their order.
func ordered(d *json.Decoder, depth int) (twig.Value, error) {
	if depth > maxNesting {
		return twig.Value{}, errors.New("it is nested too deeply")
	}
	token, err := d.Token()
	if err != nil {
		return twig.Value{}, err
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '[' {
			var list []twig.Value
			for d.More() {
				v, err := ordered(d, depth+1)
				if err != nil {
					return twig.Value{}, err
				}
				list = append(list, v)
			}
			_, err := d.Token()
			return twig.List(list...), err
		}
		object := twig.NewMapping(4)
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return twig.Value{}, err
			}
			v, err := ordered(d, depth+1)
			if err != nil {
				return twig.Value{}, err
			}
			object.Set(twig.StringKey(fmt.Sprint(key)), v)
		}
		_, err := d.Token()
		return twig.ArrayOf(object), err
	case json.Number:
		if n, err := token.Int64(); err == nil {
			return twig.Int(n), nil
		}
		f, err := token.Float64()
		return twig.Float(f), err
	}
	return twig.From(token), nil // a text, a bool or nothing
}
