package shop_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/appdock/appdock/internal/entity"
	"github.com/appdock/appdock/internal/shop"
	"github.com/appdock/appdock/internal/spectest"
)

// TestDefinitionsAreThoseDescribed reads the tables of entities.md and finds each entity,
// field and association in the definitions, with its type, and whether it is required, written
// by the host alone, translated, inherited, computed, searched, what stands for it and what a
// deletion does. What differs on purpose stands in [differing] with the reason.
func TestDefinitionsAreThoseDescribed(t *testing.T) {
	t.Parallel()
	want, here := tablesOf(spectest.Read(t, "entities.md")), map[string]string{}
	for _, d := range shop.Definitions() {
		// The entities of texts and pairs follow from the others, and versions are described by
		// what their endpoints say of them (admin-api.md 6.4).
		if d.Translates == "" && len(d.Pair) == 0 && d.Name != "version" {
			tell(here, d)
		}
	}
	if len(want) < 1_000 {
		t.Fatalf("%d lines were read of the tables; are they read rightly?", len(want))
	}
	for name, reason := range differing() {
		if want[name] == here[name] {
			t.Errorf("%s is no longer another one than described (%s): take it out of the list", name, reason)
		}
		delete(want, name)
		delete(here, name)
	}
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if here[name] != want[name] {
			t.Errorf("%s is %q, described as %q", name, here[name], want[name])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(here)) {
		if _, ok := want[name]; !ok {
			t.Errorf("%s is %q, and not described", name, here[name])
		}
	}
}

// differing are the members that are others than described, and why.
func differing() map[string]string {
	all := map[string]string{
		"product.variation":            "its items are objects of a group and an option, as those of Shopware's product are",
		"category.breadcrumb":          "Shopware's is the list of names from the root down, which clients read as one",
		"category.visibleChildren":     "what visibleChildCount is read from, never shown",
		"payment_method.appUrls":       "where the app of the method is called, never shown",
		"product.variantListingConfig": "all JSON but customFields is replaced as a whole (admin-api.md 6.1), and an object here is merged",
		"payment_method.technicalName": "what is not sent follows from the name (R*)", "shipping_method.technicalName": "what is not sent follows from the name (R*)",
		"scheduled_task.nextExecutionTime": "the host alone writes it, and always says when",
	}
	for reason, names := range map[string]string{
		"the key stands in this entity, so that another record may have the same one": "app.*aclRole app.*integration media_folder.*defaultFolder order_customer.*order sales_channel.*analytics sales_channel.*hreflangDefaultDomain",
		// entities.md was made of Shopware's schema, which does not show what its columns default to.
		"its column has this default in Shopware, so that a filter for active finds what was sent without it": "category.active category.visible " +
			"country.active country.checkVatIdPattern country.displayStateInRegistration country.forceStateInRegistration country.shippingAvailable country_state.active " +
			"custom_field.active custom_field.allowCustomerWrite custom_field_set.active custom_field_set.global " +
			"customer.active customer.doubleOptInRegistration customer.guest document.sent document.static media.private " +
			"payment_method.active payment_method.afterOrderEnabled product_review.status " +
			"sales_channel.active sales_channel.hreflangActive sales_channel.maintenance",
		"it is spelt out":  "country.companyTax country.customerTax",
		"of the structure": "currency.itemRounding currency.totalRounding order.itemRounding order.totalRounding", // entities.md, "Money structures"
		"secrets, and what holds them, are kept beside the entity and never read from it": "app.appSecret integration.secretAccessKey user.password user.storeToken webhook_event_log.serializedWebhookMessage",
	} {
		for name := range strings.FieldsSeq(names) {
			all[name] = reason
		}
	}
	return all
}

