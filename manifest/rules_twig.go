package manifest

import (
	"errors"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The rules about Twig: scripts, templates, and texts of the flow builder (validation.md 4).

const (
	scripts = "Resources/scripts"
	views   = "Resources/views"
	// maxTwig bytes of a template are read, maxTwigs of all in a folder: compiling takes
	// some seconds for a MiB that was made to be slow.
	maxTwig  = 2 << 20
	maxTwigs = 16 << 20
)

// hooks are the folders whose scripts run (app-scripts.md A3).
var hooks = strings.Fields(`
	app-installed app-updated app-activated app-deactivated app-deleted
	product-page-loaded navigation-page-loaded search-page-loaded search-widget-loaded suggest-page-loaded landing-page-loaded cms-page-loaded
	product-quick-view-widget-loaded sitemap-page-loaded maintenance-page-loaded wishlist-page-loaded wishlist-widget-loaded
	guest-wishlist-page-loaded guest-wishlist-pagelet-loaded header-pagelet-loaded footer-pagelet-loaded menu-offcanvas-pagelet-loaded
	country-state-data-pagelet-loaded product-reviews-widget-loaded payment-method-route-request cookie-group-collect
	checkout-cart-page-loaded checkout-confirm-page-loaded checkout-finish-page-loaded checkout-register-page-loaded
	checkout-info-widget-loaded checkout-offcanvas-widget-loaded account-overview-page-loaded account-profile-page-loaded
	account-login-page-loaded account-guest-login-page-loaded account-register-page-loaded account-recover-password-page-loaded
	account-order-page-loaded account-order-detail-page-loaded account-edit-order-page-loaded address-listing-page-loaded
	address-detail-page-loaded address-book-widget-loaded customer-group-registration-page-loaded shipping-method-route-request
	cart product-pricing cache-invalidation response`)

// runs reports whether scripts in a folder are ever read.
func runs(folder string) bool {
	if slices.Contains(hooks, folder) || folder == "include" || folder == path.Base(scriptsOf) {
		return true
	}
	return slices.ContainsFunc([]string{"api-", "store-api-", "storefront-"}, func(prefix string) bool {
		return strings.HasPrefix(folder, prefix) && folder != prefix
	})
}

// scriptHook: a script in no folder of a hook never runs.
func scriptHook(r *review) {
	told := map[string]bool{}
	for _, name := range r.bundle().below(scripts) {
		folder, _, inFolder := strings.Cut(name, "/")
		switch {
		case !hasEnding(name, ".twig") || told[folder] || inFolder && runs(folder):
		case !inFolder:
			r.aboutFile(Warning, "script.hook_unknown", path.Join(scripts, name), "", "this script is in no folder of a hook, it never runs")
		default:
			told[folder] = true
			r.aboutFile(Warning, "script.hook_unknown", path.Join(scripts, name), r.hint(folder, slices.Values(hooks)), "hook %s is unknown, the scripts in its folder never run", quote(folder))
		}
	}
}

func scriptKind(r *review) {
	var others []string
	for _, name := range r.bundle().below(scripts) {
		if !hasEnding(name, ".twig") {
			others = append(others, path.Join(scripts, name))
		}
	}
	r.aboutFiles(Info, "script.not_twig", others, "only .twig files are scripts, this one is ignored")
}

// template is one Twig file of an app.
type template struct{ name, text string }

// twigs reads the templates of a folder, and tells which ones nobody can look at: once,
// for the first rule that asks.
func (r *review) twigs(folder string) []template {
	if all, done := r.templates[folder]; done {
		return all
	}
	var all []template
	var unreadable, beyond []string
	size := 0
	for _, name := range r.bundle().below(folder) {
		if !hasEnding(name, ".twig") {
			continue
		}
		name = path.Join(folder, name)
		if size >= maxTwigs {
			beyond = append(beyond, name)
			continue
		}
		switch text, tooLarge, err := read(r.env.Files, name, maxTwig); {
		case err != nil && leavesByLink(r.env.Files, name): // rule symlink tells of it
		case err != nil:
			unreadable = append(unreadable, name)
		case tooLarge != "":
			r.aboutFile(Warning, notChecked, name, "", "the template was not checked: %s", tooLarge)
		default:
			all = append(all, template{name, string(text)})
			size += len(text)
		}
	}
	r.aboutFiles(Warning, notChecked, unreadable, "the template was not checked: it cannot be read")
	r.aboutFiles(Warning, notChecked, beyond, "the template was not checked: there are over "+binarySize(maxTwigs)+" of them in "+folder)
	r.templates[folder] = all
	return all
}

// placed is an error that knows where in a text it is.
type placed interface {
	error
	Position() (line, column int)
}

// compiles tells of a whole template if it does not.
func (r *review) compiles(code, name, text string) {
	err := r.env.CompileTwig(name, text)
	if err == nil {
		return
	}
	line, column := 1, 1
	if at, ok := errors.AsType[placed](err); ok {
		line, column = at.Position()
	}
	lines := strings.Count(text, "\n") + 1
	r.inFile(Error, code, name, min(max(line, 1), lines), max(column, 1), "", "%s", shorten(err.Error()))
}

func scriptTwig(r *review) { r.compileAll(scripts, "script.twig") }

func viewTwig(r *review) { r.compileAll(views, "view.twig") }

func (r *review) compileAll(folder, code string) {
	if r.env.CompileTwig == nil {
		return
	}
	for _, t := range r.twigs(folder) {
		r.compiles(code, t.name, t.text)
	}
}

// viewFolder: templates of apps are for the storefront and for documents.
func viewFolder(r *review) {
	var ignored []string
	for _, name := range r.bundle().below(views) {
		if folder, _, _ := strings.Cut(name, "/"); hasEnding(name, ".twig") && folder != "storefront" && folder != "documents" {
			ignored = append(ignored, path.Join(views, name))
		}
	}
	r.aboutFiles(Warning, "view.ignored_dir", ignored, "only templates in storefront and documents are read")
}

var (
	twigComment = regexp.MustCompile(`(?s)\{#.*?#\}`)
	serviceCall = regexp.MustCompile(`services\.(repository|writer)\.(search|ids|aggregate|upsert|delete)\(\s*['"]([a-z][a-z0-9_]*)['"]`)
)

// scriptPermission: a script may do what its app asks for, and no more.
func scriptPermission(r *review) {
	for _, t := range r.twigs(scripts) {
		text := twigComment.ReplaceAllStringFunc(t.text, blank)
		source := newSource("", []byte(text))
		told := map[string]bool{}
		for _, at := range serviceCall.FindAllStringSubmatchIndex(text, -1) {
			method, entity := text[at[4]:at[5]], text[at[6]:at[7]]
			privilege := entity + ":" + map[string]string{"upsert": "update", "delete": "delete"}[method]
			granted := r.Permissions.Has(privilege)
			switch method {
			case "upsert":
				granted = granted || r.Permissions.Has(entity+":create")
			case "search", "ids", "aggregate":
				privilege = entity + ":read"
				granted = r.Permissions.Has(privilege)
			}
			own := slices.ContainsFunc(r.Entities, func(e CustomEntity) bool { return e.Name == entity })
			if granted || own || told[privilege] {
				continue
			}
			told[privilege] = true
			place := source.at(at[0])
			operation := strings.TrimPrefix(privilege, entity+":")
			r.inFile(Warning, "script.permission", t.name, place.Line, place.Column, "", "the script needs <%s>%s</%s>", operation, entity, operation)
		}
	}
}

// blank is as long as text, and as many lines.
func blank(text string) string {
	return strings.Map(func(c rune) rune {
		if c == '\n' {
			return c
		}
		return ' '
	}, text)
}

// flowTexts are the Twig texts of a flow action, with their places.
func flowTexts(f FlowAction) []address {
	texts := []address{{path: f.Path.Child("meta").Child("url"), url: f.URL}}
	for _, list := range [][]FlowParameter{f.Headers, f.Parameters} {
		for _, p := range list {
			texts = append(texts, address{path: p.Path.Child("@value"), url: p.Value})
		}
	}
	return texts
}

func flowTwig(r *review) {
	if r.env.CompileTwig == nil {
		return
	}
	for _, f := range r.FlowActions {
		for _, text := range flowTexts(f) {
			if err := r.env.CompileTwig(f.Name, text.url); err != nil {
				r.tell(Error, "flow.parameter_twig", text.path, "", "%s is no valid Twig: %s", quote(text.url), shorten(err.Error()))
			}
		}
	}
}

var (
	twigVariable = regexp.MustCompile(`\{\{-?\s*([A-Za-z_]\w*)\s*(?:[.|\[}]|-\})`)
	twigLocal    = regexp.MustCompile(`\{%-?\s*(?:set|for)\s+([A-Za-z_]\w*)(?:\s*,\s*([A-Za-z_]\w*))?`)
)

// flowVariable: what a text names is a setting of the action, or comes with the events
// that it is offered for.
func flowVariable(r *review) {
	for _, f := range r.FlowActions {
		if len(f.Requirements) == 0 {
			continue // it is offered for every event, whatever that carries
		}
		known := []string{"loop", "true", "false", "null", "none"}
		for _, field := range f.Fields {
			known = append(known, field.Name)
		}
		for _, requirement := range f.Requirements {
			name := path.Base(strings.ReplaceAll(requirement, `\`, "/"))
			name = strings.TrimSuffix(name, "Aware")
			known = append(known, strings.ToLower(name[:min(1, len(name))])+name[min(1, len(name)):])
		}
		for _, text := range flowTexts(f) {
			local := slices.Clone(known)
			for _, match := range twigLocal.FindAllStringSubmatch(text.url, -1) {
				local = append(local, match[1:]...)
			}
			for _, match := range twigVariable.FindAllStringSubmatch(text.url, -1) {
				if !slices.Contains(local, match[1]) {
					r.tell(Warning, "flow.variable_unknown", text.path, r.hint(match[1], slices.Values(known)),
						"variable %s is no setting of action %s and no data of its requirements", quote(match[1]), quote(f.Name))
				}
			}
		}
	}
}

// fetchedTwig: the snippets that were fetched beside the app.json compile. What is wrong is told
// where the app.json names them: there is no file.
func (r *review) fetchedTwig() {
	if r.env.CompileTwig == nil {
		return
	}
	seen := map[string]bool{}
	for _, b := range r.Theme.Blocks {
		if b.Snippet == "" || seen[b.SnippetPath] {
			continue
		}
		seen[b.SnippetPath] = true
		err := r.env.CompileTwig(b.SnippetPath, b.Snippet)
		if err == nil {
			continue
		}
		line := 1
		if at, ok := errors.AsType[placed](err); ok {
			line, _ = at.Position()
		}
		r.tell(Error, "snippet_twig", b.Path.member("snippet"), "", "snippet %s does not compile, line %d: %s", quote(b.SnippetPath), max(line, 1), shorten(err.Error()))
	}
}

// maxBlock is how large the snippet of an app.json's block may be (app-json.md 2.5).
const maxBlock = 64 << 10

// blockTwig: the snippets of blocks are small, and compile.
func blockTwig(r *review) {
	if r.env.Files == nil {
		r.fetchedTwig()
		return
	}
	for _, b := range r.Theme.Blocks {
		name, ok := inside(b.SnippetPath)
		if b.SnippetPath == "" || !ok || r.leaves(name) || !exists(r.env.Files, name) {
			continue // blockSnippet has said so
		}
		text, tooLarge, err := read(r.env.Files, name, maxBlock)
		switch {
		case err != nil:
			r.tell(Error, "snippet_missing", b.Path.member("snippet"), "", "snippet %s cannot be read", quote(b.SnippetPath))
		case tooLarge != "":
			r.tell(Error, "length", b.Path.member("snippet"), "", "snippet %s is larger than %d KiB", quote(b.SnippetPath), maxBlock>>10)
		case r.env.CompileTwig != nil:
			r.compiles("app_json.snippet_twig", name, string(text))
		}
	}
}
