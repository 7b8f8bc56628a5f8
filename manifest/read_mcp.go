package manifest

import "strings"

func readMCP(a *App, root *node) {
	for _, kind := range []string{"tool", "prompt", "resource"} {
		for _, n := range root.section("mcp-" + kind + "s").all("mcp-" + kind) {
			a.MCP = append(a.MCP, readMCPItem(n, kind))
		}
	}
}

func readMCPItem(n *node, kind string) MCPItem {
	item := MCPItem{
		Kind: kind, Name: n.at("name"), URL: n.at("url"), URI: n.at("uri"), MIMEType: n.at("mime-type"),
		Labels: n.translations("label"), Descriptions: n.translations("description"), Path: n.path(),
	}
	for _, property := range n.section("input-schema").all("property") {
		input := MCPInput{
			Name: property.at("name"), Type: property.at("type"), Description: property.at("description"),
			Required: parseBool(property.at("required")),
		}
		if input.Type == "" {
			input.Type = "string"
		}
		item.Inputs = append(item.Inputs, input)
	}
	for _, privilege := range n.section("required-privileges").all("privilege") {
		item.Privileges = append(item.Privileges, privilege.trimmed())
	}
	return item
}

// mcpReserved: the platform keeps names that begin with its own (manifest-xml.md 23.8).
func mcpReserved(r *review) {
	for _, item := range r.MCP {
		if full := r.Name + "-" + item.Name; strings.HasPrefix(strings.ToLower(full), "shopware-") {
			r.tell(Warning, "mcp.reserved_name", item.Path.Child("@name"), "", "the full name %s begins with shopware-: it is skipped", quote(full))
		}
	}
}
