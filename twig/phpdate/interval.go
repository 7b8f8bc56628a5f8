package phpdate

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Interval is a length of time in the parts of the calendar, as PHP's DateInterval: a
// month is a month, however many days it has. Parts are not carried over: 90 minutes
// stay 90 minutes.
type Interval struct {
	Years, Months, Days, Hours, Minutes, Seconds, Microseconds int

	// Invert makes the interval point back in time.
	Invert bool

	// TotalDays is the whole days between the two dates that the interval came from.
	// Intervals from elsewhere have none, which Total says.
	TotalDays int
	Total     bool
}

// IntervalError says that a text is no ISO 8601 duration.
type IntervalError struct {
	Text string
}

// Error is the text of PHP's DateInterval.
func (e *IntervalError) Error() string {
	return fmt.Sprintf("Unknown or bad format (%s)", e.Text)
}

// ParseInterval reads an ISO 8601 duration: "P1Y2M3DT4H5M6S", "P2W", or in the form of a
// date, "P0001-02-03T04:05:06". Weeks are seven days. Fractions and signs are refused, as
// in PHP, with an *[IntervalError].
func ParseInterval(iso string) (Interval, error) {
	text, ok := strings.CutPrefix(iso, "P")
	if !ok {
		return Interval{}, &IntervalError{Text: iso}
	}
	i, ok := intervalOfDate(text)
	if !ok {
		i, ok = intervalOfUnits(text)
	}
	if !ok {
		return Interval{}, &IntervalError{Text: iso}
	}
	return i, nil
}

// intervalOfDate reads the form 0001-02-03T04:05:06, where each part has its range.
func intervalOfDate(text string) (Interval, bool) {
	const form = "0000-00-00T00:00:00"
	if len(text) != len(form) {
		return Interval{}, false
	}
	for i := range form {
		if form[i] == '0' && !isDigit(text[i]) || form[i] != '0' && text[i] != form[i] {
			return Interval{}, false
		}
	}
	part := func(from, to int) int {
		value, _ := strconv.Atoi(text[from:to]) // digits, as checked
		return value
	}
	i := Interval{
		Years: part(0, 4), Months: part(5, 7), Days: part(8, 10),
		Hours: part(11, 13), Minutes: part(14, 16), Seconds: part(17, 19),
	}
	return i, i.Months <= 12 && i.Days <= 31 && i.Hours <= 24 && i.Minutes <= 59 && i.Seconds <= 59
}

// intervalOfUnits reads the form 1Y2M3W4DT5H6M7S: each unit at most once and in order.
func intervalOfUnits(text string) (Interval, bool) {
	var i Interval
	weeks := 0
	units, parts := "YMWD", []*int{&i.Years, &i.Months, &weeks, &i.Days}
	inTime := false
	for more := true; more; more = text != "" {
		if !inTime && strings.HasPrefix(text, "T") {
			inTime, text = true, text[1:]
			units, parts = "HMS", []*int{&i.Hours, &i.Minutes, &i.Seconds}
		}
		digits := len(text) - len(strings.TrimLeft(text, "0123456789"))
		if digits == 0 || digits > maxIntervalDigits || digits == len(text) {
			return Interval{}, false
		}
		at := strings.IndexByte(units, text[digits])
		if at < 0 {
			return Interval{}, false
		}
		*parts[at], _ = strconv.Atoi(text[:digits]) // digits, as checked
		units, parts, text = units[at+1:], parts[at+1:], text[digits+1:]
	}
	i.Days += weeks * 7
	return i, true
}

// maxIntervalDigits keeps sums of parts far from the end of int.
const maxIntervalDigits = 12

// Between is what has to be added to a to get b. Between two dates of one zone it goes by
// the clock on the wall, so that a day is a day when clocks change.
func Between(a, b time.Time) Interval {
	var i Interval
	if b.Before(a) {
		a, b, i.Invert = b, a, true
	}
	_, offsetA := a.Zone()
	_, offsetB := b.Zone()
	sameZone := a.Location().String() == b.Location().String()
	elapsed := b.Unix() - a.Unix()

	seconds := int64(b.Hour()-a.Hour())*3600 + int64(b.Minute()-a.Minute())*60 + int64(b.Second()-a.Second())
	micros := int64(b.Nanosecond()/1e3 - a.Nanosecond()/1e3)
	whole := sameZone && elapsed >= secondsPerDay
	if !whole {
		seconds -= int64(offsetB - offsetA)
	}
	seconds += floorDiv(micros, 1e6)
	micros = floorMod(micros, 1e6)
	days := int64(b.Day()-a.Day()) + floorDiv(seconds, secondsPerDay)
	seconds = floorMod(seconds, secondsPerDay)
	if whole && !a.IsDST() && b.IsDST() { // PHP counts the hour lost in the last day, not the hour won
		seconds -= int64(offsetB) - offsetOf(b.Unix()-seconds, b.Location())
	}
	months := int64(b.Year()-a.Year())*12 + int64(b.Month()-a.Month())
	months, days = borrowMonth(months, days, a, b, i.Invert)

	i.Years, i.Months, i.Days = int(months/12), int(months%12), int(days)
	i.Hours, i.Minutes, i.Seconds = int(seconds/3600), int(seconds/60%60), int(seconds%60)
	i.Microseconds = int(micros)
	i.TotalDays, i.Total = totalDays(a, b, sameZone), true
	return i
}

