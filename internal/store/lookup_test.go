package store

import (
	"fmt"
	"testing"
)

func TestListsAreFilledUp(t *testing.T) {
	t.Parallel()
	places, values := in([]int64{7, 8, 9})
	if got, want := fmt.Sprint(places, values), "?,?,?,?[7 8 9 9]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if places, values := in([]string(nil)); places != "NULL" || values != nil {
		t.Errorf("empty list: got %s %v", places, values)
	}
}
