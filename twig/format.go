package twig

import (
	"bytes"
	"math"
	"strconv"
	"strings"
)

type numberFormat struct {
	decimals         int
	point, separator string
}

// maxDecimals bounds the fraction digits that number_format and format make.
const maxDecimals = 500

// roundHalf rounds half away from zero after PHP's pre-rounding to 15
// significant digits (spec 11.2).
func roundHalf(f float64, places int) float64 {
	if f == 0 || math.IsInf(f, 0) || math.IsNaN(f) || places > 300 {
		return f
	}
	if places < -308 {
		return 0
	}
	scale := math.Pow(10, math.Abs(float64(places)))
	scaled := f * scale
	if places < 0 {
		scaled = f / scale
	}
	if math.Abs(scaled) >= 1e15 || math.IsInf(scaled, 0) {
		return f
	}
	// Far from a half there is nothing to pre-round.
	if part := math.Abs(scaled) - math.Floor(math.Abs(scaled)); places >= 0 && places <= 22 && math.Abs(scaled) < 1e8 && math.Abs(part-0.5) > 1e-5 {
		return math.Round(scaled) / scale
	}
	// Fifteen digits make 1.005 * 100 = 100.49999999999999 the 100.5 that was meant.
	pre, _ := strconv.ParseFloat(strconv.FormatFloat(scaled, 'e', 14, 64), 64)
	rounded := math.Round(pre)
	if places > 0 {
		// Dividing by a power of ten is exact only to the last bit; reading digits is.
		r, _ := strconv.ParseFloat(strconv.FormatFloat(rounded, 'f', 0, 64)+"e-"+strconv.Itoa(places), 64)
		return r
	}
	return rounded * scale
}

// room bounds the bytes that a number takes.
func (n numberFormat) room(f float64) int64 {
	digits := 1
	if _, bits := math.Frexp(f); bits > 0 {
		digits += bits * 3 / 10 // an upper bound: log10(2) is less
		digits += bits / 900
	}
	return int64(digits + n.decimals + len(n.point) + digits/3*len(n.separator) + 1)
}

// append is PHP's number_format.
func (n numberFormat) append(out []byte, f float64) []byte {
	if math.IsInf(f, 0) || math.IsNaN(f) {
		s, _ := special(f)
		return append(out, strings.ToLower(s)...)
	}
	f = roundHalf(f, n.decimals)
	var room [64]byte
	text := strconv.AppendFloat(room[:0], math.Abs(f), 'f', n.decimals, 64)
	whole, fraction := text, []byte(nil)
	if n.decimals > 0 {
		at := len(text) - n.decimals
		whole, fraction = text[:at-1], text[at:]
	}
	if f < 0 && len(bytes.Trim(text, "0.")) > 0 {
		out = append(out, '-')
	}
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			out = append(out, n.separator...)
		}
		out = append(out, digit)
	}
	if n.decimals > 0 {
		out = append(out, n.point...)
		out = append(out, fraction...)
	}
	return out
}

// sprintf is PHP's, as far as templates need it (spec 11.3).
func sprintf(c *Context, format string, args []Value) (string, error) {
	var out strings.Builder
	needed := 0
	next := 0
	for i := 0; i < len(format); i++ {
		if format[i] != '%' {
			out.WriteByte(format[i])
			continue
		}
		i++
		if i >= len(format) {
			return "", phpError("Missing format specifier at end of string")
		}
		if format[i] == '%' {
			out.WriteByte('%')
			continue
		}
		d, end, err := readDirective(format, i)
		if err != nil {
			return "", err
		}
		i = end
		at := next
		if d.argument > 0 {
			at = d.argument - 1
		} else {
			next++
		}
		needed = max(needed, at+1)
		if at >= len(args) {
			continue
		}
		c.Reserve(int64(d.width + d.precision + 1))
		text, err := d.format(c, args[at])
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		c.fits(out.Len())
	}
	if needed > len(args) {
		return "", phpError("%d arguments are required, %d given", max(needed, countDirectives(format))+1, len(args)+1)
	}
	return out.String(), nil
}

// countDirectives counts the arguments a format takes in turn.
func countDirectives(format string) int {
	return strings.Count(strings.ReplaceAll(format, "%%", ""), "%")
}

type directive struct {
	argument  int
	left      bool
	plus      bool
	pad       byte
	width     int
	precision int
	verb      byte
}

