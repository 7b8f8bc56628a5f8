package manifest

import (
	"fmt"
	"io/fs"
	"iter"
	"slices"
	"strings"
)

// Environment is what the rules need to know from outside the manifest. Its
// zero value judges for production; what it does not give is not checked.
type Environment struct {
	// Folder is what the app's folder is called; empty: it is not judged.
	Folder string
	// Files is the app's folder; nil: files are not looked for. It must not
	// let links out, as that of an os.Root does not.
	Files fs.FS
	// Development is true for a host that apps are developed on.
	Development bool
	// Store adds the checks that app stores make.
	Store bool
	// Strict makes errors of unknown topics.
	Strict bool
	// FlowEvents are the custom events of the active apps of a host.
	FlowEvents []string
	// Modules are the menu ids of the modules of installed apps.
	Modules []string
	// CompileTwig compiles the text of a template; nil: Twig is not checked. An
	// error may name its place by a method Position() (line, column int), both
	// from 1.
	CompileTwig func(name, text string) error
	// Host is what a host knows about the app; nil: there is none.
	Host *Host
}

// Validate checks what the values of an app mean (validation.md 3 to 5,
// layer B), and what a host thinks of it (6, layer C).
// It takes time in proportion to the app and opens no connection; of a folder it
// looks at no more than a package may hold.
func Validate(app *App, env Environment) Problems {
	r := newReview(app, env)
	for _, p := range app.aside {
		r.add(p)
	}
	rules := manifestRules
	if app.Format == SitePack {
		rules = appRules
	}
	for _, rule := range slices.Concat(rules, hostRules) {
		rule(r)
	}
	r.problems.Sort()
	return r.problems
}

// rule is one check. It reads the app and tells what it finds.
type rule func(*review)

// manifestRules are the checks of manifest.xml, in the order of validation.md 3.
var manifestRules = []rule{
	nameMismatch, nameFormat,
	missingTranslation, partialTranslation, noEnglish,
	webhookEvent, webhookPermission, webhookDeprecatedEvent, webhookLiveOnlyUseless,
	unknownEntity, permissionFormat, permissionDuplicate, permissionSensitive, permissionUnused,
	secretRequired, secretCommitted, secretWeak,
	urlForm, urlPrivate, hostNotAllowed, hostFormat,
	versionFormat, compatibilityFormat, compatibilityMissing,
	iconFile, storeIcon, iconPath, storeTexts,
	moduleParent, moduleParentLoop, moduleParentMissing, moduleEmpty,
	paymentFlow, paymentIcon,
	shippingID, shippingMinMax, shippingTracking, shippingIcon,
	ruleScript, ruleGroup,
	customFieldPrefix, customFieldDuplicate, customFieldDeprecated, customFieldBoth, customFieldNumbers, customFieldOptions,
	cookieIncomplete, cookieDuplicate, cookieName, snippetMissing, licenseName,
	taxPriority, requirementUnknown,
	// Files beside it (validation.md 4).
	componentAllowed, configDuplicate, configDefault, configOptions, configUntranslated, configPermission,
	flowDuplicate, flowRequirement, flowIcon, flowCollision, cmsTemplate,
	entityPrefix, entityNameLength, entityLabel, entityRelation, entityReference, entityFields,
	pageEntity, pageReference, mcpReserved, snippetFiles, snippetCoreKey,
	flowTwig, flowVariable, cmsSlotType, cmsPreview,
	scriptHook, scriptKind, scriptTwig, scriptPermission, viewFolder, viewTwig,
	themeFile, assetBuild,
	folderUnreadable, phpFile, twigLocation, disallowedFile, localManifest, symlink, bundleSize,
}

// appRules are the checks of app.json, in the order of validation.md 5.
var appRules = []rule{
	idFormat, semanticVersion, textLength, listLength, categoryUnknown,
	appURLs, redirectMissing, redirectFragment,
	scopeForms, scopeDuplicate, scopeSensitive,
	topicForms, topicScope, webhookFormat, webhookDuplicate,
	navigationPath, navigationDuplicate, navigationBase, navigationIcon,
	widgetLocation, widgetDuplicate, widgetHeight,
	blockDuplicate, blockTarget, blockSnippet, blockEmpty,
	emailFormat, noAuth, folderMismatch,
	blockTwig,
	folderUnreadable, phpFile, disallowedFile, symlink, bundleSize,
}

// hostRules are the checks of an app of either format on a certain host, in the order of validation.md 6.
var hostRules = []rule{hostCompatible, hostRequirement, hostDowngrade, hostConsent, hostName, hostIdentifiers}

// review is one app under the eyes of the rules.
type review struct {
	*App
	env      Environment
	group    string // what stands before the dot in the codes
	problems Problems
	walked   *bundle    // the app's folder, once a rule has asked for it
	texts    []snippets // its snippet files, likewise

	flowEvents map[string]bool // the custom events that webhooks may name, likewise

	templates map[string][]template // its Twig files, by their folder, likewise
}

func newReview(app *App, env Environment) *review {
	r := &review{App: app, env: env, group: "manifest", templates: map[string][]template{}}
	if app.Format == SitePack {
		r.group = "app_json"
	}
	return r
}

// tell adds a problem about the value at a path. The hint is often empty.
func (r *review) tell(severity Severity, code string, at Path, hint, format string, args ...any) {
	if r.full() {
		return
	}
	if !strings.Contains(code, ".") {
		code = r.group + "." + code
	}
	r.add(Problem{
		Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint,
		Position: r.Source.Position(at), Path: at,
	})
}

func (r *review) add(p Problem) {
	switch {
	case r.full():
	case len(r.problems) == maxProblems-1:
		r.problems = append(r.problems, tooMany(r.Format, p.Position))
	default:
		r.problems = append(r.problems, p)
	}
}

// full reports whether no further problem will be told.
func (r *review) full() bool { return len(r.problems) >= maxProblems }

// hint is didYouMean for the first problems: a file with more has been made to cost time.
func (r *review) hint(name string, candidates iter.Seq[string]) string {
	if len(r.problems) >= maxHints {
		return ""
	}
	return didYouMean(name, candidates)
}

// forStore is the severity of what a store refuses and a host can live with.
func (r *review) forStore() Severity {
	if r.env.Store {
		return Error
	}
	return Warning
}

// The paths of single values.
const (
	root   Path = "/manifest"
	metaAt      = root + "/meta"
)
