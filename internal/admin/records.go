package admin

import (
	"context"
	"html/template"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/user"
)

// records are those of the shop; *shop.Service is it.
type records interface {
	Search(ctx context.Context, a appdock.Actor, v entity.View, c *entity.Criteria) (entity.Page, error)
}

// area is one kind of record that people look at, and that apps put widgets beside
// (protocol-admin.md 8).
type area struct {
	name    string // of the entity, and in the locations of widgets
	path    string // of the list, and the key of its title
	columns []string
	sort    []entity.Sort
	filters []entity.Filter
	listed  []string // associations that a list needs
	loaded  []string // and those of one record
	line    func(*visit, entity.Record) line
	sheet   func(*visit, entity.Record) sheet
}

// areas are all there are, in the order of the menu.
var areas = []area{orders, products, customers}

// read is the privilege to look at the records of an area.
func (a area) read() appdock.Privilege { return appdock.Privilege(a.name + ":read") }

// line is a record in a list: its cells begin with what names it.
type line struct {
	Open  string
	Cells []string
}

// sheet is a record on its own page.
type sheet struct {
	Title     string
	Facts     []fact
	Addresses []postal
	Lines     *lines
	Text      string
	Shop      string // where it is in the shop; empty: nowhere
}

// fact is one thing that is known of a record; one without a value is not shown.
type fact struct{ Name, Value string }

// postal is an address, line by line.
type postal struct {
	Title string
	Lines []string
}

// lines are what an order is made of.
type lines struct {
	Heads []string
	Rows  [][]string
}

// listPage is a list of records.
type listPage struct {
	Path, Term   string
	Heads        []string
	Lines        []line
	Newer, Older string // pages beside this one; empty: there is none
	places
}

// recordPage is one record with what apps show beside it.
type recordPage struct {
	Path, All string // of the list, and its name
	Added     []fact // custom fields
	sheet
	places
}

// pageOf is how many records a list shows.
const (
	pageOf    = 25
	deepest   = 400 // pages that are turned to one by one
	longestOf = 200 // a term
)

// list shows the records of an area.
func (a area) list(v *visit) error {
	if err := v.mayRead(a); err != nil {
		return err
	}
	query := v.r.URL.Query()
	page, err := strconv.Atoi(query.Get("page"))
	if err != nil || page < 1 || page > deepest {
		page = 1
	}
	shown := listPage{Path: "/admin/" + a.path, Term: strings.TrimSpace(query.Get("q"))}
	c := &entity.Criteria{
		Entity: a.name, Filters: a.filters, Offset: (page - 1) * pageOf, Limit: pageOf + 1, Associations: v.load(a.listed),
	}
	if shown.Term == "" {
		c.Sort = a.sort
	} else if c.Term = shown.Term; len(c.Term) > longestOf {
		c.Term = strings.ToValidUTF8(c.Term[:longestOf], "")
	}
	found, err := v.search(c)
	if err != nil {
		return err
	}
	for _, r := range found[:min(len(found), pageOf)] {
		l := a.line(v, r)
		l.Open = shown.Path + "/" + r.ID().String()
		shown.Lines = append(shown.Lines, l)
	}
	for _, key := range a.columns {
		shown.Heads = append(shown.Heads, v.texts.get(key))
	}
	turn := func(to int) string {
		next := url.Values{"page": {strconv.Itoa(to)}}
		if shown.Term != "" {
			next.Set("q", shown.Term)
		}
		return shown.Path + "?" + next.Encode()
	}
	if page > 1 {
		shown.Newer = turn(page - 1)
	}
	if len(found) > pageOf && page < deepest {
		shown.Older = turn(page + 1)
	}
	if shown.places, err = v.widgets(appdock.ID{}, a.name+".list", a.name+".index"); err != nil {
		return err
	}
	return v.show(http.StatusOK, "list", "records."+a.path, shown)
}

// record shows one record of an area.
func (a area) record(v *visit) error {
	if err := v.mayRead(a); err != nil {
		return err
	}
	none := &appdock.Error{Kind: appdock.NotFound, Code: "ADK-PAGE-GONE", Message: "There is no such record in this shop", Cure: "Look for it in the list: it may have been deleted."}
	id, err := appdock.ParseID(v.r.PathValue("id"))
	if err != nil {
		return none
	}
	found, err := v.search(&entity.Criteria{Entity: a.name, IDs: []appdock.ID{id}, Associations: v.load(a.loaded)})
	if err != nil {
		return err
	}
	if len(found) == 0 {
		return none
	}
	shown := recordPage{Path: "/admin/" + a.path, All: v.texts.get("records." + a.path), sheet: a.sheet(v, found[0])}
	if shown.Added, err = v.added(found[0]); err != nil {
		return err
	}
	if shown.places, err = v.widgets(id, a.name+".detail"); err != nil {
		return err
	}
	return v.show(http.StatusOK, "record", "app.title", shown, shown.Title)
}

// mayRead refuses those who may not look at the records of an area.
func (v *visit) mayRead(a area) error {
	if len(v.user.Actor().Missing(a.read())) == 0 {
		return nil
	}
	return &appdock.Error{
		Kind: appdock.Refused, Code: "ADK-RIGHTS-MISSING", Message: "You may not look at these records", Cause: "it needs the privilege " + string(a.read()),
		Cure: "Ask an owner of the shop.", Params: []appdock.Param{{Name: "privilege", Value: string(a.read())}},
	}
}

