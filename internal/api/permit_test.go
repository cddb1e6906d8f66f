package api

import (
	"context"
	"testing"
)

// Outside of a call nobody may do anything.
func TestNobodyIsPermittedOutsideOfACall(t *testing.T) {
	t.Parallel()
	if err := Permit(context.Background(), "*", &Code{}); err == nil {
		t.Error("got no error, want one")
	}
}
