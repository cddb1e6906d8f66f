package console_test

import (
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/console"
	"github.com/mingce/mingce/internal/instance"
)

// Every rule that any parameter can break is said in Chinese too.
func TestEveryRuleIsSaidInChinese(t *testing.T) {
	t.Parallel()
	catalogue, err := instance.Catalogue()
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range catalogue.Operations() {
		for _, f := range o.Inputs() {
			for _, rule := range f.Rules() {
				// Values of an enumeration or a form stay as they are on the wire.
				if zh := console.Zh.Rule(rule); zh == rule && strings.Contains(rule, " ") {
					t.Errorf("%s, %s: no Chinese for the rule %q", o.Name, f.Name, rule)
				}
				if en := console.En.Rule(rule); en == "" {
					t.Errorf("%s, %s: no English for the rule %q", o.Name, f.Name, rule)
				}
			}
		}
	}
}
