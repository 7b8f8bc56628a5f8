package admin

import (
	"fmt"
	"strings"
)

// texts are what pages say in one language.
type texts struct {
	lang string
	at   int // place of the language in each line
}

// languages are those that pages speak; the first is for everybody else.
var languages = []string{"en", "de", "nl"}

// textsFor finds the language that a browser likes best (RFC 9110 section 12.5.4); weights
// are written in order by every browser, so the order counts.
func textsFor(accepted string) texts {
	for wish := range strings.SplitSeq(accepted, ",") {
		tag, _, _ := strings.Cut(strings.TrimSpace(wish), ";")
		base, _, _ := strings.Cut(strings.ToLower(tag), "-")
		for at, lang := range languages {
			if base == lang {
				return texts{lang, at}
			}
		}
	}
	return texts{languages[0], 0}
}

// get gives a text; one that is missing shows its key, which a test finds.
func (t texts) get(key string, about ...any) string {
	text, ok := t.find(key)
	if !ok {
		return key
	}
	if len(about) == 0 {
		return text
	}
	return fmt.Sprintf(text, about...)
}

// truth writes yes or no.
func (t texts) truth(b bool) string {
	if b {
		return t.get("yes")
	}
	return t.get("no")
}

func (t texts) find(key string) (string, bool) {
	line, ok := allTexts[key]
	return line[t.at], ok
}

