package directory

import (
	"strings"
	"testing"
)

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
