package phpdate

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// MaxText is the longest text that is read, in bytes.
const MaxText = 1024

// ParseError says where a text stopped being a date.
type ParseError struct {
	Text     string
	Position int // in bytes, from the first character that is not a space
	Char     byte
	Message  string
}

// Error is the text of PHP's DateTime.
func (e *ParseError) Error() string {
	return fmt.Sprintf("Failed to parse time string (%s) at position %d (%c): %s", e.Text, e.Position, e.Char, e.Message)
}

// Parse reads a text as PHP's DateTime does. What the text leaves open is filled from
// now: all of it for "" and "now", the date for "14:00", the year for "4 October"; a
// date without a time is at midnight. The zone is that of the text, else that of now. A
// text that is no date is a *[ParseError].
func Parse(text string, now time.Time) (time.Time, error) {
	if text == "" {
		text = "now"
	}
	p, err := scanText(text)
	if err != nil {
		return time.Time{}, err
	}
	// A bare offset or abbreviation leaves open which day it is there: PHP asks the
	// default zone. A named zone knows.
	zone := p.zone
	if zone != nil && p.zoneNamed {
		now = now.In(zone)
	}
	if zone == nil {
		zone = now.Location()
	}
	p.fill(now)
	return p.resolve(text, zone, nil)
}

// Modify moves t as DateTime::modify does: what the text says replaces or moves the
// parts of t, all else stays. The zone of t stays too, whatever zone the text names.
// "2010-10-31" moved by "+1 month" is 1 December, because there is no 31 November. A
// text that is no date is a *[ParseError].
func Modify(t time.Time, text string) (time.Time, error) {
	p, err := scanText(text)
	if err != nil {
		return time.Time{}, err
	}
	if p.hour == unset {
		p.hour, p.minute, p.second = int64(t.Hour()), int64(t.Minute()), int64(t.Second())
	}
	if p.micro == unset {
		p.micro = int64(t.Nanosecond() / 1e3)
	}
	p.fillDate(t)
	zone := t.Location()
	if p.stamped && [...]int64{p.year, p.month, p.day, p.hour, p.minute, p.second} == [...]int64{1970, 1, 1, 0, 0, 0} {
		zone = p.zone // PHP forgets it when a date or a time of day follows
	}
	return p.resolve(text, zone, &t)
}

// unset marks a part that the text has not given.
const unset = math.MinInt64

// parser collects what the tokens of a text say.
type parser struct {
	year, month, day, hour, minute, second, micro int64

	times, zones int  // how often they were given
	dated        bool // a date was given
	zone         *time.Location
	zoneNamed    bool // the zone is one of the database
	stamped      bool // a timestamp was given
	relative     relative

	text  string
	start int // of the current token
	err   *ParseError
}

// scanText reads all tokens of a text.
func scanText(text string) (*parser, error) {
	trimmed := strings.Trim(text, " \t\n\v\f\r")
	p := &parser{
		text: trimmed,
		year: unset, month: unset, day: unset, hour: unset, minute: unset, second: unset, micro: unset,
	}
	switch {
	case text == "":
		p.fail("Empty string")
	case len(text) > MaxText:
		p.text = ""
		p.fail("The text is too long")
	}
	scanner := dateScanner()
	for p.start < len(p.text) && p.err == nil {
		number, length := scanner.scan(p.text[p.start:])
		if number < 0 {
			p.fail("Unexpected character")
			break
		}
		end := min(p.start+length, len(p.text))
		rules[number].act(p, &token{text: p.text[p.start:end]})
		p.start = end
	}
	if p.err != nil {
		p.err.Text = text
		return nil, p.err
	}
	return p, nil
}

// fail notes the first error. PHP reports no other.
func (p *parser) fail(message string) {
	if p.err != nil {
		return
	}
	p.err = &ParseError{Position: p.start, Message: message}
	if p.start < len(p.text) {
		p.err.Char = p.text[p.start]
	}
}

// fields makes the action of a token that is a list of values, one letter each: d m y H
// i s f as in the formats, Y X a year with sign of four or more digits, M the name of a
// month, z the day of the year, a am or pm, e a zone, 1 the first of the month.
func fields(letters string) func(*parser, *token) {
	hasDate, hasTime := strings.ContainsAny(letters, "dmMyYXz"), strings.Contains(letters, "H")
	return func(p *parser, t *token) {
		if hasDate && !p.haveDate() || hasTime && !p.haveTime() {
			return
		}
		for _, letter := range letters {
			p.field(t, letter)
		}
	}
}