// tablesOf reads the tables of fields and associations into one line for each member, by
// "entity.member"; associations have a star before their name.
func tablesOf(text string) map[string]string {
	lines := map[string]string{}
	var of, table string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if name, ok := strings.CutPrefix(line, "### "); ok {
			of, table = name, ""
			continue
		}
		// This entity alone has its associations in a sentence.
		if rest, ok := strings.CutPrefix(line, "Associations: "); ok && table == "Field" {
			for _, m := range regexp.MustCompile(`(\w+) \((N:1) (\w+)\)`).FindAllStringSubmatch(rest, -1) {
				lines[of+".*"+m[1]] = m[2] + " " + m[3]
			}
			continue
		}
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") {
			continue
		}
		cells := regexp.MustCompile(`(?:[^|\\]|\\.)+`).FindAllString(strings.Trim(line, "|"), -1)
		for i := range cells {
			cells[i] = strings.TrimSpace(cells[i])
		}
		switch {
		case cells[0] == "Field" && len(cells) == 5, cells[0] == "Name" && len(cells) == 4:
			table = cells[0]
		case table == "Field" && len(cells) == 5:
			lines[of+"."+cells[0]] = fieldOf(cells[1], cells[2], cells[3], cells[4])
		case table == "Name" && len(cells) == 4:
			lines[of+".*"+cells[0]] = associationOf(cells[1], cells[2], cells[3])
		}
	}
	entities := map[string]bool{}
	for name := range lines {
		of, _, _ := strings.Cut(name, ".")
		entities[of] = true
	}
	for of := range entities { // entities.md, "Fields every entity has"
		lines[of+".createdAt"], lines[of+".updatedAt"] = "datetime", "datetime ro"
	}
	return lines
}

func fieldOf(kind, required, written, notes string) string {
	kind, limit, _ := strings.Cut(kind, "(")
	kind, least, _ := strings.Cut(kind, " ≥")
	words := []string{kind}
	add := func(on bool, word string) {
		if on {
			words = append(words, word)
		}
	}
	if required == "auto" && kind == "uuid" {
		return "version"
	}
	has := func(word string) bool { return regexp.MustCompile(`\b` + word + `\b`).MatchString(notes) }
	add(limit != "" && limit != "255)", "max="+strings.TrimSuffix(limit, ")"))
	add(least != "", "min="+least)
	add(strings.HasPrefix(required, "R"), "required")
	add(written == "ro", "ro")
	add(has("tr"), "tr")
	add(has("inh"), "inh")
	add(has("runtime"), "runtime")
	add(has("search"), "search")
	_, or, _ := strings.Cut(notes, "default ")
	or, _, _ = strings.Cut(or, " (")
	add(has("default") && !strings.HasPrefix(notes, "defaults") && or != "null", "default="+strings.Trim(or, `"`))
	return strings.Join(words, " ")
}

func associationOf(kind, target, notes string) string {
	words := []string{kind, target}
	for _, rule := range []string{"auto", "cascade", "setNull", "restrict", `via \w+`, "ro"} {
		if found := regexp.MustCompile(`\b` + rule + `\b`).FindString(notes); found != "" {
			words = append(words, found)
		}
	}
	return strings.Join(words, " ")
}

// tell writes a definition in the same words.
func tell(lines map[string]string, d entity.Definition) {
	for _, f := range d.Fields {
		line := typeNames[f.Type]
		if f.Target != "" {
			line += "→" + f.Target
		}
		line += flagged(f.Max > 0 && f.Max != 255, fmt.Sprint("max=", f.Max)) + flagged(f.Bounded, fmt.Sprint("min=", f.Min)) +
			flagged(f.Required, "required") + flagged(f.System || f.Runtime, "ro") + flagged(f.Translated, "tr") + flagged(f.Inherited, "inh") +
			flagged(f.Runtime, "runtime") + flagged(f.Rank > 0, "search")
		switch or := f.Default.(type) {
		case nil:
		case json.RawMessage:
			line += " default=" + string(or)
		default:
			line += fmt.Sprint(" default=", or)
		}
		lines[d.Name+"."+f.Name] = line
	}
	for _, a := range d.Associations {
		if a.Name == "translations" {
			a.OnDelete = entity.Nothing // that texts go with their record goes without saying
		}
		lines[d.Name+".*"+a.Name] = [...]string{"N:1", "1:1", "1:N", "N:M"}[a.Kind] + " " + a.Target + flagged(a.Always, "auto") +
			[...]string{"", " cascade", " setNull", " restrict"}[a.OnDelete] + flagged(a.Mapping != "", "via "+a.Mapping) + flagged(a.ReadOnly, "ro")
	}
}
