package shop_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock"
	"github.com/appdock/appdock/internal/entity"
)

func TestReserve(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	reserve := func(kind, want string) {
		t.Helper()
		if got, err := w.Reserve(t.Context(), actor("number_range:read"), kind, false); err != nil || got != want {
			t.Errorf("got %q, %v, want %q", got, err, want)
		}
	}
	reserve("product", "SW10000")
	reserve("product", "SW10001")
	reserve("customer", "10000")
	if err := w.write(t, entity.Insert, "product", parse(t, merged(t, w.fill(teaPayload), `{"productNumber":"SW10002"}`))); err != nil {
		t.Fatal(err)
	}
	reserve("product", "SW10003") // the one before has an owner
	_, err := w.Reserve(t.Context(), actor(), "product", false)
	if diff := cmp.Diff([]string{"number_range:read"}, missing(t, err)); diff != "" {
		t.Error(diff)
	}
	_, err = w.Reserve(t.Context(), appdock.Host(shopID), "nothing", false)
	if appdock.CodeOf(err) != "FRAMEWORK__NO_NUMBER_RANGE_CONFIGURATION" {
		t.Errorf("an unknown range: %v", err)
	}
}

func TestNumberPatterns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	tests := map[string]struct{ pattern, want string }{
		"the number alone":        {"{n}", "10000"},
		"a text around it":        {"SW-{n}/x}", "SW-10001/x}"},
		"a year":                  {"{date_Y}-{n}", "2026-10002"},
		"a day":                   {"{date}-{n}", "2026-11-21-10003"},
		"a day in another form":   {"{date_d.m.y}_{n}", "21.11.26_10004"},
		"with a letter as it is":  {`{date_\\Yy}{n}`, "Y2610005"},
		"the number twice":        {"{n}{n}", "1000610006"},
		"no number":               {"{date}", ""},
		"none at all":             {"order", ""},
		"an unknown name":         {"{foo}{n}", ""},
		"a name with an argument": {"{n_5}", ""},
		"no form":                 {"{date_}{n}", ""},
		"an open brace":           {"{n}{date", ""},
		"a brace inside of one":   {"{{n}}", ""},
	}
	for _, name := range []string{
		"the number alone", "a text around it", "a year", "a day", "a day in another form", "with a letter as it is", "the number twice", // they count on
		"no number", "none at all", "an unknown name", "a name with an argument", "no form", "an open brace", "a brace inside of one",
	} {
		test := tests[name]
		err := w.write(t, entity.Update, "number_range", parse(t, `{"id":"`+w.rangeOf(t, "order")+`","pattern":"`+test.pattern+`"}`))
		if test.want == "" {
			if diff := cmp.Diff(map[string]string{"/0/pattern": constraintCode}, faults(t, err)); diff != "" {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if got, err := w.Reserve(t.Context(), actor("number_range:read"), "order", false); err != nil || got != test.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, test.want)
		}
	}
}

// TestNumbersBeginFurtherOn: the next number is where the range begins now, if that is ahead.
func TestNumbersBeginFurtherOn(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, step := range []struct{ start, want string }{
		{"10000", "10000"}, {"90000", "90000"}, {"90000", "90001"}, {"20000", "90002"}, {"90003", "90003"},
	} {
		if err := w.write(t, entity.Update, "number_range", parse(t, `{"id":"`+w.rangeOf(t, "customer")+`","start":`+step.start+`}`)); err != nil {
			t.Fatal(err)
		}
		if got, err := w.Reserve(t.Context(), actor("number_range:read"), "customer", false); err != nil || got != step.want {
			t.Errorf("with start %s: got %q, %v, want %q", step.start, got, err, step.want)
		}
	}
}

// rangeOf is the id of the number range of a type.
func (w world) rangeOf(t *testing.T, kind string) string {
	t.Helper()
	for _, r := range w.store.rows["number_range"] {
		typeID, _ := r.set["typeId"].(appdock.ID)
		if w.store.get("number_range_type", typeID)["technicalName"] == kind {
			return r.set["id"].(appdock.ID).String()
		}
	}
	t.Fatalf("no number range %s", kind)
	return ""
}
