package manifest

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// folderCase is an app's folder under the eyes of one rule.
type folderCase struct {
	rule     rule
	app      string // sections of manifest.xml; or a whole app.json
	files    map[string]string
	links    map[string]string
	env      Environment
	want     string   // all problems
	contains []string // or what must be among them
}

func testFolders(t *testing.T, tests map[string]folderCase) {
	t.Helper()
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := fstest.MapFS{xmlFile: {Data: []byte(app(tt.app))}}
			if strings.HasPrefix(tt.app, "{") {
				files = fstest.MapFS{jsonFile: {Data: []byte(tt.app)}}
			}
			for name, text := range tt.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			for name, target := range tt.links {
				files[name] = &fstest.MapFile{Data: []byte(target), Mode: fs.ModeSymlink | 0o777}
			}
			app, problems, err := Parse(files, Options{Folder: "F"})
			if err != nil || app == nil {
				t.Fatalf("%v, problems:\n%s", err, problems)
			}
			tt.env.Files = files
			r := newReview(app, tt.env)
			tt.rule(r)
			r.problems.Sort()
			got := r.problems.String()
			for _, part := range tt.contains {
				if !strings.Contains(got, part) {
					t.Errorf("no %q in:\n%s", part, got)
				}
			}
			if diff := cmp.Diff(tt.want, got); diff != "" && len(tt.contains) == 0 {
				t.Errorf("problems (-want +got):\n%s", diff)
			}
		})
	}
}

func many(n int, ending string) map[string]string {
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("lib/%05d%s", i, ending)] = ""
	}
	return files
}

