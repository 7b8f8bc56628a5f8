package twig

import (
	"math"
	"strconv"
	"strings"
)

// Truth is the value as a bool (spec 2.1).
func (v Value) Truth() bool {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindBool, KindInt:
		return v.n != 0
	case KindFloat:
		return v.float() != 0
	case KindString:
		s := v.text()
		return s != "" && s != "0"
	case KindArray:
		return v.Array().Len() > 0
	case KindMarkup, KindObject, KindClosure:
		return true
	}
	return false
}

// scalarString is the string form of everything but objects and closures (spec 2.2).
func (v Value) scalarString() string {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindBool:
		if v.boolean() {
			return "1"
		}
	case KindInt:
		return strconv.FormatInt(v.n, 10)
	case KindFloat:
		return floatString(v.float())
	case KindString, KindMarkup:
		return v.text()
	case KindArray:
		return "Array"
	}
	return ""
}

// floatString writes 14 significant digits as C's %.14G does (spec 2.2).
func floatString(f float64) string {
	if s, ok := special(f); ok {
		return s
	}
	return digitsString(strconv.AppendFloat(nil, f, 'e', 13, 64), 14, 'E')
}

// shortestString writes the fewest digits that read back, as JSON has them (spec 2.2).
func shortestString(f float64) string {
	return digitsString(strconv.AppendFloat(nil, f, 'e', -1, 64), 17, 'e')
}

func special(f float64) (string, bool) {
	switch {
	case math.IsNaN(f):
		return "NAN", true
	case math.IsInf(f, 1):
		return "INF", true
	case math.IsInf(f, -1):
		return "-INF", true
	case f == 0 && math.Signbit(f):
		return "-0", true
	case f == 0:
		return "0", true
	}
	return "", false
}

// digitsString lays out "d.ddde±dd": in full if the exponent is in [-4, most),
// else with an exponent.
func digitsString(scientific []byte, most int, e byte) string {
	s := string(scientific)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	mantissa, exponent, _ := strings.Cut(s, "e")
	exp, _ := strconv.Atoi(exponent)
	digits := strings.Replace(mantissa, ".", "", 1)
	digits = strings.TrimRight(digits, "0")
	if digits == "" {
		return sign + "0"
	}
	switch {
	case exp < -4 || exp >= most:
		fraction := digits[1:]
		if fraction == "" {
			fraction = "0"
		}
		mark := "+"
		if exp < 0 {
			mark, exp = "-", -exp
		}
		return sign + digits[:1] + "." + fraction + string(e) + mark + strconv.Itoa(exp)
	case exp < 0:
		return sign + "0." + strings.Repeat("0", -exp-1) + digits
	case len(digits) <= exp+1:
		return sign + digits + strings.Repeat("0", exp+1-len(digits))
	}
	return sign + digits[:exp+1] + "." + digits[exp+1:]
}

// numericPrefix reads the number a string begins with. whole tells whether
// nothing but blanks follows, found whether there is one at all (spec 2.3).
func numericPrefix(s string) (v Value, whole, found bool) {
	const blanks = " \t\n\r\v\f"
	start := 0
	for start < len(s) && strings.IndexByte(blanks, s[start]) >= 0 {
		start++
	}
	i := start
	if i < len(s) && (s[i] == '+' || s[i] == '-') {
		i++
	}
	first := i
	for i < len(s) && s[i] >= '0' && s[i] <= '9' {
		i++
	}
	digits := i - first
	isFloat := false
	if i < len(s) && s[i] == '.' {
		j := i + 1
		for j < len(s) && s[j] >= '0' && s[j] <= '9' {
			j++
		}
		if fraction := j - i - 1; digits+fraction > 0 {
			digits += fraction
			isFloat = true
			i = j
		}
	}
	if digits == 0 {
		return Int(0), false, false
	}
	if i < len(s) && s[i]|0x20 == 'e' {
		j := i + 1
		if j < len(s) && (s[j] == '+' || s[j] == '-') {
			j++
		}
		if k := j; k < len(s) && s[k] >= '0' && s[k] <= '9' {
			for k < len(s) && s[k] >= '0' && s[k] <= '9' {
				k++
			}
			isFloat = true
			i = k
		}
	}
	whole = strings.Trim(s[i:], blanks) == ""
	if !isFloat {
		if n, err := strconv.ParseInt(s[start:i], 10, 64); err == nil {
			return Int(n), whole, true
		}
	}
	f, _ := strconv.ParseFloat(s[start:i], 64)
	return Float(f), whole, true
}

// numeric gives the number of a numeric string.
func numeric(s string) (Value, bool) {
	if s == "" || s[0] > '9' {
		return Value{}, false
	}
	v, whole, found := numericPrefix(s)
	return v, whole && found
}

// ToInt is the value as an int, without complaint, as PHP's (int).
func (v Value) ToInt() int64 {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindBool, KindInt:
		return v.n
	case KindFloat:
		return truncate(v.float())
	case KindString, KindMarkup:
		n, _, _ := numericPrefix(v.text())
		return n.ToInt()
	case KindArray:
		if v.Array().Len() == 0 {
			return 0
		}
		return 1
	case KindObject, KindClosure:
		return 1
	}
	return 0
}

// ToFloat is the value as a float, without complaint, as PHP's (float).
func (v Value) ToFloat() float64 {
	switch v.kind { //nolint:exhaustive // the other kinds are treated alike
	case KindFloat:
		return v.float()
	case KindString, KindMarkup:
		n, _, _ := numericPrefix(v.text())
		if n.kind == KindInt {
			return float64(n.n)
		}
		return n.float()
	}
	return float64(v.ToInt())
}

// truncate cuts a float to an int; what does not fit wraps as in PHP.
func truncate(f float64) int64 {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return 0
	}
	if f >= -math.MaxInt64 && f < math.MaxInt64 {
		return int64(f)
	}
	m := math.Mod(math.Trunc(f), 18446744073709551616)
	if m < 0 {
		m += 18446744073709551616
	}
	return int64(uint64(m))
}

// isIterableValue reports arrays and iterable objects.
func isIterableValue(v Value) bool {
	if v.kind == KindArray {
		return true
	}
	_, ok := v.Object().(Iterable)
	return v.kind == KindObject && ok
}
