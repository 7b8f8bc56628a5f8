package shop

import (
	"bytes"
	"maps"
	"slices"
	"strconv"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

// systemLocale names the system language in a shop that has no language of that locale.
const systemLocale = "en-GB"

// sentText is the value of a translated field, and where it stands in the request.
type sentText struct {
	value   any
	pointer string
}

// texts gives the values of translated fields by language, whichever of the three forms they
// were sent in (entities.md, "Translations"). What was sent in two of them is that of the form
// with the higher priority, and of custom fields the members of both.
func (r *reader) texts(d *entity.Definition, payload map[string]any, pointer string) (map[appdock.ID]map[string]sentText, error) {
	if d.Translation == "" {
		return nil, nil
	}
	all := map[appdock.ID]map[string]sentText{}
	add := func(language appdock.ID, f entity.Field, v any, at string) {
		if language.IsZero() {
			language = appdock.SystemLanguage
		}
		if all[language] == nil {
			all[language] = map[string]sentText{}
		}
		first, already := all[language][f.Name]
		if !already {
			all[language][f.Name] = sentText{v, at}
			return
		}
		if _, ok := r.faults.value(f, v, at); !ok {
			return // it does not count, and is wrong all the same
		}
		members, isMap := first.value.(map[string]any)
		if more, areMembers := v.(map[string]any); isMap && areMembers && f.Type == entity.Object {
			both := maps.Clone(more)
			maps.Copy(both, members)
			all[language][f.Name] = sentText{both, first.pointer}
		}
	}
	for _, f := range d.Fields {
		if !f.Translated || f.Kept {
			continue
		}
		v, sent := payload[f.Name]
		if !sent {
			continue
		}
		at := pointer + "/" + f.Name
		byLanguage, isMap := v.(map[string]any)
		if !isMap || f.Type.Structured() { // a map is the value itself
			add(r.language, f, v, at)
			continue
		}
		for _, key := range slices.Sorted(maps.Keys(byLanguage)) {
			here := at + "/" + short(key)
			language, ok, err := r.languageOf(key, here)
			if err != nil {
				return nil, err
			}
			if ok {
				add(language, f, byLanguage[key], here)
			}
		}
	}
	err := r.translations(payload["translations"], pointer+"/translations", func(language appdock.ID, values map[string]any, at string) {
		for _, f := range d.Fields {
			if value, ok := values[f.Name]; ok && f.Translated && !f.Kept {
				add(language, f, value, at+"/"+f.Name)
			}
		}
	})
	return all, err
}

// translations reads the member of that name, which has a lower priority than plain fields.
func (r *reader) translations(sent any, pointer string, do func(language appdock.ID, values map[string]any, at string)) error {
	apply := func(key string, v any, at string) error {
		values, isMap := v.(map[string]any)
		if !isMap {
			r.faults.Add(wrongType(at, "array"))
			return nil
		}
		language, ok, err := r.languageOf(key, at)
		if ok {
			do(language, values, at)
		}
		return err
	}
	switch sent := sent.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(sent)) {
			if err := apply(key, sent[key], pointer+"/"+short(key)); err != nil {
				return err
			}
		}
	case []any:
		for i, v := range sent {
			if r.faults.Full() {
				break
			}
			values, _ := v.(map[string]any)
			key, _ := values["languageId"].(string)
			if key == "" && values != nil {
				r.faults.Add(appdock.Fault{
					Pointer: pointer + "/" + strconv.Itoa(i), Code: codeNoLanguage, Message: "Translation requires a language id.",
				})
				continue
			}
			if err := apply(key, v, pointer+"/"+strconv.Itoa(i)); err != nil {
				return err
			}
		}
	case nil:
	default:
		r.faults.Add(wrongType(pointer, "array"))
	}
	return nil
}

// languageOf finds the language that an id or the code of a locale names. ok is false if a
// fault was added. Whether there is a language of that id is seen by the key to it.
func (r *reader) languageOf(key, pointer string) (id appdock.ID, ok bool, err error) {
	if id, err := appdock.ParseID(key); err == nil {
		return id, true, nil
	}
	known, err := r.locales()
	if err != nil {
		return id, false, err
	}
	if id, ok = known[key]; ok {
		return id, true, nil
	}
	if key == systemLocale {
		return appdock.SystemLanguage, true, nil
	}
	r.faults.Add(constraint(pointer, "There is no language "+short(key)+"."))
	return id, false, nil
}

