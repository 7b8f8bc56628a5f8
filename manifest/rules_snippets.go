package manifest

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// The rules of snippet files (manifest-xml.md 23.6, validation.md 4).

const (
	storefrontSnippets = "Resources/snippet"
	adminSnippets      = "Resources/app/administration/snippet"
	// maxSnippets is how many bytes of snippets are looked at, in all files.
	maxSnippets = 16 << 20
)

// snippets is one snippet file.
type snippets struct {
	source *Source
	kind   string // its folder, and the name without the locale: what translations share
	locale string
	keys   map[string]int // byte offsets, by the dotted key
	groups map[string]int // of the objects
}

var snippetLocale = regexp.MustCompile(`^[a-z]{2,3}(-[A-Z]{2})?$`)

// snippetFiles: each file is an object of texts, and says all that the English one says.
func snippetFiles(r *review) {
	all := r.snippets()
	english := map[string]snippets{}
	for _, s := range all {
		if s.locale == "en" || s.locale == defaultLang {
			english[s.kind] = s
		}
	}
	told := map[string]bool{}
	for _, s := range all {
		base, there := english[s.kind]
		switch {
		case there && base.source != s.source:
			r.compareSnippets(s, base)
		case !there && !told[s.kind]:
			told[s.kind] = true
			severity := Warning
			if strings.HasPrefix(s.kind, adminSnippets) {
				severity = Error
			}
			r.besides(severity, "snippet.no_english", s.source, 0, "", "there is no English file beside this one")
		}
	}
}

// compareSnippets tells the keys that only one of two files has.
func (r *review) compareSnippets(s, base snippets) {
	for _, key := range slices.Sorted(maps.Keys(base.keys)) {
		if offset, ok := s.groups[key]; ok {
			r.besides(Warning, "snippet.type", s.source, offset, "", "%s is a group here and a text in %s", quote(key), path.Base(base.source.file))
		} else if _, ok := s.keys[key]; !ok {
			r.besides(Warning, "snippet.missing_key", s.source, 0, "", "key %s of %s is missing", quote(key), path.Base(base.source.file))
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.keys)) {
		if _, ok := base.groups[key]; ok {
			r.besides(Warning, "snippet.type", s.source, s.keys[key], "", "%s is a text here and a group in %s", quote(key), path.Base(base.source.file))
		} else if _, ok := base.keys[key]; !ok && !r.full() {
			r.besides(Warning, "snippet.extra_key", s.source, s.keys[key], r.hint(key, maps.Keys(base.keys)), "key %s is not in %s", quote(key), path.Base(base.source.file))
		}
	}
}

// snippetMissing: the texts of cookies are somewhere. A text that is no key stands for itself.
func snippetMissing(r *review) {
	texts := r.allCookies()
	for _, c := range r.Cookies {
		if c.Group {
			texts = append(texts, c)
		}
	}
	if r.env.Files == nil || len(texts) == 0 {
		return
	}
	keys := map[string]bool{}
	for _, s := range r.snippets() {
		for key := range s.keys {
			keys[key] = true
		}
	}
	check := func(key string, at Path) {
		isKey := strings.Contains(key, ".") && !strings.ContainsAny(key, " ,;!?") && !strings.HasSuffix(key, ".")
		if isKey && !keys[key] && !strings.HasPrefix(key, "cookie.group") { // those are the shop's own
			r.tell(Warning, "snippet_missing", at, r.hint(key, maps.Keys(keys)), "snippet %s is in no snippet file", quote(key))
		}
	}
	for _, c := range texts {
		check(c.SnippetName, c.Path.Child("snippet-name"))
		check(c.SnippetDescription, c.Path.Child("snippet-description"))
	}
}

// coreKeys are what the admin's own snippets begin with.
var coreKeys = strings.Fields(`
	global locale sw-admin-menu sw-base-filter sw-boolean-filter sw-bulk-edit sw-bulk-edit-modal sw-category sw-category-tree-field sw-chart-card
	sw-cms sw-condition sw-customer sw-dashboard sw-data-grid sw-date-filter sw-datepicker sw-entity-listing sw-extension sw-extension-store
	sw-first-run-wizard sw-flow sw-generic-social-media-card sw-import-export sw-inactivity-login sw-integration sw-landing-page sw-login
	sw-mail-template sw-manufacturer sw-media sw-my-apps sw-newsletter-recipient sw-notification-center sw-order sw-privileges sw-product
	sw-product-stream sw-profile sw-promotion sw-promotion-v2 sw-property sw-review sw-sales-channel sw-search-bar sw-settings sw-settings-address
	sw-settings-basic-information sw-settings-cache sw-settings-cart sw-settings-country sw-settings-currency sw-settings-custom-field
	sw-settings-customer-group sw-settings-delivery-time sw-settings-document sw-settings-language sw-settings-listing sw-settings-logging
	sw-settings-login-registration sw-settings-mailer sw-settings-measurement sw-settings-number-range sw-settings-payment
	sw-settings-product-feature-sets sw-settings-rule sw-settings-salutation sw-settings-search sw-settings-seo sw-settings-services
	sw-settings-shipping sw-settings-shopware-updates sw-settings-sitemap sw-settings-snippet sw-settings-store sw-settings-tag sw-settings-tax
	sw-settings-units sw-settings-usage-data sw-text-editor sw-theme-manager sw-users-permissions`)

