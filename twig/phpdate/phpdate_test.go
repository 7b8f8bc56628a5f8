package phpdate_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/appdock/appdock/twig/phpdate"
)

// The files in testdata hold what PHP 8.2 gave.

func readJSON[T any](tb testing.TB, name string) T {
	tb.Helper()
	var value T
	data, err := os.ReadFile("testdata/" + name)
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(data, &value); err != nil {
		tb.Fatal(err)
	}
	return value
}

func zone(tb testing.TB, name string) *time.Location {
	tb.Helper()
	location, err := phpdate.Zone(name)
	if err != nil {
		tb.Fatal(err)
	}
	return location
}

// The dates, letters and zones of the generated Twig templates.
func TestTwigDates(t *testing.T) {
	t.Parallel()
	cases := readJSON[[]struct{ Text, Modify, Layout, Zone, Want string }](t, "formats.json")
	now := time.Date(2010, 10, 31, 13, 45, 6, 0, time.UTC)
	for _, c := range cases {
		date, err := phpdate.Parse(c.Text, now)
		if err != nil {
			t.Errorf("Parse(%q): %v", c.Text, err)
			continue
		}
		if c.Zone != "" { // none keeps the zone of the text
			date = date.In(zone(t, c.Zone))
		}
		if c.Modify != "" {
			if date, err = phpdate.Modify(date, c.Modify); err != nil {
				t.Errorf("Modify(%q): %v", c.Modify, err)
				continue
			}
		}
		if got := phpdate.Format(date, c.Layout); got != c.Want {
			t.Errorf("%q %s as %q in %q: got %q, want %q", c.Text, c.Modify, c.Layout, c.Zone, got, c.Want)
		}
	}
}

// Texts made up from the grammar, in three zones, two of them on a day that clocks change.
func TestTexts(t *testing.T) {
	t.Parallel()
	type text struct {
		Text  string
		Unix  *int64
		Zone  string
		Error string
		Moved string
	}
	groups := readJSON[[]struct {
		Zone, Now string
		Cases     []text
	}](t, "texts.json")
	for _, group := range groups {
		now, err := time.ParseInLocation(time.DateTime, group.Now, zone(t, group.Zone))
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range group.Cases {
			date, err := phpdate.Parse(c.Text, now)
			switch {
			case c.Unix == nil:
				if err == nil || err.Error() != c.Error {
					t.Errorf("%s: Parse(%q): got %v, %v, want %s", group.Zone, c.Text, date, err, c.Error)
				}
			case err != nil:
				t.Errorf("%s: Parse(%q): %v", group.Zone, c.Text, err)
			case date.Unix() != *c.Unix || phpdate.Format(date, "e") != c.Zone:
				t.Errorf("%s: Parse(%q): got %v, want %v in %s", group.Zone, c.Text, date, time.Unix(*c.Unix, 0).In(now.Location()), c.Zone)
			}
			moved, err := phpdate.Modify(now, c.Text)
			if c.Moved == "" {
				if err == nil {
					t.Errorf("%s: Modify(%q): got %v, want an error", group.Zone, c.Text, moved)
				}
				continue
			}
			if got := phpdate.Format(moved, "Y-m-d H:i:s.u e"); err != nil || got != c.Moved {
				t.Errorf("%s: Modify(%q): got %s, %v, want %s", group.Zone, c.Text, got, err, c.Moved)
			}
		}
	}
}

func TestParseFailures(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text     string
		position int
		message  string
	}{
		"a word that is no zone":          {"bogus", 0, "The timezone could not be found in the database"},
		"a number alone":                  {"17", 0, "Unexpected character"},
		"a zone in lower case":            {"2024-07-01 europe/berlin", 11, "The timezone could not be found in the database"},
		"two dates":                       {"2024-07-01 2024-07-02", 11, "Double date specification"},
		"two times":                       {"10:00 11:00", 6, "Double time specification"},
		"three zones":                     {"UTC UTC UTC", 8, "Double timezone specification"},
		"more days than can be counted":   {"99999999999999999999 days", 0, "Number out of range"},
		"more years than time has":        {"+900000000000 years", 0, "Epoch doesn't fit in a PHP integer"},
		"many large numbers":              {strings.Repeat("+999999999999999 fortnights ", 30), 0, "Number out of range"},
		"a timestamp after the end":       {"@9223372036854775807", 0, "Number out of range"},
		"a text that is far too long":     {strings.Repeat("+1 day ", 200), 0, "The text is too long"},
		"position counts from the start":  {"  \n 17", 0, "Unexpected character"},
		"a NUL byte does not end a text":  {"2024-01-01\x0017", 11, "Unexpected character"},
		"bytes that are not UTF-8":        {"\xff", 0, "Unexpected character"},
		"the name that Go gives no place": {"2024-01-01 Local/Local", 11, "The timezone could not be found in the database"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := phpdate.Parse(tt.text, time.Unix(0, 0).UTC())
			got, ok := errors.AsType[*phpdate.ParseError](err)
			if !ok {
				t.Fatalf("got %v, want a *ParseError", err)
			}
			if got.Text != tt.text || got.Position != tt.position || got.Message != tt.message {
				t.Errorf("got %d, %q, want %d, %q", got.Position, got.Message, tt.position, tt.message)
			}
		})
	}
}

