package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// secretName finds what may hold a secret or a proof of one, by its name.
var secretName = regexp.MustCompile(`(?i)(secret|signature|password|passwordhash|mac|digest|hash|sum)$`)

// notSecret are comparisons of such names that tell nobody anything, with the
// reason.
var notSecret = map[string]string{
	"store/engine/nonce_postgres.go: hash":       "two hashes of nonces in one group; no caller measures it",
	"directory/employee_change.go: PasswordHash": "of the same person before and after a change",
	"directory/user_token.go: hash":              "HMACs under a key of ours: knowing one byte more helps nobody to find a token",
	"store/audit_chain.go: MAC":                  "of the history, compared with itself",
}

// Secrets and signatures are compared in constant time, with hmac.Equal or
// a type of the keyring that uses it, never with an operator
// (docs/spec/reliability.md#constant-time-comparison).
func TestSecretsAreComparedInConstantTime(t *testing.T) {
	t.Parallel()
	used := map[string]bool{}
	for _, folder := range []string{".", "../cmd"} {
		err := filepath.WalkDir(folder, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
				return err
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, name, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			for _, found := range secretComparisons(file) {
				key := filepath.ToSlash(name) + ": " + found.name
				if used[key] = true; notSecret[key] == "" {
					t.Errorf("%s: got %s compared with an operator, want hmac.Equal", files.Position(found.at), found.name)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for key := range notSecret {
		if !used[key] {
			t.Errorf("got no comparison %q any more, want it off the list", key)
		}
	}
}

// docs/spec/reliability.md#constant-time-comparison
func TestComparisonsAreFound(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]bool{
		"given != app.Secret": true, "signature == c.sign(x)": true, "bytes.Equal(mac, want)": true, "strings.EqualFold(x, hexDigest)": true,
		"a.hash() == b": true, `secret == ""`: false, "len(secret) != KeySize": false, "mac == nil": false, "name == other": false,
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "", "package p\nvar _ = "+expression, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(secretComparisons(file)) > 0; got != want {
			t.Errorf("%s: got found %t, want %t", expression, got, want)
		}
	}
}

type comparison struct {
	name string
	at   token.Pos
}

// secretComparisons lists comparisons, in not constant time, of two values one
// of which has a secret's name. A comparison with a literal or nil asks only
// whether there is one.
func secretComparisons(file *ast.File) (list []comparison) {
	compare := func(at token.Pos, x, y ast.Expr) {
		if isConstant(x) || isConstant(y) {
			return
		}
		for _, side := range []ast.Expr{x, y} {
			if name := lastName(side); secretName.MatchString(name) {
				list = append(list, comparison{name, at})
				return
			}
		}
	}
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				compare(n.OpPos, n.X, n.Y)
			}
		case *ast.CallExpr:
			switch f, ok := n.Fun.(*ast.SelectorExpr); {
			case !ok || len(n.Args) != 2 || lastName(f.X) == "hmac" || lastName(f.X) == "keyring": // both in constant time
			case f.Sel.Name == "Equal" || f.Sel.Name == "EqualFold" || f.Sel.Name == "Compare":
				compare(n.Pos(), n.Args[0], n.Args[1])
			}
		}
		return true
	})
	return list
}

func isConstant(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.BasicLit:
		return true
	case *ast.Ident:
		return e.Name == "nil" || e.Name == "true" || e.Name == "false"
	case *ast.CallExpr:
		return lastName(e.Fun) == "len"
	}
	return false
}

// lastName is what a value is called: a variable, a field or a function.
func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	case *ast.CallExpr:
		return lastName(e.Fun)
	case *ast.IndexExpr:
		return lastName(e.X)
	case *ast.SliceExpr:
		return lastName(e.X)
	case *ast.StarExpr:
		return lastName(e.X)
	case *ast.ParenExpr:
		return lastName(e.X)
	}
	return ""
}
