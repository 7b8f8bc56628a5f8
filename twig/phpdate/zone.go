package phpdate

import (
	"fmt"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zone names mean the same where the system has no database; see the package comment
)

// ZoneError says that a text names no time zone.
type ZoneError struct {
	Name string
}

// Error is the text of PHP's DateTimeZone.
func (e *ZoneError) Error() string {
	return fmt.Sprintf("DateTimeZone::__construct(): Unknown or bad timezone (%s)", e.Name)
}

// Zone gives the time zone of a name of the time zone database ("Europe/Berlin", in any
// case), an abbreviation ("EST") or an offset ("+02:00"). Anything else is a *[ZoneError].
func Zone(name string) (*time.Location, error) {
	if location, length := offsetZone(name); length > 0 && length == len(name) {
		return location, nil
	}
	if location := namedZone(name); location != nil {
		return location, nil
	}
	return nil, &ZoneError{Name: name}
}

// namedZone gives the zone of an abbreviation or of a name in the time zone database,
// nil if there is none. Abbreviations come first, as in PHP.
func namedZone(name string) *time.Location {
	short, ok := abbreviations[strings.ToLower(name)]
	switch {
	case ok && strings.EqualFold(name, "utc"):
		return time.UTC
	case ok:
		return time.FixedZone(strings.ToUpper(name), short.offset)
	}
	if location := databaseZone(name); location != nil {
		return location
	}
	if canonical := canonicalZoneName(name); canonical != name {
		return databaseZone(canonical)
	}
	return nil
}

func databaseZone(name string) *time.Location {
	// time.LoadLocation gives these two a meaning of their own.
	if name == "" || name == "Local" {
		return nil
	}
	location, err := time.LoadLocation(name)
	if err != nil {
		return nil
	}
	return location
}

// canonicalZoneName writes each part of a zone name with one capital. The few names that
// are spelt otherwise ("Port_of_Spain") are found only as they are spelt.
func canonicalZoneName(name string) string {
	text := []byte(strings.ToLower(name))
	start := true
	for i, c := range text {
		letter := c >= 'a' && c <= 'z'
		if letter && start {
			text[i] = c - 'a' + 'A'
		}
		start = !letter
	}
	return string(text)
}

// fixedZone is the zone of an offset in seconds, with the name that PHP prints for it.
func fixedZone(offset int) *time.Location {
	return time.FixedZone(offsetText(offset, ":"), offset)
}

// offsetZone reads an offset at the start of text: a sign, then H, HH, HMM, HHMM or
// HHMMSS, with or without colons. It returns how many bytes it took, 0 for none.
func offsetZone(text string) (*time.Location, int) {
	if text == "" || (text[0] != '+' && text[0] != '-') {
		return nil, 0
	}
	end := 1
	for end < len(text) && (isDigit(text[end]) || text[end] == ':') {
		end++
	}
	hours, minutes, seconds, ok := clockParts(text[1:end])
	if !ok {
		return nil, 0
	}
	offset := hours*3600 + minutes*60 + seconds
	if text[0] == '-' {
		offset = -offset
	}
	return fixedZone(offset), end
}

// clockParts splits the digits of an offset. Without colons, the last two digits are
// minutes once there are more than two.
func clockParts(text string) (hours, minutes, seconds int, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) == 1 {
		switch n := len(text); n {
		case 1, 2:
		case 3, 4:
			parts = []string{text[:n-2], text[n-2:]}
		case 6:
			parts = []string{text[:2], text[2:4], text[4:]}
		default:
			return 0, 0, 0, false
		}
	}
	if len(parts) > 3 {
		return 0, 0, 0, false
	}
	values := [3]int{}
	for i, part := range parts {
		value, err := strconv.Atoi(part)
		if err != nil || len(part) > 2 {
			return 0, 0, 0, false
		}
		values[i] = value
	}
	return values[0], values[1], values[2], true
}

// offsetText writes an offset as +02:00, with separator between the parts.
func offsetText(offset int, separator string) string {
	sign := '+'
	if offset < 0 {
		sign, offset = '-', -offset
	}
	return fmt.Sprintf("%c%02d%s%02d", sign, offset/3600, separator, offset/60%60)
}

// isOffset says whether a location is a bare offset. No zone of the database and no
// abbreviation begins with a sign.
func isOffset(location *time.Location) bool {
	name := location.String()
	return name != "" && (name[0] == '+' || name[0] == '-')
}

// zoneAbbreviation is what PHP prints for the letter T.
func zoneAbbreviation(t time.Time) string {
	name, offset := t.Zone()
	if isOffset(t.Location()) {
		return "GMT" + offsetText(offset, "")
	}
	return name
}

// inSummer reports daylight saving time. A location made from an abbreviation does not
// know it, so the table is asked.
func inSummer(t time.Time) bool {
	return t.IsDST() || abbreviations[strings.ToLower(t.Location().String())].summer
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
