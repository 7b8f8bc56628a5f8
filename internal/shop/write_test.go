package shop_test

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

const (
	blankCode      = "c1051bb4-d103-4f74-8988-acbcafc7fdc3"
	typeCode       = "ba785a8c-82cb-4283-967c-3cf342181b40"
	longCode       = "d94b19cc-114f-4f44-9cc4-4138e80a87b9"
	missingCode    = "2fa2158c-2a7f-484b-98aa-975522539ff8"
	emailCode      = "bd79c0ab-ddba-46cc-a703-a7a4b08de310"
	lowCode        = "76454e69-502c-46c5-9643-f447d837c4d5"
	constraintCode = "FRAMEWORK__WRITE_CONSTRAINT_VIOLATION"
	intendCode     = "FRAMEWORK__WRITE_TYPE_INTEND_ERROR"
	foreignCode    = "FRAMEWORK__FOREIGN_KEY_VIOLATION"
)

var (
	productID = appdock.MustID("018c0000000070008000000000000001")
	unknownID = "018cffffffff70008000000000000000"
)

// parse reads a payload as httpapi does.
func parse(tb testing.TB, text string) map[string]any {
	tb.Helper()
	d := json.NewDecoder(strings.NewReader(text))
	d.UseNumber()
	var payload map[string]any
	if err := d.Decode(&payload); err != nil {
		tb.Fatal(err)
	}
	return payload
}

// merge gives a payload with some members replaced; a member "-name" takes name out.
func merge(tb testing.TB, base, over string) map[string]any {
	tb.Helper()
	payload := parse(tb, base)
	for name, v := range parse(tb, over) {
		if out, ok := strings.CutPrefix(name, "-"); ok {
			delete(payload, out)
			continue
		}
		payload[name] = v
	}
	return payload
}

const (
	teaPayload = `{"id":"018c0000000070008000000000000001","name":"Tea","productNumber":"T1","stock":3,"taxId":"TAX",
		"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1,"gross":1.19,"linked":true}]}`
	customerPayload = `{"customerNumber":"1","groupId":"cfbd5018d38d41d8adca10d94fc8bdd6","salesChannelId":"CHANNEL","languageId":"2fbb5fe2e29a4d70aa5854ce7ce3e20b",
		"defaultBillingAddressId":"018c0000000070008000000000000009","defaultShippingAddressId":"018c0000000070008000000000000009","defaultPaymentMethodId":"PAYMENT",
		"firstName":"A","lastName":"B","email":"a@example.com",
		"addresses":[{"id":"018c0000000070008000000000000009","firstName":"A","lastName":"B","city":"C","street":"D","countryId":"COUNTRY"}]}`
)

// fill puts the ids of seeded rows into a payload.
func (w *world) fill(text string) string {
	for word, at := range map[string][2]string{
		"TAX": {"tax", "19%"}, "CHANNEL": {"sales_channel", "Demo"}, "PAYMENT": {"payment_method", "Invoice"}, "COUNTRY": {"country", "Germany"},
	} {
		for id, r := range w.store.rows[at[0]] {
			if r.set["name"] == at[1] {
				text = strings.ReplaceAll(text, `"`+word+`"`, `"`+id.String()+`"`)
			}
		}
	}
	return text
}

func (w *world) write(tb testing.TB, action entity.Action, name string, payload map[string]any) error {
	tb.Helper()
	_, err := w.Write(tb.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{{Entity: name, Action: action, Payload: payload, Pointer: "/0"}})
	return err
}

// faults gives pointer and code of each fault of an error.
func faults(tb testing.TB, err error) map[string]string {
	tb.Helper()
	e, ok := err.(*appdock.Error) //nolint:errorlint // the service returns it unwrapped
	if err != nil && !ok {
		tb.Fatalf("not for people: %v", err)
	}
	all := map[string]string{}
	if e != nil {
		for _, f := range e.Faults {
			if f.Message == "" {
				tb.Errorf("%s: no message", f.Pointer)
			}
			all[f.Pointer] = f.Code
		}
	}
	return all
}

