package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/control"
	"github.com/appdock/appdock/internal/lifecycle"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/theme"
	"github.com/appdock/appdock/manifest"
)

const (
	// maxIcon bounds the icon of an app.
	maxIcon = 256 << 10
	// maxSmall bounds the files of its folder that an app can do without, its icon among them.
	maxSmall = maxIcon
)

// folderApp is an app as its folder has it.
type folderApp struct {
	app      *manifest.App
	path     string
	icon     []byte
	blocks   map[string]lifecycle.BlockFiles
	problems manifest.Problems
}

// readApp reads and validates the app of a folder. What stops an installation is an
// *appdock.Error with a fault for each finding; a broken app is never shown for consent.
func (s *Shop) readApp(ctx context.Context, source control.Source) (folderApp, error) {
	format, err := formatOf(source)
	if err != nil {
		return folderApp{}, err
	}
	path, err := filepath.Abs(source.Path)
	if err != nil {
		return folderApp{}, fmt.Errorf("find the folder %s: %w", source.Path, err)
	}
	root, err := os.OpenRoot(path)
	if err != nil {
		return folderApp{}, noApp(path, err)
	}
	defer func() { _ = root.Close() }() // it was only read
	name := filepath.Base(path)
	app, problems, err := manifest.Parse(root.FS(), manifest.Options{Folder: name, Format: format})
	if err != nil {
		return folderApp{}, noApp(path, err)
	}
	read := folderApp{app: app, path: path, problems: problems}
	if app == nil || problems.HasErrors() {
		return read, invalid(name, problems)
	}
	if err := app.ReadSnippets(root.FS()); err != nil {
		return read, noApp(path, err)
	}
	if source.SkipValidation {
		return read, nil
	}
	neighbours, err := s.neighbours(ctx)
	if err != nil {
		return read, err
	}
	env := manifest.Environment{Folder: name, Files: root.FS(), Development: s.host.mode == Development}
	if app.Format == manifest.SitePack {
		env.CompileTwig = theme.Check // the Twig of the other dialect has tags that are not ours
	}
	found := manifest.Validate(app, env.On(manifest.Host{Platform: s.host.config.Platform, Public: true}, app, neighbours))
	read.problems = append(read.problems, atInstall(found)...)
	if read.problems.HasErrors() {
		return read, invalid(name, read.problems)
	}
	if read.icon, err = icon(root.FS(), app.Icon.Path); err != nil {
		return read, err
	}
	read.blocks, err = blockFiles(root.FS(), app.CMSBlocks)
	return read, err
}

// blockFiles reads how the admin shows the blocks of an app (manifest-xml.md 23.3).
func blockFiles(folder fs.FS, blocks []manifest.CMSBlock) (map[string]lifecycle.BlockFiles, error) {
	files := make(map[string]lifecycle.BlockFiles, len(blocks))
	for _, b := range blocks {
		at := path.Join("Resources/cms/blocks", b.Name)
		template, err := small(folder, path.Join(at, "preview.html"))
		if err != nil {
			return nil, fmt.Errorf("read the preview of block %s: %w", b.Name, err)
		}
		styles, err := small(folder, path.Join(at, "styles.css"))
		if err != nil {
			return nil, fmt.Errorf("read the styles of block %s: %w", b.Name, err)
		}
		files[b.Name] = lifecycle.BlockFiles{Template: shop.Markup{}.Clean(string(template)), Styles: string(styles)}
	}
	return files, nil
}

// formatOf gives the manifest that is to be read, empty if there is no choice. At an address
// there is an app.json alone (app-json.md 1).
func formatOf(source control.Source) (manifest.Format, error) {
	known := []manifest.Format{"", manifest.Shopware, manifest.SitePack}
	if source.URL != "" {
		known = []manifest.Format{"", manifest.SitePack}
	}
	format := manifest.Format(source.Format)
	if slices.Contains(known, format) {
		return format, nil
	}
	e := &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-APP-FORMAT", Message: fmt.Sprintf("An app is not read as %q", source.Format),
		Cause: "there are the formats shopware (manifest.xml) and sitepack (app.json)", Cure: "Choose one of them.",
	}
	if source.URL != "" {
		e.Cause, e.Cure = "at an address there is an app.json, whose format is sitepack", "Leave the format out, or name the folder of the app."
	}
	return "", e
}