// translated gives the drafts of the texts of a record in other languages.
func (r *reader) translated(d *entity.Definition, id appdock.ID, texts map[appdock.ID]map[string]sentText, pointer string) []draft {
	holder, _ := r.schema.Definition(d.Translation)
	var all []draft
	languages := slices.SortedFunc(maps.Keys(texts), func(a, b appdock.ID) int { return bytes.Compare(a[:], b[:]) })
	for _, language := range languages {
		if language == appdock.SystemLanguage {
			continue // they stand in the record itself
		}
		keys := map[string]appdock.ID{holder.Pair[0]: id, holder.Pair[1]: language}
		row := draft{
			definition: holder, action: entity.Upsert, id: entity.PairID(id, language), pair: keys,
			pointer: pointer + "/translations/" + language.String(),
			set:     map[string]any{holder.Pair[0]: id, holder.Pair[1]: language},
		}
		for _, f := range d.Fields {
			text, sent := texts[language][f.Name]
			if !sent {
				continue
			}
			if value, ok := r.faults.value(f, text.value, text.pointer); ok {
				row.set[f.Name] = value
			}
		}
		all = append(all, row)
	}
	return all
}

// translation reads texts that are written by their own name, which sync allows: they are a
// change of the record they belong to.
func (r *reader) translation(d *entity.Definition, op entity.Operation) error {
	_, keys, ok := r.pair(d, op.Payload, op.Pointer)
	if !ok {
		return nil
	}
	owner, _ := r.schema.Definition(d.Translates)
	values := maps.Clone(op.Payload)
	for _, key := range d.Pair {
		delete(values, key)
	}
	payload := map[string]any{
		"id": keys[d.Pair[0]].String(), "translations": map[string]any{keys[d.Pair[1]].String(): values},
	}
	_, err := r.record(owner, entity.Update, payload, op.Pointer, place{})
	return err
}

// textsBelow reads texts that are written below their language: they are a change of the record
// that they name.
func (r *reader) textsBelow(language *draft, a entity.Association, texts map[string]any, pointer string) error {
	holder, _ := r.schema.Definition(a.Target)
	texts = maps.Clone(texts)
	texts[a.Via] = language.id.String()
	return r.translation(holder, entity.Operation{Payload: texts, Pointer: pointer})
}

// localesOf gives the languages of a shop by the code of their locale, asked for once.
func localesOf(search searcher) func() (map[string]appdock.ID, error) {
	var known map[string]appdock.ID
	return func() (map[string]appdock.ID, error) {
		if known != nil {
			return known, nil
		}
		found, err := search(entity.View{}, &entity.Criteria{
			Entity: "language", Associations: map[string]*entity.Criteria{"locale": {}, "translationCode": {}},
		})
		if err != nil {
			return nil, err
		}
		known = map[string]appdock.ID{}
		for _, association := range []string{"locale", "translationCode"} { // the latter counts more
			for _, language := range found.Records {
				if locale, ok := language.One(association); ok {
					known[locale.Text("code")] = language.ID()
				}
			}
		}
		return known, nil
	}
}

// inLanguage completes a view with the language that its own falls back to.
func inLanguage(search searcher, v entity.View) (entity.View, error) {
	if v.Language.IsZero() || v.Language == appdock.SystemLanguage {
		v.Language = appdock.ID{}
		return v, nil
	}
	found, err := search(entity.View{}, &entity.Criteria{Entity: "language", IDs: []appdock.ID{v.Language}})
	for _, language := range found.Records {
		v.Fallback = language.Key("parentId")
	}
	return v, err
}

// need notes the privilege for what becomes of a row. Texts are a part of their record
// (admin-api.md 7): what becomes of that counts.
func (p *plan) need(d draft, action string) {
	if d.definition.Translates != "" && action != "delete" {
		owner := p.rows[rowKey{d.definition.Translates, d.pair[d.definition.Pair[0]]}]
		action = "update"
		if owner != nil && owner.stored.Definition == nil {
			action = "create"
		}
	}
	p.needs = append(p.needs, d.definition.May(action))
}