func TestViolations(t *testing.T) {
	t.Parallel()
	price := func(members string) string {
		return `{"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca"` + members + `}]}`
	}
	tests := map[string]struct {
		entity string // default product
		over   string
		want   map[string]string
	}{
		"a good product":                            {over: `{}`},
		"unknown properties are ignored":            {over: `{"nonsense":1,"extensions":[],"translated":{},"_uniqueIdentifier":"x","apiAlias":"product"}`},
		"a missing required field":                  {over: `{"-stock":0}`, want: map[string]string{"/0/stock": blankCode}},
		"null in a required field":                  {over: `{"stock":null}`, want: map[string]string{"/0/stock": blankCode}},
		"an empty text in a required field":         {over: `{"productNumber":""}`, want: map[string]string{"/0/productNumber": blankCode}},
		"nothing but tags in a required field":      {over: `{"productNumber":"<b></b>"}`, want: map[string]string{"/0/productNumber": blankCode}},
		"a required key that is missing":            {over: `{"-taxId":0}`, want: map[string]string{"/0/taxId": blankCode}},
		"all violations at once":                    {over: `{"-stock":0,"active":1,"ean":5,"taxId":null}`, want: map[string]string{"/0/stock": blankCode, "/0/active": typeCode, "/0/ean": typeCode, "/0/taxId": blankCode}},
		"no text in the system language":            {over: `{"-name":0}`, want: map[string]string{"/0/translations/2fbb5fe2e29a4d70aa5854ce7ce3e20b": "MISSING-SYSTEM-TRANSLATION"}},
		"only some texts in the system language":    {over: `{"-name":0,"description":"x"}`, want: map[string]string{"/0/translations/2fbb5fe2e29a4d70aa5854ce7ce3e20b/name": blankCode}},
		"a text by locale":                          {over: `{"name":{"en-GB":"Tea"}}`},
		"a text by language id":                     {over: `{"name":{"2fbb5fe2e29a4d70aa5854ce7ce3e20b":"Tea"}}`},
		"a text in an unknown language":             {over: `{"name":{"en-GB":"Tea","xx-XX":"Tee"}}`, want: map[string]string{"/0/name/xx-XX": constraintCode}},
		"translations as a map":                     {over: `{"-name":0,"translations":{"en-GB":{"name":"Tea"}}}`},
		"translations as a list":                    {over: `{"-name":0,"translations":[{"languageId":"2fbb5fe2e29a4d70aa5854ce7ce3e20b","name":"Tea"}]}`},
		"translations into an unknown language":     {over: `{"translations":{"xx-XX":{"name":"Tee"}}}`, want: map[string]string{"/0/translations/xx-XX": constraintCode}},
		"translations that are none":                {over: `{"translations":{"en-GB":1}}`, want: map[string]string{"/0/translations/en-GB": typeCode}},
		"translations that are a text":              {over: `{"translations":"en-GB"}`, want: map[string]string{"/0/translations": typeCode}},
		"a text that a plain value outdoes":         {over: `{"translations":{"en-GB":{"name":5}}}`, want: map[string]string{"/0/translations/en-GB/name": typeCode}},
		"the same for another language":             {over: `{"name":{"en-GB":"Tea","de-DE":"Tee"},"translations":[{"languageId":"de-DE","name":5}]}`, want: map[string]string{"/0/translations/0/name": typeCode}},
		"the place of a text":                       {over: `{"-name":0,"translations":{"en-GB":{"name":5}}}`, want: map[string]string{"/0/translations/en-GB/name": typeCode}},
		"a text as a number":                        {over: `{"ean":1}`, want: map[string]string{"/0/ean": typeCode}},
		"a text that is too long":                   {over: `{"ean":"` + strings.Repeat("ü", 256) + `"}`, want: map[string]string{"/0/ean": longCode}},
		"a text as long as may be":                  {over: `{"ean":"` + strings.Repeat("ü", 255) + `"}`},
		"a long text that is too long":              {over: `{"description":"` + strings.Repeat("x", 64<<10+1) + `"}`, want: map[string]string{"/0/description": longCode}},
		"a number as a text":                        {over: `{"stock":"3"}`, want: map[string]string{"/0/stock": typeCode}},
		"a fraction in an int":                      {over: `{"stock":3.5}`, want: map[string]string{"/0/stock": typeCode}},
		"an int that is too low":                    {over: `{"minPurchase":0}`, want: map[string]string{"/0/minPurchase": lowCode}},
		"an int beyond 64 bits":                     {over: `{"stock":99999999999999999999}`, want: map[string]string{"/0/stock": typeCode}},
		"a float as a numeric text":                 {over: `{"weight":"1.5"}`},
		"a float as a text":                         {over: `{"weight":"heavy"}`, want: map[string]string{"/0/weight": typeCode}},
		"a float that is infinite":                  {over: `{"weight":"inf"}`, want: map[string]string{"/0/weight": typeCode}},
		"a bool as a number":                        {over: `{"active":1}`, want: map[string]string{"/0/active": typeCode}},
		"a bool as a text":                          {over: `{"active":"1"}`, want: map[string]string{"/0/active": typeCode}},
		"a date with milliseconds and offset":       {over: `{"releaseDate":"2024-10-24T21:30:46.000+02:00"}`},
		"a date alone":                              {over: `{"releaseDate":"2024-10-24"}`},
		"a date that is none":                       {over: `{"releaseDate":"tomorrow"}`, want: map[string]string{"/0/releaseDate": typeCode}},
		"an id in upper case":                       {over: `{"taxId":"018CFFFFFFFF70008000000000000000"}`, want: map[string]string{"/0/taxId": constraintCode}},
		"an id as a number":                         {over: `{"taxId":5}`, want: map[string]string{"/0/taxId": constraintCode}},
		"an own id that is none":                    {over: `{"id":"1"}`, want: map[string]string{"/0/id": constraintCode}},
		"a write-protected field":                   {over: `{"availableStock":5}`, want: map[string]string{"/0/availableStock": constraintCode}},
		"a runtime field":                           {over: `{"variation":[]}`, want: map[string]string{"/0/variation": constraintCode}},
		"the live version":                          {over: `{"versionId":"0fa91ce3e96a4bc2be4bd9ce752c3425"}`},
		"another version":                           {over: `{"versionId":"` + unknownID + `"}`, want: map[string]string{"/0/versionId": constraintCode}},
		"a key that leads nowhere":                  {over: `{"taxId":"` + unknownID + `"}`, want: map[string]string{"/0/taxId": foreignCode}},
		"a key to an entity that is not stored":     {over: `{"featureSetId":"` + unknownID + `"}`},
		"records of an entity that is not stored":   {over: `{"downloads":[{"id":"` + unknownID + `"}]}`, want: map[string]string{"/0/downloads": constraintCode}},
		"a record of an entity that is not stored":  {over: `{"featureSet":{"mediaId":"` + unknownID + `"}}`, want: map[string]string{"/0/featureSet": constraintCode}},
		"no records of an entity that isn't stored": {over: `{"downloads":[],"featureSet":null,"streams":[],"wishlists":{}}`},
		"a nested record with a fault":              {over: `{"-taxId":0,"tax":{"name":"x","taxRate":"y"}}`, want: map[string]string{"/0/tax/taxRate": typeCode}},
		"a nested record that is none":              {over: `{"tax":5}`, want: map[string]string{"/0/tax": typeCode}},
		"a nested list with a fault":                {over: `{"children":[{"name":"c","productNumber":"T2","stock":1},{"name":"d","stock":1}]}`, want: map[string]string{"/0/children/1/productNumber": blankCode}},
		"a nested list that is none":                {over: `{"children":"x"}`, want: map[string]string{"/0/children": typeCode}},
		"a nested list of none":                     {over: `{"children":[5]}`, want: map[string]string{"/0/children/0": typeCode}},
		"custom fields as a list":                   {over: `{"customFields":["x"]}`, want: map[string]string{"/0/customFields": typeCode}},
		"custom fields as PHP's empty list":         {over: `{"customFields":[]}`},
		"a list with a wrong element":               {over: `{"customSearchKeywords":["a",5]}`, want: map[string]string{"/0/customSearchKeywords/1": typeCode}},
		"a document that is none":                   {over: `{"slotConfig":"x"}`, want: map[string]string{"/0/slotConfig": typeCode}},
		"no price":                                  {over: `{"price":[]}`, want: map[string]string{"/0/price": blankCode}},
		"prices that are no list":                   {over: `{"price":5}`, want: map[string]string{"/0/price": typeCode}},
		"a price without gross":                     {over: price(`,"net":1,"linked":true`), want: map[string]string{"/0/price/0/gross": missingCode}},
		"a price without linked":                    {over: price(`,"net":1,"gross":1`), want: map[string]string{"/0/price/0/linked": missingCode}},
		"a price with null":                         {over: price(`,"net":null,"gross":1,"linked":true`), want: map[string]string{"/0/price/0/net": blankCode}},
		"a price with a wrong amount":               {over: price(`,"net":"x","gross":1,"linked":true`), want: map[string]string{"/0/price/0/net": typeCode}},
		"a price with a wrong list price":           {over: price(`,"net":1,"gross":1,"linked":true,"listPrice":{"net":1,"linked":true}`), want: map[string]string{"/0/price/0/listPrice/gross": missingCode}},
		"no price in the default currency":          {over: `{"price":[{"currencyId":"` + unknownID + `","net":1,"gross":1,"linked":true}]}`, want: map[string]string{"/0/price": constraintCode}},
		"a variant that stops being one needs all":  {over: `{"parentId":null,"-price":0}`, want: map[string]string{"/0/price": blankCode}},
		"VAT ids that are none":                     {entity: "customer", over: `{"vatIds":["DE1",5]}`, want: map[string]string{"/0/vatIds/1": typeCode}},
		"a password as a number":                    {entity: "customer", over: `{"password":5}`, want: map[string]string{"/0/password": typeCode}},
		"a password that is only long":              {entity: "customer", over: `{"password":"` + strings.Repeat("x", 4097) + `"}`, want: map[string]string{"/0/password": longCode}},
		"an e-mail address that is none":            {entity: "customer", over: `{"email":"Max <a@b.example>"}`, want: map[string]string{"/0/email": emailCode}},
		"a good customer":                           {entity: "customer", over: `{}`},
		"a customer without address":                {entity: "customer", over: `{"-addresses":0}`, want: map[string]string{"/0/defaultBillingAddressId": foreignCode, "/0/defaultShippingAddressId": foreignCode}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			base, kind := teaPayload, "product"
			if test.entity != "" {
				base, kind = customerPayload, test.entity
			}
			err := w.write(t, entity.Insert, kind, merge(t, w.fill(base), test.over))
			if test.want == nil {
				test.want = map[string]string{}
			}
			if diff := cmp.Diff(test.want, faults(t, err)); diff != "" {
				t.Errorf("%v\n%s", err, diff)
			}
			if err != nil && (appdock.KindOf(err) != appdock.Invalid || len(w.store.rows[kind]) > 0) {
				t.Errorf("kind %v, %d rows written", appdock.KindOf(err), len(w.store.rows[kind]))
			}
		})
	}
}