func (p *parser) field(t *token, letter rune) {
	switch letter {
	case 'Y':
		p.year = t.signed(4)
	case 'X':
		if p.year = t.signed(19); p.year == unset {
			p.fail("Number out of range")
		}
	case 'y':
		p.year = t.year()
	case 'm':
		p.month = t.number(2)
	case 'M':
		p.month = monthNumber(t.word())
	case 'd':
		p.day = t.number(2)
		t.skipDaySuffix()
	case '1':
		p.day = 1
	case 'z':
		p.month, p.day = 1, t.number(3)
	case 'H':
		p.hour, p.minute, p.second, p.micro = t.number(2), 0, 0, 0
	case 'i':
		t.clockPart(&p.minute)
	case 's':
		t.clockPart(&p.second)
	case 'f':
		p.micro = t.fraction()
	case 'a':
		p.hour += t.meridian(p.hour)
	case 'e':
		p.readZone(t)
	}
}

func (p *parser) haveDate() bool {
	if p.dated {
		p.fail("Double date specification")
		return false
	}
	p.dated = true
	return true
}

func (p *parser) haveTime() bool {
	if p.times > 0 {
		p.fail("Double time specification")
		return false
	}
	p.times = 1
	return true
}

// haveZone lets the first zone through, drops the second and refuses the third.
func (p *parser) haveZone() bool {
	p.zones++
	if p.zones > 2 {
		p.fail("Double timezone specification")
	}
	return p.zones == 1
}

// forgetTime goes to midnight, and lets another time follow.
func (p *parser) forgetTime() {
	p.times, p.hour, p.minute, p.second, p.micro = 0, 0, 0, 0, 0
}

func (p *parser) setClock(hour, minute int64) {
	p.forgetTime()
	p.times, p.hour, p.minute = 1, hour, minute
}

func (p *parser) setDay(days int64) {
	p.forgetTime()
	p.relative.days = days
}

// quarter is "back of 7pm", a quarter past, or "front of 7pm", a quarter to.
func (p *parser) quarter(t *token, minutes int64) {
	hour, minute := t.number(2), minutes
	if minutes < 0 {
		hour, minute = hour-1, 60+minutes
	}
	if t.at < len(t.text) {
		hour += t.meridian(hour)
	}
	p.setClock(hour, minute)
}

// timestamp is seconds since 1970, with up to six digits of fraction.
func (p *parser) timestamp(t *token) {
	p.forgetTime()
	p.dated, p.year, p.month, p.day = false, 0, 0, 0
	if !p.haveZone() {
		return
	}
	seconds := t.signed(len(t.text))
	if seconds == unset {
		p.fail("Number out of range")
		return
	}
	if t.peek() == '.' {
		micros := t.fraction()
		if t.text[1] == '-' {
			micros = -micros
		}
		p.relative.micros = micros
	}
	p.year, p.month, p.day = 1970, 1, 1
	p.relative.seconds += seconds
	p.zone, p.stamped = fixedZone(0), true
}

func (p *parser) time12(t *token) {
	if !p.haveTime() {
		return
	}
	p.field(t, 'H')
	for _, letter := range "isf" {
		if c := t.peek(); c == ':' || c == '.' {
			p.field(t, letter)
		}
	}
	p.field(t, 'a')
}

func (p *parser) time24(t *token) {
	if !p.haveTime() {
		return
	}
	p.field(t, 'H')
	p.field(t, 'i')
	p.field(t, 's')
	if t.peek() == '.' {
		p.field(t, 'f')
	}
}

// fourDigits are a time of day, or a year after a time.
func (p *parser) fourDigits(t *token) {
	switch p.times {
	case 0:
		p.hour, p.minute, p.second = t.number(2), t.number(2), 0
	case 1:
		p.year = t.number(4)
	default:
		p.fail("Double time specification")
		return
	}
	p.times++
}

// isoWeek is a week of the ISO year, and a day of it from 1, Monday.
func (p *parser) isoWeek(t *token) {
	if !p.haveDate() {
		return
	}
	p.year, p.month, p.day = t.number(4), 1, 1
	week, day := t.number(2), t.number(1)
	if day == unset {
		day = 1
	}
	first := weekday(dayNumber(p.year, 1, 1))
	if first > 4 {
		first -= 7
	}
	p.relative.days = (week-1)*7 + day - first
}

// weekdayOfMonth is "second friday of": counted from the first day of the month, or
// back from its end.
func (p *parser) weekdayOfMonth(t *token) {
	amount := relativeWords[strings.ToLower(t.word())]
	p.relative.special, p.relative.amount = weekdayInMonth, 0
	behavior := countToday
	if amount <= 0 {
		p.relative.special = lastWeekdayInMonth
	}
	if amount < 0 {
		behavior = skipToday
	}
	p.move(amount, t.word(), behavior, false)
}

