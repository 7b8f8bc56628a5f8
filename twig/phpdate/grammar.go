package phpdate

import "strings"

// parts are the pieces that the patterns of the rules are made of, in the order of use:
// a piece may contain earlier ones. The names and forms are those of the PHP manual,
// "Supported Date and Time Formats". Words are matched without regard to case, except
// Roman months and the suffixes of days.
var parts = []struct{ name, pattern string }{
	{"space", `[ \t]+`},
	{"gap", `[ .\t-]*`},
	{"fraction", `\.[0-9]+`},

	{"hour24", `[01]?[0-9]|2[0-4]`},
	{"hour24lz", `[01][0-9]|2[0-4]`},
	{"hour12", `0?[1-9]|1[0-2]`},
	{"minute", `[0-5]?[0-9]`},
	{"minutelz", `[0-5][0-9]`},
	{"second", `[0-5]?[0-9]|60`},
	{"secondlz", `[0-5][0-9]|60`},
	{"meridian", `[AaPp]\.?[Mm]\.?[\x00\t ]`},

	{"tz", `\(?[A-Za-z]{1,6}\)?|[A-Z][a-z]+(?:[_/-][A-Za-z]+)+`},
	{"tzcorrection", `(?:GMT)?[+-](?:{hour24}(?::?{minute})?|{hour24lz}{minutelz}{secondlz}|{hour24lz}:{minutelz}:{secondlz})`},

	{"daysuffix", `st|nd|rd|th`},
	{"month", `0?[0-9]|1[0-2]`},
	{"day", `(?:[0-2]?[0-9]|3[01]){daysuffix}?`},
	{"year", `[0-9]{1,4}`},
	{"year2", `[0-9]{2}`},
	{"year4", `[0-9]{4}`},
	{"year4signed", `[+-]?[0-9]{4}`},
	{"yearlong", `[+-][0-9]{5,19}`},
	{"dayofyear", `00[1-9]|0[1-9][0-9]|[12][0-9][0-9]|3[0-5][0-9]|36[0-6]`},
	{"weekofyear", `0[1-9]|[1-4][0-9]|5[0-3]`},
	{"monthlz", `0[0-9]|1[0-2]`},
	{"daylz", `0[0-9]|[12][0-9]|3[01]`},

	{"dayfull", `(?i:sunday|monday|tuesday|wednesday|thursday|friday|saturday)`},
	{"dayabbr", `(?i:sun|mon|tue|wed|thu|fri|sat)`},
	{"daytext", `(?i:{dayfull}s?|{dayabbr}|weekdays?)`},
	{"monthfull", `(?i:january|february|march|april|may|june|july|august|september|october|november|december)`},
	{"monthabbr", `(?i:jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)`},
	{"monthroman", `I{1,3}|I?V|VI{1,3}|I?X|XI{1,2}`},
	{"monthtext", `{monthfull}|{monthabbr}|{monthroman}`},

	{"timeshort12", `{hour12}[:.]{minutelz}{space}?{meridian}`},
	{"timelong12", `{hour12}[:.]{minute}[:.]{secondlz}{space}?{meridian}`},
	{"timeshort24", `[tT]?{hour24}[:.]{minute}`},
	{"timelong24", `[tT]?{hour24}[:.]{minute}[:.]{second}`},
	{"timezoned", `[tT]?{hour24}[:.]{minute}[:.]{secondlz}{space}?(?:{tzcorrection}|{tz})`},
	{"datenoyear", `{monthtext}{gap}{day}(?:[,.stndrh\t ]+|\x00)`},

	{"ordinal", `(?i:first|second|third|fourth|fifth|sixth|seventh|eighth?|ninth|tenth|eleventh|twelfth)`},
	{"direction", `(?i:next|last|previous|this)`},
	{"unit", `(?:(?i:ms|(?:msec|millisecond|microsecond|usec|sec|second|min|minute|hour|day|fortnight|forthnight|month|year)s?|weeks)|\xC2\xB5(?i:s|secs?)|{daytext})`},
	{"number", `[+-]*[ \t]*[0-9]+`},
}

// rule says what a token looks like and what it means.
type rule struct {
	pattern string
	act     func(*parser, *token)
}

