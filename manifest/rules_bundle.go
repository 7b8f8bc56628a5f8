package manifest

import (
	"fmt"
	"path"
	"slices"
	"strings"
)

// The rules about what may lie in an app's folder (validation.md 4, bundle.*).

// maxToldFiles of one kind are told by name: nobody reads the names of a thousand.
const maxToldFiles = 20

// aboutFiles tells the same of several files.
func (r *review) aboutFiles(severity Severity, code string, names []string, message string) {
	for i, name := range names {
		if i == maxToldFiles {
			r.aboutFile(severity, code, name, "", "%s; so are %d more files", message, len(names)-i-1)
			return
		}
		r.aboutFile(severity, code, name, "", "%s", message)
	}
}

// aboutFile tells something of a whole file of the app.
func (r *review) aboutFile(severity Severity, code, name, hint, format string, args ...any) {
	r.inFile(severity, code, name, 1, 1, hint, format, args...)
}

// notChecked is the code of what nobody could look at: such an app is not known to be valid.
const notChecked = "app.not_checked"

// folderUnreadable: whatever is in such a folder, no rule has seen it.
func folderUnreadable(r *review) {
	r.aboutFiles(Warning, notChecked, r.bundle().unlisted, "what is in this folder was not checked: it cannot be read")
}

func (r *review) inFile(severity Severity, code, name string, line, column int, hint, format string, args ...any) {
	r.add(Problem{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
		Position: Position{File: r.shown(name), Line: line, Column: column},
	})
}

// shown is a file of the app as problems name it.
func (r *review) shown(name string) string {
	return path.Join(path.Dir(r.Source.File()), name)
}

// named gives the files of the bundle that a condition is true of.
func (b *bundle) named(is func(name string) bool) []string {
	var names []string
	for _, f := range b.files {
		if is(f.name) {
			names = append(names, f.name)
		}
	}
	return names
}

func hasEnding(name, ending string) bool { return strings.HasSuffix(strings.ToLower(name), ending) }

// forPackage is the severity of what no package may hold. A developer's folder may: the
// app's own server is often written in it. What a store gets is a package all the same.
func (r *review) forPackage() Severity {
	if r.env.Development && !r.env.Store {
		return Warning
	}
	return Error
}

// phpFile: apps run on servers of their own, never in the shop.
func phpFile(r *review) {
	names := r.bundle().named(func(name string) bool { return hasEnding(name, ".php") })
	r.aboutFiles(r.forPackage(), "bundle.php_file", names, "PHP files are not allowed in apps")
}

// twigLocation: elsewhere nobody would read the template.
func twigLocation(r *review) {
	places := []string{"Resources/views/", "Resources/scripts/", "Resources/app/"}
	names := r.bundle().named(func(name string) bool {
		return hasEnding(name, ".twig") && !slices.ContainsFunc(places, func(place string) bool { return strings.HasPrefix(name, place) })
	})
	r.aboutFiles(r.forPackage(), "bundle.twig_location", names, "templates belong in Resources/views, scripts in Resources/scripts")
}

// isDisallowed is the list below the table of validation.md 4.
func isDisallowed(name string) bool {
	paths := []string{
		".editorconfig", ".git", ".github", ".gitlab-ci.yml", ".gitpod.*", ".php-cs-fixer.*", ".php_cs.*", ".sw-zip-blacklist", ".travis.yml",
		"ISSUE_TEMPLATE.md", "Makefile", "Resources/store", "auth.json", "bitbucket-pipelines.yml", "build.sh", "grumphp.yml", "phpstan*.neon*",
	}
	names := []string{
		".DS_Store", "Thumbs.db", "__MACOSX", ".gitignore", ".gitkeep", ".prettierrc", ".zipignore", "stylelint.config.js", ".stylelintrc*",
		"eslint.config.js", ".eslintrc.js", "node_modules", ".env", "*.pem", "*.key", "*.exe", "*.dll", "*.so",
	}
	endings := []string{".gz", ".phar", ".rar", ".tar", ".tar.gz", ".zip"}
	steps := strings.Split(name, "/")
	fits := func(text string) func(string) bool {
		return func(pattern string) bool {
			ok, _ := path.Match(pattern, text) // the patterns above are sound
			return ok
		}
	}
	for i, step := range steps {
		if slices.ContainsFunc(paths, fits(strings.Join(steps[:i+1], "/"))) || slices.ContainsFunc(names, fits(step)) {
			return true
		}
	}
	return slices.ContainsFunc(endings, func(ending string) bool { return hasEnding(name, ending) })
}

