package phpdate

import "time"

// relative is what a text moves a date by.
type relative struct {
	years, months, days, hours, minutes, seconds, micros int64

	weekdays bool // go to weekday
	weekday  int64
	behavior weekdayBehavior

	special special
	amount  int64 // of countedWeekdays
	edge    edge
}

// weekdayBehavior says whether a day of the week may be today.
type weekdayBehavior int

const (
	skipToday  weekdayBehavior = iota // "next monday"
	countToday                        // "monday"
	withinWeek                        // "monday next week": that of the week, forwards or back
)

// special is a way to count days of the week.
type special int

const (
	none               special = iota
	countedWeekdays            // "+3 weekdays": Monday to Friday
	weekdayInMonth             // "second friday of"
	lastWeekdayInMonth         // "last friday of"
)

// edge is "first day of" or "last day of".
type edge int

const (
	noEdge edge = iota
	firstDayOfMonth
	lastDayOfMonth
)

// reverse is "ago". It leaves fractions of seconds alone, as in PHP.
func (r *relative) reverse() {
	r.years, r.months, r.days = -r.years, -r.months, -r.days
	r.hours, r.minutes, r.seconds = -r.hours, -r.minutes, -r.seconds
	r.weekday = -r.weekday
	if r.weekday == 0 {
		r.weekday = -7
	}
	if r.special == countedWeekdays {
		r.amount = -r.amount
	}
}

const (
	// maxPart is the most a part of a date may be. Sums and products of a few parts of
	// this size stay within 64 bits.
	maxPart = 1e15

	// maxDays is how far from 1970 a date may be: seconds and their sums stay within 64
	// bits, and years within what package time can hold.
	maxDays = 5e13

	secondsPerDay = 86400
)

// fill takes from now what the text has left open. A date without a time is at midnight.
func (p *parser) fill(now time.Time) {
	if p.dated && p.times == 0 {
		p.hour, p.minute, p.second, p.micro = 0, 0, 0, 0
	}
	if p.micro == unset {
		p.micro = 0
		if p.year == unset && p.month == unset && p.day == unset && p.hour == unset {
			p.micro = int64(now.Nanosecond() / 1e3)
		}
	}
	p.fillDate(now)
	if p.hour == unset {
		p.hour, p.minute, p.second = int64(now.Hour()), int64(now.Minute()), int64(now.Second())
	}
}

func (p *parser) fillDate(now time.Time) {
	if p.year == unset {
		p.year = int64(now.Year())
	}
	if p.month == unset {
		p.month = int64(now.Month())
	}
	if p.day == unset {
		p.day = int64(now.Day())
	}
}

// resolve moves the parts by what is relative, and finds the instant in the zone. The
// order is PHP's and can be seen: "last day of next month" is the last day of a month
// that may be shorter. All parts move the clock on the wall, hours too. A date that is
// moved from another one is given as moved.
func (p *parser) resolve(text string, zone *time.Location, moved *time.Time) (time.Time, error) {
	if !p.inRange() {
		return time.Time{}, &ParseError{Text: text, Message: "Number out of range"}
	}
	p.startInMonth()
	p.goToWeekday()
	r := &p.relative
	p.normalize()
	p.year, p.month, p.day = p.year+r.years, p.month+r.months, p.day+r.days
	p.hour, p.minute, p.second = p.hour+r.hours, p.minute+r.minutes, p.second+r.seconds
	p.micro += r.micros
	p.goToEdge()
	p.normalize()
	if r.special == countedWeekdays {
		p.day += weekdaysAhead(r.amount, weekday(dayNumber(p.year, p.month, p.day)))
	}

	days := dayNumber(p.year, p.month, p.day)
	if days > maxDays || days < -maxDays {
		return time.Time{}, &ParseError{Text: text, Message: "Epoch doesn't fit in a PHP integer"}
	}
	wall := days*secondsPerDay + p.hour*3600 + p.minute*60 + p.second
	instant := wall - offsetAt(wall, zone, moved)
	return time.Unix(instant, p.micro*1e3).In(zone), nil
}

// inRange checks the parts that no token has checked before.
func (p *parser) inRange() bool {
	return p.year <= maxPart && p.year >= -maxPart &&
		p.relative.seconds <= maxPart && p.relative.seconds >= -maxPart &&
		p.relative.amount <= maxPart && p.relative.amount >= -maxPart
}

// startInMonth goes to where counting days of the week in a month begins.
func (p *parser) startInMonth() {
	r := &p.relative
	switch r.special {
	case weekdayInMonth:
		p.day, p.month, r.months = 1, p.month+r.months, 0
	case lastWeekdayInMonth:
		p.day, p.month, r.months = 1, p.month+r.months+1, 0
	case none, countedWeekdays:
	}
	p.goToEdge()
	p.normalize()
}

func (p *parser) goToEdge() {
	switch p.relative.edge {
	case firstDayOfMonth:
		p.day = 1
	case lastDayOfMonth:
		p.day, p.month = 0, p.month+1
	case noEdge:
	}
}