// neighbours are the apps of the shop as validation sees them.
func (s *Shop) neighbours(ctx context.Context) ([]manifest.Neighbour, error) {
	all, err := s.host.apps.All(ctx, s.id)
	if err != nil {
		return nil, err
	}
	list := make([]manifest.Neighbour, len(all))
	for i, r := range all {
		list[i] = manifest.Neighbour{
			Name: r.Installation.App, Format: manifest.Format(r.Profile.Format), Version: r.Installation.Version,
			Active: r.Installation.Active, Privileges: names(r.Installation.Grant), Hosts: r.Profile.Hosts, Identifiers: r.Profile.Names,
		}
	}
	return list, nil
}

// atInstall is what validation means for an installation: a webhook for an unknown event
// never stops one, it is stored and sleeps (design.md 6, "unknown webhook event"). What the
// installation itself decides on, with the protocol's own codes, is left to it.
func atInstall(problems manifest.Problems) manifest.Problems {
	problems = slices.DeleteFunc(problems, func(p manifest.Problem) bool {
		return slices.Contains([]string{
			"host.incompatible", "host.requirement_unmet", "host.version_downgrade", "host.new_permissions", "host.new_hosts",
		}, p.Code)
	})
	for i, p := range problems {
		if p.Code == "manifest.webhook_not_hookable" {
			problems[i].Severity = manifest.Warning
		}
	}
	return problems
}

func icon(folder fs.FS, name string) ([]byte, error) {
	data, err := small(folder, name)
	if err != nil {
		return nil, fmt.Errorf("read the icon %s: %w", name, err)
	}
	return data, nil
}

// small reads a file that an app can do without: one that is not there, or too large, is left
// out silently (manifest-xml.md 5); validation has told of it.
func small(folder fs.FS, name string) ([]byte, error) {
	if name == "" || !fs.ValidPath(name) {
		return nil, nil
	}
	f, err := folder.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }() // it was only read
	data, err := io.ReadAll(io.LimitReader(f, maxSmall+1))
	if err != nil || len(data) > maxSmall {
		return nil, err
	}
	return data, nil
}

func noApp(path string, err error) error {
	cause := "the folder cannot be read"
	if errors.Is(err, fs.ErrNotExist) {
		cause = "there is no such folder"
	}
	return &appdock.Error{
		Kind: appdock.NotFound, Code: "app.not_found",
		Message: "There is no app in " + path,
		Cause:   cause,
		Cure:    "Name a folder that has a manifest.xml or an app.json.",
		Err:     err,
	}
}

func invalid(name string, problems manifest.Problems) error {
	e := &appdock.Error{
		Kind: appdock.Invalid, Code: "ADK-APP-INVALID",
		Message: "App " + name + " has faults in its manifest",
		Cure:    "Mend them; --no-validate skips what is no fault of reading.",
	}
	for _, p := range problems {
		if p.Severity != manifest.Error {
			continue
		}
		message := p.Message
		if p.Hint != "" {
			message += " (" + p.Hint + ")"
		}
		e.Faults = append(e.Faults, appdock.Fault{
			Pointer: fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column), Code: p.Code, Message: message,
		})
	}
	return e
}

// Preview reads and validates an app and says what installing it asks for.
func (s *Shop) Preview(ctx context.Context, source control.Source) (control.Preview, error) {
	if source.URL != "" {
		if _, err := formatOf(source); err != nil {
			return control.Preview{}, err
		}
		return s.previewURL(ctx, source.URL)
	}
	read, err := s.readApp(ctx, source)
	if err != nil {
		return control.Preview{}, err
	}
	consent, found, err := s.host.apps.Preview(ctx, s.id, read.app)
	if err != nil {
		return control.Preview{}, err
	}
	p := control.Preview{
		Name:         consent.App,
		Version:      consent.Version,
		Label:        read.app.Labels.In(s.shop().Locale),
		ConsentHash:  consent.Hash(),
		ManifestHash: consent.ManifestHash,
		Permissions:  []control.ResourceWish{},
		Additional:   append([]string{}, consent.Additional...),
		Hosts:        append([]string{}, consent.Hosts...),
		Webhooks:     []control.WebhookWish{},
		Problems:     []control.Problem{},
		Demands:      consent.Demands(),
	}
	if found != nil {
		p.Installed, p.InstalledVersion, p.Order = stateName(*found), found.Installation.Version, read.app.CompareVersion(found.Installation.Version)
		p.NewPrivileges, p.NewHosts, p.LostPrivileges = names(consent.NewPrivileges), consent.NewHosts, names(consent.LostPrivileges)
	}
	for _, x := range consent.Permissions {
		p.Permissions = append(p.Permissions, control.ResourceWish{Resource: x.Entity, Privileges: x.Rights})
	}
	for _, x := range consent.Webhooks {
		p.Webhooks = append(p.Webhooks, control.WebhookWish{Name: x.Name, Event: x.Event, URL: x.URL})
	}
	for _, x := range read.problems {
		p.Problems = append(p.Problems, control.Problem{
			Code: x.Code, Severity: string(x.Severity), Message: x.Message, Hint: x.Hint,
			File: x.File, Line: x.Line, Column: x.Column,
		})
	}
	return p, nil
}

