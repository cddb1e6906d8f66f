package api

import (
	"slices"
	"sync"
	"time"
)

// Fault makes the next calls of an operation fail or wait, so that tests can
// provoke what parameters cannot (design, section 6).
type Fault struct {
	Operation string        // an operation's name, or "*" for all
	Code      string        // code to answer; "" only delays
	Times     int           // calls left
	Delay     time.Duration // wait before the call
}

// Faults holds the faults that are armed. The zero value is ready; it is safe
// for concurrent use.
type Faults struct {
	mu    sync.Mutex
	armed []Fault
}

// Arm adds a fault.
func (f *Faults) Arm(x Fault) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = append(f.armed, x)
}

// Clear removes all faults.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.armed = nil
}

// Take uses up one count of the oldest fault for the operation and returns it;
// ok is false when none is armed. A nil *Faults has none.
func (f *Faults) Take(operation string) (x Fault, ok bool) {
	if f == nil {
		return Fault{}, false
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	i := slices.IndexFunc(f.armed, func(x Fault) bool { return x.Operation == operation || x.Operation == "*" })
	if i < 0 {
		return Fault{}, false
	}
	x = f.armed[i]
	if f.armed[i].Times--; f.armed[i].Times <= 0 {
		f.armed = slices.Delete(f.armed, i, i+1)
	}
	return x, true
}