func TestBundleRules(t *testing.T) {
	t.Parallel()
	store := Environment{Store: true}
	const sitepack = `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app"}`
	testFolders(t, map[string]folderCase{
		"no PHP":                         {rule: phpFile, files: map[string]string{"readme.md": "", "php": ""}},
		"PHP in capitals":                {rule: phpFile, files: map[string]string{"src/A.PHP": ""}, want: "F/src/A.PHP:1:1: error bundle.php_file: PHP files are not allowed in apps\n"},
		"PHP of a server in development": {rule: phpFile, env: Environment{Development: true}, files: map[string]string{"src/a.php": ""}, want: "F/src/a.php:1:1: warning bundle.php_file: PHP files are not allowed in apps\n"},
		"PHP of an app.json":             {rule: phpFile, app: sitepack, files: map[string]string{"a.php": ""}, want: "F/a.php:1:1: error bundle.php_file: PHP files are not allowed in apps\n"},
		"very much PHP":                  {rule: phpFile, files: many(123, ".php"), contains: []string{"F/lib/00020.php:1:1: error bundle.php_file: PHP files are not allowed in apps; so are 102 more files\n"}},
		"not in node_modules":            {rule: phpFile, files: map[string]string{"node_modules/flatted/php/flatted.php": ""}},
		"Twig where it is read": {rule: twigLocation, files: map[string]string{
			"Resources/views/storefront/a.html.twig": "", "Resources/scripts/cart/a.twig": "", "Resources/app/administration/src/a.html.twig": "",
		}},
		"Twig elsewhere": {rule: twigLocation, files: map[string]string{"Resources/a.twig": ""}, want: "F/Resources/a.twig:1:1: error bundle.twig_location: templates belong in Resources/views, scripts in Resources/scripts\n"},
		"what developers leave behind": {rule: disallowedFile, env: store, files: map[string]string{
			".git/config": "", ".github/ci.yml": "", ".gitpod.Dockerfile": "", "a/.DS_Store": "", "a/b.tar.gz": "", "phpstan.neon.dist": "",
			"tests/phpstan.neon": "", "keys/private.pem": "", "node_modules/a/b.js": "", "Resources/store/a.png": "", "Resources/config/plugin.png": "",
		}, contains: []string{"F/.git:1:1: error bundle.disallowed_file: this may not be in a package for the store\n", "F/.github/ci.yml:1", "F/.gitpod.Dockerfile:1", "F/a/.DS_Store:1", "F/a/b.tar.gz:1", "F/phpstan.neon.dist:1", "F/keys/private.pem:1", "F/node_modules:1", "F/Resources/store/a.png:1"}},
		"what stores allow":               {rule: disallowedFile, env: store, files: map[string]string{"tests/phpstan.neon": "", "Resources/config/plugin.png": "", "docs/Makefile": ""}},
		"what only stores refuse":         {rule: disallowedFile, files: map[string]string{".gitignore": ""}},
		"a local manifest":                {rule: localManifest, files: map[string]string{localFile: app("")}, want: "F/manifest.local.xml:1:1: warning bundle.local_manifest: manifest.local.xml is for development only, leave it out of packages\n"},
		"a local manifest for the store":  {rule: localManifest, env: store, files: map[string]string{localFile: app("")}, want: "F/manifest.local.xml:1:1: error bundle.local_manifest: manifest.local.xml is for development only, leave it out of packages\n"},
		"PHP of a server for a store":     {rule: phpFile, env: Environment{Development: true, Store: true}, files: map[string]string{"src/a.php": ""}, want: "F/src/a.php:1:1: error bundle.php_file: PHP files are not allowed in apps\n"},
		"a local manifest in development": {rule: localManifest, env: Environment{Development: true}, files: map[string]string{localFile: app("")}},
		"a link inside":                   {rule: symlink, files: map[string]string{"a/b.txt": ""}, links: map[string]string{"a/c.txt": "b.txt", "d": "a/b.txt"}},
		"links to outside": {rule: symlink, links: map[string]string{"a/b.txt": "../../secret", "c": "/etc/passwd", "d": "a/../.."}, want: "" +
			"F/a/b.txt:1:1: error bundle.symlink: this is a link that leaves the app folder, it is not read\n" +
			"F/c:1:1: error bundle.symlink: this is a link that leaves the app folder, it is not read\n" +
			"F/d:1:1: error bundle.symlink: this is a link that leaves the app folder, it is not read\n"},
		"as many files as there may be": {rule: bundleSize, files: many(maxFiles-1, ".txt")},
		"one file too many":             {rule: bundleSize, files: many(maxFiles, ".txt"), want: "F/manifest.xml:1:1: error bundle.size: the folder holds over 20000 files\n"},
		"too many bytes":                {rule: bundleSize, files: map[string]string{"a": strings.Repeat("a", maxBundle)}, want: "F/manifest.xml:1:1: error bundle.size: the folder holds 100.1 MiB, the limit is 100 MiB\n"},

		"a theme":                            {rule: themeFile, files: map[string]string{"Resources/theme.json": `{"name": "A"}`}},
		"a theme that is no JSON":            {rule: themeFile, files: map[string]string{"Resources/theme.json": "{\n]"}, want: "F/Resources/theme.json:2:1: error theme.json: this is no JSON: invalid character ']'\n"},
		"a theme that is no object":          {rule: themeFile, files: map[string]string{"Resources/theme.json": "[]"}, want: "F/Resources/theme.json:1:1: error theme.json: the file must hold an object, found array\n"},
		"a theme that the store can show":    {rule: themeFile, env: store, files: map[string]string{"Resources/theme.json": `{"previewMedia": "a.png"}`}},
		"a theme that the store cannot show": {rule: themeFile, env: store, files: map[string]string{"Resources/theme.json": `{"previewMedia": ""}`}, want: "F/Resources/theme.json:1:1: error theme.json: the store needs \"previewMedia\"\n"},
		"sources and what is built of them":  {rule: assetBuild, env: store, files: map[string]string{"Resources/app/storefront/src/main.js": "", "Resources/app/storefront/dist/storefront/js/a/a.js": ""}},
		"sources alone":                      {rule: assetBuild, env: store, files: map[string]string{"Resources/app/storefront/src/main.js": ""}, want: "F/manifest.xml:1:1: error asset.sources_without_build: storefront has sources in Resources/app/storefront/src, and nothing built of them in Resources/app/storefront/dist\n"},
		"built files alone":                  {rule: assetBuild, env: store, files: map[string]string{"Resources/public/administration/js/a.js": ""}, want: "F/manifest.xml:1:1: error asset.build_without_sources: administration has built files in Resources/public/administration, and no main.js or main.ts in Resources/app/administration/src\n"},
		"assets that no store looks at":      {rule: assetBuild, files: map[string]string{"Resources/app/storefront/src/main.js": ""}},
	})
}