// Install installs what was previewed.
func (s *Shop) Install(ctx context.Context, in control.Install) (control.Result, error) {
	if in.URL != "" {
		if _, err := formatOf(in.Source); err != nil {
			return control.Result{}, err
		}
		return s.installURL(ctx, in)
	}
	return s.bring(ctx, in, s.host.apps.Install)
}

// Update updates an app to what was previewed.
func (s *Shop) Update(ctx context.Context, in control.Install) (control.Result, error) {
	if in.URL != "" {
		return s.updateURL(ctx, in)
	}
	return s.bring(ctx, in, s.host.apps.Update)
}

// bring reads an app from its folder and installs it or updates to it.
func (s *Shop) bring(ctx context.Context, in control.Install, do func(context.Context, appdock.Shop, *manifest.App, lifecycle.Options) (lifecycle.Outcome, error)) (control.Result, error) {
	read, err := s.readApp(ctx, in.Source)
	if err != nil {
		return control.Result{}, err
	}
	out, err := do(ctx, s.shop(), read.app, lifecycle.Options{
		ConsentHash:      in.ConsentHash,
		Activate:         in.Activate,
		AllowShortSecret: in.AllowShortSecret,
		AppSecret:        s.host.appSecret(read.app.Name, in.AppSecret),
		Files:            lifecycle.Files{Path: s.host.folder.shorten(read.path), Icon: read.icon, Blocks: read.blocks},
	})
	if err != nil || in.ConsentHash == "" || out.Result != lifecycle.Installed && out.Result != lifecycle.Updated {
		return result(out), withExchange(err)
	}
	return result(out), s.record(ctx, "app.granted", out.App, strings.Join(read.app.Permissions.Requested, " ")+" manifest "+read.app.Hash())
}

// Permit changes what an app may do.
func (s *Shop) Permit(ctx context.Context, app string, in control.Permit) (control.Result, error) {
	out, err := s.host.apps.Permit(ctx, s.id, app, privileges(in.Grant), privileges(in.Revoke))
	for _, decided := range []struct {
		action string
		names  []string
	}{{"app.granted", in.Grant}, {"app.withdrawn", in.Revoke}} {
		if err == nil && len(decided.names) > 0 {
			err = s.record(ctx, decided.action, app, strings.Join(decided.names, " "))
		}
	}
	return result(out), err
}

func privileges(names []string) []appdock.Privilege {
	list := make([]appdock.Privilege, len(names))
	for i, name := range names {
		list[i] = appdock.Privilege(name)
	}
	return list
}

// RotateSecret gives an app and the host a new secret.
func (s *Shop) RotateSecret(ctx context.Context, app string) (control.Result, error) {
	out, err := s.host.apps.RotateSecret(ctx, s.shop(), app)
	return result(out), withExchange(err)
}

// RecoverSecret settles which secret an app holds.
func (s *Shop) RecoverSecret(ctx context.Context, app string, discard bool) (control.Result, error) {
	if discard {
		out, err := s.host.apps.DiscardSecret(ctx, s.id, app)
		return result(out), err
	}
	out, err := s.host.apps.RecoverSecret(ctx, s.shop(), app)
	return result(out), withExchange(err)
}

// appSecret is the one that the operator gives with the order, or the configured one.
func (s *Server) appSecret(app, ordered string) appdock.Secret {
	if ordered != "" {
		return appdock.NewSecret(ordered)
	}
	return s.config.AppSecrets[app]
}

// withExchange lets operators see the call to the app that failed.
func withExchange(err error) error {
	if call, ok := errors.AsType[*lifecycle.HandshakeError](err); ok {
		return &control.ExchangeError{Request: call.Request, Answer: call.Answer, Err: err}
	}
	return err
}

func result(o lifecycle.Outcome) control.Result {
	return control.Result{Name: o.App, Version: o.Version, Result: string(o.Result), Warnings: o.Warnings}
}

// Activate activates an app.
func (s *Shop) Activate(ctx context.Context, app string) (control.Result, error) {
	out, err := s.host.apps.Activate(ctx, s.id, app)
	return result(out), err
}

// Deactivate deactivates an app.
func (s *Shop) Deactivate(ctx context.Context, app string) (control.Result, error) {
	out, err := s.host.apps.Deactivate(ctx, s.id, app)
	return result(out), err
}

