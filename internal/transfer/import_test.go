package transfer_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/internal/transfer"
)

// bench is a sample organisation with an importer.
type bench struct {
	t        testing.TB
	store    *store.Store
	dir      *directory.Directory
	importer *transfer.Importer
	settings directory.Settings
	ids      directory.IDs
}

func newBench(t testing.TB, s *store.Store, settings directory.Settings) *bench {
	t.Helper()
	b := &bench{t: t, store: s, ids: randomIDs{}}
	b.settings = settings
	b.dir = b.over(s)
	if err := b.dir.LoadSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	b.open()
	t.Cleanup(func() { b.importer.Close() })
	return b
}

// over returns the directory over a store.
func (b *bench) over(s directory.Store) *directory.Directory {
	return directory.Open(directory.Config{Store: s, Now: time.Now, NewID: b.ids, Keys: b.store.Master(), Settings: b.settings})
}

func (b *bench) open() {
	b.importer = transfer.NewImporter(b.dir, slog.New(slog.NewTextHandler(b.t.Output(), nil)), true)
}

func sample(t testing.TB) *bench { return newBench(t, storetest.Open(t), directory.Settings{}) }

func (b *bench) session() *directory.Session {
	return b.dir.Session(directory.CommandLine(directory.SampleOrg), "test", "request")
}

// start begins an import and waits for its end.
func (b *bench) do(o transfer.Options, text string) (transfer.Import, []transfer.RowReport) {
	b.t.Helper()
	v, err := b.importer.Start(b.t.Context(), b.session(), o, transfer.Input{Name: "file", Body: strings.NewReader(text)})
	if err != nil {
		b.t.Fatal(err)
	}
	return b.wait(v.ID)
}

func (b *bench) wait(id string) (transfer.Import, []transfer.RowReport) {
	b.t.Helper()
	v, err := b.importer.Watch(b.t.Context(), b.session(), id, nil)
	if err != nil {
		b.t.Fatal(err)
	}
	var rows []transfer.RowReport
	for cursor := ""; ; {
		page, next, err := b.importer.Rows(b.t.Context(), b.session(), id, "", cursor, 200)
		if err != nil {
			b.t.Fatal(err)
		}
		if rows = append(rows, page...); next == "" {
			return v, rows
		}
		cursor = next
	}
}

// expected is what the sample files must yield.
type expected struct {
	File   string                     `json:"file"`
	Args   []string                   `json:"args"`
	Exit   int                        `json:"exit"`
	Import map[string]json.RawMessage `json:"import"`
	Rows   []map[string]any           `json:"rows"`
}

func optionsOf(t testing.TB, args []string) (o transfer.Options) {
	t.Helper()
	for i := 0; i < len(args); i++ {
		switch args[i] {
		case "--kind":
			i++
			o.Kind = args[i]
		case "--owner":
			i++
			o.Owner = args[i]
		case "--label":
			i++
			o.Labels = append(o.Labels, args[i])
		case "--on-duplicate":
			i++
			o.OnDuplicate = args[i]
		case "--create-departments":
			o.CreateDepartments = true
		default:
			t.Fatalf("argument %s", args[i])
		}
	}
	return o
}

// freeKeys are the keys of objects that need not be as expected if they are not.
var freeKeys = []string{"userId", "contactId", "deptId", "labelId", "groupId", "parentId", "color", "order", "accountType", "version", "createdAt", "updatedAt"}

func TestSamples(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("testdata/expected/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var want expected
		if err := json.Unmarshal(text, &want); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(filepath.Join("testdata", want.File))
		if err != nil {
			t.Fatal(err)
		}
		for _, preview := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s/preview=%t", want.File, preview), func(t *testing.T) {
				t.Parallel()
				b := sample(t)
				o := optionsOf(t, want.Args)
				o.Preview = preview
				v, rows := b.do(o, string(data))
				checkSample(t, want, v, rows, preview)
			})
		}
	}
}

func checkSample(t *testing.T, want expected, v transfer.Import, rows []transfer.RowReport, preview bool) {
	t.Helper()
	if got := v.ExitCode(); got != want.Exit {
		t.Errorf("exit: got %d, want %d (%s, %+v)", got, want.Exit, v.State, v.Error)
	}
	var got map[string]json.RawMessage
	roundTrip(t, v, &got)
	for key, value := range want.Import {
		if !sameJSON(t, got[key], value) {
			t.Errorf("%s: got %s, want %s", key, got[key], value)
		}
	}
	if len(rows) != len(want.Rows) {
		t.Fatalf("got %d rows, want %d", len(rows), len(want.Rows))
	}
	for i, wanted := range want.Rows {
		var row map[string]any
		roundTrip(t, rows[i], &row)
		for key, value := range wanted {
			switch key {
			case "object":
				checkObject(t, i+1, row[key], value.(map[string]any), preview)
			case "errors", "warnings":
				checkProblems(t, i+1, key, row[key].([]any), value.([]any))
			default:
				if !reflect.DeepEqual(row[key], value) {
					t.Errorf("row %d: %s: got %v, want %v", i+1, key, row[key], value)
				}
			}
		}
	}
}

func checkObject(t *testing.T, row int, got any, want map[string]any, preview bool) {
	t.Helper()
	object, _ := got.(map[string]any)
	for _, key := range freeKeys {
		if _, asked := want[key]; !asked {
			delete(object, key)
		}
	}
	if !preview { // texts stand for ids that nobody knows before
		for key, value := range want {
			if _, text := value.(string); text && key == "managerUserId" && len(object[key].(string)) == 18 {
				object[key] = value
			}
			list, _ := value.([]any)
			for i, entry := range list {
				if _, text := entry.(string); text {
					if id, ok := object[key].([]any)[i].(float64); !ok || id < 100 {
						t.Errorf("row %d: %s: got %v, want an id", row, key, object[key])
					}
					object[key].([]any)[i] = entry
				}
			}
		}
	}
	if !reflect.DeepEqual(object, want) {
		t.Errorf("row %d: got %v, want %v", row, object, want)
	}
}

func checkProblems(t *testing.T, row int, what string, got, want []any) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("row %d: %s: got %v, want %v", row, what, got, want)
		return
	}
	for i := range want {
		have := got[i].(map[string]any)
		for key, value := range want[i].(map[string]any) {
			if !reflect.DeepEqual(have[key], value) {
				t.Errorf("row %d: %s: %s: got %v, want %v", row, what, key, have[key], value)
			}
		}
	}
}

func roundTrip(t testing.TB, from, to any) {
	t.Helper()
	text, err := json.Marshal(from)
	if err == nil {
		err = json.Unmarshal(text, to)
	}
	if err != nil {
		t.Fatal(err)
	}
}

func sameJSON(t testing.TB, a, b json.RawMessage) bool {
	t.Helper()
	var x, y any
	if a == nil || json.Unmarshal(a, &x) != nil || json.Unmarshal(b, &y) != nil {
		return false
	}
	return reflect.DeepEqual(x, y)
}
func openStore(t testing.TB) *store.Store { return storetest.Open(t) }

// randomIDs makes ids that do not repeat, also after a restart.
type randomIDs struct{}

func (randomIDs) Digits(n int) string {
	id := fmt.Sprint(1 + rand.Int64N(9))
	for len(id) < n {
		id += fmt.Sprint(rand.Int64N(10))
	}
	return id
}

func (r randomIDs) Base62(n int) string { return r.Digits(n) }