// TestWrongRequestsNeverHoldTheWriter: what is wrong in itself is told without a unit.
func TestWrongRequestsNeverHoldTheWriter(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	err := w.write(t, entity.Insert, "product", parse(t, `{"active":"x"}`))
	if len(faults(t, err)) < 5 || w.store.units != 0 {
		t.Errorf("%d units for %v", w.store.units, err)
	}
}

func TestMoneyStructures(t *testing.T) {
	t.Parallel()
	cart := `{"netPrice":1,"totalPrice":2,"rawTotal":2,"positionPrice":2,"calculatedTaxes":[{"tax":0.5,"taxRate":19,"price":2}],"taxRules":[{"taxRate":19,"percentage":100}],"taxStatus":"gross"}`
	tests := map[string]struct {
		price string
		want  map[string]string
	}{
		"a whole price":      {cart, map[string]string{}},
		"lists as PHP makes": {strings.ReplaceAll(strings.ReplaceAll(cart, `[{`, `{"3":{`), `}]`, `}}`), map[string]string{}},
		"an empty one": {`{}`, map[string]string{
			"/0/price/netPrice": missingCode, "/0/price/totalPrice": missingCode, "/0/price/rawTotal": missingCode, "/0/price/positionPrice": missingCode,
			"/0/price/calculatedTaxes": missingCode, "/0/price/taxRules": missingCode, "/0/price/taxStatus": missingCode,
		}},
		"a wrong tax":  {strings.Replace(cart, `"tax":0.5`, `"tax":"much"`, 1), map[string]string{"/0/price/calculatedTaxes/0/tax": typeCode}},
		"no tax":       {strings.Replace(cart, `"tax":0.5,`, ``, 1), map[string]string{"/0/price/calculatedTaxes/0/tax": missingCode}},
		"taxes as one": {strings.Replace(cart, `[{"tax":0.5,"taxRate":19,"price":2}]`, `5`, 1), map[string]string{"/0/price/calculatedTaxes": typeCode}},
		"not a price":  {`"2"`, map[string]string{"/0/price": typeCode}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			payload := w.order(t)
			payload["price"] = parse(t, `{"price":`+test.price+`}`)["price"]
			if diff := cmp.Diff(test.want, faults(t, w.write(t, entity.Insert, "order", payload))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestPriceDefinitions(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		definition string
		want       map[string]string
	}{
		"absolute":         {`{"type":"absolute","price":-5}`, map[string]string{}},
		"percentage":       {`{"type":"percentage","percentage":10,"filter":null}`, map[string]string{}},
		"quantity":         {`{"type":"quantity","price":1,"quantity":2,"taxRules":[]}`, map[string]string{}},
		"without quantity": {`{"type":"quantity","price":1,"taxRules":[]}`, map[string]string{"/0/lineItems/0/priceDefinition/quantity": missingCode}},
		"of another type":  {`{"type":"guess"}`, map[string]string{"/0/lineItems/0/priceDefinition/type": constraintCode}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			payload := w.order(t)
			item := payload["lineItems"].([]any)[0].(map[string]any)
			item["priceDefinition"] = parse(t, `{"d":`+test.definition+`}`)["d"]
			if diff := cmp.Diff(test.want, faults(t, w.write(t, entity.Insert, "order", payload))); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// TestStored shows what payloads become.
func TestStored(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	payload := merge(t, w.fill(teaPayload), `{"name":"<b>Tea</b> & 1 < 2","ean":"","weight":2,"releaseDate":"2024-10-24T21:30:46+02:00",
		"customFields":{"b":1.50,"a":"<i>"},"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":"8","gross":9,"linked":false,"extra":1,
		"listPrice":{"net":10,"gross":12,"linked":true}}]}`)
	if err := w.write(t, entity.Insert, "product", payload); err != nil {
		t.Fatal(err)
	}
	got := w.store.get("product", productID)
	text := func(v any) string { raw, _ := v.(json.RawMessage); return string(raw) }
	for field, want := range map[string]any{
		"name": "Tea & 1 < 2", "ean": nil, "weight": 2.0, "active": true, "minPurchase": int64(1),
		"availableStock": int64(3), "available": true, "createdAt": noon, "updatedAt": nil,
		"releaseDate": time.Date(2024, 10, 24, 19, 30, 46, 0, time.UTC),
	} {
		if got[field] != want {
			t.Errorf("%s is %v, want %v", field, got[field], want)
		}
	}
	if got := text(got["customFields"]); got != `{"a":"<i>","b":1.50}` {
		t.Errorf("customFields are %s", got)
	}
	want := `[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":8,"gross":9,"linked":false,` +
		`"listPrice":{"currencyId":null,"net":10,"gross":12,"linked":true},"percentage":{"net":20,"gross":25},"regulationPrice":null}]`
	if diff := cmp.Diff(want, text(got["price"])); diff != "" {
		t.Error(diff)
	}
}

func TestUpdate(t *testing.T) {
	t.Parallel()
	type want struct {
		faults map[string]string
		row    map[string]any
	}
	tests := map[string]struct {
		payload string
		want    want
	}{
		"a field":                         {`{"stock":0}`, want{row: map[string]any{"stock": int64(0), "availableStock": int64(0), "name": "Tea", "updatedAt": noon}}},
		"a closeout that is sold out":     {`{"stock":0,"isCloseout":true}`, want{row: map[string]any{"available": false}}},
		"a closeout with enough left":     {`{"isCloseout":true}`, want{row: map[string]any{"available": true, "availableStock": int64(3)}}},
		"nothing":                         {`{}`, want{row: map[string]any{"updatedAt": nil}}},
		"custom fields are merged":        {`{"customFields":{"b":null,"c":3}}`, want{row: map[string]any{"customFields": `{"a":1,"b":null,"c":3}`}}},
		"custom fields are cleared":       {`{"customFields":null}`, want{row: map[string]any{"customFields": nil}}},
		"other documents are replaced":    {`{"variantListingConfig":{"b":2}}`, want{row: map[string]any{"variantListingConfig": `{"b":2}`}}},
		"the time of making is ignored":   {`{"createdAt":"2020-01-01"}`, want{row: map[string]any{"createdAt": noon, "updatedAt": nil}}},
		"the time of change is ignored":   {`{"updatedAt":"2020-01-01"}`, want{row: map[string]any{"updatedAt": nil}}},
		"a required field is not cleared": {`{"stock":null}`, want{faults: map[string]string{"/0/stock": blankCode}}},
		"a required text is not cleared":  {`{"name":""}`, want{faults: map[string]string{"/0/name": blankCode}}},
		"a key that leads nowhere":        {`{"taxId":"` + unknownID + `"}`, want{faults: map[string]string{"/0/taxId": foreignCode}}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			if err := w.write(t, entity.Insert, "product", merge(t, w.fill(teaPayload), `{"customFields":{"a":1,"b":2},"variantListingConfig":{"a":1}}`)); err != nil {
				t.Fatal(err)
			}
			payload := parse(t, test.payload)
			payload["id"] = productID.String()
			err := w.write(t, entity.Update, "product", payload)
			if test.want.faults == nil {
				test.want.faults = map[string]string{}
			}
			if diff := cmp.Diff(test.want.faults, faults(t, err)); diff != "" {
				t.Error(diff)
			}
			row := maps.Clone(w.store.get("product", productID))
			for field, want := range test.want.row {
				got := row[field]
				if raw, ok := got.(json.RawMessage); ok {
					got = string(raw)
				}
				if got != want {
					t.Errorf("%s is %v, want %v", field, got, want)
				}
			}
		})
	}
}

func TestExistence(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tea := func(over string) map[string]any { return merge(t, w.fill(teaPayload), over) }
	steps := []struct {
		name    string
		action  entity.Action
		payload map[string]any
		want    map[string]string
	}{
		{"change what is not there", entity.Update, tea(`{}`), map[string]string{"/0": intendCode}},
		{"make it", entity.Upsert, tea(`{}`), map[string]string{}},
		{"make it again", entity.Insert, tea(`{}`), map[string]string{"/0": intendCode}},
		{"change it", entity.Upsert, parse(t, `{"id":"018c0000000070008000000000000001","stock":9}`), map[string]string{}},
		{"make another of its number", entity.Insert, tea(`{"-id":0}`), map[string]string{"/0/productNumber": "CONTENT__DUPLICATE_PRODUCT_NUMBER"}},
		{"change without id", entity.Update, parse(t, `{"stock":1}`), map[string]string{"/0/id": blankCode, "/0": intendCode}},
		{"delete without id", entity.Delete, parse(t, `{}`), map[string]string{"/0/id": blankCode}},
		{"delete a wrong id", entity.Delete, parse(t, `{"id":"x"}`), map[string]string{"/0/id": constraintCode}},
	}
	for _, step := range steps {
		if diff := cmp.Diff(step.want, faults(t, w.write(t, step.action, "product", step.payload))); diff != "" {
			t.Errorf("%s:\n%s", step.name, diff)
		}
	}
	if got := w.store.get("product", productID)["stock"]; got != int64(9) {
		t.Errorf("stock is %v", got)
	}
}

func TestOperationsAreDoneInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	op := func(action entity.Action, payload map[string]any, pointer string) entity.Operation {
		return entity.Operation{Entity: "product", Action: action, Payload: payload, Pointer: pointer}
	}
	it := parse(t, `{"id":"018c0000000070008000000000000001"}`)
	written := w.host(t, []entity.Operation{
		op(entity.Delete, it, "/0"),
		op(entity.Insert, parse(t, w.fill(teaPayload)), "/1"),
		op(entity.Update, merge(t, `{"stock":7}`, `{"id":"018c0000000070008000000000000001"}`), "/2"),
		op(entity.Delete, it, "/3"),
		op(entity.Insert, merge(t, w.fill(teaPayload), `{"name":"Other"}`), "/4"),
	})
	want := entity.Written{
		Saved:    map[string][]appdock.ID{"product": {productID}},
		Deleted:  map[string][]appdock.ID{"product": {productID}},
		NotFound: map[string][]appdock.ID{"product": {productID}},
		Texts: map[string][]map[string]appdock.ID{
			"product_translation": {{"productId": productID, "languageId": appdock.SystemLanguage}},
		},
	}
	if diff := cmp.Diff(want, written); diff != "" {
		t.Error(diff)
	}
	if row := w.store.get("product", productID); row["name"] != "Other" || row["stock"] != int64(3) {
		t.Errorf("%v, stock %v", row["name"], row["stock"])
	}
}

func TestVariantsInheritWhatARootMustHave(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	if err := w.write(t, entity.Insert, "product", parse(t, w.fill(teaPayload))); err != nil {
		t.Fatal(err)
	}
	variant := `{"parentId":"018c0000000070008000000000000001","productNumber":"T1.1","stock":1}`
	if err := w.write(t, entity.Insert, "product", parse(t, variant)); err != nil {
		t.Error(err)
	}
	got := faults(t, w.write(t, entity.Insert, "product", merge(t, variant, `{"-productNumber":0}`)))
	if diff := cmp.Diff(map[string]string{"/0/productNumber": blankCode}, got); diff != "" {
		t.Error(diff)
	}
}

func TestEntitiesThatAreNotTheShops(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, name := range []string{"app", "integration", "acl_role", "webhook", "webhook_event_log", "state_machine_history"} {
		for _, action := range []entity.Action{entity.Insert, entity.Update, entity.Upsert, entity.Delete} {
			err := w.write(t, action, name, map[string]any{"id": unknownID})
			if appdock.KindOf(err) != appdock.Refused || appdock.CodeOf(err) != "FRAMEWORK__WRITE_PROTECTED" {
				t.Errorf("%s, action %d: %v", name, action, err)
			}
		}
	}
	err := w.write(t, entity.Insert, "custom_field_set", parse(t, `{"name":"x","app":{"name":"y"}}`))
	if appdock.KindOf(err) != appdock.Refused {
		t.Errorf("nested: %v", err)
	}
	err = w.write(t, entity.Insert, "nonsense", nil)
	if appdock.KindOf(err) != appdock.NotFound || appdock.CodeOf(err) != "FRAMEWORK__DEFINITION_NOT_FOUND" {
		t.Errorf("unknown: %v", err)
	}
}

func TestPasswordsAreHashed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, number := range []string{"1", "2"} {
		payload := merge(t, w.fill(customerPayload), `{"password":"correct horse","-addresses":0,"customerNumber":"`+number+`"}`)
		address := merge(t, w.fill(`{"firstName":"A","lastName":"B","city":"C","street":"D","countryId":"COUNTRY"}`), `{"id":"018c000000007000800000000000000`+number+`"}`)
		payload["addresses"] = []any{address}
		payload["defaultBillingAddressId"], payload["defaultShippingAddressId"] = address["id"], address["id"]
		if err := w.write(t, entity.Insert, "customer", payload); err != nil {
			t.Fatal(err)
		}
	}
	seen := map[any]bool{}
	for _, r := range w.store.rows["customer"] {
		hash, _ := r.set["password"].(string)
		if !strings.HasPrefix(hash, "$argon2id$v=19$m=19456,t=2,p=1$") || strings.Contains(hash, "horse") {
			t.Errorf("stored %q", hash)
		}
		seen[hash] = true
	}
	if len(seen) != 2 {
		t.Error("two customers share a hash: the salt is not their own")
	}
	for _, e := range w.told {
		if strings.Contains(string(e.Data.Payload), "argon2id") || strings.Contains(string(e.Data.Previous), "argon2id") {
			t.Errorf("%s tells the hash", e.Name)
		}
	}
}

func TestWritesInOtherViews(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	other := appdock.MustID(unknownID)
	_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{Version: other}, nil)
	if appdock.CodeOf(err) != "FRAMEWORK__VERSION_NOT_EXISTS" {
		t.Errorf("another version: %v", err)
	}
	op := entity.Operation{Entity: "product", Action: entity.Insert, Payload: parse(t, w.fill(teaPayload)), Pointer: "/0"}
	_, err = w.Write(t.Context(), appdock.Host(shopID), entity.View{Language: other}, []entity.Operation{op})
	if got := faults(t, err); got["/0/translations/"+appdock.SystemLanguage.String()] != "MISSING-SYSTEM-TRANSLATION" {
		t.Errorf("another language: %v", err)
	}
	_, err = w.Write(t.Context(), appdock.Host(shopID), entity.View{Language: appdock.SystemLanguage, Version: appdock.LiveVersion}, []entity.Operation{op})
	if err != nil {
		t.Errorf("the system's own: %v", err)
	}
}

func FuzzPayload(f *testing.F) {
	f.Add("product", teaPayload)
	f.Add("customer", customerPayload)
	f.Add("order", `{"price":{"calculatedTaxes":[{}]},"lineItems":{"a":{"priceDefinition":{"type":"quantity"}}},"orderCustomer":{}}`)
	f.Add("product", `{"tax":{"products":[{"tax":{"name":{"en-GB":{}}}}]},"translations":[[],{"languageId":5}],"price":{"x":[]}}`)
	f.Add("product", `{"price":[{"currencyId":"b7d2554b0ce847cd82f3ac9bd1c0dfca","net":1e308,"gross":1e308,"linked":true,"listPrice":{"net":1e-308,"gross":5e-324,"linked":true}}]}`)
	f.Add("product", `{"name":{"de-DE":"Tee","2fbb5fe2e29a4d70aa5854ce7ce3e20b":5,"x":{}},"translations":{"de-DE":{"name":[],"customFields":{"a":{}}},"":null}}`)
	f.Add("product", `{"categories":[{"id":"018c0000000070008000000000000001"},{"name":"x","products":[{"id":5}]},[]],"tags":{"a":{"id":null}},"cover":{"media":{"tags":[{}]}}}`)
	f.Add("product_category", `{"productId":"018c0000000070008000000000000001","categoryId":{}}`)
	f.Add("product_translation", `{"productId":"018c0000000070008000000000000001","languageId":"x","name":5}`)
	f.Add("system_config", `{"configurationKey":"a","configurationValue":1e999}`)
	w := newWorld(f)
	rows := maps.Clone(w.store.rows)
	f.Fuzz(func(t *testing.T, name, text string) {
		d := json.NewDecoder(strings.NewReader(text))
		d.UseNumber()
		var payload map[string]any
		if d.Decode(&payload) != nil {
			return
		}
		w.store.rows, w.store.events, w.store.asked = maps.Clone(rows), nil, nil
		for name := range rows {
			w.store.rows[name] = maps.Clone(rows[name])
		}
		// The fake store refuses values that have not the form of their type.
		if err := w.write(t, entity.Upsert, name, payload); err != nil && appdock.KindOf(err) == appdock.Internal {
			t.Errorf("%s %s: %v", name, text, err)
		}
	})
}

func merged(tb testing.TB, base, over string) string {
	tb.Helper()
	text, err := json.Marshal(merge(tb, base, over))
	if err != nil {
		tb.Fatal(err)
	}
	return string(text)
}

func upsert(tb testing.TB, name, payload string) entity.Operation {
	tb.Helper()
	return entity.Operation{Entity: name, Action: entity.Upsert, Payload: parse(tb, payload), Pointer: "/0"}
}

func deletion(tb testing.TB, name, payload string) entity.Operation {
	tb.Helper()
	return entity.Operation{Entity: name, Action: entity.Delete, Payload: parse(tb, payload), Pointer: "/0"}
}

// TestFaultsAreBounded: a small body may hold very many faults.
func TestFaultsAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	many := make([]any, 20_000)
	for i := range many {
		many[i] = json.Number("1")
	}
	tests := map[string]map[string]any{
		"prices":             {"price": many},
		"a list of texts":    {"customSearchKeywords": many},
		"nested records":     {"children": many},
		"translations":       {"translations": many},
		"money":              {"price": []any{map[string]any{"listPrice": many}}},
		"PHP's broken lists": {"price": map[string]any{"a": json.Number("1")}},
	}
	for name, payload := range tests {
		err := w.write(t, entity.Insert, "product", payload)
		e, ok := errors.AsType[*appdock.Error](err)
		if !ok || len(e.Faults) == 0 || len(e.Faults) > 101 {
			t.Errorf("%s: not a few faults: %.300v", name, err)
			continue
		}
		if last := e.Faults[len(e.Faults)-1]; len(e.Faults) == 101 && (last.Pointer != "" || !strings.Contains(last.Message, "more")) {
			t.Errorf("%s: the last fault is %v", name, last)
		}
	}
	var ops []entity.Operation
	for i := range 10_000 {
		ops = append(ops, entity.Operation{Entity: "product", Action: entity.Update, Payload: map[string]any{}, Pointer: "/" + strconv.Itoa(i)})
	}
	_, err := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, ops)
	if e, ok := errors.AsType[*appdock.Error](err); !ok || len(e.Faults) != 101 {
		t.Errorf("many operations: %.300v", err)
	}
}

