package directory

import (
	"strings"
	"testing"
)

func TestIsPlain(t *testing.T) {
	t.Parallel()
	for _, id := range []string{"", "102530009661373952", "manager4220", "zhang.san@a", "张三", "a b", "é", "😀"} {
		if !IsPlain(id) {
			t.Errorf("%q: got no id, want one", id)
		}
	}
	for _, id := range []string{
		"a\nb", "a\n", "\ta", " a", "a ", "\u3000a", "a\u00a0b", "a\u200bb", "\u200ba", "a\u200db", "\ufeffa", "a\u00adb", "a\u202eb", "a\x00", "a\x7f",
		"a\u2028b", "e\u0301", "a\u3164", "a\ufe0f", "\u115f", "a\U000e0041",
	} {
		if IsPlain(id) {
			t.Errorf("%q: got an id, want none", id)
		}
	}
}

func TestNameKey(t *testing.T) {
	t.Parallel()
	for _, alike := range [][]string{
		{"研发部", "研发\u200b部", "\ufeff研发部", " 研发部 ", "研发部\u3000"},
		{"Café", "Cafe\u0301", "Ｃａｆé"},
		{"カブ", "ｶﾌﾞ", "カフ\u3099"},
	} {
		for _, name := range alike {
			if got, want := NameKey(name), NameKey(alike[0]); got != want {
				t.Errorf("%q: got %q, want %q as of %q", name, got, want, alike[0])
			}
		}
	}
	for _, name := range []string{"Cafe", "café", "①", "研发"} {
		for _, other := range []string{"Café", "1", "研发部"} {
			if NameKey(name) == NameKey(other) {
				t.Errorf("%q and %q: got one name, want two", name, other)
			}
		}
	}
}

func TestMailbox(t *testing.T) {
	t.Parallel()
	for address, want := range map[string]string{
		"a@example.com": "a@example.com", "a+1@example.com": "a@example.com", "A+x+y@Example.com": "a@example.com", "+a@example.com": "+a@example.com",
		"86-13900001234": "86-13900001234",
	} {
		if got := Mailbox(address); got != want {
			t.Errorf("%s: got %s, want %s", address, got, want)
		}
	}
}

func TestIsMail(t *testing.T) {
	t.Parallel()
	label := strings.Repeat("l", 63)
	for _, address := range []string{
		"a@example.com", "A.b-c_d+e@Example.COM", "a!#$%&'*+-/=?^_`{|}~b@x.cn", strings.Repeat("a", 64) + "@example.com", "a@xn--fiq228c.xn--fiqs8s",
		"a@" + label + ".com", "a@a-b.c1", "1@2.3",
	} {
		if !IsMail(address) {
			t.Errorf("%q: got no mail address, want one", address)
		}
	}
	for _, address := range []string{
		"", "a", "@example.com", "a@", "a@b", "mailto:a@example.com", ".dot@example.com", "dot.@example.com", "d..t@example.com", "a@b@example.com",
		"a b@example.com", " a@example.com", "a@example.com ", "<a@example.com>", "A <a@example.com>", `"a"@example.com`, "a@example..com", "a@.example.com",
		"a@example.com.", "a@-example.com", "a@example-.com", "a@ex_ample.com", "a@例子.中国", "张@example.com", "a@[192.0.2.1]", "a@example.com\r\nBcc: b@example.com",
		strings.Repeat("a", 65) + "@example.com", "a@" + label + "l.com", "a@" + strings.Repeat(label+".", 4) + "com", "a,b@example.com", "a@example.com,b@example.com",
	} {
		if IsMail(address) {
			t.Errorf("%q: got a mail address, want none", address)
		}
	}
}
