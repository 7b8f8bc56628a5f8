package twig

import (
	"math"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/japanese"
	utf16 "golang.org/x/text/encoding/unicode"
	"golang.org/x/text/language"
)

// subject is the string a text filter works on; function is PHP's name in the message.
func subject(c *Context, v Value, function string) (string, error) {
	if v.kind == KindArray {
		return "", phpError("%s(): Argument #1 ($string) must be of type string, array given", function)
	}
	s := c.String(v)
	c.Spend(len(s) >> 5)
	return s, nil
}

func caseFilter(function string, change func(out []byte, s string) []byte) func(*Context, []Value) (Value, bool, error) {
	return func(c *Context, args []Value) (Value, bool, error) {
		s, err := subject(c, args[0], function)
		if err != nil {
			return Value{}, false, err
		}
		c.Reserve(int64(len(s)))
		c.out = change(c.out, s)
		return Value{}, true, nil
	}
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

func appendUpper(out []byte, s string) []byte {
	if !isASCII(s) {
		return append(out, cases.Upper(language.Und).String(s)...)
	}
	for i := range len(s) {
		b := s[i]
		if b >= 'a' && b <= 'z' {
			b -= 'a' - 'A'
		}
		out = append(out, b)
	}
	return out
}

func appendLower(out []byte, s string) []byte {
	if !isASCII(s) {
		return append(out, cases.Lower(language.Und, cases.HandleFinalSigma(false)).String(s)...)
	}
	for i := range len(s) {
		b := s[i]
		if b >= 'A' && b <= 'Z' {
			b += 'a' - 'A'
		}
		out = append(out, b)
	}
	return out
}

func appendCapitalized(out []byte, s string) []byte {
	_, width := utf8.DecodeRuneInString(s)
	return appendLower(appendUpper(out, s[:width]), s[width:])
}

// appendTitle makes the first letter of each word upper case and the rest
// lower. A word goes on through apostrophes and the like.
func appendTitle(out []byte, s string) []byte {
	inside := false
	for _, r := range s {
		switch {
		case inside:
			out = appendLower(out, string(r))
		case r == 'ß':
			out = append(out, "Ss"...)
		default:
			out = utf8.AppendRune(out, unicode.ToTitle(r))
		}
		if !caseIgnorable(r) {
			inside = unicode.IsUpper(r) || unicode.IsLower(r) || unicode.IsTitle(r)
		}
	}
	return out
}

func caseIgnorable(r rune) bool {
	return strings.ContainsRune("'.:^`\u00a8\u00ad\u00af\u00b4\u00b7\u00b8\u2018\u2019\u2024\u2027", r) || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Lm)
}

func nl2brFilter(c *Context, args []Value) (Value, bool, error) {
	s, err := subject(c, args[0], "nl2br")
	if err != nil {
		return Value{}, false, err
	}
	c.Reserve(int64(len(s) + 6*(strings.Count(s, "\n")+strings.Count(s, "\r"))))
	for i := 0; i < len(s); i++ {
		b := s[i]
		if b != '\n' && b != '\r' {
			c.out = append(c.out, b)
			continue
		}
		c.out = append(c.out, "<br />"...)
		c.out = append(c.out, b)
		if i+1 < len(s) && (s[i+1] == '\n' || s[i+1] == '\r') && s[i+1] != b {
			i++
			c.out = append(c.out, s[i])
		}
	}
	return Value{}, true, nil
}

var betweenTags = regexp.MustCompile(`>[\s\x0b]+<`) // a constant

// spacelessFilter keeps safe what was safe and no more: the reference prints a
// plain string that went through it unescaped.
func spacelessFilter(c *Context, args []Value) (Value, error) {
	s, err := subject(c, args[0], "preg_replace")
	s = strings.Trim(betweenTags.ReplaceAllString(s, "><"), trimDefault)
	if args[0].kind == KindMarkup {
		return Markup(s), err
	}
	return String(s), err
}

// trimDefault is what trim removes if nothing else is said.
const trimDefault = " \t\n\r\x00\x0b"

func trimFilter(c *Context, args []Value) (Value, error) {
	s, err := subject(c, args[0], "trim")
	if err != nil {
		return Value{}, err
	}
	set := maskSet(trimDefault)
	if args[1].kind != KindNull {
		set = maskSet(c.String(args[1]))
	}
	start, end := 0, len(s)
	side := c.String(args[2])
	if side != "both" && side != "left" && side != "right" {
		return Value{}, Failf("Trimming side must be \"left\", \"right\" or \"both\".")
	}
	for side != "right" && start < end && set[s[start]] {
		start++
	}
	for side != "left" && end > start && set[s[end-1]] {
		end--
	}
	if args[0].kind == KindMarkup && args[1].kind == KindNull {
		return Markup(s[start:end]), nil
	}
	return String(s[start:end]), nil
}

