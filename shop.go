package appdock

// ShopID is the identity that apps know: 16 letters and digits
// (protocol-shop-identity.md 1).
type ShopID string

// Shop is one tenant of a host.
type Shop struct {
	ID   ShopID
	URL  string // base URL as configured, without a trailing slash; sent to apps byte for byte
	Name string
	// Locale of the system language, such as "en-GB".
	Locale string
	// Currency is the ISO code of the default currency.
	Currency string
}

// MinorUnits is how many digits an amount of a currency has after its point, by the ISO code.
func MinorUnits(currency string) int {
	switch currency {
	case "JPY", "KRW", "ISK", "CLP", "VND", "XAF", "XOF", "XPF", "PYG", "UGX", "RWF", "GNF", "DJF", "BIF", "KMF", "VUV":
		return 0
	case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND":
		return 3
	}
	return 2
}

// Revision counts the changes to what the apps of one shop are, may do and hear. Each
// transaction that changes an installation, a grant, a subscription or a custom entity
// raises it. What is cached is good for one revision.
type Revision int64

// Ids that clients hard-code and every shop has (entities.md, "Well-known ids").
var (
	SystemLanguage       = MustID("2fbb5fe2e29a4d70aa5854ce7ce3e20b")
	LiveVersion          = MustID("0fa91ce3e96a4bc2be4bd9ce752c3425")
	DefaultCurrency      = MustID("b7d2554b0ce847cd82f3ac9bd1c0dfca")
	StandardGroup        = MustID("cfbd5018d38d41d8adca10d94fc8bdd6")
	StorefrontChannel    = MustID("8a243080f92e4c719546314b577cf82b")
	HeadlessChannel      = MustID("f183ee5650cf4bdb8a774337575067a6")
	ProductExportChannel = MustID("ed535e5722134ac1aa6524f73e26881b")
)

// Installation is one app in one shop.
type Installation struct {
	ID      ID // also the id of its row in the entity "app"
	Shop    ShopID
	App     string // technical name
	Version string // of the manifest
	Active  bool
	Grant   Privileges // what it may do since the last consent
}
