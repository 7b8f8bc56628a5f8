package manifest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
)

// sideFile is one of the files beside manifest.xml.
type sideFile struct {
	name   string
	group  string // of its codes: "config"
	schema *element
	locale *regexp.Regexp
	read   func(a *App, root *node)
}

var sideFiles = []sideFile{
	{"Resources/config/config.xml", "config", configSchema, configLocale, readConfig},
	{"Resources/flow.xml", "flow", flowSchema, manifestLocale, readFlow},
	{"Resources/cms.xml", "cms", cmsSchema, manifestLocale, readCMS},
	{"Resources/entities.xml", "entities", entitiesSchema, manifestLocale, readEntities},
	{"Resources/config/admin-ui.xml", "admin_ui", adminUISchema, manifestLocale, readAdminPages},
	{"Resources/mcp.xml", "mcp", mcpSchema, manifestLocale, readMCP},
	{"Resources/config/custom-fields.xml", "", customFieldsSchema, manifestLocale, readCustomFields},
}

// legacyFlow is read only when there is no flow.xml (manifest-xml.md 23.2).
var legacyFlow = sideFile{"Resources/flow-action.xml", "flow", flowActionsSchema, manifestLocale, readFlowActions}

// readSideFiles reads what stands beside the manifest into the App. Faults are
// kept for Validate; only a failing fsys is an error.
func (a *App) readSideFiles(fsys fs.FS, folder string) error {
	for _, f := range sideFiles {
		found, err := a.readSideFile(fsys, folder, f)
		if err != nil {
			return err
		}
		if found || f.schema != flowSchema {
			continue
		}
		if found, err = a.readSideFile(fsys, folder, legacyFlow); err != nil {
			return err
		}
		if found {
			a.aside = append(a.aside, Problem{
				Code: "flow.legacy_file", Severity: Warning, Message: "flow-action.xml is no longer read by Shopware, write Resources/flow.xml",
				Position: Position{File: path.Join(folder, legacyFlow.name), Line: 1, Column: 1},
			})
		}
	}
	a.Hosts = hostsOfManifest(a)
	return nil
}

func (a *App) readSideFile(fsys fs.FS, folder string, f sideFile) (found bool, err error) {
	shown := path.Join(folder, f.name)
	data, tooLarge, err := read(fsys, f.name, maxXML)
	noFile := errors.Is(err, errNoFile)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil && leavesByLink(fsys, f.name):
		a.aside = append(a.aside, badLink(fsys, f.name, shown))
		return false, nil
	case err != nil && !noFile:
		return false, fmt.Errorf("read %s: %w", shown, err)
	}
	source := newSource(shown, data)
	c := checker{source: source, group: f.group, side: f.group != "", locale: f.locale, version: v3}
	if f.group == "" {
		c.group = "manifest" // custom-fields.xml is a section of the manifest in a file of its own
	}
	if noFile || tooLarge != "" {
		code, message := "too_large", tooLarge
		if noFile {
			code, message = "malformed", "this is no file"
		}
		c.report(fate{c.malformed(code), Error}, 0, "", "%s", message)
		a.aside = append(a.aside, c.problems...)
		return true, nil
	}
	root, fault := readXML(source.text)
	switch {
	case fault != nil:
		c.report(fate{c.malformed(fault.code), Error}, fault.offset, "", "%s", fault.message)
	case root.name != f.schema.name:
		c.atNode(fate{"root", Error}, root, "root element is <%s>, expected <%s>", shorten(root.name), f.schema.name)
	default:
		c.element(root, f.schema)
	}
	a.aside = append(a.aside, c.problems...)
	if !c.problems.HasErrors() {
		source.index(root, f.schema)
		if a.Source.beside == nil {
			a.Source.beside = map[string]*Source{}
		}
		a.Source.beside[f.schema.name] = source
		f.read(a, root)
	}
	return true, nil
}

// malformed is the code of what is no XML.
func (c *checker) malformed(code string) string {
	switch {
	case c.group == "admin_ui":
		return "admin_ui.schema" // it has no other
	case c.side:
		return c.group + ".malformed"
	}
	return "xml." + code
}

func readCustomFields(a *App, root *node) {
	a.CustomFieldSets = nil // the file replaces the section (manifest-xml.md 11.5)
	for _, n := range root.all("custom-field-set") {
		a.CustomFieldSets = append(a.CustomFieldSets, readFieldSet(n))
	}
}

func readConfig(a *App, root *node) {
	for _, n := range root.all("card") {
		card := ConfigCard{Titles: n.translations("title"), Name: n.value("name"), Flag: n.value("flag"), Path: n.path()}
		for _, child := range n.children {
			if child.name == "input-field" || child.name == "component" {
				card.Fields = append(card.Fields, readConfigField(child))
			}
		}
		a.Config = append(a.Config, card)
	}
}

