package sqlstore

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/appdock/appdock/internal/entity"
)

// Milliseconds of intervals that all have the same length.
const (
	minute int64 = 60_000
	hour         = 60 * minute
	day          = 24 * hour
)

// interval numbers the interval that a moment lies in: minutes, hours and days since 1970,
// weeks since the one of 29 December 1969, months and quarters since the year 0, and years.
func (d Dialect) interval(a entity.Aggregation, moment expr) expr {
	local := d.local(a.Zone, moment)
	switch a.Interval {
	case entity.Minute:
		return floored(local, minute)
	case entity.Hour:
		return floored(local, hour)
	case entity.Day:
		return floored(local, day)
	case entity.Week: // 1970 began on a Thursday
		return floored(with("(%s + "+strconv.FormatInt(3*day, 10)+")", local), 7*day)
	case entity.Month:
		return with("(%s * 12 + %s - 1)", d.part(local, "Y", "year"), d.part(local, "m", "month"))
	case entity.Quarter:
		return with("(%s * 4 + (%s - 1) / 3)", d.part(local, "Y", "year"), d.part(local, "m", "month"))
	case entity.Year:
		return d.part(local, "Y", "year")
	}
	panic(fmt.Sprintf("sqlstore: %d is no interval", a.Interval))
}

// floored divides and rounds down: databases round towards zero.
func floored(x expr, unit int64) expr {
	u := strconv.FormatInt(unit, 10)
	return with("((%s - ((%s % "+u+") + "+u+") % "+u+") / "+u+")", x, x)
}

// part is the number of a calendar's year or month.
func (d Dialect) part(local expr, letter, field string) expr {
	seconds := floored(local, 1000)
	if d == Postgres {
		return with("CAST(extract("+field+" FROM to_timestamp(CAST(%s AS DOUBLE PRECISION)) AT TIME ZONE 'UTC') AS BIGINT)", seconds)
	}
	return with("CAST(strftime('%"+letter+"', %s, 'unixepoch') AS INTEGER)", seconds)
}

// The years whose changes of the clock count. Before and after them it is as at their ends.
const (
	firstClockYear = 1970
	lastClockYear  = 2060
)

// local is a moment as the milliseconds that clocks of a zone show. The changes of the clock
// are written out, because SQLite knows no zones.
func (d Dialect) local(zone *time.Location, moment expr) expr {
	if zone == nil {
		return moment
	}
	var b strings.Builder
	at := time.Date(firstClockYear, 1, 1, 0, 0, 0, 0, time.UTC).In(zone)
	_, offset := at.Zone()
	for at.Year() <= lastClockYear {
		_, until := at.ZoneBounds()
		if until.IsZero() {
			break
		}
		if !until.After(at) {
			until = at.Add(24 * time.Hour) // bounds may lie on the last day of a leap year itself
		}
		at = until
		if _, next := at.Zone(); next != offset {
			fmt.Fprintf(&b, "WHEN m.at < %d THEN %d ", until.UnixMilli(), offset*1000)
			offset = next
		}
	}
	if b.Len() == 0 {
		return with("(%s + "+strconv.Itoa(offset*1000)+")", moment)
	}
	// The moment stands in a query of its own: it may be long, and there are many changes.
	return with("(SELECT m.at + CASE "+b.String()+"ELSE "+strconv.Itoa(offset*1000)+" END FROM (SELECT %s AS at) AS m)", moment)
}

// begins is when the interval of that number begins, and the key that it has if no format
// was asked for: that of admin-api.md 5.4, but for weeks, which have the year that ISO 8601
// counts them in.
func begins(a entity.Aggregation, number any) (at time.Time, key string, err error) {
	n, ok := number.(int64)
	if !ok {
		return at, "", fmt.Errorf("aggregation %q: the interval is a %T", a.Name, number)
	}
	zone := a.Zone
	if zone == nil {
		zone = time.UTC
	}
	// The clock of the zone, written as if it were that of UTC.
	clock := func(ms int64) time.Time {
		t := time.UnixMilli(ms).UTC()
		return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), 0, 0, zone)
	}
	switch a.Interval {
	case entity.Minute:
		at = clock(n * minute)
		return at, at.Format("2006-01-02 15:04:00"), nil
	case entity.Hour:
		at = clock(n * hour)
		return at, at.Format("2006-01-02 15:00:00"), nil
	case entity.Day:
		at = clock(n * day)
		return at, at.Format("2006-01-02 00:00:00"), nil
	case entity.Week:
		at = clock(n*7*day - 3*day)
		year, week := at.ISOWeek()
		return at, fmt.Sprintf("%d %02d", year, week), nil
	case entity.Month:
		at = time.Date(int(n/12), time.Month(n%12+1), 1, 0, 0, 0, 0, zone)
		return at, at.Format("2006-01-02 00:00:00"), nil
	case entity.Quarter:
		at = time.Date(int(n/4), time.Month(n%4*3+1), 1, 0, 0, 0, 0, zone)
		return at, fmt.Sprintf("%d %d", n/4, n%4+1), nil
	case entity.Year:
		at = time.Date(int(n), 1, 1, 0, 0, 0, 0, zone)
		return at, at.Format("2006-01-02 00:00:00"), nil
	}
	return at, "", fmt.Errorf("aggregation %q: %d is no interval", a.Name, a.Interval)
}
