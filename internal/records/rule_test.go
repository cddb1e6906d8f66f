package records

import (
	"strings"
	"testing"
	"unicode"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// Every rule of the core has a text in both languages: what is wrong, and what
// helps.
func TestEveryRuleHasATextWithARemedy(t *testing.T) {
	t.Parallel()
	for _, rule := range directory.Rules {
		text, ok := ruleTexts[rule]
		if !ok {
			t.Errorf("%s has no text", rule)
			continue
		}
		hasRemedy(t, rule, text)
		if got := ruleText(rule, 7); strings.Contains(got.En+got.Zh, "%!") || strings.Contains(got.En, "docs/spec/") {
			t.Errorf("%s: %+v", rule, got)
		}
	}
	for _, conflict := range directory.UndoConflicts {
		text := conflictText(conflict)
		hasRemedy(t, conflict, text)
		if strings.Contains(text.En, "docs/spec/") {
			t.Errorf("the conflict %s has no text: %s", conflict, text.En)
		}
		if keep := strings.Contains(text.En, "keep"); keep != (conflict != directory.ConflictChangedDuring) { // that undo is over
			t.Errorf("the conflict %s: %s", conflict, text.En)
		}
	}
	for rule := range conflicts {
		if _, ok := ruleTexts[rule]; !ok && rule != "importRunning" && rule != "undoConflict" && rule != "previewOutdated" {
			t.Errorf("the conflict %s has no text", rule)
		}
	}
}

func hasRemedy(t *testing.T, rule string, text api.Text) {
	t.Helper()
	if what, remedy, two := strings.Cut(text.En, "; "); !two || what == "" || !strings.HasSuffix(remedy, ".") || !unicode.IsUpper(rune(text.En[0])) {
		t.Errorf("%s in English: %q, want what is wrong; what to do", rule, text.En)
	}
	what, remedy, two := strings.Cut(text.Zh, "；")
	han := strings.ContainsFunc(what, func(r rune) bool { return unicode.Is(unicode.Han, r) })
	if !two || !han || !strings.HasSuffix(remedy, "。") {
		t.Errorf("%s in Chinese: %q, want what is wrong；what to do", rule, text.Zh)
	}
}
