package phpdate

import (
	"strconv"
	"time"
)

// Format writes t by the letters of PHP's date function:
//
//	d j D l N S w z   day: 04, 4, Mon, Monday, 1 (Monday) to 7, th, 0 (Sunday) to 6, of year from 0
//	W o               ISO week 01 to 53 and the year it belongs to
//	F M m n t         month: October, Oct, 10, 10, its number of days
//	L Y y X x         leap year 1 or 0; year: 2010, 10, +2010, and with a sign only if not of four digits
//	a A B             am, AM, Swatch beat 000 to 999
//	g G h H i s u v   hour 1, 13, 01, 13; minute; second; microseconds; milliseconds
//	e T P p O Z I     zone: name, abbreviation, +02:00, the same with Z for UTC, +0200, seconds, summer time 1 or 0
//	c r U             ISO 8601, RFC 2822, seconds since 1970
//
// A backslash makes the next character literal, and all other characters are.
func Format(t time.Time, layout string) string {
	return string(appendFormat(make([]byte, 0, len(layout)+16), t, layout))
}

func appendFormat(out []byte, t time.Time, layout string) []byte {
	for i := 0; i < len(layout); i++ {
		switch c := layout[i]; c {
		case '\\':
			if i+1 < len(layout) {
				i++
			}
			out = append(out, layout[i])
		case 'd', 'j', 'D', 'l', 'N', 'S', 'w', 'z':
			out = appendDay(out, t, c)
		case 'W', 'o':
			year, week := t.ISOWeek()
			if c == 'o' {
				out = strconv.AppendInt(out, int64(year), 10)
			} else {
				out = appendPadded(out, week, 2)
			}
		case 'F', 'M', 'm', 'n', 't':
			out = appendMonth(out, t, c)
		case 'L', 'Y', 'y', 'X', 'x':
			out = appendYear(out, t.Year(), c)
		case 'a', 'A', 'B', 'g', 'G', 'h', 'H', 'i', 's', 'u', 'v':
			out = appendClock(out, t, c)
		case 'e', 'T', 'P', 'p', 'O', 'Z', 'I':
			out = appendZone(out, t, c)
		case 'c':
			out = appendFormat(out, t, `Y-m-d\TH:i:sP`)
		case 'r':
			out = appendFormat(out, t, `D, d M Y H:i:s O`)
		case 'U':
			out = strconv.AppendInt(out, t.Unix(), 10)
		default:
			out = append(out, c)
		}
	}
	return out
}

func appendDay(out []byte, t time.Time, letter byte) []byte {
	switch letter {
	case 'd':
		return appendPadded(out, t.Day(), 2)
	case 'j':
		return strconv.AppendInt(out, int64(t.Day()), 10)
	case 'D':
		return append(out, t.Weekday().String()[:3]...)
	case 'l':
		return append(out, t.Weekday().String()...)
	case 'N':
		return strconv.AppendInt(out, int64(t.Weekday()+6)%7+1, 10)
	case 'S':
		return append(out, ordinalSuffix(t.Day())...)
	case 'w':
		return strconv.AppendInt(out, int64(t.Weekday()), 10)
	default: // z
		return strconv.AppendInt(out, int64(t.YearDay()-1), 10)
	}
}

func appendMonth(out []byte, t time.Time, letter byte) []byte {
	switch letter {
	case 'F':
		return append(out, t.Month().String()...)
	case 'M':
		return append(out, t.Month().String()[:3]...)
	case 'm':
		return appendPadded(out, int(t.Month()), 2)
	case 'n':
		return strconv.AppendInt(out, int64(t.Month()), 10)
	default: // t
		return strconv.AppendInt(out, daysInMonth(int64(t.Year()), int64(t.Month())), 10)
	}
}

func appendYear(out []byte, year int, letter byte) []byte {
	switch {
	case letter == 'L':
		return strconv.AppendInt(out, daysInMonth(int64(year), 2)-28, 10)
	case letter == 'y':
		return appendPadded(out, year%100, 2)
	case year < 0:
		out, year = append(out, '-'), -year
	case letter == 'X', letter == 'x' && year >= 10000:
		out = append(out, '+')
	}
	return appendPadded(out, year, 4)
}

func appendClock(out []byte, t time.Time, letter byte) []byte {
	twelve := (t.Hour()+11)%12 + 1
	half := [2]string{"am", "pm"}[t.Hour()/12]
	switch letter {
	case 'a':
		return append(out, half...)
	case 'A':
		return append(out, half[0]-'a'+'A', 'M')
	case 'B':
		return appendPadded(out, beat(t), 3)
	case 'g':
		return strconv.AppendInt(out, int64(twelve), 10)
	case 'G':
		return strconv.AppendInt(out, int64(t.Hour()), 10)
	case 'h':
		return appendPadded(out, twelve, 2)
	case 'H':
		return appendPadded(out, t.Hour(), 2)
	case 'i':
		return appendPadded(out, t.Minute(), 2)
	case 's':
		return appendPadded(out, t.Second(), 2)
	case 'u':
		return appendPadded(out, t.Nanosecond()/1e3, 6)
	default: // v
		return appendPadded(out, t.Nanosecond()/1e6, 3)
	}
}

func appendZone(out []byte, t time.Time, letter byte) []byte {
	_, offset := t.Zone()
	switch letter {
	case 'e':
		return append(out, t.Location().String()...)
	case 'T':
		return append(out, zoneAbbreviation(t)...)
	case 'p':
		switch zoneAbbreviation(t) {
		case "UTC", "Z", "GMT+0000":
			return append(out, 'Z')
		}
		return append(out, offsetText(offset, ":")...)
	case 'P':
		return append(out, offsetText(offset, ":")...)
	case 'O':
		return append(out, offsetText(offset, "")...)
	case 'Z':
		return strconv.AppendInt(out, int64(offset), 10)
	default: // I
		if inSummer(t) {
			return append(out, '1')
		}
		return append(out, '0')
	}
}

// beat is the Swatch internet time: thousandths of the day that began at midnight in
// UTC+1, whatever the zone of t.
func beat(t time.Time) int {
	const day, hour = 86400, 3600
	seconds := ((t.Unix()+hour)%day + day) % day
	return int(seconds * 10 / 864 % 1000)
}

func ordinalSuffix(day int) string {
	if day/10 == 1 {
		return "th"
	}
	switch day % 10 {
	case 1:
		return "st"
	case 2:
		return "nd"
	case 3:
		return "rd"
	}
	return "th"
}

// appendPadded writes value with at least width digits. The sign of a negative value
// comes before the padding.
func appendPadded(out []byte, value, width int) []byte {
	if value < 0 {
		out, value = append(out, '-'), -value
	}
	for limit := 10; width > 1; width-- {
		if value < limit {
			for range width - 1 {
				out = append(out, '0')
			}
			break
		}
		limit *= 10
	}
	return strconv.AppendInt(out, int64(value), 10)
}
