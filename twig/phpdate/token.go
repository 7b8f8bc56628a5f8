package phpdate

import (
	"strconv"
	"strings"
)

// token reads the values in one token. The grammar has checked its form, so the readers
// skip whatever is between the values.
type token struct {
	text string
	at   int
}

func (t *token) peek() byte {
	if t.at < len(t.text) {
		return t.text[t.at]
	}
	return 0
}

// number reads the next number, of at most limit digits. It is unset if there is none
// or it does not fit 64 bits.
func (t *token) number(limit int) int64 {
	for t.at < len(t.text) && !isDigit(t.text[t.at]) {
		t.at++
	}
	start := t.at
	for t.at < len(t.text) && t.at-start < limit && isDigit(t.text[t.at]) {
		t.at++
	}
	value, err := strconv.ParseInt(t.text[start:t.at], 10, 64)
	if err != nil {
		return unset
	}
	return value
}

// clockPart reads minutes or seconds, if the clock has them.
func (t *token) clockPart(part *int64) {
	if c := t.peek(); c == ':' || c == '.' || isDigit(c) {
		*part = t.number(2)
	}
}

// signed reads the next number with the signs before it; each minus turns it.
func (t *token) signed(limit int) int64 {
	sign := int64(1)
	for t.at < len(t.text) && !isDigit(t.text[t.at]) {
		if t.text[t.at] == '-' {
			sign = -sign
		}
		t.at++
	}
	value := t.number(limit)
	if value == unset {
		return unset
	}
	return sign * value
}

// fraction reads a separator and digits as microseconds. PHP cuts the rest off.
func (t *token) fraction() int64 {
	micros, scale := int64(0), int64(1e5)
	for t.at++; t.at < len(t.text) && isDigit(t.text[t.at]); t.at++ {
		micros += int64(t.text[t.at]-'0') * scale
		scale /= 10
	}
	return micros
}

// word reads the next run of letters.
func (t *token) word() string {
	for t.at < len(t.text) && !isLetter(t.text[t.at]) {
		t.at++
	}
	start := t.at
	for t.at < len(t.text) && isLetter(t.text[t.at]) {
		t.at++
	}
	return t.text[start:t.at]
}

// skipDaySuffix skips what makes a day an ordinal, lest it be read as a word.
func (t *token) skipDaySuffix() {
	if t.at+2 > len(t.text) {
		return
	}
	switch strings.ToLower(t.text[t.at : t.at+2]) {
	case "st", "nd", "rd", "th":
		t.at += 2
	}
}

// year reads a year of at most four digits. Up to three digits below 100 mean 1970 to 2069.
func (t *token) year() int64 {
	value := t.number(4)
	start := t.at
	for start > 0 && isDigit(t.text[start-1]) {
		start--
	}
	switch {
	case t.at-start >= 4 || value >= 100:
		return value
	case value < 70:
		return value + 2000
	default:
		return value + 1900
	}
}

// meridian reads am or pm and returns what it adds to the hour.
func (t *token) meridian(hour int64) int64 {
	for t.at < len(t.text) && !strings.ContainsRune("AaPp", rune(t.text[t.at])) {
		t.at++
	}
	switch morning := t.peek() == 'a' || t.peek() == 'A'; {
	case morning && hour == 12:
		return -12
	case !morning && hour != 12:
		return 12
	default:
		return 0
	}
}

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }
