package manifest

// The defaults of admin-ui.xml (manifest-xml.md 23.5).
const (
	defaultPageIcon  = "pencil"
	defaultPageColor = "#758CA3"
)

func readAdminPages(a *App, list *node) {
	for _, n := range list.all("entity") {
		page := AdminPage{
			Entity: n.at("name"), Parent: n.at("navigation-parent"), Position: parseInt(n.at("position"), 0),
			Icon: n.at("icon"), Color: n.at("color"), Path: n.path(),
		}
		if page.Icon == "" {
			page.Icon = defaultPageIcon
		}
		if page.Color == "" {
			page.Color = defaultPageColor
		}
		for _, column := range n.section("listing").section("columns").all("column") {
			page.Columns = append(page.Columns, AdminColumn{Ref: column.at("ref"), Hidden: parseBool(column.at("hidden")), Path: column.path()})
		}
		for _, tab := range n.section("detail").section("tabs").all("tab") {
			page.Tabs = append(page.Tabs, readAdminTab(tab))
		}
		a.AdminPages = append(a.AdminPages, page)
	}
}

func readAdminTab(n *node) AdminTab {
	tab := AdminTab{Name: n.at("name")}
	for _, c := range n.all("card") {
		card := AdminCard{Name: c.at("name"), Path: c.path()}
		for _, f := range c.all("field") {
			card.Fields = append(card.Fields, AdminField{
				Ref: f.at("ref"), HelpText: parseBool(f.at("helpText")), Placeholder: parseBool(f.at("placeholder")), Path: f.path(),
			})
		}
		tab.Cards = append(tab.Cards, card)
	}
	return tab
}
