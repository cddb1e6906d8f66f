package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

const module = "github.com/mingce/mingce/"

// mayImport says which packages of ours a package may import. A name ending in
// /* stands for every package below it; "*" allows everything. The reasons for
// what differs from the plan are in docs/adr.
var mayImport = map[string][]string{
	"internal/directory": {"internal/pinyin"}, // docs/adr/0015-search-by-terms.md
	"internal/pinyin":    {},
	"internal/keyring":   {},
	"internal/policy":    {}, // docs/adr/0008-policies-in-a-package.md

	"internal/store":        {"internal/directory", "internal/keyring", "internal/store/engine"},
	"internal/store/engine": {"internal/keyring"}, // it knows no noun
	"internal/store/backup": {"internal/keyring", "internal/store", "internal/store/engine"},

	"internal/store/enginetest": {},
	"internal/store/sampletest": {"internal/directory", "internal/store", "internal/store/engine"},
	"internal/store/storetest": {
		"internal/directory", "internal/keyring", "internal/store", "internal/store/backup", "internal/store/enginetest",
	},

	"internal/notify":  {"internal/directory"},
	"internal/events":  {"internal/directory"},
	"internal/control": {"internal/directory", "internal/api"}, // docs/adr/0019-control-knows-the-catalogue.md

	"internal/transfer": {"internal/directory"},
	"internal/records":  {"internal/directory", "internal/api", "internal/transfer"}, // docs/adr/0025-records-for-people.md

	"internal/api":       {"internal/directory"},
	"internal/ops":       {},
	"internal/ops/*":     {"internal/api", "internal/directory", "internal/policy"},
	"internal/gateway/*": {"internal/api", "internal/directory", "internal/policy"},
	"internal/snippet":   {"internal/api"},
	"internal/console":   {"internal/api", "internal/directory", "internal/snippet"},

	"internal/server": {
		"internal/directory", "internal/keyring", "internal/notify", "internal/events", "internal/control",
		"internal/api", "internal/gateway/*", "internal/snippet", "internal/console", "internal/records", "internal/transfer",
	},
	"internal/instance": {"*"}, // docs/adr/0003-one-assembly.md
	"cmd/mingce":        {"*"},
	"mingcetest":        {"*"},
}

// rule finds the row of a package: its own, or that of the folder above it.
func rule(pkg string) (allowed []string, ok bool) {
	if allowed, ok = mayImport[pkg]; ok {
		return allowed, true
	}
	allowed, ok = mayImport[path.Dir(pkg)+"/*"]
	return allowed, ok
}

func isAllowed(allowed []string, imported string) bool {
	return slices.ContainsFunc(allowed, func(a string) bool {
		dir, below := strings.CutSuffix(a, "/*")
		return a == "*" || a == imported || below && strings.HasPrefix(imported, dir+"/")
	})
}