// readConfigField reads a setting of config.xml or of a flow action.
func readConfigField(n *node) ConfigField {
	f := ConfigField{
		Name: n.value("name"), Labels: n.translations("label"), HelpTexts: n.translations("helpText"),
		Placeholders: n.translations("placeholder"), Path: n.path(),
	}
	if n.name == "component" {
		f.Component = n.at("name")
	} else if f.Type = n.at("type"); f.Type == "" {
		f.Type = "text"
	}
	for _, child := range n.children {
		switch child.name {
		case "name", "label", "helpText", "placeholder":
		case "place-holder":
			f.Placeholders = n.translations("place-holder")
		case "required":
			f.Required = isOn(child.trimmed())
		case "defaultValue":
			value := string(child.text)
			f.Default = &value
		case "options":
			f.Options = readOptions(child)
		default:
			if f.Settings == nil {
				f.Settings = map[string]string{}
			}
			f.Settings[shorten(child.name)] = child.trimmed()
		}
	}
	return f
}

// isOn reads the booleans of config.xml (manifest-xml.md 23.1).
func isOn(value string) bool {
	switch value {
	case "1", "true", "on", "yes":
		return true
	}
	return false
}

// readOptions reads options of either form: id and name, or value and label.
func readOptions(list *node) []Option {
	var options []Option
	for _, n := range list.all("option") {
		o := Option{Value: n.value("id"), Labels: n.translations("name"), Path: n.path()}
		if value, ok := n.attribute("value"); ok {
			o.Value, o.Labels = value.value, n.translations("label")
		}
		options = append(options, o)
	}
	return options
}

func readFlow(a *App, root *node) {
	if actions := root.last("flow-actions"); actions != nil {
		readFlowActions(a, actions)
	}
	for _, n := range root.section("flow-events").all("flow-event") {
		event := FlowEvent{Name: n.value("name"), Path: n.path()}
		for _, aware := range n.all("aware") {
			event.Aware = append(event.Aware, aware.trimmed())
		}
		a.FlowEvents = append(a.FlowEvents, event)
	}
}

func readFlowActions(a *App, list *node) {
	for _, n := range list.all("flow-action") {
		meta := n.section("meta")
		action := FlowAction{
			Name: meta.value("name"), Labels: meta.translations("label"), Headlines: meta.translations("headline"),
			Descriptions: meta.translations("description"), URL: meta.value("url"), Icon: Icon{Path: meta.value("icon")},
			AdminIcon: meta.value("sw-icon"), Badge: meta.value("badge"),
			Delayable: meta.value("delayable") == "true", // no other word counts
			Headers:   readParameters(n.section("headers")), Parameters: readParameters(n.section("parameters")), Path: n.path(),
		}
		for _, requirement := range meta.all("requirements") {
			action.Requirements = append(action.Requirements, requirement.trimmed())
		}
		for _, field := range n.section("config").all("input-field") {
			action.Fields = append(action.Fields, readConfigField(field))
		}
		a.FlowActions = append(a.FlowActions, action)
	}
}

func readParameters(list *node) []FlowParameter {
	var parameters []FlowParameter
	for _, n := range list.all("parameter") {
		value, _ := n.attribute("value")
		parameters = append(parameters, FlowParameter{Type: n.at("type"), Name: n.at("name"), Value: value.value, Path: n.path()})
	}
	return parameters
}

func readCMS(a *App, root *node) {
	for _, n := range root.section("blocks").all("block") {
		block := CMSBlock{Name: n.value("name"), Category: n.value("category"), Labels: n.translations("label"), Defaults: map[string]string{}, Path: n.path()}
		for _, value := range n.section("default-config").children {
			block.Defaults[value.name] = value.trimmed()
		}
		for _, s := range n.section("slots").all("slot") {
			slot := CMSSlot{Name: s.at("name"), Type: s.at("type"), Path: s.path()}
			for _, v := range s.section("config").all("config-value") {
				slot.Config = append(slot.Config, CMSValue{Name: v.at("name"), Source: v.at("source"), Value: v.at("value")})
			}
			block.Slots = append(block.Slots, slot)
		}
		a.CMSBlocks = append(a.CMSBlocks, block)
	}
}

func readEntities(a *App, root *node) {
	for _, n := range root.all("entity") {
		entity := CustomEntity{
			Name: n.at("name"), CustomFieldsAware: parseBool(n.at("custom-fields-aware")), LabelProperty: n.at("label-property"), Path: n.path(),
		}
		for _, list := range n.all("fields") {
			for _, f := range list.children {
				entity.Fields = append(entity.Fields, readEntityField(f))
			}
		}
		a.Entities = append(a.Entities, entity)
	}
}

func readEntityField(n *node) EntityField {
	f := EntityField{
		Type: n.name, Name: n.at("name"), Reference: n.at("reference"), OnDelete: n.at("on-delete"),
		StoreAPIAware: parseBool(n.at("store-api-aware")), Required: parseBool(n.at("required")),
		Translatable: parseBool(n.at("translatable")), AllowHTML: parseBool(n.at("allow-html")),
		Inherited: parseBool(n.at("inherited")), ReverseRequired: parseBool(n.at("reverse-required")), Path: n.path(),
	}
	if value, ok := n.attribute("default"); ok {
		f.Default = &value.value
	}
	return f
}
