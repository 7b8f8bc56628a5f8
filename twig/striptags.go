package twig

import "strings"

func striptagsFilter(c *Context, args []Value) (Value, error) {
	s, err := subject(c, args[0], "strip_tags")
	if err != nil {
		return Value{}, err
	}
	allowed := c.String(args[1])
	if a := args[1].Array(); a != nil {
		var list strings.Builder
		for _, v := range a.All() {
			name := c.String(v)
			c.Reserve(int64(len(name) + len("<>")))
			c.step()
			list.WriteString("<" + name + ">")
		}
		allowed = list.String()
	}
	return String(stripTags(c, s, strings.ToLower(allowed))), nil
}

// stripTags removes HTML and PHP tags and comments as PHP's strip_tags does.
func stripTags(c *Context, s, allowed string) string {
	const (
		outside = iota
		inTag
		inCode
		inDeclaration
		inComment
	)
	var out, tag strings.Builder
	state, depth := outside, 0
	var quote, last byte
	for i := range len(s) {
		b := s[i]
		switch state {
		case outside:
			switch {
			case b == '<' && i+1 < len(s) && isBlank(s[i+1]):
				out.WriteByte(b)
			case b == '<':
				state, last, quote = inTag, '<', 0
				tag.Reset()
				tag.WriteByte(b)
			default:
				out.WriteByte(b)
			}
			continue
		case inTag:
			switch {
			case b == '<' && quote == 0 && (i+1 >= len(s) || !isBlank(s[i+1])):
				depth++
			case b == '>' && quote == 0 && depth > 0:
				depth--
			case b == '>' && quote == 0:
				tag.WriteByte(b)
				c.Spend(len(allowed) >> 6)
				if allowed != "" && strings.Contains(allowed, tagName(tag.String())) {
					out.WriteString(tag.String())
				}
				state = outside
				continue
			case (b == '"' || b == '\'') && (quote == 0 || quote == b):
				if quote == 0 {
					quote = b
				} else {
					quote = 0
				}
			case b == '!' && last == '<' && s[i-1] == '<':
				state, last = inDeclaration, b
				continue
			case b == '?' && s[i-1] == '<':
				state, last, quote = inCode, b, 0
				continue
			}
			tag.WriteByte(b)
			last = b
		case inCode:
			switch {
			case (b == '"' || b == '\'') && s[i-1] != '\\' && (quote == 0 || quote == b):
				if quote == 0 {
					quote = b
				} else {
					quote = 0
				}
			case b == '>' && quote == 0 && s[i-1] == '?':
				state = outside
			}
		case inDeclaration:
			switch {
			case b == '>':
				state = outside
			case b == '-' && strings.HasSuffix(s[:i+1], "!--"):
				state = inComment
			}
		case inComment:
			if b == '>' && strings.HasSuffix(s[:i], "--") {
				state = outside
			}
		}
	}
	return out.String()
}

func isBlank(b byte) bool { return b == ' ' || b >= '\t' && b <= '\r' }

// tagName makes "<a>" of "</A href=…>".
func tagName(tag string) string {
	name := strings.TrimLeft(strings.ToLower(tag[1:]), "/ \t\n\r\v\f")
	if end := strings.IndexAny(name, " \t\n\r\v\f/>"); end >= 0 {
		name = name[:end]
	}
	return "<" + name + ">"
}
