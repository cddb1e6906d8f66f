package keyring

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func tenant(t testing.TB, m *Master, org string) *Tenant {
	t.Helper()
	k, err := m.Tenant(org, []Wrapped{m.NewTenantKey(org, 1)})
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestSealedValueOpensOnlyInItsPlace(t *testing.T) {
	t.Parallel()
	m := NewMaster()
	a, b := tenant(t, m, "a"), tenant(t, m, "b")
	sealed := a.Seal("contact", "1", "mobile", []byte("value"))
	if got, err := a.Open("contact", "1", "mobile", sealed); string(got) != "value" || err != nil {
		t.Errorf("got %q (%v), want the value", got, err)
	}
	if again := a.Seal("contact", "1", "mobile", []byte("value")); bytes.Equal(again, sealed) {
		t.Error("sealing twice gave the same bytes")
	}
	for name, open := range map[string]func() ([]byte, error){
		"table":  func() ([]byte, error) { return a.Open("other", "1", "mobile", sealed) },
		"row":    func() ([]byte, error) { return a.Open("contact", "2", "mobile", sealed) },
		"column": func() ([]byte, error) { return a.Open("contact", "1", "email", sealed) },
		"shift":  func() ([]byte, error) { return a.Open("contact1", "", "mobile", sealed) },
		"tenant": func() ([]byte, error) { return b.Open("contact", "1", "mobile", sealed) },
		"short":  func() ([]byte, error) { return a.Open("contact", "1", "mobile", sealed[:20]) },
		"empty":  func() ([]byte, error) { return a.Open("contact", "1", "mobile", nil) },
	} {
		if got, err := open(); !errors.Is(err, ErrOpen) {
			t.Errorf("%s: got %q (%v), want %v", name, got, err, ErrOpen)
		}
	}
	for i := range sealed {
		bad := bytes.Clone(sealed)
		bad[i] ^= 1
		if _, err := a.Open("contact", "1", "mobile", bad); err == nil {
			t.Errorf("byte %d altered: got no error", i)
		}
	}
}

func TestKeyVersions(t *testing.T) {
	t.Parallel()
	m := NewMaster()
	one := m.NewTenantKey("a", 1)
	two := m.NewTenantKey("a", 2)
	old, err := m.Tenant("a", []Wrapped{one})
	if err != nil {
		t.Fatal(err)
	}
	both, err := m.Tenant("a", []Wrapped{two, one})
	if err != nil {
		t.Fatal(err)
	}
	before := old.Seal("t", "r", "c", []byte("x"))
	after := both.Seal("t", "r", "c", []byte("x"))
	if after[0] != 2 {
		t.Errorf("got sealed under version %d, want the newest, 2", after[0])
	}
	if _, err := both.Open("t", "r", "c", before); err != nil {
		t.Errorf("value of the old version: %v", err)
	}
	if _, err := old.Open("t", "r", "c", after); !errors.Is(err, ErrVersion) {
		t.Errorf("unknown version: got %v, want %v", err, ErrVersion)
	}
	if !bytes.Equal(old.Blind("p", "v"), both.Blind("p", "v")) {
		t.Error("a new key version changed the blind indexes")
	}
	if _, err := m.Tenant("b", []Wrapped{one}); !errors.Is(err, ErrOpen) {
		t.Errorf("key of another organisation: got %v, want %v", err, ErrOpen)
	}
	if _, err := NewMaster().Tenant("a", []Wrapped{one}); !errors.Is(err, ErrOpen) {
		t.Errorf("another master key: got %v, want %v", err, ErrOpen)
	}
	if _, err := m.Tenant("a", nil); err == nil {
		t.Error("no key: got no error")
	}
}

func TestSubjectKey(t *testing.T) {
	t.Parallel()
	a := tenant(t, NewMaster(), "a")
	k, wrapped := a.NewSubjectKey("p")
	at := Place{"a", "audit", "1", "after"}
	sealed := k.Seal(at, []byte("x"))
	again, err := a.SubjectKey("p", wrapped)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := again.Open(at, sealed); string(got) != "x" || err != nil {
		t.Errorf("got %q (%v), want x", got, err)
	}
	if _, err := a.SubjectKey("q", wrapped); !errors.Is(err, ErrOpen) {
		t.Errorf("key of another subject: got %v, want %v", err, ErrOpen)
	}
}

func TestBlindIndex(t *testing.T) {
	t.Parallel()
	m := NewMaster()
	a, b := tenant(t, m, "a"), tenant(t, m, "b")
	base := a.Blind("mobile", "86-13800000001")
	if len(base) != BlindSize || !bytes.Equal(base, a.Blind("mobile", "86-13800000001")) {
		t.Errorf("got %x, want the same %d bytes each time", base, BlindSize)
	}
	for name, other := range map[string][]byte{
		"value":   a.Blind("mobile", "86-13800000002"),
		"purpose": a.Blind("email", "86-13800000001"),
		"tenant":  b.Blind("mobile", "86-13800000001"),
	} {
		if bytes.Equal(base, other) {
			t.Errorf("another %s gives the same index", name)
		}
	}
}

const devMAC = "2c95b4b5610e4188cbf8acb1ecbc98a074d72d2bbf47620c6a784298750f7424"

func TestMAC(t *testing.T) {
	t.Parallel()
	m := DevMaster()
	base := m.MAC("token", "ab", "c")
	if !Equal(base, DevMaster().MAC("token", "ab", "c")) {
		t.Error("the dev key is not fixed")
	}
	for name, other := range map[string][]byte{
		"boundary": m.MAC("token", "a", "bc"),
		"purpose":  m.MAC("session", "ab", "c"),
		"key":      NewMaster().MAC("token", "ab", "c"),
	} {
		if Equal(base, other) {
			t.Errorf("another %s gives the same digest", name)
		}
	}
	// Later versions must still accept issued tokens and stored digests.
	if got, want := hex.EncodeToString(base), devMAC; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestConcurrentUse(t *testing.T) {
	t.Parallel()
	m := NewMaster()
	a := tenant(t, m, "a")
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			for range 100 {
				purpose := fmt.Sprint(i % 3)
				if !bytes.Equal(a.Blind(purpose, "v"), a.Blind(purpose, "v")) || !Equal(m.MAC(purpose, "v"), m.MAC(purpose, "v")) {
					t.Error("digests differ")
				}
				if _, err := a.Open("t", "r", "c", a.Seal("t", "r", "c", []byte("x"))); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
}

func TestParseMaster(t *testing.T) {
	t.Parallel()
	raw := bytes.Repeat([]byte{0xfb, 0xff}, 16)
	want, err := newMaster(raw)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{
		hex.EncodeToString(raw), strings.ToUpper(hex.EncodeToString(raw)), "\n " + hex.EncodeToString(raw) + " \n",
		base64.StdEncoding.EncodeToString(raw), base64.RawStdEncoding.EncodeToString(raw),
		base64.URLEncoding.EncodeToString(raw), base64.RawURLEncoding.EncodeToString(raw),
	} {
		if m, err := ParseMaster(text); err != nil || m.secret != want.secret {
			t.Errorf("%s: got error %v or another key", text, err)
		}
	}
	for _, text := range []string{"", "00", hex.EncodeToString(raw)[2:], hex.EncodeToString(raw) + "00", strings.Repeat("z", 64), "not a key"} {
		if _, err := ParseMaster(text); err == nil || text != "" && strings.Contains(err.Error(), text) {
			t.Errorf("%q: got %v, want an error that does not repeat it", text, err)
		}
	}
}

func TestMasterFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	made, err := CreateMasterFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := LoadMaster(path); err != nil || m.secret != made.secret {
		t.Errorf("got error %v or another key", err)
	}
	if _, err := CreateMasterFile(path); !errors.Is(err, fs.ErrExist) {
		t.Errorf("second creation: got %v, want %v", err, fs.ErrExist)
	}
	if runtime.GOOS == "windows" {
		return
	}
	refused := []os.FileMode{0o660, 0o450, 0o604, 0o644, 0o444}
	if os.Getuid() != 0 { // a file of root's may be group-readable
		refused = append(refused, 0o640, 0o440)
	}
	for _, mode := range refused {
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadMaster(path); err == nil || !strings.Contains(err.Error(), "chmod 600") {
			t.Errorf("mode %04o: got %v, want a refusal with the remedy", mode, err)
		}
	}
	if err := os.Chmod(path, 0o400); err != nil {
		t.Fatal(err)
	}
	if _, err := LoadMaster(path); err != nil {
		t.Errorf("mode 0400: %v", err)
	}
}

// Kubernetes and systemd mount a secret as root's file, readable by a group.
func TestPrivateModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mode  fs.FileMode
		roots bool
		want  bool
	}{
		{0o400, false, true}, {0o600, false, true}, {0o440, false, false}, {0o640, false, false}, {0o604, false, false},
		{0o400, true, true}, {0o440, true, true}, {0o640, true, true},
		{0o460, true, false}, {0o450, true, false}, {0o444, true, false}, {0o644, true, false}, {0o404, true, false},
	} {
		if got := private(c.mode, c.roots); got != c.want {
			t.Errorf("mode %04o, root's: %v: got %v, want %v", c.mode, c.roots, got, c.want)
		}
	}
}