func TestLicenses(t *testing.T) {
	t.Parallel()
	tests := map[string]bool{
		"MIT": true, "mit": true, "proprietary": true, "Proprietary": true, "Apache-2.0": true, "GPL-2.0+": true, "MIT OR Apache-2.0": true,
		"(MIT AND BSD-3-Clause) OR GPL-2.0-only WITH Classpath-exception-2.0": true, "LicenseRef-ours": true,
		"": false, "Mine": false, "MIT Apache-2.0": false, "MIT OR": false, "see LICENSE": false, "All rights reserved": false,
	}
	for text, want := range tests {
		if got := isLicense(text); got != want {
			t.Errorf("%q: %t, want %t", text, got, want)
		}
	}
	testRules(t, map[string]ruleCase{
		"a licence for the store":      {rule: licenseName, env: Environment{Store: true}},
		"any licence outside of store": {rule: licenseName, app: strings.Replace(app(""), "MIT", "Mine", 1)},
		"no licence that is known":     {rule: licenseName, env: Environment{Store: true}, app: strings.Replace(app(""), "MIT", "Apache 2", 1), wants: []string{`2:118: error manifest.license_spdx: license "Apache 2" is neither an SPDX identifier nor "proprietary"`}},
	})
}

// at is an error with a place, as a Twig compiler gives it.
type at struct{ line, column int }

func (at) Error() string                  { return "unexpected end of template" }
func (a at) Position() (line, column int) { return a.line, a.column }

