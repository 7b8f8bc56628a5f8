package apptest

import (
	"encoding/xml"
	"strings"
	"text/template"
)

// Manifest returns a manifest.xml whose URLs lead to this server.
func (s *Server) Manifest() []byte {
	var b strings.Builder
	data := struct {
		App
		URL string
	}{s.App, s.URL}
	if err := manifest().Execute(&b, data); err != nil {
		panic(err) // a template over plain texts, covered by every test
	}
	return []byte(b.String())
}

func manifest() *template.Template {
	functions := template.FuncMap{"xml": escape, "permission": permission}
	return template.Must(template.New("manifest.xml").Funcs(functions).Parse(manifestText))
}

func escape(s string) string {
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(s)) // a Builder takes everything
	return b.String()
}

// permission writes entity:right as the element that asks for it, and others as they are.
func permission(privilege string) string {
	entity, right, _ := strings.Cut(privilege, ":")
	switch right {
	case "read", "create", "update", "delete":
		// notification:create is a right of its own: apps cannot read notifications.
		if entity != "notification" {
			return "<" + right + ">" + escape(entity) + "</" + right + ">"
		}
	}
	return "<permission>" + escape(privilege) + "</permission>"
}

const manifestText = `<?xml version="1.0" encoding="UTF-8"?>
<manifest xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:noNamespaceSchemaLocation="https://raw.githubusercontent.com/shopware/platform/trunk/src/Core/Framework/App/Manifest/Schema/manifest-2.0.xsd">
	<meta>
		<name>{{xml .Name}}</name>
		<label>{{xml .Name}}</label>
		<description>A stand-in for tests</description>
		<author>Appdock</author>
		<copyright>(c) Appdock</copyright>
		<version>{{xml .Version}}</version>
		<license>MIT</license>
		<compatibility>~6.6</compatibility>
	</meta>
	<setup>
		<registrationUrl>{{.URL}}/register</registrationUrl>
		<secret>{{xml .Secret}}</secret>
	</setup>
{{- if .Actions}}
	<admin>
{{- range .Actions}}
		<action-button action="{{xml .}}" entity="product" view="detail" url="{{$.URL}}/action">
			<label>{{xml .}}</label>
		</action-button>
{{- end}}
	</admin>
{{- end}}
{{- if .Permissions}}
	<permissions>
{{- range .Permissions}}
		{{permission .}}
{{- end}}
	</permissions>
{{- end}}
{{- if .Webhooks}}
	<webhooks>
{{- range .Webhooks}}
		<webhook name="{{xml .}}" url="{{$.URL}}/webhook" event="{{xml .}}"/>
{{- end}}
	</webhooks>
{{- end}}
</manifest>
`