// Nested rows count: a request is one unit of work, and holds up all others.
func TestRowsOfARequestAreBounded(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	children := make([]any, 20_000)
	for i := range children {
		children[i] = map[string]any{}
	}
	deletions := make([]entity.Operation, 20_000)
	for i := range deletions {
		deletions[i] = entity.Operation{Entity: "product", Action: entity.Delete, Payload: map[string]any{"id": productID.String()}}
	}
	_, byDeletion := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, deletions)
	links := make([]any, 20_000)
	for i := range links {
		links[i] = map[string]any{"id": unknownID}
	}
	for i := range 10_001 {
		w.store.put("tag", map[string]any{"id": appdock.ID{1, byte(i >> 8), byte(i)}, "name": "swept", "createdAt": noon})
	}
	_, bySweep := w.Write(t.Context(), appdock.Host(shopID), entity.View{}, []entity.Operation{
		{Entity: "tag", Action: entity.Delete, Filters: []entity.Filter{equals("name", "swept")}, Pointer: "/0"},
	})
	for name, err := range map[string]error{
		"nested rows":        w.write(t, entity.Insert, "order", map[string]any{"lineItems": children}),
		"links":              w.write(t, entity.Insert, "product", map[string]any{"tags": links}),
		"deletions":          byDeletion,
		"what is swept away": bySweep,
	} {
		if got := appdock.KindOf(err); got != appdock.TooLarge {
			t.Errorf("%s: got kind %v: %.200v", name, got, err)
		}
	}
}