// allTexts has each text in English, German and Dutch.
var allTexts = map[string][3]string{
	"skip":          {"Skip to the content", "Zum Inhalt springen", "Naar de inhoud"},
	"nav":           {"Main", "Hauptmenü", "Hoofdmenu"},
	"home":          {"Go to the start page", "Zur Startseite", "Naar de startpagina"},
	"logout":        {"Log out", "Abmelden", "Uitloggen"},
	"user.is":       {"Logged in as %s", "Angemeldet als %s", "Ingelogd als %s"},
	"failure.title": {"That did not work", "Das hat nicht geklappt", "Dat is niet gelukt"},

	"authorize.refused": {
		"The shop cannot answer what the app asks for",
		"Der Shop kann die Anfrage der App nicht beantworten",
		"De winkel kan de aanvraag van de app niet beantwoorden",
	},
	"authorize.cure": {
		"Nothing was changed, and the app was told nothing. Begin again in the app; if it happens once more, show this page to the app's vendor.",
		"Nichts wurde geändert, und die App hat nichts erfahren. Beginnen Sie in der App von vorn; geschieht es noch einmal, zeigen Sie diese Seite dem Anbieter der App.",
		"Er is niets gewijzigd en de app heeft niets gehoord. Begin opnieuw in de app; gebeurt het nog eens, laat deze pagina dan zien aan de aanbieder van de app.",
	},

	"login.title":    {"Log in", "Anmelden", "Inloggen"},
	"login.name":     {"User name", "Benutzername", "Gebruikersnaam"},
	"login.password": {"Password", "Passwort", "Wachtwoord"},
	"login.do":       {"Log in", "Anmelden", "Inloggen"},
	"login.forgot": {
		"Forgot your password? Ask the operator of the shop for a new link.",
		"Passwort vergessen? Bitten Sie den Betreiber des Shops um einen neuen Link.",
		"Wachtwoord vergeten? Vraag de beheerder van de winkel om een nieuwe link.",
	},
	"password.title": {"Choose a password", "Passwort wählen", "Kies een wachtwoord"},
	"password.intro": {
		"%s, choose the password with which you log in to %s.",
		"%s, wählen Sie das Passwort, mit dem Sie sich bei %s anmelden.",
		"%s, kies het wachtwoord waarmee u inlogt bij %s.",
	},
	"password.new":    {"New password", "Neues Passwort", "Nieuw wachtwoord"},
	"password.hint":   {"At least 12 characters; a few unrelated words are good.", "Mindestens 12 Zeichen; ein paar Wörter ohne Zusammenhang sind gut.", "Minstens 12 tekens; een paar losse woorden zijn goed."},
	"password.again":  {"The same password again", "Dasselbe Passwort noch einmal", "Hetzelfde wachtwoord nogmaals"},
	"password.do":     {"Save and log in", "Speichern und anmelden", "Opslaan en inloggen"},
	"password.differ": {"The two passwords are not the same.", "Die beiden Passwörter sind nicht gleich.", "De twee wachtwoorden zijn niet gelijk."},
	"first.title":     {"Become the owner of this shop", "Inhaber dieses Shops werden", "Word de eigenaar van deze winkel"},
	"first.intro": {
		"%s has no users yet. You become its owner: you may do everything, and invite others.",
		"%s hat noch keine Benutzer. Sie werden Inhaber: Sie dürfen alles und können andere einladen.",
		"%s heeft nog geen gebruikers. U wordt de eigenaar: u mag alles en kunt anderen uitnodigen.",
	},
	"first.name":  {"Letters, digits and . _ @ + -", "Buchstaben, Ziffern und . _ @ + -", "Letters, cijfers en . _ @ + -"},
	"first.email": {"E-mail address", "E-Mail-Adresse", "E-mailadres"},

	"code.ADK-LOGIN-FAILED":    {"The user name or the password is wrong.", "Der Benutzername oder das Passwort ist falsch.", "De gebruikersnaam of het wachtwoord is onjuist."},
	"code.ADK-LOGIN-THROTTLED": {"Too many attempts failed. Try again in %d seconds.", "Zu viele Versuche sind gescheitert. Versuchen Sie es in %d Sekunden noch einmal.", "Te veel pogingen zijn mislukt. Probeer het over %d seconden opnieuw."},
	"code.ADK-INVITATION-DEAD": {
		"This link is good no more: it was used, replaced by a newer one, or is older than a day. Ask for a new one.",
		"Dieser Link gilt nicht mehr: Er wurde benutzt, durch einen neueren ersetzt oder ist älter als ein Tag. Bitten Sie um einen neuen.",
		"Deze link is niet meer geldig: hij is gebruikt, vervangen of ouder dan een dag. Vraag om een nieuwe.",
	},
	"code.ADK-FORM-OLD": {
		"This page lay open for too long, or you logged in again since. Open it again and send it from there.",
		"Diese Seite war zu lange offen, oder Sie haben sich inzwischen neu angemeldet. Öffnen Sie sie noch einmal.",
		"Deze pagina stond te lang open, of u bent opnieuw ingelogd. Open haar opnieuw.",
	},

	"code.ADK-PAGE-GONE": {
		"There is no such record. It may have been deleted: look for it in the list.",
		"Diesen Datensatz gibt es nicht. Vielleicht wurde er gelöscht: Suchen Sie ihn in der Liste.",
		"Dit gegeven bestaat niet. Misschien is het verwijderd: zoek het in de lijst.",
	},

	"apps.title":     {"Apps", "Apps", "Apps"},
	"apps.none":      {"No app is installed yet.", "Es ist noch keine App installiert.", "Er is nog geen app geïnstalleerd."},
	"apps.install":   {"Install an app", "App installieren", "App installeren"},
	"apps.name":      {"App", "App", "App"},
	"apps.version":   {"Version", "Version", "Versie"},
	"apps.state":     {"State", "Zustand", "Status"},
	"apps.settings":  {"Settings", "Einstellungen", "Instellingen"},
	"apps.active":    {"active", "aktiv", "actief"},
	"apps.inactive":  {"not active", "nicht aktiv", "niet actief"},
	"apps.pending":   {"not finished", "nicht abgeschlossen", "niet voltooid"},
	"apps.approve":   {"wants more access", "möchte mehr Rechte", "wil meer rechten"},
	"apps.reconnect": {"has to connect again", "muss sich neu verbinden", "moet opnieuw verbinden"},
	"apps.all":       {"All apps", "Alle Apps", "Alle apps"},
	"app.title":      {"%s", "%s", "%s"},
	"app.framed":     {"%s – %s", "%s – %s", "%s – %s"},
	"app.back":       {"About this app", "Über diese App", "Over deze app"},
	"app.manifest":   {"Its description is at", "Ihre Beschreibung liegt unter", "Haar beschrijving staat op"},
	"app.looked":     {"Read last", "Zuletzt gelesen", "Laatst gelezen"},
	"app.unread":     {"The app's description could not be read again, and nothing was changed: %s", "Die Beschreibung der App konnte nicht neu gelesen werden, und nichts wurde geändert: %s", "De beschrijving van de app kon niet opnieuw worden gelezen, en er is niets veranderd: %s"},
	"app.asleep":     {"(not told at the moment)", "(zurzeit nicht)", "(nu niet)"},
	"app.adds":       {"What it adds to your shop", "Was sie Ihrem Shop hinzufügt", "Wat zij aan uw winkel toevoegt"},
	"app.pages":      {"Pages", "Seiten", "Pagina's"},
	"app.widgets":    {"Frames on pages of the admin", "Fenster auf Seiten der Verwaltung", "Vensters op pagina's van het beheer"},
	"app.blocks":     {"Blocks on the pages of the shop", "Blöcke auf den Seiten des Shops", "Blokken op de pagina's van de winkel"},
	"app.empty":      {"(shows nothing: it could not be read)", "(zeigt nichts: er konnte nicht gelesen werden)", "(toont niets: het kon niet worden gelezen)"},
	"app.stale":      {"(shows what it did before: what there is now could not be read)", "(zeigt, was er zuvor zeigte: was es jetzt gibt, konnte nicht gelesen werden)", "(toont wat het eerder toonde: wat er nu is, kon niet worden gelezen)"},
	"app.from":       {"from", "von", "van"},
	"apps.may":       {"What it may do", "Was sie darf", "Wat zij mag"},

	"yes": {"yes", "ja", "ja"},
	"no":  {"no", "nein", "nee"},

	"place.order.detail":     {"the page of an order", "der Seite einer Bestellung", "de pagina van een bestelling"},
	"place.order.list":       {"the list of orders", "der Liste der Bestellungen", "de lijst met bestellingen"},
	"place.order.index":      {"the list of orders", "der Liste der Bestellungen", "de lijst met bestellingen"},
	"place.product.detail":   {"the page of a product", "der Seite eines Produkts", "de pagina van een product"},
	"place.product.list":     {"the list of products", "der Liste der Produkte", "de lijst met producten"},
	"place.product.index":    {"the list of products", "der Liste der Produkte", "de lijst met producten"},
	"place.customer.detail":  {"the page of a customer", "der Seite eines Kunden", "de pagina van een klant"},
	"place.customer.list":    {"the list of customers", "der Liste der Kunden", "de lijst met klanten"},
	"place.customer.index":   {"the list of customers", "der Liste der Kunden", "de lijst met klanten"},
	"place.dashboard.detail": {"the first page of the admin", "der ersten Seite der Verwaltung", "de eerste pagina van het beheer"},
	"place.dashboard.list":   {"the first page of the admin", "der ersten Seite der Verwaltung", "de eerste pagina van het beheer"},
	"place.dashboard.index":  {"the first page of the admin", "der ersten Seite der Verwaltung", "de eerste pagina van het beheer"},

	"records.orders":    {"Orders", "Bestellungen", "Bestellingen"},
	"records.products":  {"Products", "Produkte", "Producten"},
	"records.customers": {"Customers", "Kunden", "Klanten"},
	"records.all":       {"Back to %s", "Zurück zu %s", "Terug naar %s"},
	"record.shop":       {"See it in the shop", "Im Shop ansehen", "In de winkel bekijken"},
	"records.none":      {"There is nothing here.", "Hier ist nichts.", "Hier is niets."},
	"records.find":      {"What are you looking for?", "Was suchen Sie?", "Wat zoekt u?"},
	"records.search":    {"Search", "Suchen", "Zoeken"},
	"records.pages":     {"Pages of the list", "Seiten der Liste", "Pagina's van de lijst"},
	"records.before":    {"Previous page", "Vorige Seite", "Vorige pagina"},
	"records.after":     {"Next page", "Nächste Seite", "Volgende pagina"},
	"records.apps":      {"From apps", "Von Apps", "Van apps"},

	"record.order":      {"Order %s", "Bestellung %s", "Bestelling %s"},
	"record.number":     {"Number", "Nummer", "Nummer"},
	"record.name":       {"Name", "Name", "Naam"},
	"record.date":       {"Date", "Datum", "Datum"},
	"record.customer":   {"Customer", "Kunde", "Klant"},
	"record.email":      {"E-mail", "E-Mail", "E-mail"},
	"record.state":      {"State", "Zustand", "Status"},
	"record.payment":    {"Payment", "Zahlung", "Betaling"},
	"record.delivery":   {"Delivery", "Lieferung", "Levering"},
	"record.shipping":   {"Shipping", "Versandkosten", "Verzendkosten"},
	"record.total":      {"Total", "Summe", "Totaal"},
	"record.note":       {"Note", "Anmerkung", "Opmerking"},
	"record.added":      {"Additional fields", "Zusatzfelder", "Extra velden"},
	"record.lines":      {"What was ordered", "Was bestellt wurde", "Wat is besteld"},
	"record.item":       {"Item", "Artikel", "Artikel"},
	"record.quantity":   {"Quantity", "Anzahl", "Aantal"},
	"record.price":      {"Price", "Preis", "Prijs"},
	"record.sum":        {"Sum", "Betrag", "Bedrag"},
	"record.billed":     {"Billing address", "Rechnungsadresse", "Factuuradres"},
	"record.sent":       {"Delivery address", "Lieferadresse", "Afleveradres"},
	"record.stock":      {"Stock", "Bestand", "Voorraad"},
	"record.active":     {"Active", "Aktiv", "Actief"},
	"record.maker":      {"Manufacturer", "Hersteller", "Fabrikant"},
	"record.categories": {"Categories", "Kategorien", "Categorieën"},
	"record.orders":     {"Orders", "Bestellungen", "Bestellingen"},
	"record.spent":      {"Spent", "Umsatz", "Besteed"},
	"record.company":    {"Company", "Firma", "Bedrijf"},
	"record.group":      {"Customer group", "Kundengruppe", "Klantengroep"},
	"record.guest":      {"Guest", "Gast", "Gast"},
	"record.since":      {"Since", "Seit", "Sinds"},

	"log.title": {"Log", "Protokoll", "Logboek"},
	"log.intro": {
		"Who let which app do what or refused it, and who may log in. The newest comes first; nothing here can be changed.",
		"Wer welcher App was erlaubt oder verweigert hat, und wer sich anmelden darf. Das Neueste steht oben; nichts hier lässt sich ändern.",
		"Wie welke app wat heeft toegestaan of geweigerd, en wie mag inloggen. Het nieuwste staat bovenaan; niets hier kan worden gewijzigd.",
	},
	"log.who":              {"Who", "Wer", "Wie"},
	"log.what":             {"What", "Was", "Wat"},
	"log.about":            {"App or user", "App oder Benutzer", "App of gebruiker"},
	"log.by.operator":      {"the operator, on the command line", "der Betreiber, auf der Kommandozeile", "de beheerder, op de opdrachtregel"},
	"log.by.host":          {"the shop itself", "der Shop selbst", "de winkel zelf"},
	"log.app.granted":      {"let the app in", "ließ die App zu", "liet de app toe"},
	"log.app.withdrawn":    {"took from the app", "entzog der App", "ontnam de app"},
	"log.app.refused":      {"refused the app", "lehnte die App ab", "weigerde de app"},
	"log.app.token_reused": {"cut the app off: a token was used twice", "sperrte die App: ein Token wurde zweimal benutzt", "sloot de app af: een token is twee keer gebruikt"},
	"log.user.created":     {"made the user", "legte den Benutzer an", "maakte de gebruiker aan"},
	"log.user.invited":     {"sent the user a new link", "gab dem Benutzer einen neuen Link", "gaf de gebruiker een nieuwe link"},
	"log.user.logged_in":   {"logged in", "meldete sich an", "logde in"},
	"log.user.changed":     {"changed the user", "änderte den Benutzer", "wijzigde de gebruiker"},
	"log.user.disabled":    {"disabled the user", "sperrte den Benutzer", "blokkeerde de gebruiker"},
	"log.user.enabled":     {"enabled the user", "gab den Benutzer frei", "gaf de gebruiker vrij"},

	"bridge.loading": {"Loading …", "Wird geladen …", "Wordt geladen …"},
	"bridge.failed": {
		"this page of the app did not answer within five seconds.",
		"Diese Seite der App hat nicht innerhalb von fünf Sekunden geantwortet.",
		"deze pagina van de app antwoordde niet binnen vijf seconden.",
	},
	"bridge.anyway": {"Show it anyway", "Trotzdem anzeigen", "Toch tonen"},
	"bridge.close":  {"Close", "Schließen", "Sluiten"},

	"install.title": {"Install an app by its address", "App über ihre Adresse installieren", "App installeren via haar webadres"},
	"install.url":   {"Address of the app, or of its app.json", "Adresse der App oder ihrer app.json", "Webadres van de app of van haar app.json"},
	"install.hint": {
		"Nothing is installed yet: you see first what the app wants to do.",
		"Noch wird nichts installiert: Sie sehen zuerst, was die App tun möchte.",
		"Er wordt nog niets geïnstalleerd: u ziet eerst wat de app wil doen.",
	},
	"install.empty":  {"Enter an address.", "Geben Sie eine Adresse ein.", "Voer een webadres in."},
	"install.faults": {"Tell the vendor of the app.", "Sagen Sie es dem Anbieter der App.", "Meld het aan de aanbieder van de app."},
	"install.look":   {"Look at the app", "App ansehen", "App bekijken"},

	"preview.title":  {"%s wants to be installed", "%s möchte installiert werden", "%s wil geïnstalleerd worden"},
	"preview.secret": {"Credentials for the vendor", "Zugangsdaten für den Anbieter", "Gegevens voor de aanbieder"},
	"preview.once": {
		"If the vendor asks for them, enter these there now. The secret is shown this once.",
		"Wenn der Anbieter danach fragt, geben Sie sie jetzt dort ein. Das Geheimnis wird nur dieses eine Mal gezeigt.",
		"Vraagt de aanbieder erom, vul ze daar nu in. Het geheim wordt alleen deze keer getoond.",
	},
	"preview.id":       {"Client id", "Client-ID", "Client-id"},
	"preview.key":      {"Client secret", "Client-Secret", "Client-secret"},
	"preview.continue": {"Continue", "Weiter", "Verder"},

	"consent.title":      {"Install %s?", "%s installieren?", "%s installeren?"},
	"consent.more":       {"Give %s more access?", "%s mehr Rechte geben?", "%s meer rechten geven?"},
	"consent.version":    {"Version %s by %s", "Version %s von %s", "Versie %s van %s"},
	"consent.unverified": {"The name and the vendor are what the app says of itself. Nobody has checked them.", "Name und Anbieter sind Angaben der App selbst. Niemand hat sie geprüft.", "Naam en aanbieder zijn wat de app over zichzelf zegt. Niemand heeft dat gecontroleerd."},
	"consent.elsewhere": {
		"The app's description comes from another domain (%s) than the one that gets access (%s). Check that both are the vendor's.",
		"Die Beschreibung der App kommt von einer anderen Domain (%s) als der, die Zugriff bekommt (%s). Prüfen Sie, ob beide dem Anbieter gehören.",
		"De beschrijving van de app komt van een ander domein (%s) dan het domein dat toegang krijgt (%s). Controleer of beide van de aanbieder zijn.",
	},
	"consent.may":     {"It will be able to", "Sie kann dann", "Zij kan dan"},
	"consent.nothing": {"It asks for no access to your data.", "Sie möchte keinen Zugriff auf Ihre Daten.", "Zij vraagt geen toegang tot uw gegevens."},
	"consent.same":    {"It asks for no more access to your data than it has.", "Sie möchte nicht mehr Zugriff auf Ihre Daten, als sie hat.", "Zij vraagt niet meer toegang tot uw gegevens dan zij heeft."},
	"consent.new":     {"new", "neu", "nieuw"},
	"consent.has":     {"It has already", "Sie hat bereits", "Zij heeft al"},
	"consent.hosts":   {"Data goes to", "Daten gehen an", "Gegevens gaan naar"},
	"consent.mixed":   {"Its letters come from several alphabets. It may look like another address.", "Ihre Buchstaben stammen aus mehreren Alphabeten. Sie kann wie eine andere Adresse aussehen.", "De letters komen uit verschillende alfabetten. Het kan op een ander webadres lijken."},
	"consent.hears":   {"It is told when", "Sie erfährt, wenn", "Zij krijgt bericht wanneer"},
	"consent.shows":   {"It adds to your shop", "Sie ergänzt Ihren Shop um", "Zij voegt aan uw winkel toe"},
	"consent.entry":   {"Menu entry “%s”", "Menüpunkt „%s“", "Menu-item “%s”"},
	"consent.widget":  {"A frame on %s", "Ein Fenster auf %s", "Een venster op %s"},
	"consent.block":   {"A block “%s” on the pages of the shop", "Ein Block „%s“ auf den Seiten des Shops", "Een blok “%s” op de pagina's van de winkel"},
	"consent.who":     {"You decide as", "Sie entscheiden als", "U beslist als"},
	"consent.where":   {"for the shop", "für den Shop", "voor de winkel"},
	"consent.back":    {"Afterwards you go to", "Danach kommen Sie zu", "Daarna gaat u naar"},
	"consent.support": {"Help and support", "Hilfe und Support", "Hulp en support"},
	"consent.install": {"Install", "Installieren", "Installeren"},
	"consent.update":  {"Update access", "Rechte ändern", "Rechten wijzigen"},
	"consent.cancel":  {"Cancel", "Abbrechen", "Annuleren"},
	"consent.changed": {"The app has changed since you saw it. This is what it wants now.", "Die App hat sich geändert, seit Sie sie gesehen haben. Das möchte sie jetzt.", "De app is veranderd sinds u haar zag. Dit wil zij nu."},
	"consent.waits": {
		"The app has a new version. Until you decide, it works on with what it has.",
		"Die App hat eine neue Version. Bis Sie entscheiden, arbeitet sie mit den bisherigen Rechten weiter.",
		"De app heeft een nieuwe versie. Tot u beslist, werkt zij verder met wat zij heeft.",
	},
	"consent.too_soon": {"Please read what the app may do, then decide.", "Bitte lesen Sie, was die App darf, und entscheiden Sie dann.", "Lees wat de app mag en beslis dan."},

	"resource.orders":         {"Orders", "Bestellungen", "Bestellingen"},
	"resource.products":       {"Products", "Produkte", "Producten"},
	"resource.customers":      {"Customers", "Kunden", "Klanten"},
	"resource.categories":     {"Categories", "Kategorien", "Categorieën"},
	"resource.media":          {"Images and files", "Bilder und Dateien", "Afbeeldingen en bestanden"},
	"resource.promotions":     {"Promotions", "Rabattaktionen", "Acties"},
	"resource.sales_channels": {"Sales channels", "Verkaufskanäle", "Verkoopkanalen"},
	"resource.settings":       {"Settings of the shop", "Einstellungen des Shops", "Instellingen van de winkel"},
	"resource.notifications":  {"Messages in the admin", "Meldungen in der Verwaltung", "Meldingen in het beheer"},
	"resource.webhooks":       {"What the app is told", "Was die App erfährt", "Wat de app hoort"},

	"scope.orders:read":         {"see orders, with addresses, payments and deliveries", "Bestellungen sehen, mit Adressen, Zahlungen und Lieferungen", "bestellingen zien, met adressen, betalingen en leveringen"},
	"scope.orders:write":        {"create orders and change their state, addresses and notes", "Bestellungen anlegen und ihren Zustand, Adressen und Notizen ändern", "bestellingen aanmaken en hun status, adressen en notities wijzigen"},
	"scope.orders:delete":       {"delete orders for good", "Bestellungen endgültig löschen", "bestellingen definitief verwijderen"},
	"scope.products:read":       {"see products, prices and stock", "Produkte, Preise und Bestände sehen", "producten, prijzen en voorraad zien"},
	"scope.products:write":      {"create and change products, prices and stock", "Produkte, Preise und Bestände anlegen und ändern", "producten, prijzen en voorraad aanmaken en wijzigen"},
	"scope.products:delete":     {"delete products for good", "Produkte endgültig löschen", "producten definitief verwijderen"},
	"scope.customers:read":      {"see customers: names, addresses, e-mail, telephone", "Kunden sehen: Namen, Adressen, E-Mail, Telefon", "klanten zien: namen, adressen, e-mail, telefoon"},
	"scope.customers:write":     {"create and change customers and their addresses", "Kunden und ihre Adressen anlegen und ändern", "klanten en hun adressen aanmaken en wijzigen"},
	"scope.customers:delete":    {"delete customers for good", "Kunden endgültig löschen", "klanten definitief verwijderen"},
	"scope.categories:read":     {"see categories", "Kategorien sehen", "categorieën zien"},
	"scope.categories:write":    {"create and change categories, and put products into them", "Kategorien anlegen und ändern und Produkte zuordnen", "categorieën aanmaken en wijzigen en producten indelen"},
	"scope.categories:delete":   {"delete categories for good", "Kategorien endgültig löschen", "categorieën definitief verwijderen"},
	"scope.media:read":          {"see images and files", "Bilder und Dateien sehen", "afbeeldingen en bestanden zien"},
	"scope.media:write":         {"upload and change images and files", "Bilder und Dateien hochladen und ändern", "afbeeldingen en bestanden uploaden en wijzigen"},
	"scope.media:delete":        {"delete images and files for good", "Bilder und Dateien endgültig löschen", "afbeeldingen en bestanden definitief verwijderen"},
	"scope.promotions:read":     {"see promotions", "Rabattaktionen sehen", "acties zien"},
	"scope.promotions:write":    {"create and change promotions", "Rabattaktionen anlegen und ändern", "acties aanmaken en wijzigen"},
	"scope.promotions:delete":   {"delete promotions for good", "Rabattaktionen endgültig löschen", "acties definitief verwijderen"},
	"scope.sales_channels:read": {"see where you sell: channels and domains", "sehen, wo Sie verkaufen: Kanäle und Domains", "zien waar u verkoopt: kanalen en domeinen"},
	"scope.settings:read":       {"see the settings of the shop", "die Einstellungen des Shops sehen", "de instellingen van de winkel zien"},
	"scope.settings:write":      {"change the settings of the shop", "die Einstellungen des Shops ändern", "de instellingen van de winkel wijzigen"},
	"scope.notifications:write": {"show messages to you in the admin", "Ihnen in der Verwaltung Meldungen zeigen", "u in het beheer meldingen tonen"},
	"scope.webhooks:read":       {"see what it is told, and whether that arrived", "sehen, was sie erfährt und ob es ankam", "zien wat zij hoort en of dat aankwam"},
	"scope.webhooks:write":      {"decide itself what else it is told, within its other rights", "selbst bestimmen, was sie noch erfährt, im Rahmen ihrer anderen Rechte", "zelf bepalen wat zij nog meer hoort, binnen haar andere rechten"},
	"scope.webhooks:delete":     {"decide itself what it is told no more", "selbst bestimmen, was sie nicht mehr erfährt", "zelf bepalen wat zij niet meer hoort"},

	"topic.*.created": {"%s is created", "%s angelegt wird", "%s wordt aangemaakt"},
	"topic.*.updated": {"%s is changed", "%s geändert wird", "%s wordt gewijzigd"},
	"topic.*.deleted": {"%s is deleted", "%s gelöscht wird", "%s wordt verwijderd"},

	"topic.order.*":                {"an order", "eine Bestellung", "een bestelling"},
	"topic.order_address.*":        {"the address of an order", "die Adresse einer Bestellung", "het bestellingsadres"},
	"topic.product.*":              {"a product", "ein Produkt", "een product"},
	"topic.product_price.*":        {"the price of a product", "der Preis eines Produkts", "de prijs van een product"},
	"topic.category.*":             {"a category", "eine Kategorie", "een categorie"},
	"topic.customer.*":             {"a customer", "ein Kunde", "een klant"},
	"topic.customer_address.*":     {"the address of a customer", "die Adresse eines Kunden", "het klantadres"},
	"topic.document.*":             {"a document, such as an invoice,", "ein Dokument, etwa eine Rechnung,", "een document, zoals een factuur,"},
	"topic.media.*":                {"an image or a file", "ein Bild oder eine Datei", "een afbeelding of een bestand"},
	"topic.sales_channel.*":        {"a sales channel", "ein Verkaufskanal", "een verkoopkanaal"},
	"topic.sales_channel_domain.*": {"a domain of a sales channel", "eine Domain eines Verkaufskanals", "een domein van een verkoopkanaal"},

	"topic.order.placed":       {"a customer places an order", "ein Kunde eine Bestellung aufgibt", "een klant een bestelling plaatst"},
	"topic.order.paid":         {"an order is paid", "eine Bestellung bezahlt ist", "een bestelling is betaald"},
	"topic.order.shipped":      {"an order is shipped", "eine Bestellung versandt ist", "een bestelling is verzonden"},
	"topic.order.cancelled":    {"an order is cancelled", "eine Bestellung storniert wird", "een bestelling wordt geannuleerd"},
	"topic.app.installed":      {"the app itself is installed", "die App selbst installiert wird", "de app zelf wordt geïnstalleerd"},
	"topic.app.updated":        {"the app itself gets a new version", "die App selbst eine neue Version bekommt", "de app zelf een nieuwe versie krijgt"},
	"topic.app.activated":      {"the app itself is activated", "die App selbst aktiviert wird", "de app zelf wordt geactiveerd"},
	"topic.app.deactivated":    {"the app itself is deactivated", "die App selbst deaktiviert wird", "de app zelf wordt gedeactiveerd"},
	"topic.app.uninstalled":    {"the app itself is uninstalled", "die App selbst deinstalliert wird", "de app zelf wordt verwijderd"},
	"topic.app.scopes_updated": {"its rights change", "sich ihre Rechte ändern", "haar rechten veranderen"},
}
