package directory

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Every rule that the package tells of is one of Rules, and no text stands for
// one: constants only.
func TestRulesAreComplete(t *testing.T) {
	t.Parallel()
	for i, rule := range Rules {
		if rule == "" || slices.Contains(Rules[:i], rule) {
			t.Errorf("rule %d: %q is empty or there twice", i, rule)
		}
	}
	for _, r := range ruleOfErrors {
		if !slices.Contains(Rules, r.rule) {
			t.Errorf("%v: its rule %q is not in Rules", r.err, r.rule)
		}
	}
	set := token.NewFileSet()
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	constants := map[string]string{}
	literal := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok {
			t.Errorf("%s: %s is a text; use a constant of Rules", set.Position(l.Pos()), l.Value)
		}
	}
	visit := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			for i, name := range n.Names {
				if strings.HasPrefix(name.Name, "Rule") && i < len(n.Values) {
					if l, ok := n.Values[i].(*ast.BasicLit); ok {
						constants[name.Name] = strings.Trim(l.Value, `"`)
					}
				}
			}
		case *ast.CallExpr: // of problems.add
			if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "add" && len(n.Args) == 3 {
				literal(n.Args[1])
			}
		case *ast.KeyValueExpr: // of a Problem
			if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Rule" {
				literal(n.Value)
			}
		}
		return true
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(set, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, visit)
	}
	if len(constants) != len(Rules) {
		t.Errorf("%d constants, %d rules", len(constants), len(Rules))
	}
	for name, rule := range constants {
		if !slices.Contains(Rules, rule) {
			t.Errorf("%s is not in Rules", name)
		}
	}
}
