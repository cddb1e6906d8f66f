package engine

import (
	"fmt"
	"runtime/debug"
)

// PanicError is a panic in a function passed to the store. The call has written
// nothing.
type PanicError struct {
	Value any
	Stack []byte
}

func newPanicError(v any) *PanicError { return &PanicError{Value: v, Stack: debug.Stack()} }

// Error does not print the value, which may hold personal data. Whoever
// recovers the request logs the stack.
func (e *PanicError) Error() string { return fmt.Sprintf("store: panic in a function (%T)", e.Value) }
