package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Scripts branch on the exit code: a wrong --map is wrong usage, rejected rows are a part, and
// asking how an import ended is done when it is told.
func TestExitCodesOfAnImport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	config, file := filepath.Join(dir, "mingce.json"), filepath.Join(dir, "people.csv")
	mingce := func(want int, args ...string) string {
		t.Helper()
		var out, errs bytes.Buffer
		if got := run(args, &out, &errs); got != want {
			t.Fatalf("%v: exit %d, want %d: %s%s", args, got, want, out.String(), errs.String())
		}
		return out.String()
	}
	mingce(exitDone, "init", "--org-name", "星河科技", "--org", "dingstar", "--config", config, "--addr", "127.0.0.1:0")
	if err := os.WriteFile(file, []byte("姓名,手机号,负责人,标签\n甲,13900002001,admin,客户\n乙,13900002002,admin,没有的\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := []string{"--org", "dingstar", "--data", filepath.Join(dir, "mingce-data"), "--key", filepath.Join(dir, "mingce.key"), "-o", "json"}
	importing := append([]string{"import", file, "--kind", "contacts"}, at...)
	mingce(exitUsage, append(importing, "--preview", "--map", "name=不存在")...)
	var said struct{ Import struct{ ID string } }
	if err := json.Unmarshal([]byte(mingce(exitPartly, importing...)), &said); err != nil {
		t.Fatal(err)
	}
	mingce(exitDone, append([]string{"import", "--show", said.Import.ID}, at...)...)
	mingce(exitFailed, append([]string{"import", "--show", "im-nothing"}, at...)...)
}

// The files of an import are made of copies that an erasure deletes. The result is told without
// them, and also if a file cannot be written.
func TestResultsOfAnImportWithoutItsFiles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := []string{"--org", "dingstar", "--data", filepath.Join(dir, "mingce-data"), "--key", filepath.Join(dir, "mingce.key"), "-o", "json"}
	mingce := func(want int, args ...string) (said struct {
		Import struct {
			State    string
			Repeated bool
			Counts   struct{ Created int64 }
		}
	}, errs string) {
		t.Helper()
		var out, told bytes.Buffer
		if got := run(append(args, at...), &out, &told); got != want {
			t.Fatalf("%v: exit %d, want %d: %s%s", args, got, want, out.String(), told.String())
		}
		if err := json.Unmarshal(out.Bytes(), &said); err != nil {
			t.Fatalf("%v: %v", args, err)
		}
		return said, told.String()
	}
	var out, errs bytes.Buffer
	if got := run([]string{"init", "--org-name", "星河科技", "--org", "dingstar", "--config", filepath.Join(dir, "mingce.json"), "--addr", "127.0.0.1:0"}, &out, &errs); got != exitDone {
		t.Fatalf("init: exit %d: %s", got, errs.String())
	}
	importing := func(want int, name, text string, more ...string) (state string, repeated bool, created int64, errs string) {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		said, errs := mingce(want, append([]string{"import", file, "--kind", "contacts"}, more...)...)
		return said.Import.State, said.Import.Repeated, said.Import.Counts.Created, errs
	}
	const first = "userId,姓名,手机号,负责人,标签\nc1,甲,13900002001,admin,客户\n"
	importing(exitDone, "first.csv", first)
	mingce(exitDone, "erase", "contact:c1", "--yes")
	report, rejected := filepath.Join(dir, "r.csv"), filepath.Join(dir, "r.jsonl")
	state, repeated, _, told := importing(exitDone, "first.csv", first, "--report", report, "--rejected", rejected)
	if state != "done" || !repeated || !strings.Contains(told, "r.csv is not written: The copies") || !strings.Contains(told, "r.jsonl is not written: The copies") {
		t.Errorf("a repetition without copies: got %s, repeated %t, and %s", state, repeated, told)
	}
	nowhere := filepath.Join(dir, "no", "such", "r.csv")
	state, _, created, told := importing(exitPartly, "second.csv", "姓名,手机号,负责人,标签\n乙,13900002002,admin,客户\n", "--report", nowhere)
	if state != "done" || created != 1 || !strings.Contains(told, nowhere+" is not written") {
		t.Errorf("a report that cannot be written: got %s, created %d, and %s", state, created, told)
	}
}