// goToWeekday goes to the day of the week that the text names. A negative one comes
// from "ago" and is searched backwards.
func (p *parser) goToWeekday() {
	r := &p.relative
	if !r.weekdays {
		return
	}
	today := weekday(dayNumber(p.year, p.month, p.day))
	if r.behavior == withinWeek {
		target := r.weekday
		switch { // weeks begin on Monday
		case today == 0 && target != 0:
			target -= 7
		case today != 0 && target == 0:
			target = 7
		}
		p.day += target - today
		return
	}
	if r.weekday < 0 {
		p.day -= 7 - (-r.weekday - today)
		return
	}
	ahead := r.weekday - today
	nearest := int64(0) // what is not after it counts as passed
	if r.behavior == countToday {
		nearest = -1
	}
	if r.days < 0 && ahead < 0 || r.days >= 0 && ahead <= nearest {
		ahead += 7
	}
	p.day += ahead
}

// weekdaysAhead is how many days lie between today and the weekday that is count
// weekdays away. From a weekend, the count begins at the weekday before in its direction.
func weekdaysAhead(count, today int64) int64 {
	days, rest := count/5*7, count%5
	switch {
	case count > 0 && rest == 0 && today == 0:
		days -= 2
	case count > 0 && rest == 0 && today == 6:
		days--
	case count > 0 && rest != 0 && today == 6:
		days++
	case count > 0 && rest != 0 && today+rest > 5:
		days += 2
	case count <= 0 && rest == 0 && today == 6:
		days += 2
	case count <= 0 && rest == 0 && today == 0:
		days++
	case count <= 0 && rest != 0 && today == 0:
		days--
	case count <= 0 && rest != 0 && today+rest < 1:
		days -= 2
	}
	return days + rest
}

// normalize makes the date one of the calendar and the time one of the day: 31 February
// becomes 3 March, and 24:00 midnight of the next day.
func (p *parser) normalize() {
	seconds := p.hour*3600 + p.minute*60 + p.second + floorDiv(p.micro, 1e6)
	p.micro = floorMod(p.micro, 1e6)
	p.day += floorDiv(seconds, secondsPerDay)
	seconds = floorMod(seconds, secondsPerDay)
	p.hour, p.minute, p.second = seconds/3600, seconds/60%60, seconds%60
	p.year, p.month, p.day = civil(dayNumber(p.year, p.month, p.day))
}

// dayNumber counts the days from 1 January 1970 to a date, whose month and day may be
// out of their range.
func dayNumber(year, month, day int64) int64 {
	// Months count from March, so that the day that leap years add is the last of a year.
	month -= 3
	year += floorDiv(month, 12)
	month = floorMod(month, 12)
	return year*365 + floorDiv(year, 4) - floorDiv(year, 100) + floorDiv(year, 400) +
		(month*153+2)/5 + day - 1 - epochDays
}

// epochDays is how many days lie between 1 March of year 0 and 1 January 1970.
const epochDays = 719468

// civil is the date of a day number.
func civil(days int64) (year, month, day int64) {
	const fourCenturies = 146097
	days += epochDays
	era, day := floorDiv(days, fourCenturies), floorMod(days, fourCenturies)
	year = (day - day/1460 + day/36524 - day/(fourCenturies-1)) / 365
	day -= year*365 + year/4 - year/100
	month = (day*5 + 2) / 153
	day -= (month*153+2)/5 - 1
	month += 3
	year += era * 400
	if month > 12 {
		month, year = month-12, year+1
	}
	return year, month, day
}

// weekday of a day number, Sunday is 0.
func weekday(days int64) int64 { return floorMod(days+4, 7) }

func daysInMonth(year, month int64) int64 {
	return dayNumber(year, month+1, 1) - dayNumber(year, month, 1)
}

// offsetAt is the offset from UTC, in seconds, at what a clock in the zone shows. A time
// that clocks skip is read with the offset before, and so comes out later. Of a time that
// they show twice, moving a date takes the one with the same summer time as before;
// otherwise, as in PHP, it is the one that the zone has at the same time in UTC.
func offsetAt(wall int64, zone *time.Location, moved *time.Time) int64 {
	before := offsetOf(wall-secondsPerDay, zone)
	after := offsetOf(wall+secondsPerDay, zone)
	if before == after {
		return before
	}
	first, second := offsetOf(wall-before, zone) == before, offsetOf(wall-after, zone) == after
	switch {
	case first && second && moved != nil:
		if time.Unix(wall-before, 0).In(zone).IsDST() == moved.IsDST() {
			return before
		}
		return after
	case first && second:
		return offsetOf(wall, zone)
	case second:
		return after
	default:
		return before
	}
}

func offsetOf(instant int64, zone *time.Location) int64 {
	_, offset := time.Unix(instant, 0).In(zone).Zone()
	return int64(offset)
}

func floorDiv(a, b int64) int64 {
	quotient := a / b
	if a%b < 0 {
		quotient--
	}
	return quotient
}

func floorMod(a, b int64) int64 { return a - floorDiv(a, b)*b }