func TestTwigRules(t *testing.T) {
	t.Parallel()
	compiler := func(err error) Environment {
		return Environment{CompileTwig: func(_, text string) error {
			if strings.Contains(text, "{% oops") {
				return err
			}
			return nil
		}}
	}
	plain, there := compiler(errors.New("unknown tag \"oops\"")), compiler(at{2, 3})
	script := func(text string) map[string]string { return map[string]string{"Resources/scripts/cart/a.twig": text} }
	block := func(snippet string) string {
		return `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app",
"theme_extensions": {"app_blocks": [{"id": "a", "target": "b", "snippet": "` + snippet + `"}]}}`
	}
	flow := func(requirements, value string) map[string]string {
		return map[string]string{"Resources/flow.xml": `<flow-extensions><flow-actions><flow-action>
<meta><name>ab.c</name><label>a</label><url>https://a.com/{{ order.id }}</url>` + requirements + `</meta>
<headers><parameter type="string" name="a" value="b"/></headers>
<parameters><parameter type="string" name="a" value="` + value + `"/></parameters>
<config><input-field type="text"><name>subject</name><label>A</label></input-field></config>
</flow-action></flow-actions></flow-extensions>`}
	}
	const orders = "<requirements>orderAware</requirements>"
	testFolders(t, map[string]folderCase{
		"folders of hooks": {rule: scriptHook, files: map[string]string{
			"Resources/scripts/cart/deep/a.twig": "", "Resources/scripts/include/a.twig": "", "Resources/scripts/rule-conditions/a.twig": "",
			"Resources/scripts/api-mine/a.twig": "", "Resources/scripts/store-api-mine/a.twig": "", "Resources/scripts/storefront-mine/a.twig": "",
		}},
		"a folder of no hook": {
			rule: scriptHook, files: map[string]string{"Resources/scripts/product-page-load/a.twig": "", "Resources/scripts/product-page-load/b.twig": ""},
			want: "F/Resources/scripts/product-page-load/a.twig:1:1: warning script.hook_unknown: hook \"product-page-load\" is unknown, the scripts in its folder never run\n    did you mean \"product-page-loaded\"?\n",
		},
		"an endpoint without a name":        {rule: scriptHook, files: map[string]string{"Resources/scripts/api-/a.twig": ""}, contains: []string{`hook "api-" is unknown`}},
		"a script in no folder":             {rule: scriptHook, files: map[string]string{"Resources/scripts/cart.twig": ""}, want: "F/Resources/scripts/cart.twig:1:1: warning script.hook_unknown: this script is in no folder of a hook, it never runs\n"},
		"no script":                         {rule: scriptKind, files: map[string]string{"Resources/scripts/cart/a.js": "", "Resources/scripts/cart/a.twig": ""}, want: "F/Resources/scripts/cart/a.js:1:1: info script.not_twig: only .twig files are scripts, this one is ignored\n"},
		"a script that compiles":            {rule: scriptTwig, env: plain, files: script("{% set a = 1 %}")},
		"a script that does not":            {rule: scriptTwig, env: plain, files: script("{% oops %}"), want: "F/Resources/scripts/cart/a.twig:1:1: error script.twig: unknown tag \"oops\"\n"},
		"a script that does not, and where": {rule: scriptTwig, env: there, files: script("\n  {% oops %}"), want: "F/Resources/scripts/cart/a.twig:2:3: error script.twig: unexpected end of template\n"},
		"a place that is not in the file":   {rule: scriptTwig, env: compiler(at{9, 0}), files: script("{% oops %}"), want: "F/Resources/scripts/cart/a.twig:1:1: error script.twig: unexpected end of template\n"},
		"nobody to compile":                 {rule: scriptTwig, files: script("{% oops %}")},
		"a template that does not compile":  {rule: viewTwig, env: plain, files: map[string]string{"Resources/views/storefront/a.html.twig": "{% oops %}"}, want: "F/Resources/views/storefront/a.html.twig:1:1: error view.twig: unknown tag \"oops\"\n"},
		"templates that are read":           {rule: viewFolder, files: map[string]string{"Resources/views/storefront/a.html.twig": "", "Resources/views/documents/a.html.twig": ""}},
		"a template that is not read":       {rule: viewFolder, files: map[string]string{"Resources/views/administration/a.html.twig": ""}, want: "F/Resources/views/administration/a.html.twig:1:1: warning view.ignored_dir: only templates in storefront and documents are read\n"},
		"a script that may": {
			rule: scriptPermission, app: "<permissions><read>product</read><create>tag</create></permissions>",
			files: script("{% set a = services.repository.search('product', {}) %}{% do services.writer.upsert(\"tag\", []) %}{# services.writer.delete('order', []) #}"),
		},
		"a script that may not": {
			rule: scriptPermission, app: "<permissions><read>product</read></permissions>",
			files: script("{# a\n#}\n{% set ä = 1 %}{% set a = services.repository.search('order', {}) %}\n{% do services.writer.delete('product', []) %}{% do services.writer.upsert('product', []) %}"),
			want: "F/Resources/scripts/cart/a.twig:3:27: warning script.permission: the script needs <read>order</read>\n" +
				"F/Resources/scripts/cart/a.twig:4:7: warning script.permission: the script needs <delete>product</delete>\n" +
				"F/Resources/scripts/cart/a.twig:4:53: warning script.permission: the script needs <update>product</update>\n",
		},
		"a text of the flow builder":              {rule: flowTwig, env: plain, files: flow(orders, "{{ subject }}")},
		"a text of the flow builder that is none": {rule: flowTwig, env: plain, files: flow(orders, "{% oops %}"), want: "F/Resources/flow.xml:4:47: error flow.parameter_twig: \"{% oops %}\" is no valid Twig: unknown tag \"oops\"\n"},
		"variables that are there":                {rule: flowVariable, files: flow(orders, "{% set x = 1 %}{{ x }}{{ subject|upper }}{{order.id}}{% for a, b in order %}{{ a }}{{ b[0] }}{% endfor %}")},
		"a variable that is not there":            {rule: flowVariable, files: flow(orders, "{{ subjekt }}"), want: "F/Resources/flow.xml:4:47: warning flow.variable_unknown: variable \"subjekt\" is no setting of action \"ab.c\" and no data of its requirements\n    did you mean \"subject\"?\n"},
		"no requirements, any data":               {rule: flowVariable, files: flow("", "{{ customer.id }}")},
		"a block's snippet":                       {rule: blockTwig, env: plain, app: block("a.twig"), files: map[string]string{"a.twig": strings.Repeat("a", maxBlock)}},
		"a block's snippet that is too large":     {rule: blockTwig, env: plain, app: block("a.twig"), files: map[string]string{"a.twig": strings.Repeat("a", maxBlock+1)}, want: "F/app.json:2:75: error app_json.length: snippet \"a.twig\" is larger than 64 KiB\n"},
		"a block's snippet that is no Twig":       {rule: blockTwig, env: there, app: block("a.twig"), files: map[string]string{"a.twig": "\n\n  {% oops %}"}, want: "F/a.twig:2:3: error app_json.snippet_twig: unexpected end of template\n"},
	})
}