// maskSet reads a character mask with ranges such as "a..z".
func maskSet(mask string) (set [256]bool) {
	for i := 0; i < len(mask); i++ {
		if i+3 < len(mask) && mask[i+1] == '.' && mask[i+2] == '.' && mask[i+3] >= mask[i] {
			for b := int(mask[i]); b <= int(mask[i+3]); b++ {
				set[b] = true
			}
			i += 3
			continue
		}
		set[mask[i]] = true
	}
	return set
}

func replaceFilter(c *Context, args []Value) (Value, bool, error) {
	pairs, ok := c.toArray(args[1])
	if !ok {
		return Value{}, false, Failf("The \"replace\" filter expects a sequence or a mapping, got \"%s\".", args[1].TypeName())
	}
	s, err := subject(c, args[0], "strtr")
	if err != nil {
		return Value{}, false, err
	}
	c.Reserve(int64(pairs.Len()) * elementSize)
	by := make(map[string]string, pairs.Len())
	var widths []int // the lengths there are, longest first
	work := 0
	for k, v := range pairs.All() {
		from := k.String()
		if from == "" {
			continue
		}
		by[from] = c.String(v)
		if !slices.Contains(widths, len(from)) {
			widths = append(widths, len(from))
			work += len(from)
		}
	}
	slices.Sort(widths)
	slices.Reverse(widths)
	c.Reserve(int64(len(s)))
	for i := 0; i < len(s); {
		c.Spend(work >> 5)
		width := replaceAt(c, by, widths, s[i:])
		if width == 0 {
			c.out = append(c.out, s[i])
			width = 1
		}
		i += width
	}
	return Value{}, true, nil
}

// replaceAt appends what the longest pair that fits here becomes, and gives its length.
func replaceAt(c *Context, by map[string]string, widths []int, s string) int {
	for _, width := range widths {
		if width > len(s) {
			continue
		}
		if to, ok := by[s[:width]]; ok {
			c.appendText(to)
			return width
		}
	}
	return 0
}

func splitFilter(c *Context, args []Value) (Value, error) {
	s, err := subject(c, args[0], "explode")
	if err != nil {
		return Value{}, err
	}
	delimiter := c.String(args[1])
	limit, limited := args[2].ToInt(), args[2].kind != KindNull
	count := utf8.RuneCountInString(s)
	if delimiter != "" {
		count = strings.Count(s, delimiter) + 1
	}
	c.Reserve(int64(count) * elementSize)
	var parts []string
	switch {
	case delimiter == "":
		parts = chunks(s, limit, limited)
	case !limited:
		parts = strings.Split(s, delimiter)
	case limit < 0:
		parts = strings.Split(s, delimiter)
		parts = parts[:max(0, int64(len(parts))+limit)]
	default:
		parts = strings.SplitN(s, delimiter, int(min(max(limit, 1), int64(len(s))+1)))
	}
	a := NewArray(len(parts))
	for _, p := range parts {
		a.Append(String(p))
	}
	return ArrayOf(a), nil
}

// chunks splits a string into characters, or pieces of so many characters.
func chunks(s string, size int64, limited bool) []string {
	if !limited || size <= 1 {
		size = 1
	}
	var parts []string
	runes := []rune(s)
	if size > 1 && int64(len(runes)) < size || s == "" {
		return []string{s}
	}
	for len(runes) > 0 {
		n := int(min(size, int64(len(runes))))
		if size == 1 && len(runes) == 2 && runes[1] == '\n' {
			n = 2 // the reference splits by a pattern whose $ also stands before a last newline
		}
		parts = append(parts, string(runes[:n]))
		runes = runes[n:]
	}
	return parts
}

func formatFilter(c *Context, args []Value) (Value, error) {
	format, err := subject(c, args[0], "sprintf")
	if err != nil {
		return Value{}, err
	}
	s, err := sprintf(c, format, args[1:])
	return String(s), err
}

func numberFormatFilter(c *Context, args []Value) (Value, bool, error) {
	n := c.env.numbers
	n.decimals = max(n.decimals, 0)
	if args[1].kind != KindNull {
		n.decimals = int(min(max(args[1].ToInt(), 0), maxDecimals+1))
	}
	if n.decimals > maxDecimals {
		return Value{}, false, Failf("The \"number_format\" filter makes at most %d decimals.", maxDecimals)
	}
	if args[2].kind != KindNull {
		n.point = c.String(args[2])
	}
	if args[3].kind != KindNull {
		n.separator = c.String(args[3])
	}
	f := args[0].ToFloat()
	c.Reserve(n.room(f))
	c.out = n.append(c.out, f)
	return Value{}, true, nil
}