// search reads records with the rights of the one who looks at them, who may read what things
// are called besides.
func (v *visit) search(c *entity.Criteria) ([]entity.Record, error) {
	reader := v.user.Actor()
	reader.Privileges = appdock.NewPrivileges(slices.Concat(reader.Privileges, names)...)
	page, err := v.options.Records.Search(v.r.Context(), reader, entity.View{Inherit: true}, c)
	return page.Records, err
}

// names are the reads of what gives other records their names.
var names = appdock.Privileges{
	"state_machine_state:read", "currency:read", "country:read", "payment_method:read", "shipping_method:read", "customer_group:read", "custom_field:read",
}

// behind says what an association on a page leads to, where that needs a right of its own.
var behind = map[string]string{
	"billingAddress": "order_address", "shippingOrderAddress": "order_address", "deliveries": "order_delivery", "transactions": "order_transaction",
	"lineItems": "order_line_item", "manufacturer": "product_manufacturer", "categories": "category",
	"defaultBillingAddress": "customer_address", "defaultShippingAddress": "customer_address",
}

// load are the associations that the one who looks may follow; a page leaves out the others.
func (v *visit) load(paths []string) map[string]*entity.Criteria {
	return entity.Load(slices.DeleteFunc(slices.Clone(paths), func(path string) bool {
		for part := range strings.SplitSeq(path, ".") {
			if name, guarded := behind[part]; guarded && len(v.user.Actor().Missing(appdock.Privilege(name+":read"))) > 0 {
				return true
			}
		}
		return false
	})...)
}

// link is an entry of the menu.
type link struct {
	Label, To string
	Here      bool
}

// Menu is what the one who is logged in can go to from everywhere.
func (c content) Menu() []link {
	v := c.v
	list := []link{{v.texts.get("apps.title"), "/admin/", v.r.URL.Path == v.base()+"/admin/"}}
	for _, a := range areas {
		if len(v.user.Actor().Missing(a.read())) == 0 {
			list = append(list, link{v.texts.get("records." + a.path), "/admin/" + a.path, v.r.URL.Path == v.base()+"/admin/"+a.path})
		}
	}
	if v.user.Role == user.Owner {
		list = append(list, link{v.texts.get("log.title"), "/admin/log", v.r.URL.Path == v.base()+"/admin/log"})
	}
	return list
}

// amount writes a sum of money as the visitor's language does.
func (v *visit) amount(sum float64, currency string) string {
	text := strconv.FormatFloat(sum, 'f', appdock.MinorUnits(currency), 64)
	whole, part, fraction := strings.Cut(text, ".")
	sign, whole := "", whole
	if rest, negative := strings.CutPrefix(whole, "-"); negative {
		sign, whole = "-", rest
	}
	group, point := ",", "."
	if v.texts.lang != "en" {
		group, point = ".", ","
	}
	for at := len(whole) - 3; at > 0; at -= 3 {
		whole = whole[:at] + group + whole[at:]
	}
	if fraction {
		whole += point + part
	}
	return sign + whole + "\u00a0" + currency
}

// moment writes the time in a field; empty if there is none.
func (v *visit) moment(r entity.Record, field string) string {
	at, _ := r.Get(field).(time.Time)
	if at.IsZero() {
		return ""
	}
	return v.clock(at)
}

// clock writes a time as the visitor's language does.
func (v *visit) clock(at time.Time) string {
	return at.UTC().Format(map[string]string{"en": "2 Jan 2006, 15:04 MST", "de": "02.01.2006, 15:04 MST", "nl": "02-01-2006, 15:04 MST"}[v.texts.lang])
}

// yes writes a truth.
func (v *visit) yes(r entity.Record, field string) string {
	b, _ := r.Get(field).(bool)
	return v.texts.truth(b)
}

// address writes an address as it stands on a letter.
func (v *visit) address(key string, r entity.Record) postal {
	p := postal{Title: v.texts.get(key)}
	add := func(parts ...string) {
		if text := strings.Join(strings.Fields(strings.Join(parts, " ")), " "); text != "" {
			p.Lines = append(p.Lines, text)
		}
	}
	add(r.Text("company"))
	add(r.Text("department"))
	add(r.Text("firstName"), r.Text("lastName"))
	add(r.Text("street"))
	add(r.Text("additionalAddressLine1"))
	add(r.Text("additionalAddressLine2"))
	add(r.Text("zipcode"), r.Text("city"))
	if country, ok := r.One("country"); ok {
		add(country.Display("name"))
	}
	add(r.Text("phoneNumber"))
	return p
}

// facts leaves out what is not known.
func facts(list ...fact) []fact {
	known := list[:0]
	for _, f := range list {
		if f.Value != "" {
			known = append(known, f)
		}
	}
	return known
}

// state is the name of the state that a record is in.
func state(r entity.Record) string {
	s, _ := r.One("stateMachineState")
	return s.Display("name")
}

func whole(r entity.Record, field string) string {
	n, _ := r.Get(field).(int64)
	return strconv.FormatInt(n, 10)
}

// style is a rule of the page's own style sheet.
func (v *visit) style(rule string) { v.rules = append(v.rules, rule) }

// Sheet is the style of this page alone; empty: it has none.
func (c content) Sheet() template.CSS { return template.CSS(c.v.ownStyle()) } //nolint:gosec // lengths that a manifest may have, no text

func (v *visit) ownStyle() string { return strings.Join(v.rules, "") }
