package theme

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"log/slog"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/twig"
)

// tags are what a theme has beside the language: the places of apps (app-scripts.md D2).
func (s *Service) tags() twig.Extension {
	return twig.Extension{
		Tags: []twig.Tag{{
			Name: "app_block", End: "endapp_block", Short: true, Words: []string{"with", "only"},
			Run: func(c *twig.Context, args []twig.Value, body func() string) (string, error) {
				text := renderingOf(c).place(c, args[0], args[1], args[2])
				if text == "" && body != nil {
					return body(), nil
				}
				return text, nil
			},
		}},
		Functions: []twig.Callable{
			{
				Name: "app_block", Params: []twig.Param{twig.Optional("target", twig.Value{}), twig.Optional("variables", twig.Value{})}, Safe: []string{"all"},
				Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
					return twig.Markup(renderingOf(c).place(c, args[0], args[1], twig.Value{})), nil
				},
			},
			{
				Name: "has_app_blocks", Params: []twig.Param{twig.Optional("target", twig.Value{})},
				Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
					return twig.Bool(len(renderingOf(c).at(targetOf(c, args[0]), "")) > 0), nil
				},
			},
		},
	}
}

// rendering is one page on its way.
type rendering struct {
	service *Service
	shop    appdock.Shop
	page    Page
	blocks  []Block
	left    time.Duration // for blocks
}

type renderingKey struct{}

func renderingOf(c *twig.Context) *rendering {
	return c.Context().Value(renderingKey{}).(*rendering) // pages are rendered by Render alone
}

// targetOf is the name of a place; without one it is "default".
func targetOf(c *twig.Context, v twig.Value) string {
	if v.IsNull() {
		return "default"
	}
	return c.String(v)
}

// at finds the blocks of a place, or the one of them that is named app/block.
func (r *rendering) at(target, only string) (list []Block) {
	for _, b := range r.blocks {
		if b.Target == target && b.Snippet != "" && (only == "" || only == b.App+"/"+b.ID) {
			list = append(list, b)
		}
	}
	return list
}

// place renders what apps show at a place.
func (r *rendering) place(c *twig.Context, target, with, only twig.Value) string {
	name, one := targetOf(c, target), ""
	if !only.IsNull() {
		one = c.String(only)
	}
	var out strings.Builder
	for _, b := range r.at(name, one) {
		text, reason := r.block(c.Context(), b, with)
		switch {
		case reason == "" && inHead(name):
			out.WriteString(text)
		case reason == "":
			fmt.Fprintf(&out, `<div class="app-block" data-app="%s" data-block="%s">%s</div>`, html.EscapeString(b.App), html.EscapeString(b.ID), text)
		case r.service.options.Debug:
			fmt.Fprintf(&out, "<!-- app block %s/%s unavailable -->", b.App, b.ID)
		}
	}
	return out.String()
}

// block renders one block; reason says why it is left out.
func (r *rendering) block(ctx context.Context, b Block, with twig.Value) (text, reason string) {
	s, name := r.service, b.App+"/"+b.ID
	if s.paused(r.shop.ID, name) {
		s.options.Observe(Outcome{App: b.App, Block: b.ID, Reason: ReasonPaused})
		return "", ReasonPaused
	}
	if r.left <= 0 {
		s.options.Observe(Outcome{App: b.App, Block: b.ID, Reason: ReasonTime})
		return "", ReasonTime
	}
	start := time.Now() //nolint:forbidigo // how long it takes, not what time it is
	within, cancel := context.WithTimeout(ctx, min(blockTime, r.left))
	defer cancel()
	text, err := r.snippet(within, b, with)
	if err == nil && leadsAway(text) {
		err = errors.New("it has a meta element with http-equiv, which may lead people away from the page")
	}
	if err == nil {
		text, err = contained(b.Target, text)
	}
	took := time.Since(start)
	r.left -= took
	if err != nil && ctx.Err() != nil {
		return "", ReasonTime // whoever asked for the page is gone
	}
	if err != nil {
		reason = reasonOf(within, err)
		s.failed(r.shop.ID, name)
		s.options.Log.LogAttrs(ctx, slog.LevelWarn, "app block left out",
			slog.String("app", b.App), slog.String("block", b.ID), slog.String("reason", reason), slog.Any("error", err))
		text = ""
	}
	s.options.Observe(Outcome{App: b.App, Block: b.ID, Took: took, Reason: reason})
	return text, reason
}