// TestWhatNobodyLooksAtIsTold: an app is not valid because a file is large.
func TestWhatNobodyLooksAtIsTold(t *testing.T) {
	t.Parallel()
	broken := Environment{CompileTwig: func(_, text string) error {
		if strings.HasSuffix(text, "{% oops %}") {
			return errors.New("unknown tag \"oops\"")
		}
		return nil
	}}
	const view, script = "Resources/views/storefront/a.html.twig", "Resources/scripts/cart/a.twig"
	ending := func(size int) string { return strings.Repeat(" ", size-len("{% oops %}")) + "{% oops %}" }
	nine := map[string]string{}
	for i := range 9 {
		nine[fmt.Sprintf("Resources/views/storefront/%d.twig", i)] = ending(maxTwig)
	}
	texts := func(last string) string {
		return fmt.Sprintf(`{"a": "%s", "b": %s}`, strings.Repeat("a", maxXML-100), last)
	}
	snippets := map[string]string{"Resources/snippet/a.en-GB.json": texts(`"ok"`), "Resources/snippet/z.en-GB.json": texts("1")}
	for i := range 16 {
		snippets[fmt.Sprintf("Resources/snippet/m%02d.en-GB.json", i)] = texts(`"ok"`)
	}
	cms := map[string]string{"Resources/cms.xml": `<cms><blocks><block><name>my</name><category>text</category><label>A</label><slots>
<slot name="a" type="image"><config><config-value name="a" source="static" value="b"/></config></slot></slots>
<default-config><sizing-mode>boxed</sizing-mode></default-config></block></blocks></cms>`, "Resources/cms/blocks/my/preview.html": strings.Repeat(" ", maxXML) + "<script>"}
	testFolders(t, map[string]folderCase{
		"a template as large as may be": {rule: viewTwig, env: broken, files: map[string]string{view: ending(maxTwig)}, want: "F/" + view + ":1:1: error view.twig: unknown tag \"oops\"\n"},
		"a larger one":                  {rule: viewTwig, env: broken, files: map[string]string{view: ending(maxTwig + 1)}, want: "F/" + view + ":1:1: warning app.not_checked: the template was not checked: 2.1 MiB, the limit is 2 MiB\n"},
		"a larger script":               {rule: scriptPermission, files: map[string]string{script: ending(maxTwig + 1)}, want: "F/" + script + ":1:1: warning app.not_checked: the template was not checked: 2.1 MiB, the limit is 2 MiB\n"},
		"it is told once": {
			rule: func(r *review) { scriptTwig(r); scriptPermission(r) }, env: broken, files: map[string]string{script: ending(maxTwig + 1)},
			want: "F/" + script + ":1:1: warning app.not_checked: the template was not checked: 2.1 MiB, the limit is 2 MiB\n",
		},
		"nobody to compile": {rule: viewTwig, files: map[string]string{view: ending(maxTwig + 1)}},
		"too much of it all": {rule: viewTwig, env: broken, files: nine, contains: []string{
			"F/Resources/views/storefront/7.twig:1:1: error view.twig", "F/Resources/views/storefront/8.twig:1:1: warning app.not_checked: the template was not checked: there are over 16 MiB of them in Resources/views\n",
		}},
		"a link that leads nowhere": {rule: viewTwig, env: broken, links: map[string]string{view: "b.twig"}, want: "F/" + view + ":1:1: warning app.not_checked: the template was not checked: it cannot be read\n"},
		"a link to outside":         {rule: viewTwig, env: broken, links: map[string]string{view: "/etc/passwd"}},
		"too many snippets": {rule: snippetFiles, files: snippets, want: "" +
			"F/Resources/snippet/z.en-GB.json:1:1: warning app.not_checked: the snippets were not checked: there are over 16 MiB of them in Resources/snippet\n"},
		"a large preview": {rule: cmsPreview, files: cms, want: "F/Resources/cms/blocks/my/preview.html:1:1: warning app.not_checked: the preview was not checked: 1.1 MiB, the limit is 1 MiB\n"},
	})
}