// No way of printing shows a key.
func TestKeysAreNotPrinted(t *testing.T) {
	t.Parallel()
	m, err := newMaster([]byte(strings.Repeat("A", KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	k, err := newKey(1, []byte(strings.Repeat("A", KeySize)))
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	log := slog.New(slog.NewJSONHandler(&out, nil))
	for _, v := range []any{m, k, tenant(t, m, "a")} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d"} {
			fmt.Fprintf(&out, verb, v)
		}
		log.Info("x", "v", v)
		b, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		out.Write(b)
	}
	for _, leak := range []string{"AAAA", "4141", "65 65", "111 112"} {
		if strings.Contains(out.String(), leak) {
			t.Errorf("printed output holds %q", leak)
		}
	}
}

func BenchmarkSeal(b *testing.B) {
	k := tenant(b, NewMaster(), "a")
	v := []byte("86-13800000001")
	b.ReportAllocs()
	for b.Loop() {
		k.Seal("contact", "123420013632", "mobile", v)
	}
}

func BenchmarkOpen(b *testing.B) {
	k := tenant(b, NewMaster(), "a")
	v := k.Seal("contact", "123420013632", "mobile", []byte("86-13800000001"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.Open("contact", "123420013632", "mobile", v); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkBlind(b *testing.B) {
	k := tenant(b, NewMaster(), "a")
	b.ReportAllocs()
	for b.Loop() {
		k.Blind("mobile", "86-13800000001")
	}
}

func BenchmarkSubjectKey(b *testing.B) {
	k := tenant(b, NewMaster(), "a")
	_, wrapped := k.NewSubjectKey("123420013632")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := k.SubjectKey("123420013632", wrapped); err != nil {
			b.Fatal(err)
		}
	}
}
