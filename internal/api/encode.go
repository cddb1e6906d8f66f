package api

import (
	"strconv"
	"unicode/utf8"
)

// AppendJSON appends the members of fs to dst, without braces, so that a
// gateway can add its envelope. With wrap, lists are wrapped in an object under
// their item name and an empty list is {}, as TOP writes them
// (docs/spec/top.md#json-answers). It reports whether anything was appended.
func AppendJSON(dst []byte, fs Fields, wrap bool) []byte {
	first := true
	for i := range fs {
		f := &fs[i]
		if f.isUnset() {
			continue
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = AppendText(dst, f.Name)
		dst = append(dst, ':')
		if f.asText {
			dst = AppendText(dst, string(f.appendValue(nil, false)))
			continue
		}
		dst = f.appendValue(dst, wrap)
	}
	return dst
}

func (f *Field) appendValue(dst []byte, wrap bool) []byte {
	switch p := f.ptr.(type) {
	case *string:
		return AppendText(dst, *p)
	case **string:
		return AppendText(dst, **p)
	case *int64:
		return strconv.AppendInt(dst, *p, 10)
	case **int64:
		return strconv.AppendInt(dst, **p, 10)
	case *bool:
		return strconv.AppendBool(dst, *p)
	case **bool:
		return strconv.AppendBool(dst, **p)
	case *[]string:
		return f.appendList(dst, wrap, len(*p), func(dst []byte, i int) []byte { return AppendText(dst, (*p)[i]) })
	case *[]int64:
		return f.appendList(dst, wrap, len(*p), func(dst []byte, i int) []byte { return strconv.AppendInt(dst, (*p)[i], 10) })
	case *Value:
		return p.AppendJSON(dst)
	}
	if f.list != nil {
		return f.appendList(dst, wrap, f.list.length(), func(dst []byte, i int) []byte {
			dst = append(dst, '{')
			dst = AppendJSON(dst, f.list.show(i), wrap)
			return append(dst, '}')
		})
	}
	fs, _ := f.object.fields()
	dst = append(dst, '{')
	dst = AppendJSON(dst, fs, wrap)
	return append(dst, '}')
}

func (f *Field) appendList(dst []byte, wrap bool, n int, item func([]byte, int) []byte) []byte {
	if wrap {
		dst = append(dst, '{')
		if n == 0 {
			return append(dst, '}')
		}
		dst = AppendText(dst, f.item)
		dst = append(dst, ':')
	}
	dst = append(dst, '[')
	for i := range n {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item(dst, i)
	}
	dst = append(dst, ']')
	if wrap {
		dst = append(dst, '}')
	}
	return dst
}

// isUnset reports whether the field must be left out of an answer.
func (f *Field) isUnset() bool {
	switch p := f.ptr.(type) {
	case **string:
		return *p == nil
	case **int64:
		return *p == nil
	case **bool:
		return *p == nil
	case *[]string:
		return *p == nil || f.omitEmpty && len(*p) == 0
	case *[]int64:
		return *p == nil || f.omitEmpty && len(*p) == 0
	case *string:
		return f.omitEmpty && *p == ""
	case *int64:
		return f.omitEmpty && *p == 0
	case *bool:
		return f.omitEmpty && !*p
	case *Value:
		return p.Kind == Absent
	}
	if f.list != nil {
		return f.list.isNil() || f.omitEmpty && f.list.length() == 0
	}
	_, set := f.object.fields()
	return !set
}

// AppendXML appends fs as elements. With items, a list is one element whose
// entries have the item name (TOP); without, the field's element is repeated
// per entry (Alibaba Cloud RPC).
func AppendXML(dst []byte, fs Fields, items bool) []byte {
	for i := range fs {
		f := &fs[i]
		if f.isUnset() {
			continue
		}
		if f.asText {
			dst = element(dst, f.Name, func(dst []byte) []byte { return AppendXMLText(dst, string(f.appendValue(nil, false))) })
			continue
		}
		dst = f.appendElement(dst, items)
	}
	return dst
}

func (f *Field) appendElement(dst []byte, items bool) []byte {
	switch p := f.ptr.(type) {
	case *[]string:
		return f.appendElements(dst, items, len(*p), func(dst []byte, i int) []byte { return AppendXMLText(dst, (*p)[i]) })
	case *[]int64:
		return f.appendElements(dst, items, len(*p), func(dst []byte, i int) []byte { return strconv.AppendInt(dst, (*p)[i], 10) })
	case *string:
		return element(dst, f.Name, func(dst []byte) []byte { return AppendXMLText(dst, *p) })
	case **string:
		return element(dst, f.Name, func(dst []byte) []byte { return AppendXMLText(dst, **p) })
	case *Value:
		return element(dst, f.Name, func(dst []byte) []byte { return AppendXMLText(dst, string(p.AppendJSON(nil))) })
	}
	if f.list != nil {
		return f.appendElements(dst, items, f.list.length(), func(dst []byte, i int) []byte {
			return AppendXML(dst, f.list.show(i), items)
		})
	}
	if f.object != nil {
		fs, _ := f.object.fields()
		return element(dst, f.Name, func(dst []byte) []byte { return AppendXML(dst, fs, items) })
	}
	return element(dst, f.Name, func(dst []byte) []byte { return f.appendValue(dst, false) })
}

func (f *Field) appendElements(dst []byte, items bool, n int, one func([]byte, int) []byte) []byte {
	name := f.Name
	if items {
		if n == 0 {
			return append(append(append(dst, '<'), f.Name...), '/', '>')
		}
		name = f.item
		dst = append(append(append(dst, '<'), f.Name...), '>')
	}
	for i := range n {
		dst = element(dst, name, func(dst []byte) []byte { return one(dst, i) })
	}
	if items {
		dst = append(append(append(dst, '<', '/'), f.Name...), '>')
	}
	return dst
}

func element(dst []byte, name string, content func([]byte) []byte) []byte {
	dst = append(append(append(dst, '<'), name...), '>')
	dst = content(dst)
	return append(append(append(dst, '<', '/'), name...), '>')
}

// AppendJSON appends the value as JSON; the absent value is null.
func (v Value) AppendJSON(dst []byte) []byte {
	switch v.Kind {
	case TextValue:
		return AppendText(dst, v.Text)
	case NumberValue:
		return append(dst, v.Text...)
	case BoolValue:
		return strconv.AppendBool(dst, v.Bool)
	case ListValue:
		dst = append(dst, '[')
		for i, item := range v.List {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = item.AppendJSON(dst)
		}
		return append(dst, ']')
	case ObjectValue:
		dst = append(dst, '{')
		for i, m := range v.Members {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = AppendText(dst, m.Name)
			dst = append(dst, ':')
			dst = m.Value.AppendJSON(dst)
		}
		return append(dst, '}')
	}
	return append(dst, "null"...)
}

const hexDigits = "0123456789abcdef"

// AppendText appends s as a JSON string. It escapes only what JSON requires:
// the vendors' answers contain Chinese and <>& unescaped.
func AppendText(dst []byte, s string) []byte {
	dst = append(dst, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				dst = append(append(dst, s[start:i]...), "\uFFFD"...)
				start = i + 1
			}
			i += size
			continue
		}
		if c >= 0x20 && c != '"' && c != '\\' {
			i++
			continue
		}
		dst = append(dst, s[start:i]...)
		switch c {
		case '"', '\\':
			dst = append(dst, '\\', c)
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\r':
			dst = append(dst, '\\', 'r')
		case '\t':
			dst = append(dst, '\\', 't')
		default:
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&0xf])
		}
		i++
		start = i
	}
	return append(append(dst, s[start:]...), '"')
}

// AppendXMLText appends s as character data. Characters that XML 1.0 forbids
// are dropped; CR is written as a reference, because parsers turn a bare one
// into LF.
func AppendXMLText(dst []byte, s string) []byte {
	for _, r := range s {
		switch {
		case r == '&':
			dst = append(dst, "&amp;"...)
		case r == '<':
			dst = append(dst, "&lt;"...)
		case r == '>':
			dst = append(dst, "&gt;"...)
		case r == '"':
			dst = append(dst, "&quot;"...)
		case r == '\r':
			dst = append(dst, "&#13;"...)
		case r < 0x20 && r != '\t' && r != '\n', r == 0xFFFE, r == 0xFFFF:
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst
}