// rules is the grammar. Where two match the same length of text, the first one counts.
var rules = []rule{
	{`(?i:yesterday)`, func(p *parser, _ *token) { p.setDay(-1) }},
	{`(?i:now)`, func(*parser, *token) {}},
	{`(?i:noon)`, func(p *parser, _ *token) { p.setClock(12, 0) }},
	{`(?i:midnight|today)`, func(p *parser, _ *token) { p.forgetTime() }},
	{`(?i:tomorrow)`, func(p *parser, _ *token) { p.setDay(1) }},
	{`@-?[0-9]+`, (*parser).timestamp},
	{`@-?[0-9]+\.[0-9]{0,6}`, (*parser).timestamp},
	{`(?i:first day of)`, func(p *parser, _ *token) { p.relative.edge = firstDayOfMonth }},
	{`(?i:last day of)`, func(p *parser, _ *token) { p.relative.edge = lastDayOfMonth }},
	{`(?i:back of ){hour24}(?:{space}?{meridian})?`, func(p *parser, t *token) { p.quarter(t, 15) }},
	{`(?i:front of ){hour24}(?:{space}?{meridian})?`, func(p *parser, t *token) { p.quarter(t, -15) }},
	{`(?:{ordinal}|{direction}){space}(?:{dayfull}|{dayabbr}){space}(?i:of)`, (*parser).weekdayOfMonth},
	{`{hour12}{space}?{meridian}`, (*parser).time12},
	{`{timeshort12}`, (*parser).time12},
	{`{timelong12}`, (*parser).time12},
	{`{hour12}:{minutelz}:{secondlz}[:.][0-9]+{meridian}`, (*parser).time12},
	{`[tT]{hour24}`, (*parser).time24},
	{`{timeshort24}`, (*parser).time24},
	{`{timelong24}`, (*parser).time24},
	{`[tT]?{hour24}[:.]{minute}[:.]{second}{fraction}`, (*parser).time24},
	{`[tT]?{hour24lz}{minutelz}`, (*parser).fourDigits},
	{`[tT]?{hour24lz}{minutelz}{secondlz}`, (*parser).time24},
	{`{month}/{day}`, fields("md")},
	{`{month}/{day}/{year}`, fields("mdy")},
	{`{year4signed}-{monthlz}-{daylz}`, fields("Ymd")},
	{`{year4}/{monthlz}/{daylz}/?`, fields("Ymd")},
	{`{year4}/{month}/{day}`, fields("Ymd")},
	{`{year2}-{monthlz}-{daylz}`, fields("ymd")},
	{`{yearlong}-{monthlz}-{daylz}`, fields("Xmd")},
	{`{year4}-{month}`, fields("ym1")},
	{`{year}-{month}-{day}`, fields("ymd")},
	{`{day}[ \t.-]*{monthtext}[ \t.-]*{year}`, fields("dMy")},
	{`{day}[.\t-]{month}[.-]{year4}`, fields("dmy")},
	{`{day}[.\t]{month}\.{year2}`, fields("dmy")},
	{`{monthtext}{gap}{year4}`, fields("My1")},
	{`{year4}{gap}{monthtext}`, fields("yM1")},
	{`{monthtext}{gap}{day}[,.stndrh\t ]+{year}`, fields("Mdy")},
	{`{datenoyear}`, fields("Md")},
	{`{day}{gap}{monthtext}`, fields("dM")},
	{`{year4}{monthlz}{daylz}`, fields("ymd")},
	{`{year4}{monthlz}{daylz}T{hour24}:{minutelz}:{secondlz}`, fields("ymdHis")},
	{`{year4}{monthlz}{daylz}[tT]{hour24}{minutelz}{secondlz}`, fields("ymdHis")},
	{`{year4}-{monthlz}-{daylz}T{hour24lz}:{minutelz}:{secondlz}{fraction}{tzcorrection}?`, fields("ymdHisfe")},
	{`{year4}-{month}-{day}T{hour24}:{minute}:{second}`, fields("ymdHis")},
	{`{year4}:{monthlz}:{daylz} {hour24lz}:{minutelz}:{secondlz}`, fields("ymdHis")},
	{`{year4}[.-]?{dayofyear}`, fields("yz")},
	{`{year4}-?W{weekofyear}-?[0-7]`, (*parser).isoWeek},
	{`{year4}-?W{weekofyear}`, (*parser).isoWeek},
	{`{monthabbr}-{daylz}-{year}`, fields("Mdy")},
	{`{year}-{monthabbr}-{daylz}`, fields("yMd")},
	{`{day}/{monthabbr}/{year4}:{hour24lz}:{minutelz}:{secondlz}{space}{tzcorrection}`, fields("dMyHise")},
	{`{year4}`, func(p *parser, t *token) { p.year = t.number(4) }},
	{`(?i:ago)`, func(p *parser, _ *token) { p.relative.reverse() }},
	{`{daytext}`, (*parser).dayName},
	{`{direction}{space}(?i:week)`, (*parser).weekText},
	{`(?:{ordinal}|{direction}){space}{unit}`, (*parser).relativeText},
	{`(?:{monthfull}|{monthabbr})`, fields("M")},
	{`(?:{tzcorrection}|{tz})`, (*parser).zoneName},
	{`{datenoyear}{timeshort12}`, fields("MdHisa")},
	{`{datenoyear}{timelong12}`, fields("MdHisa")},
	{`{datenoyear}{timeshort24}`, fields("MdHis")},
	{`{datenoyear}{timelong24}`, fields("MdHis")},
	{`{datenoyear}{timezoned}`, fields("MdHise")},
	{`{number}{space}?(?:{unit}|(?i:week))`, (*parser).relativeNumber},
	{`[ .,\t\x00\n]`, func(*parser, *token) {}},
}

// spell replaces the {names} in a pattern by what they stand for.
func spell(pattern string) string {
	for i := len(parts) - 1; i >= 0; i-- {
		pattern = strings.ReplaceAll(pattern, "{"+parts[i].name+"}", "(?:"+parts[i].pattern+")")
	}
	return pattern
}

// relativeWords say how many of a unit are meant.
var relativeWords = map[string]int64{
	"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7,
	"eight": 8, "eighth": 8, "ninth": 9, "tenth": 10, "eleventh": 11, "twelfth": 12,
	"next": 1, "last": -1, "previous": -1, "this": 0,
}

// weekdayNames has Sunday as 0. The plurals are read by their first three letters.
var weekdayNames = [...]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// monthNames are full names, read by their first three letters too.
var monthNames = [...]string{
	"january", "february", "march", "april", "may", "june",
	"july", "august", "september", "october", "november", "december",
}

var romanMonths = [...]string{"i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii"}

// monthNumber is 1 to 12. The grammar lets no other words through.
func monthNumber(word string) int64 {
	word = strings.ToLower(word)
	for i, roman := range romanMonths {
		if word == roman {
			return int64(i + 1)
		}
	}
	for i, name := range monthNames {
		if len(word) >= 3 && strings.HasPrefix(name, word[:3]) {
			return int64(i + 1)
		}
	}
	return 0
}
