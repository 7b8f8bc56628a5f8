package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/template"

	"github.com/appdock/appdock/manifest"
)

// skeleton is an app to be written: its texts, and the parts that it begins with.
type skeleton struct {
	appTexts
	Format manifest.Format
	Parts  []string
}

// appFile is one file of it.
type appFile struct {
	name string
	text []byte
}

// With reports whether the app begins with a part.
func (a skeleton) With(part string) bool { return slices.Contains(a.Parts, part) }

// Dashed is the name in the form of URLs, CSS and app.json.
func (a skeleton) Dashed() string { return manifest.NameIn(manifest.SitePack, a.Name) }

// Origin is where the examples expect the app's server: a domain that is nobody's.
func (a skeleton) Origin() string { return "https://" + a.Dashed() + ".example.com" }

// IconName is the name of the icon in the app's folder.
func (a skeleton) IconName() string { return filepath.Base(a.Icon) }

// id is the technical name, which its format decides.
func (a skeleton) id() string {
	if a.Format == manifest.SitePack {
		return a.Dashed()
	}
	return a.Name
}

func (a skeleton) folder() string { return a.id() }

// files are what is written, the manifest first.
func (a skeleton) files() ([]appFile, error) {
	if a.Format == manifest.SitePack {
		return a.sitePackFiles()
	}
	return a.shopwareFiles()
}

func (a skeleton) shopwareFiles() ([]appFile, error) {
	templates := []struct{ part, name, text string }{
		{"", "manifest.xml", manifestTemplate},
		{"scripts", "Resources/scripts/product-page-loaded/" + a.Dashed() + ".twig", scriptTemplate},
		{"blocks", "Resources/views/storefront/page/product-detail/index.html.twig", viewTemplate},
		{"theme", "Resources/theme.json", themeTemplate},
		{"theme", "Resources/app/storefront/src/scss/overrides.scss", "// Variables of Bootstrap and of the shop that the theme changes.\n"},
		{"theme", "Resources/app/storefront/src/scss/base.scss", "// The theme's own styles.\n"},
	}
	var files []appFile
	for _, t := range templates {
		if t.part != "" && !a.With(t.part) {
			continue
		}
		text, err := a.render(t.name, t.text)
		if err != nil {
			return nil, err
		}
		files = append(files, appFile{t.name, text})
	}
	if a.Icon != "" {
		picture, err := os.ReadFile(a.Icon)
		if err != nil || !bytes.HasPrefix(picture, []byte("\x89PNG\r\n\x1a\n")) {
			return nil, usageError(fmt.Sprintf("--icon: %s is no PNG that can be read", a.Icon), "Name a PNG file.")
		}
		files = append(files, appFile{"Resources/config/" + a.IconName(), picture})
	}
	return files, nil
}

// render fills a template; in a manifest.xml whatever it fills in is text and no markup.
func (a skeleton) render(name, text string) ([]byte, error) {
	functions := template.FuncMap{
		"xml": func(text string) string {
			return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(strings.ToValidUTF8(text, "\uFFFD"))
		},
		"json": func(text string) (string, error) {
			b, err := readableJSON(text, "")
			return strings.TrimSpace(string(b)), err
		},
	}
	parsed, err := template.New(name).Delims("<<", ">>").Funcs(functions).Parse(text)
	if err != nil {
		return nil, fmt.Errorf("read the template of %s: %w", name, err)
	}
	var b bytes.Buffer
	if err := parsed.Execute(&b, a); err != nil {
		return nil, fmt.Errorf("fill the template of %s: %w", name, err)
	}
	return b.Bytes(), nil
}

// manifestTemplate has nothing that needs a server unless a webhook is wanted. Its schema is that of
// 2.0, which Shopware 6.5 reads as well.
const manifestTemplate = `<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://raw.githubusercontent.com/shopware/shopware/trunk/src/Core/Framework/App/Manifest/Schema/manifest-2.0.xsd">
    <meta>
        <name><<xml .Name>></name>
        <label><<xml .Label>></label>
        <description><<xml .Description>></description>
        <author><<xml .Author>></author>
        <copyright><<xml .Copyright>></copyright>
        <version><<xml .Version>></version>
<<- if .Icon>>
        <icon>Resources/config/<<xml .IconName>></icon>
<<- end>>
        <license><<xml .License>></license>
        <compatibility>&gt;=6.5.0</compatibility>
    </meta>
<<- if .With "webhooks">>

    <!-- The shop registers itself here; sign the answer with the app secret. -->
    <setup>
        <registrationUrl><<.Origin>>/register</registrationUrl>
    </setup>
<<- end>>
<<- if or (.With "webhooks") (.With "scripts")>>

    <permissions>
<<- if .With "webhooks">>
        <read>order</read>
<<- end>>
<<- if .With "scripts">>
        <read>product</read>
<<- end>>
    </permissions>
<<- end>>
<<- if .With "webhooks">>

    <webhooks>
        <webhook name="orderPlaced" url="<<.Origin>>/webhooks/order-placed" event="checkout.order.placed"/>
    </webhooks>
<<- end>>
</manifest>
`

