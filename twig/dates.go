package twig

import (
	"strings"
	"time"

	"github.com/appdock/appdock/twig/phpdate"
)

// date is a point in time with its zone.
type date struct{ t time.Time }

// DateOf makes a value of a time; templates see it in the time's own zone.
func DateOf(t time.Time) Value { return ObjectOf(date{t}) }

// Class is PHP's name for it.
func (date) Class() string { return "DateTimeImmutable" }

// Compare orders dates by instant.
func (d date) Compare(other Object) (int, bool) {
	o, ok := other.(date)
	return d.t.Compare(o.t), ok
}

// Method finds the few methods of PHP's dates that templates use.
func (d date) Method(name string) (Method, bool) {
	switch strings.ToLower(name) {
	case "format":
		return Method{Name: "format", Params: []Param{Required("format")}, Call: func(c *Context, args []Value) (Value, error) {
			return String(phpdate.Format(d.t, c.String(args[0]))), nil
		}}, true
	case "diff":
		return Method{Name: "diff", Params: []Param{Required("targetObject")}, Call: func(_ *Context, args []Value) (Value, error) {
			other, ok := args[0].Object().(date)
			if !ok {
				return Value{}, Failf("A date can only be compared with a date, not with a value of type %s.", args[0].TypeName())
			}
			return IntervalOf(phpdate.Between(d.t, other.t)), nil
		}}, true
	case "gettimestamp":
		return Method{Name: "getTimestamp", Call: func(*Context, []Value) (Value, error) { return Int(d.t.Unix()), nil }}, true
	case "gettimezone":
		return Method{Name: "getTimezone", Call: func(*Context, []Value) (Value, error) { return ZoneOf(d.t.Location()), nil }}, true
	}
	return Method{}, false
}

// zone is a time zone.
type zone struct{ l *time.Location }

// ZoneOf makes a value of a time zone.
func ZoneOf(l *time.Location) Value { return ObjectOf(zone{l}) }

// Class is PHP's name for it.
func (zone) Class() string { return "DateTimeZone" }

// ToString gives the zone's name.
func (z zone) ToString() string { return phpdate.Format(time.Time{}.In(z.l), "e") }

// interval is a span of calendar time.
type interval struct{ i phpdate.Interval }

// IntervalOf makes a value of an interval.
func IntervalOf(i phpdate.Interval) Value { return ObjectOf(interval{i}) }

// Class is PHP's name for it.
func (interval) Class() string { return "DateInterval" }

// Property gives the parts of the interval by PHP's names.
func (i interval) Property(name string) (Value, bool) {
	switch name {
	case "y":
		return Int(i.i.Years), true
	case "m":
		return Int(i.i.Months), true
	case "d":
		return Int(i.i.Days), true
	case "h":
		return Int(i.i.Hours), true
	case "i":
		return Int(i.i.Minutes), true
	case "s":
		return Int(i.i.Seconds), true
	case "f":
		return Float(float64(i.i.Microseconds) / 1e6), true
	case "invert":
		return Int(boolInt(i.i.Invert)), true
	case "days":
		if !i.i.Total {
			return Bool(false), true
		}
		return Int(i.i.TotalDays), true
	}
	return Value{}, false
}

// Compare says that intervals cannot be compared.
func (interval) Compare(Object) (int, bool) { return 0, false }

// zoneOf gives the zone an argument asks for: null means the environment's,
// false that a date keeps its own.
func (c *Context) zoneOf(v Value) (l *time.Location, own bool, err error) {
	switch {
	case v.kind == KindNull:
		return c.env.zone, false, nil
	case v.kind == KindBool && !v.boolean():
		return c.env.zone, true, nil
	}
	if z, ok := v.Object().(zone); ok {
		return z.l, false, nil
	}
	l, err = phpdate.Zone(c.String(v))
	if err != nil {
		return nil, false, phpError("DateTimeZone::__construct(): Unknown or bad timezone (%s)", c.String(v))
	}
	return l, false, nil
}

// toDate makes a date of what date and its like take (spec 11.1).
func (c *Context) toDate(v, timezone Value) (time.Time, error) {
	l, own, err := c.zoneOf(timezone)
	if err != nil {
		return time.Time{}, err
	}
	if d, ok := v.Object().(date); ok {
		if own {
			return d.t, nil
		}
		return d.t.In(l), nil
	}
	var t time.Time
	text := ""
	if v.kind != KindNull {
		text = c.String(v)
	}
	c.Spend(10 + len(text))
	switch {
	case v.kind == KindNull || text == "now":
		return c.Now().In(l), nil
	case isTimestamp(text):
		t, err = phpdate.Parse("@"+text, c.Now().In(c.env.zone))
	default:
		t, err = phpdate.Parse(text, c.Now().In(c.env.zone))
	}
	if err != nil || own {
		return t, err
	}
	return t.In(l), nil
}

func isTimestamp(s string) bool {
	s = strings.TrimPrefix(s, "-")
	for i := range len(s) {
		if !isDigitByte(s[i]) {
			return false
		}
	}
	return s != ""
}

func dateFilter(c *Context, args []Value) (Value, error) {
	i, isInterval := args[0].Object().(interval)
	layout := c.env.dateFormat[0]
	if isInterval {
		layout = c.env.dateFormat[1]
	}
	if args[1].kind != KindNull {
		layout = c.String(args[1])
	}
	c.Reserve(int64(len(layout)) * 16)
	if isInterval {
		return String(i.i.Format(layout)), nil
	}
	t, err := c.toDate(args[0], args[2])
	if err != nil {
		return Value{}, err
	}
	return String(phpdate.Format(t, layout)), nil
}

func dateFunction(c *Context, args []Value) (Value, error) {
	t, err := c.toDate(args[0], args[1])
	return DateOf(t), err
}

func dateModifyFilter(c *Context, args []Value) (Value, error) {
	t, err := c.toDate(args[0], Bool(false))
	if err != nil {
		return Value{}, err
	}
	t, err = phpdate.Modify(t, c.String(args[1]))
	return DateOf(t), err
}
