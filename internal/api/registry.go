package api

// Registry holds the operations of one product in the order of their
// declaration. It is filled while the program's variables are initialised and
// only read afterwards.
type Registry []*Operation

// Define adds op to the product's registry and returns its Operation.
func Define[In, Out any](r *Registry, op Op[In, Out]) *Operation {
	o := op.Operation()
	*r = append(*r, o)
	return o
}

// None is the In of an operation without parameters, and the Out of one that
// answers nothing but its status.
type None struct{}

// List returns an empty list for nil, so that an answer shows it.
func List[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