func disallowedFile(r *review) {
	if r.env.Store {
		r.aboutFiles(Error, "bundle.disallowed_file", r.bundle().named(isDisallowed), "this may not be in a package for the store")
	}
}

// localManifest is for the developer's machine.
func localManifest(r *review) {
	if r.env.Files != nil && !r.env.Development && exists(r.env.Files, localFile) {
		r.aboutFile(r.forStore(), "bundle.local_manifest", localFile, "", "%s is for development only, leave it out of packages", localFile)
	}
}

func symlink(r *review) {
	for _, f := range r.bundle().files {
		told := func(p Problem) bool { return p.Code == "bundle.symlink" && p.File == r.shown(f.name) }
		if f.link && leavesByLink(r.env.Files, f.name) && !slices.ContainsFunc(r.problems, told) {
			r.add(badLink(r.env.Files, f.name, r.shown(f.name)))
		}
	}
}

func bundleSize(r *review) {
	manifest := path.Base(r.Source.File())
	if b := r.bundle(); b.more {
		r.aboutFile(r.forPackage(), "bundle.size", manifest, "", "the folder holds over %d files", maxFiles)
	} else if b.size > maxBundle {
		r.aboutFile(r.forPackage(), "bundle.size", manifest, "", "the folder holds %s, the limit is %s", binarySize(b.size), binarySize(maxBundle))
	}
}

// themeFile: a theme says so in theme.json; stores want to see it.
func themeFile(r *review) {
	const name = "Resources/theme.json"
	if r.env.Files == nil || !exists(r.env.Files, name) {
		return
	}
	text, tooLarge, err := read(r.env.Files, name, maxXML)
	if err != nil || tooLarge != "" {
		r.aboutFile(Error, "theme.json", name, "", "the file cannot be read, or is larger than %s", binarySize(maxXML))
		return
	}
	source := newSource(r.shown(name), text)
	value, ok := r.sideJSON(source, "theme.json")
	switch {
	case !ok:
	case value.members == nil:
		r.besides(Error, "theme.json", source, value.offset, "", "the file must hold an object, found %s", value.kind())
	case r.env.Store && !slices.ContainsFunc(value.members, func(m jsonMember) bool { return m.name == "previewMedia" && m.value.scalar != "" }):
		r.besides(Error, "theme.json", source, value.offset, "", "the store needs \"previewMedia\"")
	}
}

// assetBuild: what is built is there, and what it was built from.
func assetBuild(r *review) {
	if !r.env.Store {
		return
	}
	for _, part := range []struct{ name, sources, build string }{
		{"administration", "Resources/app/administration/src", "Resources/public/administration"},
		{"storefront", "Resources/app/storefront/src", "Resources/app/storefront/dist"},
	} {
		sources := slices.ContainsFunc(r.bundle().below(part.sources), func(name string) bool { return name == "main.js" || name == "main.ts" })
		build := slices.ContainsFunc(r.bundle().below(part.build), func(name string) bool { return hasEnding(name, ".js") })
		manifest := path.Base(r.Source.File())
		switch {
		case sources && !build:
			r.aboutFile(Error, "asset.sources_without_build", manifest, "", "%s has sources in %s, and nothing built of them in %s", part.name, part.sources, part.build)
		case build && !sources:
			r.aboutFile(Error, "asset.build_without_sources", manifest, "", "%s has built files in %s, and no main.js or main.ts in %s", part.name, part.build, part.sources)
		}
	}
}