func TestModifyNeedsText(t *testing.T) {
	t.Parallel()
	if _, err := phpdate.Modify(time.Unix(0, 0), ""); err == nil {
		t.Error("got no error for an empty text")
	}
}

func TestFormatYears(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		year int
		want string
	}{
		"four digits":        {2010, "2010 10 2010 +2010 2010"},
		"padded":             {55, "0055 55 0055 +0055 55"},
		"five digits":        {12024, "12024 24 +12024 +12024 12024"},
		"before the year 1":  {-55, "-0055 -55 -0055 -0055 -55"},
		"a year of no digit": {0, "0000 00 0000 +0000 0"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			date := time.Date(tt.year, 7, 1, 0, 0, 0, 0, time.UTC)
			if got := phpdate.Format(date, "Y y x X o"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestZone(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ name, want string }{
		"a name":                        {"Europe/Berlin", "Europe/Berlin CEST +02:00 1"},
		"a name in lower case":          {"europe/berlin", "Europe/Berlin CEST +02:00 1"},
		"an offset":                     {"-03:30", "-03:30 GMT-0330 -03:30 0"},
		"an offset without colon":       {"+0530", "+05:30 GMT+0530 +05:30 0"},
		"an abbreviation":               {"est", "EST EST -05:00 0"},
		"an abbreviation of the summer": {"EDT", "EDT EDT -04:00 1"},
		"UTC":                           {"utc", "UTC UTC +00:00 0"},
		"a number":                      {"2", ""},
		"nothing":                       {"", ""},
		"the zone of the process":       {"Local", ""},
		"a way out of the database":     {"../zoneinfo/Europe/Berlin", ""},
		"a letter after an offset":      {"+02:00x", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			location, err := phpdate.Zone(tt.name)
			if tt.want == "" {
				want := &phpdate.ZoneError{Name: tt.name}
				if err == nil || err.Error() != want.Error() {
					t.Fatalf("got %v, %v, want %v", location, err, want)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := phpdate.Format(time.Date(2024, 7, 1, 12, 0, 0, 0, location), "e T P I"); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestIntervals(t *testing.T) {
	t.Parallel()
	cases := readJSON[[]struct {
		From, To                                          int64
		FromZone, ToZone, Between, Interval, Added, Taken string
	}](t, "intervals.json")
	for _, c := range cases {
		from, to := time.Unix(c.From, 0).In(zone(t, c.FromZone)), time.Unix(c.To, 0).In(zone(t, c.ToZone))
		if got := phpdate.Between(from, to).Format("%R %y %m %d %h %i %s %a"); got != c.Between {
			t.Errorf("from %v to %v: got %s, want %s", from, to, got, c.Between)
		}
		interval, err := phpdate.ParseInterval(c.Interval)
		if err != nil {
			t.Errorf("ParseInterval(%q): %v", c.Interval, err)
			continue
		}
		added, err := interval.Add(from)
		if got := phpdate.Format(added, "c e"); err != nil || got != c.Added {
			t.Errorf("%v and %s: got %s, %v, want %s", from, c.Interval, got, err, c.Added)
		}
		taken, err := interval.Sub(from)
		if got := phpdate.Format(taken, "c e"); err != nil || got != c.Taken {
			t.Errorf("%v less %s: got %s, %v, want %s", from, c.Interval, got, err, c.Taken)
		}
	}
}

func TestParseInterval(t *testing.T) {
	t.Parallel()
	const layout = "%y %m %d %h %i %s %f %a %R %r|%Y %M %D %H %I %S %F %% %z %"
	tests := map[string]struct{ iso, want string }{
		"all units":                   {"P1Y2M3DT4H5M6S", "1 2 3 4 5 6 0 (unknown) + |01 02 03 04 05 06 000000 % %z %"},
		"weeks":                       {"P2W", "0 0 14 0 0 0 0 (unknown) + |00 00 14 00 00 00 000000 % %z %"},
		"weeks and days":              {"P1W2D", "0 0 9 0 0 0 0 (unknown) + |00 00 09 00 00 00 000000 % %z %"},
		"the form of a date":          {"P0001-02-03T04:05:06", "1 2 3 4 5 6 0 (unknown) + |01 02 03 04 05 06 000000 % %z %"},
		"nothing is carried":          {"PT36H", "0 0 0 36 0 0 0 (unknown) + |00 00 00 36 00 00 000000 % %z %"},
		"zero":                        {"PT0S", "0 0 0 0 0 0 0 (unknown) + |00 00 00 00 00 00 000000 % %z %"},
		"no parts":                    {"P", ""},
		"no parts of time":            {"P1DT", ""},
		"no unit":                     {"P1", ""},
		"no P":                        {"1D", ""},
		"units out of order":          {"P1M1Y", ""},
		"a unit twice":                {"P1D1D", ""},
		"a unit of time before the T": {"P1S", ""},
		"a unit of dates after the T": {"PT1D", ""},
		"a sign":                      {"P-1D", ""},
		"a fraction":                  {"PT1.5S", ""},
		"a month that is none":        {"P0001-13-03T04:05:06", ""},
		"a number that does not fit":  {"P99999999999999999999D", ""},
		"lower case":                  {"p1d", ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			interval, err := phpdate.ParseInterval(tt.iso)
			if tt.want == "" {
				if _, ok := errors.AsType[*phpdate.IntervalError](err); !ok {
					t.Fatalf("got %v, %v, want an *IntervalError", interval, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, interval.Format(layout)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestIntervalBeyondTime(t *testing.T) {
	t.Parallel()
	for _, interval := range []phpdate.Interval{{Years: 1 << 60}, {Years: 1 << 49}, {Days: -1 << 62}, {Hours: 1 << 62}, {Seconds: -1 << 63}} {
		if got, err := interval.Add(time.Unix(0, 0)); err == nil {
			t.Errorf("%+v: got %v, want an error", interval, got)
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{
		"now", "2010-10-04T13:45:00.123456+02:00", "last friday of next month 14:00", "@-1.5", "+1 week 2 days ago",
		"Mon, 04 Oct 2010 13:45:00 +0200", "2010W405", "monday next week", "-9999999999999 weekdays", "back of 7pm", "10/Oct/2000:13:55:36 -0700",
	} {
		f.Add(seed)
	}
	location, err := phpdate.Zone("Europe/Berlin")
	if err != nil {
		f.Fatal(err)
	}
	now := time.Date(2021, 3, 28, 1, 30, 6, 5000, location)
	f.Fuzz(func(t *testing.T, text string) {
		for name, read := range map[string]func() (time.Time, error){
			"Parse":  func() (time.Time, error) { return phpdate.Parse(text, now) },
			"Modify": func() (time.Time, error) { return phpdate.Modify(now, text) },
		} {
			date, err := read()
			if err != nil {
				if _, ok := errors.AsType[*phpdate.ParseError](err); !ok {
					t.Errorf("%s: got %v, want a *ParseError", name, err)
				}
				continue
			}
			// What is read can be written, and reads as the same instant.
			again, err := phpdate.Parse("@"+phpdate.Format(date, "U.u"), now)
			if date.Unix() >= 0 && date.Year() < 1e6 && (err != nil || !again.Equal(date)) {
				t.Errorf("%s: %v reads as %v, %v", name, date, again, err)
			}
			phpdate.Between(now, date)
		}
	})
}

func FuzzFormat(f *testing.F) {
	f.Add(`dDjlNSwzWFmMntLoYyXxaABgGhHisuveIOPpTZcrU\Y\`, int64(1286199906))
	f.Fuzz(func(t *testing.T, layout string, unix int64) {
		phpdate.Format(time.Unix(unix, 0).UTC(), layout)
		phpdate.Interval{Days: int(unix), Microseconds: int(-unix)}.Format(layout)
	})
}

func BenchmarkParse(b *testing.B) {
	now := time.Unix(1286199906, 0).UTC()
	for name, text := range map[string]string{"date and time": "2010-10-04 13:45:06", "words": "last friday of next month 14:00"} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := phpdate.Parse(text, now); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFormat(b *testing.B) {
	now := time.Unix(1286199906, 0).UTC()
	b.ReportAllocs()
	for b.Loop() {
		phpdate.Format(now, "F j, Y H:i")
	}
}
