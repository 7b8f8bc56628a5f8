package shop

import (
	"encoding/json"
	"slices"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// Definitions are the entities that every shop has, field by field as entities.md lists
// them, the entities of their texts, and the mapping entities between them. Custom entities of apps come on top.
func Definitions() []entity.Definition { return withRanks(withMappings(withTranslations(listed()))) }

// listed are the entities that have a table in entities.md.
func listed() []entity.Definition {
	return []entity.Definition{
		product(), category(), tax(), deliveryTime(),
		productPrice(), productVisibility(), productMedia(), productManufacturer(), productConfiguratorSetting(),
		productReview(), propertyGroup(), propertyGroupOption(), unit(), tag(),
		customer(), customerAddress(), customerGroup(), salutation(), newsletterRecipient(),
		order(), orderCustomer(), orderAddress(), orderLineItem(),
		orderDelivery(), orderDeliveryPosition(), orderTransaction(), orderTransactionCapture(),
		orderTransactionCaptureRefund(), orderDocument(), documentType(),
		stateMachine(), stateMachineState(), stateMachineTransition(), stateMachineHistory(),
		currency(), language(), locale(), country(), countryState(),
		salesChannel(), salesChannelType(), paymentMethod(), shippingMethod(),
		cartRule(), ruleCondition(), shippingMethodPrice(), salesChannelDomain(), snippetSet(), seoUrl(),
		media(), mediaFolder(), mediaDefaultFolder(), mediaFolderConfiguration(), mediaThumbnail(), mediaThumbnailSize(),
		customField(), customFieldSet(), customFieldSetRelation(), systemConfig(),
		numberRange(), numberRangeType(), notification(),
		app(), integration(), aclRole(), webhook(), webhookEventLog(),
		user(), recordVersion(), appActionButton(), appFlowEvent(), script(), scheduledTask(), plugin(),
	}
}

// The functions below spell one field or association each, so that a definition reads
// like its table in entities.md.

// fields adds what every entity has (entities.md, "Fields every entity has").
func fields(own ...entity.Field) []entity.Field {
	return slices.Concat(
		[]entity.Field{id("id")},
		own,
		[]entity.Field{moment("createdAt"), moment("updatedAt", system)},
	)
}

// versioned is fields for an entity whose records have drafts.
func versioned(own ...entity.Field) []entity.Field {
	return fields(slices.Concat([]entity.Field{version("versionId")}, own)...)
}

type option func(*entity.Field)

func field(name string, t entity.Type, options ...option) entity.Field {
	// Texts of one line compare without case and accents (admin-api.md 5.2).
	f := entity.Field{Name: name, Type: t, Fold: t == entity.String || t == entity.Email}
	for _, set := range options {
		set(&f)
	}
	return f
}

func id(name string, o ...option) entity.Field      { return field(name, entity.UUID, o...) }
func version(name string) entity.Field              { return field(name, entity.Version) }
func str(name string, o ...option) entity.Field     { return field(name, entity.String, o...) }
func text(name string, o ...option) entity.Field    { return field(name, entity.Text, o...) }
func email(name string, o ...option) entity.Field   { return field(name, entity.Email, o...) }
func integer(name string, o ...option) entity.Field { return field(name, entity.Int, o...) }
func number(name string, o ...option) entity.Field  { return field(name, entity.Float, o...) }
func boolean(name string, o ...option) entity.Field { return field(name, entity.Bool, o...) }
func moment(name string, o ...option) entity.Field  { return field(name, entity.DateTime, o...) }
func day(name string, o ...option) entity.Field     { return field(name, entity.Date, o...) }
func blob(name string, o ...option) entity.Field    { return field(name, entity.Blob, o...) }

// document is any JSON; it is replaced as a whole.
func document(name string, o ...option) entity.Field { return field(name, entity.JSON, o...) }

// customFields is the one document whose first level is merged on update.
func customFields(o ...option) entity.Field { return field("customFields", entity.Object, o...) }

func documents(name string, o ...option) entity.Field { return field(name, entity.Objects, o...) }
func texts(name string, o ...option) entity.Field     { return field(name, entity.Strings, o...) }
func ids(name string, o ...option) entity.Field       { return field(name, entity.IDs, o...) }
func prices(name string, o ...option) entity.Field    { return field(name, entity.Prices, o...) }
func cartPrice(name string, o ...option) entity.Field { return field(name, entity.CartPrice, o...) }
func rounding(name string, o ...option) entity.Field  { return field(name, entity.Rounding, o...) }
func taxFree(name string, o ...option) entity.Field   { return field(name, entity.TaxFree, o...) }

func calculatedPrice(name string, o ...option) entity.Field {
	return field(name, entity.CalculatedPrice, o...)
}

func priceDefinition(name string, o ...option) entity.Field {
	return field(name, entity.PriceDefinition, o...)
}

// password is kept as a hash and never shown.
func password(name string, o ...option) entity.Field {
	return field(name, entity.Password, append(o, hidden)...)
}

// key leads to a record of target.
func key(name, target string, o ...option) entity.Field {
	f := field(name, entity.UUID, o...)
	f.Target = target
	return f
}

func required(f *entity.Field)   { f.Required = true }
func system(f *entity.Field)     { f.System = true }
func hidden(f *entity.Field)     { f.Hidden = true }
func byHost(f *entity.Field)     { f.Kept = true }
func runtime(f *entity.Field)    { f.Runtime = true }
func translated(f *entity.Field) { f.Translated = true }
func inherited(f *entity.Field)  { f.Inherited = true }
func folded(f *entity.Field)     { f.Fold = true }
func sought(f *entity.Field)     { f.Sought = true }

func or(value any) option    { return func(f *entity.Field) { f.Default = value } }
func longest(n int) option   { return func(f *entity.Field) { f.Max = n } }
func atLeast(n int64) option { return func(f *entity.Field) { f.Min, f.Bounded = n, true } }
func cents() json.RawMessage {
	return json.RawMessage(`{"decimals":2,"interval":0.01,"roundForNet":true}`)
}

func noTaxFree() json.RawMessage {
	return json.RawMessage(`{"enabled":false,"currencyId":"` + appdock.DefaultCurrency.String() + `","amount":0}`)
}

// elsewhere stands for the key of an association whose records are not stored here: it
// reads as empty (entities.md, "Names without a table").
const elsewhere = ""

type rule func(*entity.Association)

func association(kind entity.Kind, name, target, via string, rules []rule) entity.Association {
	a := entity.Association{Name: name, Kind: kind, Target: target, Via: via}
	for _, set := range rules {
		set(&a)
	}
	return a
}

// one leads to the record that the key via of this entity names.
func one(name, target, via string, r ...rule) entity.Association {
	return association(entity.ToOne, name, target, via, r)
}

// single leads to the one record of target whose key via names this one.
func single(name, target, via string, r ...rule) entity.Association {
	return association(entity.HasOne, name, target, via, r)
}

// many leads to all records of target whose key via names this one.
func many(name, target, via string, r ...rule) entity.Association {
	return association(entity.HasMany, name, target, via, r)
}

func always(a *entity.Association)   { a.Always = true }
func cascade(a *entity.Association)  { a.OnDelete = entity.Cascade }
func setNull(a *entity.Association)  { a.OnDelete = entity.SetNull }
func restrict(a *entity.Association) { a.OnDelete = entity.Restrict }

// mapped leads to any number of records of target, over rows of the entity mapping, whose
// keys are found by withMappings.
func mapped(name, target, mapping string, r ...rule) entity.Association {
	a := association(entity.ManyToMany, name, target, elsewhere, r)
	a.Mapping = mapping
	return a
}

func readOnly(a *entity.Association) { a.ReadOnly = true }
func drafted(a *entity.Association)  { a.Drafted = true }
