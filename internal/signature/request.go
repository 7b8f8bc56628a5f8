package signature

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Request is what was captured, byte for byte.
type Request struct {
	Method string
	URL    string // as captured: absolute, or the path and query of the request line
	Header []Field
	Body   []byte
}

// Field is one line of a header.
type Field struct{ Name, Value string }

// ErrCapture is the reason why a text cannot be read as a captured request.
var ErrCapture = errors.New("not a captured request")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrCapture, fmt.Sprintf(format, args...))
}

// get is the value of a header, its lines joined as the receiver of the other side joins
// them (protocol-signing.md 5).
func (r Request) get(name string) string {
	var values []string
	for _, f := range r.Header {
		if strings.EqualFold(f.Name, name) {
			values = append(values, f.Value)
		}
	}
	return strings.Join(values, ", ")
}

// query is the raw query: the bytes between '?' and '#'.
func (r Request) query() string {
	before, _, _ := strings.Cut(r.URL, "#")
	_, query, _ := strings.Cut(before, "?")
	return query
}

// Parse reads a HAR file, a curl command line, the text of an HTTP request, or an address
// alone. Errors are [ErrCapture] and quote nothing of the text: it may hold secrets.
func Parse(text []byte) ([]Request, error) {
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	start := bytes.TrimSpace(text)
	var one Request
	var err error
	switch {
	case len(start) == 0:
		return nil, malformed("it is empty")
	case start[0] == '{':
		return parseHAR(start)
	case bytes.HasPrefix(start, []byte("curl ")), bytes.HasPrefix(start, []byte("$ curl ")):
		one, err = parseCurl(string(bytes.TrimPrefix(start, []byte("$ "))))
	case isAddress(string(start)):
		one = Request{Method: "GET", URL: string(start)}
	default:
		one, err = parseRaw(bytes.TrimLeft(text, "\r\n"))
	}
	if err != nil {
		return nil, err
	}
	return []Request{one}, nil
}

