package directory

import (
	"errors"
	"slices"
	"testing"
)

func TestAhead(t *testing.T) {
	t.Parallel()
	late, refused := errors.New("read"), errors.New("write")
	for _, c := range []struct {
		name      string
		produced  error // after three items
		refusedAt int
		got       []int
		want      error
	}{
		{"all", nil, 0, []int{1, 2, 3}, nil},
		{"the producer fails", late, 0, []int{1, 2, 3}, late},
		{"the consumer fails", nil, 2, []int{1, 2}, refused},
		{"both fail", late, 3, []int{1, 2, 3}, refused},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var got []int
			ended := false
			err := ahead(func(yield func(int) bool) error {
				defer func() { ended = true }()
				for i := 1; i <= 3; i++ {
					if !yield(i) {
						return nil
					}
				}
				return c.produced
			}, func(i int) error {
				if got = append(got, i); i == c.refusedAt {
					return refused
				}
				return nil
			})
			if !errors.Is(err, c.want) || !slices.Equal(got, c.got) || !ended {
				t.Errorf("got %v, error %v, ended: %v, want %v and %v", got, err, ended, c.got, c.want)
			}
		})
	}
}

func TestAheadPanicsInTheCaller(t *testing.T) {
	t.Parallel()
	defer func() {
		if got := recover(); got != "broken" {
			t.Errorf("got %v, want a panic", got)
		}
	}()
	_ = ahead(func(func(int) bool) error { panic("broken") }, func(int) error { return nil })
}