// snippetCoreKey: an app that overwrites the admin's own texts is not installed.
func snippetCoreKey(r *review) {
	for _, s := range r.snippets() {
		if !strings.HasPrefix(s.kind, adminSnippets) {
			continue
		}
		for _, key := range coreKeys {
			if offset, ok := s.groups[key]; ok {
				r.besides(Error, "snippet.core_key", s.source, offset, "begin your keys with the app's name", "key %s belongs to the admin itself", quote(key))
			}
		}
	}
}

// besides tells a problem about a file that is not in the model.
func (r *review) besides(severity Severity, code string, source *Source, offset int, hint, format string, args ...any) {
	r.add(Problem{Code: code, Severity: severity, Message: fmt.Sprintf(format, args...), Hint: hint, Position: source.at(offset)})
}

// snippets reads all snippet files, and tells those that cannot be read: once, for the
// first rule that asks.
func (r *review) snippets() []snippets {
	if r.texts != nil || r.env.Files == nil {
		return r.texts
	}
	all := []snippets{}
	for _, folder := range []string{storefrontSnippets, adminSnippets} {
		size := 0
		var beyond []string
		_ = fs.WalkDir(r.env.Files, folder, func(name string, entry fs.DirEntry, err error) error { // a folder that is not there has no snippets
			if err != nil || entry.IsDir() || path.Ext(name) != ".json" {
				return nil //nolint:nilerr // what cannot be opened is told by readSnippets, if it is a file
			}
			if size >= maxSnippets {
				beyond = append(beyond, name)
				return nil
			}
			if s, ok := r.readSnippets(folder, name); ok {
				all = append(all, s)
				size += len(s.source.text)
			}
			if r.full() {
				return fs.SkipAll
			}
			return nil
		})
		r.aboutFiles(Warning, notChecked, beyond, "the snippets were not checked: there are over "+binarySize(maxSnippets)+" of them in "+folder)
	}
	r.texts = all
	return all
}

func (r *review) readSnippets(folder, name string) (snippets, bool) {
	shown := path.Join(path.Dir(r.Source.File()), name)
	text, tooLarge, err := read(r.env.Files, name, maxXML)
	source := newSource(shown, text)
	if err != nil || tooLarge != "" {
		r.besides(Error, "snippet.json", newSource(shown, nil), 0, "", "the file cannot be read, or is larger than %s", binarySize(maxXML))
		return snippets{}, false
	}
	stem := strings.TrimSuffix(strings.TrimSuffix(path.Base(name), ".json"), ".base")
	kind, locale := path.Dir(name), stem
	if folder == storefrontSnippets {
		cut := strings.LastIndexByte(stem, '.')
		if cut < 0 {
			r.besides(Warning, "snippet.filename", source, 0, "", "the file's name is not <name>.<locale>.json")
			return snippets{}, false
		}
		kind, locale = kind+"/"+stem[:cut], stem[cut+1:]
	}
	if !snippetLocale.MatchString(locale) || !isKnownLocale(locale) {
		r.besides(Warning, "snippet.locale", source, 0, "", "%s in the file's name is no known locale", quote(locale))
		return snippets{}, false
	}
	value, ok := r.sideJSON(source, "snippet.json")
	if !ok {
		return snippets{}, false
	}
	if value.members == nil {
		r.besides(Error, "snippet.json", source, value.offset, "", "the file must hold an object of texts, found %s", value.kind())
		return snippets{}, false
	}
	s := snippets{source: source, kind: kind, locale: locale, keys: map[string]int{}, groups: map[string]int{}}
	r.collect(&s, "", value)
	return s, true
}

// sideJSON reads a JSON file that is no manifest. A key twice is no fault of it: the
// platform's own reader takes the last.
func (r *review) sideJSON(source *Source, code string) (value jsonValue, ok bool) {
	value, faults := readJSON(source)
	ok = true
	for _, f := range faults {
		if f.code == "duplicate_key" {
			r.besides(Warning, code, source, f.offset, "", "%s, the last one counts", f.message)
			continue
		}
		r.besides(Error, code, source, f.offset, "", "%s", f.message)
		ok = false
	}
	return value, ok
}

// collect flattens an object of texts.
func (r *review) collect(s *snippets, prefix string, value jsonValue) {
	for _, m := range value.members {
		key := prefix + m.name
		switch m.value.kind() {
		case "object":
			s.groups[key] = m.offset
			r.collect(s, key+".", m.value)
		case "string":
			s.keys[key] = m.offset
		default:
			r.besides(Error, "snippet.json", s.source, m.value.offset, "", "snippet %s must be a text, found %s", quote(key), m.value.kind())
		}
	}
}
