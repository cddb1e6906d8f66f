package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
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