func TestFaultsRepeatLittleOfWhatWasSent(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	long := strings.Repeat("x", 100_000)
	errs := map[string]error{
		"a key":            w.write(t, entity.Insert, "product", map[string]any{"taxId": long}),
		"a language":       w.write(t, entity.Insert, "product", map[string]any{"name": map[string]any{long: "x"}}),
		"a field":          second(w.search(t, entity.Criteria{Entity: "product", Filters: []entity.Filter{equals(long, "x")}})),
		"a compared id":    second(w.search(t, entity.Criteria{Entity: "product", Filters: []entity.Filter{equals("id", long)}})),
		"a compared value": second(w.search(t, entity.Criteria{Entity: "product", Filters: []entity.Filter{equals("stock", long)}})),
		"an association":   second(w.search(t, entity.Criteria{Entity: "product", Associations: map[string]*entity.Criteria{long: nil}})),
	}
	for name, err := range errs {
		text, _ := json.Marshal(err)
		if err == nil || len(text) > 5_000 {
			t.Errorf("%s of %d bytes: told %d bytes", name, len(long), len(text))
		}
	}
}

func second(_ *entity.Criteria, err error) error { return err }

// A unit of work holds the writer: what it asks for is little, and is known.
func TestWhatAUnitAsksFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	payload := merge(t, w.fill(teaPayload), `{"categories":[{"id":"018c00000000700080000000000000c1"}],"tags":[{"name":"New"}]}`)
	ask := func(action entity.Action) []string {
		w.store.asked, w.store.foreseen = nil, nil
		if err := w.write(t, action, "product", payload); err != nil {
			t.Fatal(err)
		}
		return questions(w.store.asked)
	}
	if err := w.write(t, entity.Insert, "category", parse(t, `{"id":"018c00000000700080000000000000c1","name":"Teas"}`)); err != nil {
		t.Fatal(err)
	}
	// A new product has no pairs yet: nobody looks for them, nor for a product that must not be
	// there. Its keys were looked at before, and are asked for again by a second run alone.
	keys := []string{"category bare", "tax bare"}
	if diff := cmp.Diff(keys, ask(entity.Insert)); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(keys, questions(w.store.foreseen)); diff != "" {
		t.Error(diff)
	}
	want := []string{"product", "product_category", "tax bare", "product_tag"}
	if diff := cmp.Diff(slices.Concat(want, want), ask(entity.Upsert)); diff != "" { // the store runs each unit twice
		t.Error(diff)
	}
}

