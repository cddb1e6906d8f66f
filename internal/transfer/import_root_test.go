package transfer_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// An export of departments comes into an organisation of another name: its root is the root here,
// which keeps its name, and what is below it comes in (docs/spec/import.md#departments-in-files).
func TestRootOfAnotherOrganisation(t *testing.T) {
	t.Parallel()
	for _, root := range []string{"星河", "星河-控股,集团"} {
		other := sample(t)
		from := other.dir.Session(directory.CommandLine("dingother"), "test", "request")
		if err := from.CreateOrg(t.Context(), root, directory.Employee{UserID: "admin", Name: "管理员"}); err != nil {
			t.Fatal(err)
		}
		importAll(t, other, from, `{"kind":"department","object":{"name":"远洋部","deptId":77}}
{"kind":"department","object":{"name":"一组","deptId":78,"parentId":77}}
`)
		for _, format := range []transfer.Format{transfer.CSV, transfer.Excel, transfer.JSONL} {
			var file bytes.Buffer
			err := from.Export(t.Context(), directory.ObjectQuery{Kind: directory.DepartmentKind}, func(x *directory.Snapshot) error {
				_, err := transfer.Export(t.Context(), x, &file, transfer.ExportOptions{KindName: "departments",
					WriteOptions: transfer.WriteOptions{Format: format, Kinds: []directory.Kind{directory.DepartmentKind}, CorpID: from.Org()}})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			for policy, want := range map[string]string{"skip": transfer.RowSkipped, "update": transfer.RowUnchanged, "create": transfer.RowRejected, "fail": ""} {
				b := sample(t)
				v, rows := b.do(transfer.Options{Kind: "departments", OnDuplicate: policy}, file.String())
				if policy == "fail" { // the root is there
					if v.State != "failed" || v.Error == nil || v.Error.Code != "duplicate" {
						t.Errorf("%.9s as %s, %s: got %+v with %+v", root, format, policy, v, v.Error)
					}
					continue
				}
				if v.State != "done" || v.Counts.Created != 2 || len(rows) != 3 || rows[0].Action != want {
					t.Fatalf("%.9s as %s, %s: got %+v %+v with %+v", root, format, policy, v.State, v.Counts, rows)
				}
				if e := rows[0].Errors; policy == "create" && (len(e) != 1 || e[0].Code != "idTaken" || *e[0].Field != "deptId") {
					t.Errorf("%.9s as %s, %s: got errors %+v", root, format, policy, e)
				}
				if w := rows[0].Warnings; policy == "update" && (len(w) != 1 || w[0].Code != "isRoot" || *w[0].Field != "name") {
					t.Errorf("%.9s as %s, %s: got warnings %+v", root, format, policy, w)
				}
				o, err := b.session().Object(t.Context(), directory.DepartmentKind, "78")
				if err != nil || o.Values.Number("parentId") != 77 {
					t.Errorf("%.9s as %s, %s: got %v, %v", root, format, policy, o, err)
				}
			}
		}
	}
}

// Paths that begin with the root of the file are paths below the root.
func TestPathsFromTheRootOfTheFile(t *testing.T) {
	t.Parallel()
	b := sample(t)
	v, _ := b.do(transfer.Options{Kind: "departments", OnDuplicate: "update"}, "deptId,name,path,parentId\n1,星河,,\n,,星河/远洋部,\n,,远洋部/一组,\n,二组,,星河\n")
	if v.Counts.Unchanged != 1 || v.Counts.Created != 3 {
		t.Fatalf("got %+v", v.Counts)
	}
	var top []string
	p, err := b.session().Objects(t.Context(), directory.ObjectQuery{Kind: directory.DepartmentKind, Parent: directory.RootDepartment, Limit: 100})
	for _, o := range p.Items {
		top = append(top, o.Values.Text("name"))
	}
	if got := strings.Join(top, " "); err != nil || !strings.Contains(got, "远洋部") || !strings.Contains(got, "二组") || strings.Contains(got, "一组") {
		t.Errorf("below the root are %q, %v", got, err)
	}
}

// A path that begins with a separator is none from the root.
func TestPathsThatBeginWithASeparator(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/研发部", ">研发部", "-研发部", "/", "/研发部/新组"} {
		b := sample(t)
		v, rows := b.do(transfer.Options{Kind: "employees", CreateDepartments: true}, "姓名,手机号,部门\n甲,13911110000,"+path+"\n")
		if len(rows) != 1 || len(rows[0].Errors) != 1 || rows[0].Errors[0].Code != "departmentNotFound" {
			t.Errorf("%s: got %+v with %+v", path, v.Counts, rows)
		}
	}
	b := sample(t)
	v, rows := b.do(transfer.Options{Kind: "departments"}, "name,path\n,/研发部/新组\n")
	if len(rows) != 1 || len(rows[0].Errors) != 1 || rows[0].Errors[0].Code != "departmentNotFound" {
		t.Errorf("a department's: got %+v with %+v", v.Counts, rows)
	}
}
