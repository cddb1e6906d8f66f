package records_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/records"
	"github.com/mingce/mingce/internal/transfer"
)

// mortal is the store of a process that dies after so many changes.
type mortal struct {
	directory.Store
	left int
}

// manyIDs makes ids that do not repeat.
type manyIDs struct{}

func (manyIDs) Digits(n int) string {
	return fmt.Sprint(9*int64(math.Pow10(n-1)) + rand.Int64N(int64(math.Pow10(n-1))))
}
func (ids manyIDs) Base62(n int) string { return ids.Digits(n) }

var errDead = errors.New("the process is dead")

func (m *mortal) Update(ctx context.Context, org string, fn func(directory.Tx) error) error {
	if m.left--; m.left < 0 {
		return errDead
	}
	return m.Store.Update(ctx, org, fn)
}

// Wherever a server dies while it takes a file, or a preview to be made real, the repeated request
// does not do it twice (docs/spec/json-api.md#repeated-requests).
func TestARepeatAfterACrashImportsOnce(t *testing.T) {
	t.Parallel()
	const file = contacts + "甲,13900000001,普通,王芳\n"
	key := []string{"Content-Type", fileType, "Idempotency-Key", "k"}
	for run, last := range map[bool]int{false: 5, true: 3} { // by then the import runs
		for changes := range last {
			w := open(t, nil)
			target, body, survivor := imports+"?kind=contacts&again=true&wait=5m", file, w.handler
			if run {
				preview := w.importFile(t, 200, "", "kind=contacts&preview=true", file)
				target, body = imports+"/"+preview.body["id"].(string)+"/run?wait=5m", ""
			}
			d := directory.Open(directory.Config{Store: &mortal{w.Store, changes}, Now: time.Now, NewID: manyIDs{}, Keys: keyring.DevMaster()})
			dying := transfer.NewImporter(d, slog.New(slog.DiscardHandler), true)
			w.handler = records.New(records.Config{Directory: d, Catalogue: w.Catalogue, Log: slog.New(slog.DiscardHandler), Dev: true, Importer: dying})
			first := w.call(t, "POST", target, body, key...)
			dying.Close()
			w.handler = survivor
			go w.Importer.Work(t.Context())()
			again := w.want(t, 200, "", "POST", target, body, key...)
			done := 0
			for _, i := range w.want(t, 200, "", "GET", imports, "").body["items"].([]any) {
				if i.(map[string]any)["file"].(map[string]any)["digest"] != nil { // else its file never came
					done++
				}
			}
			if done != 1 {
				t.Errorf("dead after %d changes (run: %t): %d imports; first got %s, then %s", changes, run, done, first.text, again.text)
			}
		}
	}
}