// locked is a file system with a folder that cannot be listed.
type locked struct {
	fstest.MapFS
	folder string
}

func (l locked) ReadDir(name string) ([]fs.DirEntry, error) {
	if name == l.folder {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	return l.MapFS.ReadDir(name)
}

func TestALockedFolderIsTold(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{xmlFile: app(""), jsonFile: `{"id": "an-app", "name": "A", "version": "1.0.0", "author": "We", "description": "An app"}`} {
		files := locked{fstest.MapFS{name: {Data: []byte(text)}, "Resources/views/a.twig": {}}, "Resources/views"}
		app, problems, err := Parse(files, Options{Folder: "F"})
		if err != nil || app == nil {
			t.Fatalf("%v\n%s", err, problems)
		}
		want := "F/Resources/views:1:1: warning app.not_checked: what is in this folder was not checked: it cannot be read\n"
		if got := Validate(app, Environment{Files: files}).String(); !strings.Contains(got, want) {
			t.Errorf("%s: no %q in:\n%s", name, want, got)
		}
	}
}

func TestPreviewsAndElements(t *testing.T) {
	t.Parallel()
	cms := map[string]string{"Resources/cms.xml": `<cms><blocks><block><name>my</name><category>text</category><label>A</label><slots>
<slot name="a" type="imgae"><config><config-value name="a" source="static" value="b"/></config></slot></slots>
<default-config><sizing-mode>boxed</sizing-mode></default-config></block></blocks></cms>`}
	with := func(preview string) map[string]string {
		return map[string]string{"Resources/cms.xml": cms["Resources/cms.xml"], "Resources/cms/blocks/my/preview.html": preview}
	}
	testFolders(t, map[string]folderCase{
		"an unknown element": {rule: cmsSlotType, files: cms, want: "F/Resources/cms.xml:2:16: warning cms.slot_type: element type \"imgae\" is unknown\n    did you mean \"image\"?\n"},
		"a harmless preview": {rule: cmsPreview, files: with(`<div class="a" style="url(a.png)"><img src="data:image/png;base64,AA"></div>`)},
		"a script":           {rule: cmsPreview, files: with("<p>\n <SCRIPT>1</script>"), want: "F/Resources/cms/blocks/my/preview.html:2:2: warning cms.preview_unsafe: \"<SCRIPT\" is removed from previews\n"},
		"an event attribute": {rule: cmsPreview, files: with(`<p onclick = "1">`), want: "F/Resources/cms/blocks/my/preview.html:1:3: warning cms.preview_unsafe: \"onclick =\" is removed from previews\n"},
		"a remote image":     {rule: cmsPreview, files: with(`<img src='//a.com/b.png'>`), want: "F/Resources/cms/blocks/my/preview.html:1:6: warning cms.preview_unsafe: \"src='//\" is removed from previews\n"},
		"many of them":       {rule: cmsPreview, files: with(string(bytes.Repeat([]byte("<script>"), 1000))), contains: []string{":1:153: "}},
	})
}

func TestSnippetsOfOtherShapes(t *testing.T) {
	t.Parallel()
	const en, de = "Resources/snippet/a.en-GB.json", "Resources/snippet/a.de-DE.json"
	testFolders(t, map[string]folderCase{
		"a language of three letters": {rule: snippetFiles, files: map[string]string{en: `{"a": "c"}`, "Resources/snippet/a.gsw-CH.json": `{"a": 1}`, "Resources/snippet/b.gsw.json": `{"a": 1}`}, want: "" +
			"F/Resources/snippet/a.gsw-CH.json:1:1: warning snippet.missing_key: key \"a\" of a.en-GB.json is missing\n" +
			"F/Resources/snippet/a.gsw-CH.json:1:7: error snippet.json: snippet \"a\" must be a text, found number\n" +
			"F/Resources/snippet/b.gsw.json:1:1: warning snippet.no_english: there is no English file beside this one\n" +
			"F/Resources/snippet/b.gsw.json:1:7: error snippet.json: snippet \"a\" must be a text, found number\n"},
		"a language of four":             {rule: snippetFiles, files: map[string]string{"Resources/snippet/a.abcd.json": `{"a": 1}`}, want: "F/Resources/snippet/a.abcd.json:1:1: warning snippet.locale: \"abcd\" in the file's name is no known locale\n"},
		"a key twice":                    {rule: snippetFiles, files: map[string]string{en: "{\"a\": \"b\",\n\"a\": \"c\"}"}, want: "F/Resources/snippet/a.en-GB.json:2:1: warning snippet.json: duplicate key \"a\", first in line 1, the last one counts\n"},
		"a key twice in what is no JSON": {rule: snippetFiles, files: map[string]string{en: "{\"a\": \"b\",\n\"a\": \"c\""}, want: "F/Resources/snippet/a.en-GB.json:2:1: warning snippet.json: duplicate key \"a\", first in line 1, the last one counts\nF/Resources/snippet/a.en-GB.json:2:9: error snippet.json: unexpected end of file\n"},
		"a group that is a text": {rule: snippetFiles, files: map[string]string{en: `{"a": {"b": "c"}}`, de: `{"a": "c"}`}, want: "" +
			"F/Resources/snippet/a.de-DE.json:1:1: warning snippet.missing_key: key \"a.b\" of a.en-GB.json is missing\n" +
			"F/Resources/snippet/a.de-DE.json:1:2: warning snippet.type: \"a\" is a text here and a group in a.en-GB.json\n"},
		"a text that is a group": {rule: snippetFiles, files: map[string]string{en: `{"a": "c"}`, de: `{"a": {}}`}, want: "F/Resources/snippet/a.de-DE.json:1:2: warning snippet.type: \"a\" is a group here and a text in a.en-GB.json\n"},
		"the admin's own key":    {rule: snippetCoreKey, files: map[string]string{adminSnippets + "/en-GB.json": `{"my": {"global": {}}, "global": {}}`}, want: "F/Resources/app/administration/snippet/en-GB.json:1:24: error snippet.core_key: key \"global\" belongs to the admin itself\n    begin your keys with the app's name\n"},
		"that key in the shop":   {rule: snippetCoreKey, files: map[string]string{en: `{"global": {}}`}},
	})
}