// dayName is a day of the week: today or the next one.
func (p *parser) dayName(t *token) {
	p.forgetTime()
	day, ok := weekdayNumber(t.word())
	if !ok {
		day = 1 // PHP takes a bare "weekday" for Monday
	}
	p.relative.weekdays, p.relative.weekday = true, day
	if p.relative.behavior != withinWeek {
		p.relative.behavior = countToday
	}
}

// weekText is "next week": the same day of that week if one is named, else its Monday.
func (p *parser) weekText(t *token) {
	p.relative.days += 7 * relativeWords[strings.ToLower(t.word())]
	p.relative.behavior = withinWeek
	if !p.relative.weekdays {
		p.relative.weekdays, p.relative.weekday = true, 1
	}
}

func (p *parser) relativeText(t *token) {
	word := strings.ToLower(t.word())
	behavior := skipToday
	if word == "this" {
		behavior = countToday
	}
	p.move(relativeWords[word], unitWord(t), behavior, false)
}

func (p *parser) relativeNumber(t *token) {
	amount := t.signed(len(t.text))
	if amount == unset {
		p.fail("Number out of range")
		return
	}
	p.move(amount, unitWord(t), countToday, true)
}

// unitWord is the rest of a token after blanks. It is not a word of letters: microseconds
// may be written µs.
func unitWord(t *token) string {
	return strings.TrimLeft(t.text[t.at:], " \t")
}

// move adds an amount of a unit. Counted weekdays keep the time of day, named ones do not.
func (p *parser) move(amount int64, unit string, behavior weekdayBehavior, keepTime bool) {
	r := &p.relative
	day, isWeekday := weekdayNumber(unit)
	counted := strings.HasPrefix(strings.ToLower(unit), "weekday")
	if (isWeekday || counted) && !keepTime {
		p.forgetTime()
	}
	switch {
	case counted:
		r.special, r.amount = countedWeekdays, amount
	case isWeekday:
		if amount > 0 {
			amount--
		}
		p.add(&r.days, amount, 7)
		r.weekdays, r.weekday, r.behavior = true, day, behavior
	default:
		p.moveUnit(amount, strings.TrimSuffix(strings.ToLower(unit), "s"))
	}
}

func (p *parser) moveUnit(amount int64, unit string) {
	r := &p.relative
	switch unit {
	case "m", "msec", "millisecond": // "ms" without its s
		p.add(&r.micros, amount, 1000)
	case "µ", "µsec", "usec", "microsecond":
		p.add(&r.micros, amount, 1)
	case "sec", "second":
		p.add(&r.seconds, amount, 1)
	case "min", "minute":
		p.add(&r.minutes, amount, 1)
	case "hour":
		p.add(&r.hours, amount, 1)
	case "day":
		p.add(&r.days, amount, 1)
	case "week":
		p.add(&r.days, amount, 7)
	case "fortnight", "forthnight":
		p.add(&r.days, amount, 14)
	case "month":
		p.add(&r.months, amount, 1)
	case "year":
		p.add(&r.years, amount, 1)
	}
}

// add keeps each part within what the arithmetic can hold.
func (p *parser) add(part *int64, amount, multiple int64) {
	if amount > maxPart || amount < -maxPart {
		p.fail("Number out of range")
		return
	}
	*part += amount * multiple
	if *part > maxPart || *part < -maxPart {
		p.fail("Number out of range")
	}
}

// weekdayNumber reads the name of a day, Sunday is 0.
func weekdayNumber(word string) (int64, bool) {
	word = strings.ToLower(word)
	for i, name := range weekdayNames {
		if word == name || len(word) > len(name) && strings.HasPrefix(word, name) &&
			strings.HasSuffix(strings.TrimSuffix(word, "s"), "day") {
			return int64(i), true
		}
	}
	return 0, false
}

func (p *parser) zoneName(t *token) {
	if p.haveZone() {
		p.readZone(t)
	}
}

// readZone takes the rest of the token for a zone, if there is a rest.
func (p *parser) readZone(t *token) {
	name := strings.TrimLeft(t.text[t.at:], " \t(")
	if name == "" {
		return
	}
	if strings.HasPrefix(name, "GMT+") || strings.HasPrefix(name, "GMT-") {
		name = name[len("GMT"):]
	}
	if zone, length := offsetZone(name); length > 0 {
		p.zone = zone
		return
	}
	name = strings.TrimRight(name, ")")
	p.zone = namedZone(name)
	if p.zone == nil {
		p.fail("The timezone could not be found in the database")
		return
	}
	_, short := abbreviations[strings.ToLower(name)]
	p.zoneNamed = !short || name == "UTC"
}