const scriptTemplate = `{# Runs before the page of a product is shown; what it adds is there in the templates of the storefront. #}
{% set latest = services.repository.search('product', { 'limit': 3, 'sort': [{ 'field': 'createdAt', 'order': 'DESC' }] }) %}
{% do hook.page.addArrayExtension('<<.Dashed>>', { 'latest': latest.entities }) %}
`

const viewTemplate = `{% sw_extends '@Storefront/storefront/page/product-detail/index.html.twig' %}

{% block page_product_detail_inner %}
    {{ parent() }}
    <div class="<<.Dashed>>">Hello from <<.Name>></div>
{% endblock %}
`

const themeTemplate = `{
  "name": <<json .Name>>,
  "author": <<json .Author>>,
  "views": ["@Storefront", "@Plugins", <<json (print "@" .Name)>>],
  "style": [
    "app/storefront/src/scss/overrides.scss",
    "@Storefront",
    "app/storefront/src/scss/base.scss"
  ],
  "script": ["@Storefront"],
  "asset": ["@Storefront"]
}
`

// The parts of an app.json, in the order in which people read them.
type (
	jsonApp struct {
		ID          string        `json:"id"`
		Name        string        `json:"name"`
		Version     string        `json:"version"`
		Author      string        `json:"author"`
		Description string        `json:"description"`
		IconURL     string        `json:"icon_url,omitempty"`
		Auth        jsonAuth      `json:"auth"`
		Theme       *jsonTheme    `json:"theme_extensions,omitempty"`
		Webhooks    []jsonWebhook `json:"webhooks,omitempty"`
	}
	jsonAuth struct {
		RedirectURI string   `json:"redirect_uri"`
		Scopes      []string `json:"scopes"`
	}
	jsonTheme struct {
		Blocks []jsonBlock `json:"app_blocks"`
	}
	jsonBlock struct {
		ID      string `json:"id"`
		Label   string `json:"label"`
		Target  string `json:"target"`
		Snippet string `json:"snippet"`
	}
	jsonWebhook struct {
		Topic   string `json:"topic"`
		Address string `json:"address"`
		Format  string `json:"format"`
	}
)

func (a skeleton) sitePackFiles() ([]appFile, error) {
	m := jsonApp{
		ID: a.id(), Name: a.Label, Version: a.Version, Author: a.Author, Description: a.Description, IconURL: a.Icon,
		Auth: jsonAuth{RedirectURI: a.Origin() + "/oauth/callback", Scopes: []string{}},
	}
	if icon, err := url.Parse(a.Icon); a.Icon != "" && (err != nil || icon.Scheme != "https" || icon.Host == "") {
		return nil, usageError("--icon: "+a.Icon+" is no https address", "An app.json names its icon by an address.")
	}
	var files []appFile
	if a.With("webhooks") {
		m.Auth.Scopes = []string{"orders:read"}
		m.Webhooks = []jsonWebhook{{Topic: "order.created", Address: a.Origin() + "/webhooks/order-created", Format: "json"}}
	}
	if a.With("blocks") {
		const snippet = "snippets/hello.twig"
		m.Theme = &jsonTheme{Blocks: []jsonBlock{{ID: "hello", Label: "Hello", Target: "product_page_info", Snippet: snippet}}}
		files = append(files, appFile{snippet, []byte("<p class=\"" + a.Dashed() + "\">Hello from " + a.Dashed() + "</p>\n")})
	}
	text, err := readableJSON(m, "  ")
	if err != nil {
		return nil, fmt.Errorf("write the app.json: %w", err)
	}
	return append([]appFile{{"app.json", text}}, files...), nil
}

// readableJSON is JSON that a person goes on with.
func readableJSON(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", indent)
	err := e.Encode(v)
	return b.Bytes(), err
}