// sources calls visit for every Go file of the module that is no test.
func sources(t *testing.T, visit func(file, pkg string)) {
	t.Helper()
	err := filepath.WalkDir("..", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel := filepath.ToSlash(strings.TrimPrefix(file, ".."+string(filepath.Separator)))
		if d.IsDir() {
			name := d.Name()
			_, err := os.Stat(filepath.Join(file, "go.mod")) // modules of their own: e2e, bench
			if err == nil && file != ".." || name == "testdata" || name == "node_modules" || strings.HasPrefix(name, ".") && file != ".." {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(rel, ".go") && !strings.HasSuffix(rel, "_test.go") {
			visit(file, path.Dir(rel))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestPackagesImportOnlyWhatTheyMay(t *testing.T) {
	t.Parallel()
	sources(t, func(file, pkg string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		allowed, ok := rule(pkg)
		if !ok {
			t.Errorf("%s: package %s has no row in the import table; a new package needs a reason in docs/adr", file, pkg)
			return
		}
		for _, spec := range parsed.Imports {
			imported, ours := strings.CutPrefix(strings.Trim(spec.Path.Value, `"`), module)
			if ours && !isAllowed(allowed, imported) {
				t.Errorf("%s: imports %s, which %s may not", file, imported, pkg)
			}
		}
	})
}

// No row stands for a package that does not exist.
func TestRowsStandForPackages(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for pkg := range packages(t) {
		if _, own := mayImport[pkg]; own {
			used[pkg] = true
		} else {
			used[path.Dir(pkg)+"/*"] = true
		}
	}
	for row, allowed := range mayImport {
		if !used[row] {
			t.Errorf("row %s of the import table: there is no such package", row)
		}
		for _, a := range allowed {
			if a != "*" && !used[a] {
				t.Errorf("row %s of the import table allows %s, which does not exist", row, a)
			}
		}
	}
}

func TestEveryPackageSaysWhatItIs(t *testing.T) {
	t.Parallel()
	documented, seen := map[string]bool{}, map[string]bool{}
	sources(t, func(file, pkg string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.PackageClauseOnly|parser.ParseComments)
		if err != nil {
			t.Fatal(err)
		}
		seen[pkg] = true
		documented[pkg] = documented[pkg] || parsed.Doc != nil
	})
	for pkg := range seen {
		if !documented[pkg] {
			t.Errorf("package %s has no package comment", pkg)
		}
	}
}

func TestOperationsStandInTheFileOfTheirName(t *testing.T) {
	t.Parallel()
	found := 0
	sources(t, func(file, pkg string) {
		if !strings.HasPrefix(pkg, "internal/ops/") {
			return
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), file, text, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range operationsIn(t, file, parsed) {
			found++
			if got, want := filepath.Base(file), fileNameOf(name); got != want {
				t.Errorf("operation %s of %s: got file %s, want %s", name, pkg, got, want)
			}
		}
	})
	if found == 0 {
		t.Error("no operation was found: is the form `var X = api.Define(&Operations, api.Op[...]{...})` still the one in use?")
	}
}

// operationsIn returns the names of the operations that a file defines.
func operationsIn(t *testing.T, file string, parsed *ast.File) (names []string) {
	t.Helper()
	for _, d := range parsed.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, spec := range g.Specs {
			for _, v := range spec.(*ast.ValueSpec).Values {
				call, ok := v.(*ast.CallExpr)
				if !ok {
					continue
				}
				if f, ok := call.Fun.(*ast.SelectorExpr); !ok || f.Sel.Name != "Define" {
					continue
				}
				name := routeName(call)
				if name == "" {
					t.Errorf("%s: the route of a definition cannot be read; write it as api.TOP(...), api.RPC(...), api.REST(...), api.OAPI(...) or api.OAPINamed(...)", file)
					continue
				}
				names = append(names, name)
			}
		}
	}
	return names
}

// routeName reads the operation's name from the Route of its definition, as
// package api derives it.
func routeName(define *ast.CallExpr) string {
	literal, ok := define.Args[1].(*ast.CompositeLit)
	if !ok {
		return ""
	}
	for _, e := range literal.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		if key, ok := kv.Key.(*ast.Ident); !ok || key.Name != "Route" {
			continue
		}
		call, ok := kv.Value.(*ast.CallExpr)
		if !ok {
			return ""
		}
		kind, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return ""
		}
		switch kind.Sel.Name {
		case "TOP", "REST", "OAPINamed":
			return text(call.Args[0])
		case "RPC":
			return text(call.Args[1])
		case "OAPI":
			p := strings.Trim(strings.TrimPrefix(text(call.Args[1]), "/topapi"), "/")
			return "dingtalk.oapi." + strings.ReplaceAll(p, "/", ".")
		}
	}
	return ""
}

func text(e ast.Expr) string {
	literal, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	s, err := strconv.Unquote(literal.Value)
	if err != nil {
		return ""
	}
	return s
}

// fileNameOf is the operation's name in snake case: dots become underscores,
// and DingTalk's leading "dingtalk." is dropped.
func fileNameOf(operation string) string {
	var b strings.Builder
	name := []rune(strings.ReplaceAll(strings.TrimPrefix(operation, "dingtalk."), ".", "_"))
	for i, r := range name {
		startsWord := unicode.IsUpper(r) && i > 0 && name[i-1] != '_' &&
			(!unicode.IsUpper(name[i-1]) || i+1 < len(name) && unicode.IsLower(name[i+1]))
		if startsWord {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String() + ".go"
}

func TestFileNamesOfOperations(t *testing.T) {
	t.Parallel()
	for operation, want := range map[string]string{
		"dingtalk.corp.extcontact.update":   "corp_extcontact_update.go",
		"dingtalk.oapi.v2.user.create":      "oapi_v2_user_create.go",
		"UpdateMessageContact":              "update_message_contact.go",
		"OrgAccountMobileVisibleInOtherOrg": "org_account_mobile_visible_in_other_org.go",
		"GetSSOUserInfo":                    "get_sso_user_info.go",
	} {
		if got := fileNameOf(operation); got != want {
			t.Errorf("file of %s: got %s, want %s", operation, got, want)
		}
	}
}

// TestTextsAreInBothLanguages looks at every api.Text that the program writes out.
func TestTextsAreInBothLanguages(t *testing.T) {
	t.Parallel()
	found := 0
	sources(t, func(file, pkg string) {
		parsed, err := parser.ParseFile(token.NewFileSet(), file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || len(literal.Elts) == 0 {
				return true
			}
			name, _ := literal.Type.(*ast.Ident)
			of, _ := literal.Type.(*ast.SelectorExpr)
			if (name == nil || name.Name != "Text" || pkg != "internal/api") && (of == nil || of.Sel.Name != "Text") {
				return true
			}
			found++
			said := 0
			for _, e := range literal.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					e = pair.Value
				}
				if text, ok := e.(*ast.BasicLit); !ok || text.Value != `""` {
					said++
				}
			}
			if said != 2 {
				t.Errorf("%s: a text is in %d languages, want 2", file, said)
			}
			return true
		})
	})
	if found < 300 {
		t.Errorf("found %d texts in the source; are they written in another way now?", found)
	}
}
