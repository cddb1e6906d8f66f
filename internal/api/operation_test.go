package api

import (
	"context"
	"fmt"
	"sync"
	"testing"

	"github.com/mingce/mingce/internal/directory"
)

type person struct {
	Name string
	Size int64
	Note *string
	Tags []string
	Home struct{ City string }
}

func personFields(p *person) Fields {
	return Fields{
		String("name", &p.Name).Required(nil), Int("size", &p.Size), OptString("note", &p.Note), Strings("tags", &p.Tags),
		Object("home", &p.Home, func(h *struct{ City string }) Fields { return Fields{String("city", &h.City)} }),
	}
}

// personInput has a default, which the declaration sets.
func personInput(p *person) Fields {
	p.Size = 20
	return personFields(p)
}

// Calls share a declaration, one after the other and at the same time: none
// sees what another one gave.
func TestCallsSeeTheirOwnArgumentsOnly(t *testing.T) {
	t.Parallel()
	op := Op[person, person]{
		Route: TOP("test"), In: personInput, Out: personFields,
		Do: func(_ context.Context, _ *directory.Session, in *person) (*person, error) { return in, nil },
	}.Operation()
	call := func(args string) string {
		v, err := ParseJSON([]byte(args))
		if err != nil {
			return err.Error()
		}
		out, err := op.Call(context.Background(), nil, v, Reading{})
		if err != nil {
			return err.Error()
		}
		return string(AppendJSON(nil, out, false))
	}
	var wg sync.WaitGroup
	for caller := range 8 {
		wg.Go(func() {
			for range 100 {
				full := fmt.Sprintf(`"name":"n%d","size":%d,"note":"x%d","tags":["t%d"],"home":{"city":"c%d"}`, caller, caller, caller, caller, caller)
				if got := call("{" + full + "}"); got != full {
					t.Errorf("got %s, want %s", got, full)
				}
				if got := call(`{"name":"n","size":"many","note":"y"}`); got == "" {
					t.Error("a bad size: got no error")
				}
				if got, want := call(`{"name":"n"}`), `"name":"n","size":20,"home":{"city":""}`; got != want {
					t.Errorf("got %s, want %s", got, want)
				}
			}
		})
	}
	wg.Wait()
}

func TestListsShowEveryElement(t *testing.T) {
	t.Parallel()
	type city struct{ Names []person }
	c := city{[]person{{Name: "a", Tags: []string{"x"}}, {Name: "b"}}}
	c.Names[1].Home.City = "杭州"
	plain := func(p *person) Fields {
		return Fields{String("name", &p.Name), Strings("tags", &p.Tags), Object("home", &p.Home, func(h *struct{ City string }) Fields {
			return Fields{String("city", &h.City)}
		})}
	}
	named := func(p *person) Fields { return Fields{String(p.Name, &p.Home.City)} }
	for want, fs := range map[string]Fields{
		`"l":[{"name":"a","tags":["x"],"home":{"city":""}},{"name":"b","home":{"city":"杭州"}}]`: {Objects("l", &c.Names, plain)},
		`"l":[{"a":""},{"b":"杭州"}]`: {Objects("l", &c.Names, named).Varied()},
	} {
		if got := string(AppendJSON(nil, fs, false)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
