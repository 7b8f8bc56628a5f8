package theme

import (
	"embed"
	"fmt"
	"io/fs"
	"math"
	"strconv"
	"strings"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/twig"
)

//go:embed templates
var embedded embed.FS

// templates are those of the theme that comes with the host.
func templates() fs.FS {
	sub, err := fs.Sub(embedded, "templates")
	if err != nil {
		panic("theme: the templates are part of the program: " + err.Error())
	}
	return sub
}

// Entity is a record in a theme. Blocks that it is passed to see what their app may read of it.
type Entity struct {
	Name string // of the entity, such as product
	ID   appdock.ID
	// Values are what the theme itself shows of it.
	Values map[string]any
}

// Class implements [twig.Object].
func (e *Entity) Class() string { return e.Name }

// Property implements [twig.Properties].
func (e *Entity) Property(name string) (twig.Value, bool) {
	v, ok := e.Values[name]
	return twig.From(v), ok
}

// common is what themes and snippets have beside Twig's core (app-scripts.md D5).
func common() twig.Extension {
	return twig.Extension{Filters: []twig.Callable{
		{
			// An app.json has one language and brings no texts: a key is its own text.
			Name: "trans", Params: []twig.Param{twig.Optional("parameters", twig.Value{})},
			Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
				text := c.String(args[0])
				if a := args[1].Array(); a != nil {
					for k, v := range a.All() {
						text = strings.ReplaceAll(text, k.String(), c.String(v))
					}
				}
				c.Reserve(int64(len(text)))
				return twig.String(text), nil
			},
		},
		{
			Name: "currency", Params: []twig.Param{twig.Required("currency"), twig.Optional("locale", twig.String("en"))},
			Call: func(c *twig.Context, args []twig.Value) (twig.Value, error) {
				amount, err := strconv.ParseFloat(c.String(args[0]), 64)
				if err != nil || math.IsInf(amount, 0) || math.IsNaN(amount) {
					return twig.Value{}, twig.Failf("The filter \"currency\" needs a number.")
				}
				return twig.String(money(amount, c.String(args[1]), c.String(args[2]))), nil
			},
		},
	}}
}

// money writes an amount as people of a locale do.
func money(amount float64, currency, locale string) string {
	text := strconv.FormatFloat(math.Abs(amount), 'f', appdock.MinorUnits(currency), 64)
	digits, fraction, cents := strings.Cut(text, ".")
	group, point := ",", "."
	if !strings.HasPrefix(locale, "en") {
		group, point = ".", ","
	}
	for at := len(digits) - 3; at > 0; at -= 3 {
		digits = digits[:at] + group + digits[at:]
	}
	if cents {
		digits += point + fraction
	}
	if amount < 0 {
		digits = "-" + digits
	}
	return fmt.Sprintf("%s\u00a0%s", digits, currency)
}

// Words are those of the theme that comes with the host, in the language of a shop.
func Words(locale string) map[string]string {
	language, _, _ := strings.Cut(locale, "-")
	at := map[string]int{"en": 0, "de": 1, "nl": 2}[language]
	words := make(map[string]string, len(wordings))
	for key, w := range wordings {
		words[key] = w[at]
	}
	return words
}

var wordings = map[string][3]string{
	"skip":     {"To the content", "Zum Inhalt", "Naar de inhoud"},
	"preview":  {"This is a preview: the host's own small theme, with the blocks of your apps. Scripts of blocks do not run in it.", "Dies ist eine Vorschau: das kleine Theme des Hosts mit den Blöcken Ihrer Apps. Skripte von Blöcken laufen darin nicht.", "Dit is een voorbeeld: het kleine thema van de host, met de blokken van uw apps. Scripts van blokken werken hier niet."},
	"admin":    {"Back to the admin", "Zurück zur Verwaltung", "Terug naar het beheer"},
	"shop":     {"Shop", "Shop", "Winkel"},
	"menu":     {"Menu", "Menü", "Menu"},
	"products": {"Products", "Produkte", "Producten"},
	"cart":     {"Cart", "Warenkorb", "Winkelwagen"},
	"buy":      {"Add to the cart", "In den Warenkorb", "In winkelwagen"},
	"empty":    {"Your cart is empty.", "Ihr Warenkorb ist leer.", "Uw winkelwagen is leeg."},
	"on":       {"Continue shopping", "Weiter einkaufen", "Verder winkelen"},
	"none":     {"There are no products yet.", "Es gibt noch keine Produkte.", "Er zijn nog geen producten."},
	"stock":    {"In stock", "Auf Lager", "Op voorraad"},
	"gone":     {"Sold out", "Ausverkauft", "Uitverkocht"},
	"number":   {"Item no. %number%", "Artikelnr. %number%", "Artikelnr. %number%"},
	"item":     {"Item", "Artikel", "Artikel"},
	"quantity": {"Quantity", "Menge", "Aantal"},
	"sum":      {"Sum", "Summe", "Bedrag"},
	"total":    {"Total", "Gesamt", "Totaal"},
	"more":     {"More products", "Weitere Produkte", "Meer producten"},
	"vat":      {"incl. VAT", "inkl. MwSt.", "incl. btw"},
	"gonepage": {"This product is not for sale", "Dieses Produkt wird nicht verkauft", "Dit product is niet te koop"},
	"gonewhy":  {"It is switched off, or it is not there any more.", "Es ist ausgeschaltet oder nicht mehr da.", "Het staat uit of bestaat niet meer."},
}
