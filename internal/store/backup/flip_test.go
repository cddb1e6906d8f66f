package backup

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/sampletest"
)

// flipsPerRun is the default number of flips; MINGCE_FLIPS sets a larger one,
// such as 10,000.
const flipsPerRun = 200

// TestFlippedBits flips single bits of a database file. In a file that was
// closed, each flip must be found. In a file of a killed server, which has no
// sums, nothing may panic, and only flips in values without an index may be
// missed (docs/spec/reliability.md#damaged-files).
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	flips := flipsPerRun
	if s := os.Getenv("MINGCE_FLIPS"); s != "" {
		if _, err := fmt.Sscan(s, &flips); err != nil {
			t.Fatal(err)
		}
	}
	o := sqliteOptions(t)
	s := mustOpen(t, o)
	sampletest.Fill(t, s)
	manyContacts(t, s, 100)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	want := contentOf(t, o)
	file, err := os.ReadFile(filepath.Join(o.Dir, databaseFile))
	sums, sumsErr := os.ReadFile(filepath.Join(o.Dir, sumsFile))
	if err = errors.Join(err, sumsErr); err != nil {
		t.Fatal(err)
	}
	seed := rand.Uint64()
	random := rand.New(rand.NewPCG(seed, 0))
	o.Dir = t.TempDir()
	copied := filepath.Join(o.Dir, databaseFile)
	if err := os.WriteFile(filepath.Join(o.Dir, sumsFile), sums, 0o600); err != nil {
		t.Fatal(err)
	}
	missed := 0
	for n := range flips {
		bit := random.IntN(8 * len(file))
		altered := slices.Clone(file)
		altered[bit/8] ^= 1 << (bit % 8)
		if err := os.WriteFile(copied, altered, 0o600); err != nil {
			t.Fatal(err)
		}
		if found, _ := looksDamaged(o); !found {
			t.Errorf("seed %d, bit %d of a file at rest: nothing was found", seed, bit)
		}
		if n%10 == 0 {
			if err := os.Remove(filepath.Join(o.Dir, sumsFile)); err != nil {
				t.Fatal(err)
			}
			if found, got := looksDamaged(o); !found && !slices.Equal(got, want) {
				missed++
			}
			if err := os.WriteFile(filepath.Join(o.Dir, sumsFile), sums, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		for _, rest := range []string{"-wal", "-shm"} {
			_ = os.Remove(copied + rest)
		}
	}
	if missed*5 > flips/10 { // about one in fifty
		t.Errorf("seed %d: without sums %d of %d flips were missed, want few", seed, missed, flips/10)
	}
}

// looksDamaged reports whether opening or checking a file finds something;
// otherwise it returns the findings.
func looksDamaged(o Options) (found bool, content []string) {
	s, err := store.OpenReading(ctx, o)
	if err != nil {
		return true, nil
	}
	defer s.Close()
	if r, err := Check(ctx, s); err != nil || !r.OK() {
		return true, nil
	}
	content, err = everyRow(s)
	return err != nil, content
}

func manyContacts(t *testing.T, s *store.Store, n int) {
	t.Helper()
	for i := range n {
		title, email := fmt.Sprint("经理", i), fmt.Sprintf("mail%d@example.com", i)
		if err := s.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			tx.InsertContact(directory.Contact{ID: fmt.Sprint("c", i), Name: fmt.Sprint("客户", i), FollowerID: "023420013645", StateCode: "86",
				Mobile: fmt.Sprintf("139%08d", i), Email: &email, Title: &title, LabelIDs: []int64{1}, CreatedAt: time.Now(), UpdatedAt: time.Now()})
			tx.InsertAudit(directory.AuditEntry{Org: directory.SampleOrg, Noun: "contact", Object: fmt.Sprint("c", i), Action: "create", Time: time.Now(), After: []byte(`{"x":1}`)})
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	}
}