func readDirective(s string, i int) (d directive, end int, err error) {
	d = directive{pad: ' ', precision: -1}
	if n, after := readInt(s, i); after > i && after < len(s) && s[after] == '$' {
		if n < 1 {
			return d, i, phpError("Argument number specifier must be greater than zero and less than 2147483647")
		}
		d.argument, i = n, after+1
	}
flags:
	for ; i < len(s); i++ {
		switch s[i] {
		case '-':
			d.left = true
		case '+':
			d.plus = true
		case ' ', '0':
			d.pad = s[i]
		case '\'':
			if i++; i >= len(s) {
				return d, i, phpError("Missing padding character")
			}
			d.pad = s[i]
		default:
			break flags
		}
	}
	d.width, i = readInt(s, i)
	if i < len(s) && s[i] == '.' {
		d.precision, i = readInt(s, i+1)
		if d.precision > maxDecimals {
			return d, i, phpError("Precision must be greater than or equal to -1 and less than %d", maxDecimals)
		}
	}
	for i < len(s) && s[i] == 'l' {
		i++
	}
	if i >= len(s) {
		return d, i, phpError("Missing format specifier at end of string")
	}
	d.verb = s[i]
	return d, i, nil
}

func readInt(s string, i int) (n, end int) {
	for end = i; end < len(s) && isDigitByte(s[end]); end++ {
		if n = n*10 + int(s[end]-'0'); n > math.MaxInt32 {
			n = math.MaxInt32
		}
	}
	return n, end
}

func isDigitByte(c byte) bool { return c >= '0' && c <= '9' }

func (d directive) format(c *Context, v Value) (string, error) {
	precision := d.precision
	if precision < 0 {
		precision = 6
	}
	text := ""
	switch d.verb {
	case 's':
		text = c.String(v)
		if d.precision >= 0 && d.precision < len(text) {
			text = text[:d.precision]
		}
	case 'd', 'i':
		text = strconv.FormatInt(v.ToInt(), 10)
		if d.plus && v.ToInt() >= 0 {
			text = "+" + text
		}
	case 'u':
		text = strconv.FormatUint(uint64(v.ToInt()), 10)
	case 'c':
		return string([]byte{byte(v.ToInt())}), nil
	case 'b', 'o', 'x', 'X':
		base := map[byte]int{'b': 2, 'o': 8, 'x': 16, 'X': 16}[d.verb]
		text = strconv.FormatUint(uint64(v.ToInt()), base)
		if d.verb == 'X' {
			text = strings.ToUpper(text)
		}
	case 'f', 'F':
		// The exact decimals are rounded, unlike those of round and number_format.
		f := unsigned(v.ToFloat())
		text = strconv.FormatFloat(f, 'f', precision, 64)
		if d.plus && f >= 0 {
			text = "+" + text
		}
	case 'e', 'E':
		text = scientific(unsigned(v.ToFloat()), precision, d.verb)
		if d.plus && v.ToFloat() >= 0 {
			text = "+" + text
		}
	case 'g', 'G':
		text = general(v.ToFloat(), precision, d.verb)
	default:
		return "", phpError("Unknown format specifier \"%c\"", d.verb)
	}
	return d.padded(text), nil
}

// unsigned takes the sign off a zero.
func unsigned(f float64) float64 {
	if f == 0 {
		return 0
	}
	return f
}

func (d directive) padded(text string) string {
	fill := d.width - len(text)
	if fill <= 0 {
		return text
	}
	pad := strings.Repeat(string([]byte{d.pad}), fill)
	switch {
	case d.left && d.pad == '0' && d.verb != 's':
		return text + strings.Repeat("0", fill)
	case d.left:
		return text + pad
	case d.pad == '0' && d.verb != 's' && text != "" && (text[0] == '-' || text[0] == '+'):
		return text[:1] + pad + text[1:]
	}
	return pad + text
}

// scientific is %e with an exponent that is not padded: 1.234568e+4.
func scientific(f float64, precision int, e byte) string {
	s := strconv.FormatFloat(f, 'e', precision, 64)
	mantissa, exponent, ok := strings.Cut(s, "e")
	if !ok {
		return s
	}
	n, _ := strconv.Atoi(exponent)
	sign := "+"
	if n < 0 {
		sign, n = "-", -n
	}
	return mantissa + string(e) + sign + strconv.Itoa(n)
}

func general(f float64, precision int, verb byte) string {
	if precision == 0 {
		precision = 1
	}
	if s, ok := special(f); ok {
		return s
	}
	e := byte('e')
	if verb == 'G' {
		e = 'E'
	}
	return digitsString(strconv.AppendFloat(nil, f, 'e', precision-1, 64), precision, e)
}