// questions tells what was asked for.
func questions(asked []*entity.Criteria) []string {
	var all []string
	for _, c := range asked {
		what := c.Entity
		if c.Bare {
			what += " bare"
		}
		all = append(all, what)
	}
	return all
}

// What was looked at before the unit, and is gone when it runs, is told as ever.
func TestKeysThatLeadNowhereMeanwhile(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const category = "018c00000000700080000000000000c1"
	if err := w.write(t, entity.Insert, "category", parse(t, `{"id":"`+category+`","name":"Teas"}`)); err != nil {
		t.Fatal(err)
	}
	payload := merge(t, w.fill(teaPayload), `{"categories":[{"id":"`+category+`"}]}`)
	w.store.between = func() {
		if err := w.write(t, entity.Delete, "category", map[string]any{"id": category}); err != nil {
			t.Error(err)
		}
	}
	want := map[string]string{"/0/categories/0/id": "FRAMEWORK__FOREIGN_KEY_VIOLATION"}
	if diff := cmp.Diff(want, faults(t, w.write(t, entity.Insert, "product", payload))); diff != "" {
		t.Error(diff)
	}
	if n := len(w.store.rows["product"]); n != 0 {
		t.Errorf("%d products are there", n)
	}
}

// What is found to be of a new record is so because nothing of the old one is left.
func TestPairsGoWithTheirRecords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tea := merge(t, w.fill(teaPayload), `{"categories":[{"id":"018c00000000700080000000000000c1","name":"Teas"}]}`)
	for range 2 {
		if err := w.write(t, entity.Upsert, "product", tea); err != nil {
			t.Fatal(err)
		}
		if err := w.write(t, entity.Delete, "product", map[string]any{"id": productID.String()}); err != nil {
			t.Fatal(err)
		}
		for _, name := range []string{"product_category", "product_category_tree"} {
			if n := len(w.store.rows[name]); n != 0 {
				t.Errorf("%d of %s are left", n, name)
			}
		}
	}
}