func isAddress(s string) bool {
	return (strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")) && !strings.ContainsAny(s, " \r\n\t")
}

func parseHAR(text []byte) ([]Request, error) {
	var file struct {
		Log struct {
			Entries []struct {
				Request struct {
					Method   string  `json:"method"`
					URL      string  `json:"url"`
					Headers  []Field `json:"headers"`
					PostData struct {
						Text string `json:"text"`
					} `json:"postData"`
				} `json:"request"`
			} `json:"entries"`
		} `json:"log"`
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return nil, malformed("it begins as a HAR file and is none")
	}
	var list []Request
	for _, e := range file.Log.Entries {
		list = append(list, Request{Method: strings.ToUpper(e.Request.Method), URL: e.Request.URL, Header: e.Request.Headers, Body: []byte(e.Request.PostData.Text)})
	}
	if len(list) == 0 {
		return nil, malformed("the HAR file has no log.entries")
	}
	return list, nil
}

// parseRaw reads request line, header, an empty line, and all that follows as the body.
func parseRaw(text []byte) (Request, error) {
	line, rest := cutLine(text)
	words := strings.Fields(line)
	if len(words) < 2 || len(words) > 3 || words[0] != strings.ToUpper(words[0]) || len(words) == 3 && !strings.HasPrefix(words[2], "HTTP/") {
		return Request{}, malformed("the first line is no request line such as POST /hook HTTP/1.1")
	}
	r := Request{Method: words[0], URL: words[1]}
	for n := 2; len(rest) > 0; n++ {
		if line, rest = cutLine(rest); line == "" {
			break
		}
		name, value, ok := strings.Cut(line, ":")
		if !ok || name == "" {
			return Request{}, malformed("line %d is no header: an empty line must stand before the body", n)
		}
		r.Header = append(r.Header, Field{strings.TrimSpace(name), strings.TrimSpace(value)})
	}
	if strings.Contains(strings.ToLower(r.get("Transfer-Encoding")), "chunked") {
		return Request{}, malformed("the body is chunked; capture it without Transfer-Encoding")
	}
	r.Body = rest
	// Behind the body stands what the editor or the tool added, such as a last newline.
	if n, err := strconv.Atoi(r.get("Content-Length")); err == nil && n >= 0 && n < len(rest) {
		r.Body = rest[:n]
	}
	return r, nil
}

func cutLine(text []byte) (line string, rest []byte) {
	before, rest, _ := bytes.Cut(text, []byte("\n"))
	return strings.TrimSuffix(string(before), "\r"), rest
}

// parseCurl reads what browsers and proxies copy "as cURL", and what people type.
func parseCurl(text string) (Request, error) {
	words, err := shellWords(text)
	if err != nil {
		return Request{}, err
	}
	var r Request
	var data []string
	hasData, asQuery := false, false
	for i := 1; i < len(words); i++ {
		name, value, joined := words[i], "", false
		switch {
		case strings.HasPrefix(name, "--"):
			name, value, joined = strings.Cut(name, "=")
		case len(name) > 2 && name[0] == '-' && strings.IndexByte("XHdAbeuomxT", name[1]) >= 0:
			name, value, joined = name[:2], name[2:], true
		case !strings.HasPrefix(name, "-"):
			r.URL = name
			continue
		}
		if !takesValue(name) {
			asQuery = asQuery || name == "-G" || name == "--get"
			continue
		}
		if !joined {
			if i++; i == len(words) {
				return Request{}, malformed("the last option of the curl command lacks its value")
			}
			value = words[i]
		}
		switch name {
		case "-X", "--request":
			r.Method = value
		case "--url":
			r.URL = value
		case "-H", "--header":
			field, content, _ := strings.Cut(value, ":")
			r.Header = append(r.Header, Field{strings.TrimSpace(field), strings.TrimSpace(content)})
		case "-d", "--data", "--data-ascii", "--data-binary", "--data-raw", "--json":
			if strings.HasPrefix(value, "@") && name != "--data-raw" {
				return Request{}, malformed("the body stands in another file; put it into the command with --data-raw")
			}
			data, hasData = append(data, value), true
		case "--data-urlencode", "-F", "--form", "-T", "--upload-file":
			return Request{}, malformed("%s makes a body that is not in the command; use --data-raw", name)
		}
	}
	if r.URL == "" {
		return Request{}, malformed("the curl command has no URL")
	}
	body := strings.Join(data, "&")
	if asQuery && hasData {
		sep := "?"
		if strings.Contains(r.URL, "?") {
			sep = "&"
		}
		r.URL += sep + body
	} else {
		r.Body = []byte(body)
	}
	if r.Method == "" {
		r.Method = "GET"
		if hasData && !asQuery {
			r.Method = "POST"
		}
	}
	return r, nil
}

// takesValue knows the options with a value; all others are switches.
func takesValue(option string) bool {
	switch option {
	case "-X", "--request", "--url", "-H", "--header", "-d", "--data", "--data-ascii", "--data-binary", "--data-raw", "--json",
		"--data-urlencode", "-F", "--form", "-T", "--upload-file", "-A", "--user-agent", "-b", "--cookie", "-e", "--referer",
		"-u", "--user", "-o", "--output", "-m", "--max-time", "--connect-timeout", "-x", "--proxy", "--cacert", "--resolve":
		return true
	}
	return false
}

// shellWords splits as a POSIX shell does, with the $'…' of bash, which browsers write.
func shellWords(text string) ([]string, error) {
	var words []string
	var word strings.Builder
	inWord := false
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case ' ', '\t', '\n', '\r':
			if inWord {
				words = append(words, word.String())
				word.Reset()
				inWord = false
			}
		case '\\':
			if i++; i < len(text) && text[i] == '\r' && i+1 < len(text) && text[i+1] == '\n' {
				i++
			}
			if i < len(text) && text[i] != '\n' {
				word.WriteByte(text[i])
				inWord = true
			}
		case '\'', '"':
			end := closingQuote(text, i+1, c, c == '"')
			if end < 0 {
				return nil, malformed("a quote of the curl command is not closed")
			}
			inner := text[i+1 : end]
			if c == '"' {
				inner = strings.NewReplacer(`\"`, `"`, `\\`, `\`, `\$`, `$`, "\\`", "`", "\\\n", "").Replace(inner)
			}
			word.WriteString(inner)
			inWord, i = true, end
		case '$':
			inWord = true
			if i+1 >= len(text) || text[i+1] != '\'' {
				word.WriteByte(c)
				continue
			}
			end := closingQuote(text, i+2, '\'', true)
			if end < 0 {
				return nil, malformed("a quote of the curl command is not closed")
			}
			word.WriteString(ansi(text[i+2 : end]))
			i = end
		default:
			word.WriteByte(c)
			inWord = true
		}
	}
	if inWord {
		words = append(words, word.String())
	}
	return words, nil
}

func closingQuote(text string, from int, quote byte, escapes bool) int {
	for i := from; i < len(text); i++ {
		switch {
		case escapes && text[i] == '\\':
			i++
		case text[i] == quote:
			return i
		}
	}
	return -1
}

// ansi undoes the escapes of $'…'.
func ansi(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '\\' || i+1 == len(s) {
			b.WriteByte(s[i])
			continue
		}
		i++
		digits := map[byte]int{'x': 2, 'u': 4, 'U': 8}[s[i]]
		if digits > 0 && i+digits < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+1+digits], 16, 32); err == nil {
				if digits == 2 {
					b.WriteByte(byte(n))
				} else {
					b.WriteRune(rune(n))
				}
				i += digits
				continue
			}
		}
		if at := strings.IndexByte("abfnrtv", s[i]); at >= 0 {
			b.WriteByte("\a\b\f\n\r\t\v"[at])
		} else {
			b.WriteByte(s[i])
		}
	}
	return b.String()
}