func roundFilter(c *Context, args []Value) (Value, error) {
	f, places := args[0].ToFloat(), int(min(max(args[1].ToInt(), -400), 400))
	method := c.String(args[2])
	if method == "common" {
		return Float(roundHalf(f, places)), nil
	}
	change := map[string]func(float64) float64{"ceil": math.Ceil, "floor": math.Floor}[method]
	if change == nil {
		return Value{}, Failf("The \"round\" filter only supports the \"common\", \"ceil\", and \"floor\" methods.")
	}
	scale := math.Pow(10, float64(places))
	switch {
	case math.IsInf(f*scale, 0):
		return Float(f), nil
	case scale == 0:
		return Float(0), nil
	}
	return Float(change(f*scale) / scale), nil
}

func absFilter(_ *Context, args []Value) (Value, error) {
	v, ok := operand(args[0])
	if !ok {
		return Value{}, phpError("abs(): Argument #1 ($num) must be of type int|float, %s given", args[0].TypeName())
	}
	if v.kind == KindFloat {
		return Float(math.Abs(v.float())), nil
	}
	if v.n == math.MinInt64 {
		return Float(-float64(v.n)), nil
	}
	return Int(abs(v.n)), nil
}

func jsonFilter(c *Context, args []Value) (Value, error) {
	v := jsonEncode(c, args[0], args[1].ToInt(), args[2].ToInt())
	return v, nil
}

func urlEncodeFilter(c *Context, args []Value) (Value, error) {
	if a, ok := c.toArray(args[0]); ok {
		var pairs []string
		c.query("", a, &pairs, 0)
		return String(strings.Join(pairs, "&")), nil
	}
	s, err := subject(c, args[0], "rawurlencode")
	return String(rawURLEncode(s)), err
}

// query writes an array as a query string.
func (c *Context) query(prefix string, a *Array, pairs *[]string, depth int) {
	if depth > maxNesting {
		c.tooNested()
	}
	for k, v := range a.All() {
		name := rawURLEncode(k.String())
		if prefix != "" {
			name = prefix + "%5B" + name + "%5D"
		}
		c.Reserve(int64(len(name)))
		switch v.kind { //nolint:exhaustive // the other kinds are treated alike
		case KindNull:
		case KindArray:
			c.query(name, v.Array(), pairs, depth+1)
		case KindBool:
			*pairs = append(*pairs, name+"="+Int(v.n).scalarString())
		default:
			*pairs = append(*pairs, name+"="+rawURLEncode(c.String(v)))
		}
	}
}

func convertFilter(c *Context, args []Value) (Value, error) {
	s, err := subject(c, args[0], "iconv")
	if err != nil {
		return Value{}, err
	}
	to, from := charset(c.String(args[1])), charset(c.String(args[2]))
	if to == nil || from == nil {
		return Value{}, Failf("The \"convert_encoding\" filter does not know the charset \"%s\" or \"%s\".", c.String(args[1]), c.String(args[2]))
	}
	c.Reserve(int64(len(s)) * 4)
	if s, err = from.NewDecoder().String(s); err != nil {
		return Value{}, err
	}
	s, err = to.NewEncoder().String(s)
	return String(s), err
}

func charset(name string) encoding.Encoding {
	switch strings.ToUpper(strings.ReplaceAll(name, "_", "-")) {
	case "UTF-8", "UTF8", "ASCII", "US-ASCII":
		return encoding.Nop
	case "ISO-8859-1", "LATIN1":
		return charmap.ISO8859_1
	case "ISO-8859-2":
		return charmap.ISO8859_2
	case "ISO-8859-15":
		return charmap.ISO8859_15
	case "WINDOWS-1250", "CP1250":
		return charmap.Windows1250
	case "WINDOWS-1251", "CP1251":
		return charmap.Windows1251
	case "WINDOWS-1252", "CP1252":
		return charmap.Windows1252
	case "ISO-2022-JP":
		return japanese.ISO2022JP
	case "EUC-JP":
		return japanese.EUCJP
	case "SHIFT-JIS", "SJIS":
		return japanese.ShiftJIS
	case "UTF-16BE", "UTF-16":
		return utf16.UTF16(utf16.BigEndian, utf16.IgnoreBOM)
	case "UTF-16LE":
		return utf16.UTF16(utf16.LittleEndian, utf16.IgnoreBOM)
	}
	return nil
}
