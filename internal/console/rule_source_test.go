package console_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/console"
)

// Rules that no parameter declares are worded where gateways, operations and the
// core refuse a call. They are read from the source, so that a new one is said
// in Chinese too.
func TestEveryRuleOfTheSourceIsSaidInChinese(t *testing.T) {
	t.Parallel()
	found := 0
	for _, folder := range []string{"api", "directory", "gateway", "ops"} {
		err := filepath.WalkDir(filepath.Join("..", folder), func(path string, _ fs.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, rule := range rulesIn(file) {
				found++
				if console.Zh.Rule(rule) == rule {
					t.Errorf("%s: no Chinese for the rule %q", path, rule)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, rule := range api.RulesAboutOne() {
		if console.Zh.Rule(rule) == rule || console.En.Rule(rule) == rule {
			t.Errorf("no Chinese, or no rule in English, for %q", rule)
		}
	}
	if found < 20 {
		t.Errorf("found %d rules in the source; are they written in another way now?", found)
	}
}

// rulesIn returns the texts of a file that are given as a rule, with an example
// for what is put into them.
func rulesIn(file *ast.File) (rules []string) {
	add := func(value ast.Expr) {
		// "must be" and a kind of parameter: TestEveryRuleIsSaidInChinese has them all.
		if text := exampleOf(value); strings.Contains(text, " ") && text != "must be 5" {
			rules = append(rules, text)
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.KeyValueExpr:
			if name, ok := n.Key.(*ast.Ident); ok && strings.EqualFold(name.Name, "rule") {
				add(n.Value)
			}
		case *ast.AssignStmt:
			if field, ok := n.Lhs[0].(*ast.SelectorExpr); ok && strings.EqualFold(field.Sel.Name, "rule") {
				add(n.Rhs[0])
			}
		case *ast.FuncDecl:
			if n.Name.Name == "Broken" {
				ast.Inspect(n.Body, func(n ast.Node) bool {
					if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) == 1 {
						add(r.Results[0])
					}
					return true
				})
			}
		case *ast.CallExpr:
			switch nameOf(n.Fun) {
			case "because", "fail", "failFor", "invalidParameter":
				add(n.Args[len(n.Args)-1])
			}
		}
		return true
	})
	return rules
}

func nameOf(function ast.Expr) string {
	switch f := function.(type) {
	case *ast.Ident:
		return f.Name
	case *ast.SelectorExpr:
		return f.Sel.Name
	}
	return ""
}

var verbs = regexp.MustCompile(`%[ds]`)

// exampleOf is a text as it may come out: 5 stands for what is not written there.
func exampleOf(value ast.Expr) string {
	switch v := value.(type) {
	case *ast.BasicLit:
		if text, err := strconv.Unquote(v.Value); err == nil {
			return verbs.ReplaceAllString(text, "5")
		}
	case *ast.BinaryExpr:
		return exampleOf(v.X) + exampleOf(v.Y)
	case *ast.CallExpr:
		if nameOf(v.Fun) == "Sprintf" {
			return exampleOf(v.Args[0])
		}
	}
	return "5"
}