// leadsAway reports whether markup may have a refresh, which no policy of a page forbids: it
// would take people from the shop, and from the admin on its origin, to a page that only looks
// like it.
func leadsAway(text string) bool {
	text = strings.ToLower(text)
	return strings.Contains(text, "<meta") && strings.Contains(text, "http-equiv")
}

func reasonOf(within context.Context, err error) string {
	if within.Err() != nil {
		return ReasonTime
	}
	if e, ok := errors.AsType[*twig.Error](err); ok && e.Limit != "" {
		return ReasonLimit
	}
	return ReasonFailed
}

func (r *rendering) snippet(ctx context.Context, b Block, with twig.Value) (string, error) {
	template, err := r.service.compile(b) //nolint:contextcheck // a template is compiled once for all who ask
	if err != nil {
		return "", err
	}
	values := map[string]any{}
	for name, v := range members(with) {
		if values[name], err = r.passed(ctx, b, v); err != nil {
			return "", err
		}
	}
	// Last, so that a theme cannot take their place by mistake.
	values["block"] = map[string]any{
		"id": b.ID, "target": b.Target, "label": b.Label, "settings": b.Settings,
		"app": map[string]any{"id": b.App, "name": b.AppName, "version": b.Version},
	}
	values["shop"], values["page"] = r.aboutShop(), r.aboutPage()
	values["request"] = map[string]any{"path": r.page.Path, "query": r.page.Query, "locale": r.shop.Locale}
	values["customer"] = nil // nobody is logged in to these pages
	values["cart"] = map[string]any{"total": r.page.Total, "currency": r.shop.Currency, "itemCount": r.page.Items}
	var out strings.Builder
	err = template.Render(ctx, &out, values)
	return out.String(), err
}

// members are the variables that a theme passes.
func members(with twig.Value) map[string]twig.Value {
	found := map[string]twig.Value{}
	if a := with.Array(); a != nil {
		for k, v := range a.All() {
			found[k.String()] = v
		}
	}
	return found
}

// passed is a value as an app's block sees it: a record is what the app may read of it, and null
// if that is nothing.
func (r *rendering) passed(ctx context.Context, b Block, v twig.Value) (any, error) {
	if e, ok := v.Object().(*Entity); ok {
		text, ok, err := r.service.options.Records.Shown(ctx, r.shop.ID, b.Grant, e.Name, e.ID)
		if err != nil {
			return nil, fmt.Errorf("show %s %s: %w", e.Name, e.ID, err)
		}
		if !ok {
			r.service.options.Log.LogAttrs(ctx, slog.LevelInfo, "app block without the scope for what it is passed",
				slog.String("app", b.App), slog.String("block", b.ID), slog.String("entity", e.Name))
			return nil, nil
		}
		var record any
		if err := json.Unmarshal(text, &record); err != nil {
			return nil, fmt.Errorf("read %s %s as it is shown: %w", e.Name, e.ID, err)
		}
		return record, nil
	}
	a := v.Array()
	if a == nil {
		if v.Object() != nil {
			return nil, nil // what else a theme has is none of an app's business
		}
		return v, nil
	}
	list := twig.NewMapping(a.Len())
	if a.IsList() {
		list = twig.NewArray(a.Len())
	}
	for k, item := range a.All() {
		p, err := r.passed(ctx, b, item)
		if err != nil {
			return nil, err
		}
		list.Set(k, twig.From(p))
	}
	return twig.ArrayOf(list), nil
}

func (r *rendering) aboutShop() map[string]any {
	language, _, _ := strings.Cut(r.shop.Locale, "-")
	return map[string]any{
		"id": string(r.shop.ID), "name": r.shop.Name, "url": r.shop.URL, "currency": r.shop.Currency, "language": language, "locale": r.shop.Locale,
	}
}

func (r *rendering) aboutPage() map[string]any {
	return map[string]any{"type": r.page.Type, "id": r.page.ID, "url": strings.TrimSuffix(r.shop.URL, "/") + r.page.Path, "title": r.page.Title}
}