// borrowMonth makes days positive. The month that lends its days is the one before the
// later date, or the one of the earlier date when looking back.
func borrowMonth(months, days int64, a, b time.Time, back bool) (int64, int64) {
	lender := int64(b.Month()) - 1
	year := int64(b.Year())
	step := int64(-1)
	if back {
		lender, year, step = int64(a.Month()), int64(a.Year()), 1
	}
	for days < 0 {
		days += daysInMonth(year, lender)
		months--
		lender += step
	}
	return months, days
}

func totalDays(a, b time.Time, sameZone bool) int {
	if !sameZone {
		return int((b.Unix() - a.Unix()) / secondsPerDay)
	}
	days := dayNumber(int64(b.Year()), int64(b.Month()), int64(b.Day())) -
		dayNumber(int64(a.Year()), int64(a.Month()), int64(a.Day()))
	clock := func(t time.Time) time.Duration {
		return time.Duration(t.Hour()*3600+t.Minute()*60+t.Second())*time.Second + time.Duration(t.Nanosecond())
	}
	if days > 0 && clock(b) < clock(a) {
		days--
	}
	return int(days)
}

// Add moves t by the interval: years, months and days on the calendar, where 31 January
// and a month make 3 March, then the rest as time that passes.
func (i Interval) Add(t time.Time) (time.Time, error) { return i.move(t, 1) }

// Sub moves t back by the interval.
func (i Interval) Sub(t time.Time) (time.Time, error) { return i.move(t, -1) }

func (i Interval) move(t time.Time, sign int64) (time.Time, error) {
	if i.Invert {
		sign = -sign
	}
	if i.Years != 0 || i.Months != 0 || i.Days != 0 {
		p := &parser{
			year: int64(t.Year()), month: int64(t.Month()), day: int64(t.Day()),
			hour: int64(t.Hour()), minute: int64(t.Minute()), second: int64(t.Second()), micro: int64(t.Nanosecond() / 1e3),
		}
		p.add(&p.relative.years, int64(i.Years), sign)
		p.add(&p.relative.months, int64(i.Months), sign)
		p.add(&p.relative.days, int64(i.Days), sign)
		if p.err != nil {
			return time.Time{}, p.err
		}
		var err error
		if t, err = p.resolve("", t.Location(), &t); err != nil {
			return time.Time{}, err
		}
	}
	seconds, micros := int64(0), int64(i.Microseconds)
	for _, part := range [...]struct{ value, unit int }{{i.Hours, 3600}, {i.Minutes, 60}, {i.Seconds, 1}} {
		if part.value > maxPart || part.value < -maxPart {
			return time.Time{}, &ParseError{Message: "Number out of range"}
		}
		seconds += int64(part.value * part.unit)
	}
	if math.Abs(float64(t.Unix())+float64(seconds)) > maxDays*secondsPerDay {
		return time.Time{}, &ParseError{Message: "Epoch doesn't fit in a PHP integer"}
	}
	micros = int64(t.Nanosecond()/1e3) + sign*micros
	return time.Unix(t.Unix()+sign*seconds+floorDiv(micros, 1e6), floorMod(micros, 1e6)*1e3).In(t.Location()), nil
}

// Format writes the interval by PHP's letters, each after a %: y m d h i s f for years,
// months, days, hours, minutes, seconds and microseconds, in upper case with two digits
// (six for F); a for all days, if known; R for the sign, r for the sign only if it is a
// minus; %% for a percent sign. All else is literal.
func (i Interval) Format(layout string) string {
	out := make([]byte, 0, len(layout)+16)
	for at := 0; at < len(layout); at++ {
		if layout[at] != '%' || at+1 == len(layout) {
			out = append(out, layout[at])
			continue
		}
		at++
		out = i.appendLetter(out, layout[at])
	}
	return string(out)
}

func (i Interval) appendLetter(out []byte, letter byte) []byte {
	parts := map[byte]int{
		'y': i.Years, 'm': i.Months, 'd': i.Days, 'h': i.Hours,
		'i': i.Minutes, 's': i.Seconds, 'f': i.Microseconds,
	}
	if value, ok := parts[letter]; ok {
		return strconv.AppendInt(out, int64(value), 10)
	}
	if value, ok := parts[letter|0x20]; ok && letter != 'F' {
		return appendPadded(out, value, 2)
	}
	switch letter {
	case 'F':
		return appendPadded(out, i.Microseconds, 6)
	case 'a':
		if !i.Total {
			return append(out, "(unknown)"...)
		}
		return strconv.AppendInt(out, int64(i.TotalDays), 10)
	case 'R', 'r':
		switch {
		case i.Invert:
			return append(out, '-')
		case letter == 'R':
			return append(out, '+')
		}
		return out
	case '%':
		return append(out, '%')
	default:
		return append(out, '%', letter)
	}
}