// Uninstall removes an app.
func (s *Shop) Uninstall(ctx context.Context, app string, keepUserData bool) (control.Result, error) {
	out, err := s.host.apps.Uninstall(ctx, s.id, app, keepUserData)
	return result(out), err
}

// Apps lists the apps of the shop by name.
func (s *Shop) Apps(ctx context.Context) ([]control.App, error) {
	all, err := s.host.apps.All(ctx, s.id)
	if err != nil {
		return nil, err
	}
	list := make([]control.App, len(all))
	for i, r := range all {
		list[i] = s.app(r)
	}
	return list, nil
}

// App shows one app.
func (s *Shop) App(ctx context.Context, name string) (control.AppDetails, error) {
	r, err := s.host.apps.Get(ctx, s.id, name)
	if err != nil {
		return control.AppDetails{}, err
	}
	d := control.AppDetails{
		App:          s.app(r),
		ID:           r.Installation.ID.String(),
		Path:         s.host.folder.full(r.Profile.Path),
		Granted:      names(r.Installation.Grant),
		Requested:    names(r.Profile.Requested),
		Hosts:        append([]string{}, r.Profile.Hosts...),
		Webhooks:     []control.Webhook{},
		Unconfirmed:  len(r.Unconfirmed),
		ManifestHash: r.Profile.ManifestHash,
		Names:        []control.Name{},
	}
	if !r.UnconfirmedSince.IsZero() {
		at := r.UnconfirmedSince.In(time.UTC)
		d.PendingSince = &at
	}
	if o := r.OAuth; !o.IsZero() {
		d.ManifestURL, d.Granted, d.Requested, d.Unread = o.ManifestURL, append([]string{}, o.Granted...), append([]string{}, o.Requested...), o.Unread
		if !o.LookedAt.IsZero() {
			at := o.LookedAt.In(time.UTC)
			d.LookedAt = &at
		}
		for _, host := range d.Hosts {
			if !slices.Contains(o.Known.Hosts, host) {
				d.NewHosts = append(d.NewHosts, host)
			}
		}
	}
	for _, n := range r.Profile.Names {
		d.Names = append(d.Names, control.Name(n))
	}
	for _, w := range r.Features.Webhooks {
		d.Webhooks = append(d.Webhooks, control.Webhook{
			WebhookWish: control.WebhookWish{Name: w.Name, Event: cmp.Or(w.Topic, string(w.Event)), URL: w.URL}, Active: w.Active, Asleep: asleep(r, w),
		})
	}
	return d, nil
}

// asleep says why a subscription is not called; empty: it is.
func asleep(r lifecycle.Registration, w lifecycle.Webhook) string {
	switch {
	case w.Active:
		return ""
	case r.OAuth.IsZero() || w.Event == "":
		return "unknown event"
	case !r.OAuth.Trusts(w.URL):
		return "its host waits for consent"
	}
	return "its scope is not granted"
}

func (s *Shop) app(r lifecycle.Registration) control.App {
	a := control.App{
		Name:        r.Installation.App,
		Label:       manifest.Translations(r.Profile.Label).In(s.shop().Locale),
		Version:     r.Installation.Version,
		Author:      r.Profile.Author,
		Active:      r.Installation.Active,
		State:       stateName(r),
		Format:      r.Profile.Format,
		InstalledAt: r.InstalledAt,
		HasSecret:   !r.Secret.IsZero(),
	}
	if !r.UpdatedAt.IsZero() {
		at := r.UpdatedAt.In(time.UTC)
		a.UpdatedAt = &at
	}
	return a
}

// stateName is how people are told of a registration (cli.md 2.4): what is on its way is
// "pending" (design.md 6, "crash during a first install"), and so is an app with a server
// that does not know the shop by its id of now: its registration has failed so far.
func stateName(r lifecycle.Registration) string {
	switch r.State {
	case lifecycle.Registering, lifecycle.Confirming, lifecycle.Completing:
		return "pending"
	case lifecycle.Deactivating: // for the moment in which the app is told of it
		if !r.OAuth.IsZero() {
			return string(lifecycle.Authorized)
		}
		return string(lifecycle.Registered)
	case lifecycle.Local:
		if r.Setup.RegistrationURL != "" {
			return "pending"
		}
	case lifecycle.Unconfirmed, lifecycle.Registered, lifecycle.Rotating,
		lifecycle.Pending, lifecycle.Authorized, lifecycle.NeedsApproval, lifecycle.Reauthorize:
	}
	return string(r.State)
}

func names(ps appdock.Privileges) []string {
	list := make([]string, len(ps))
	for i, p := range ps {
		list[i] = string(p)
	}
	return list
}
