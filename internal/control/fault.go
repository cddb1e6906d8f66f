package control

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/mingce/mingce/internal/api"
)

// Limits of an armed fault.
const (
	mostTimes    = 1_000_000
	longestDelay = time.Minute
)

// faultRequest arms a fault (docs/control-api.md).
type faultRequest struct {
	Operation string `json:"operation"`
	Fault     string `json:"fault,omitempty"`
	Times     int    `json:"times"`
	DelayMs   int64  `json:"delayMs,omitempty"`
}

func (a *API) armFault(w http.ResponseWriter, r *http.Request) (any, error) {
	if a.Faults == nil {
		return nil, notOffered
	}
	q := faultRequest{Times: 1}
	if err := read(w, r, &q); err != nil {
		return nil, err
	}
	name, known := a.operationName(q.Operation)
	delay := time.Duration(q.DelayMs) * time.Millisecond
	switch {
	case q.Operation == "":
		return nil, invalid(`operation: name one, or "*" for all.`)
	case !known:
		return nil, invalid("operation: there is no operation " + q.Operation + `; see /console/reference/, or "*" for all.`)
	case q.Fault == "" && q.DelayMs == 0:
		return nil, invalid("fault and delayMs: give at least one of them.")
	case q.Fault != "" && !a.shows(name, q.Fault):
		return nil, invalid("fault: " + name + " cannot answer " + q.Fault + ". Known are: " + strings.Join(a.faultsOf(name), ", ") + ".")
	case q.Times < 1 || q.Times > mostTimes:
		return nil, invalid("times: from 1 to 1000000.")
	case q.DelayMs < 0 || q.DelayMs > longestDelay.Milliseconds():
		return nil, invalid("delayMs: from 0 to 60000.")
	case !a.Faults.Arm(api.Fault{Operation: name, Code: q.Fault, Times: q.Times, Delay: delay}):
		return nil, tooManyFaults
	default:
		q.Operation = name
		return q, nil
	}
}

// shows reports whether a call of the operation can answer with the code; with "*", a call
// of any operation.
func (a *API) shows(operation, code string) bool {
	return slices.ContainsFunc(a.showing(operation), func(codes []*api.Code) bool { return api.CodeNamed(code, codes) != nil })
}

// showing returns the codes that calls of the operation can answer with on any of its
// gateways; with "*", calls of any operation.
func (a *API) showing(operation string) (lists [][]*api.Code) {
	operations := a.Catalogue.Operations()
	if operation != everyOperation {
		operations = []*api.Operation{a.Catalogue.Named(operation)}
	}
	families := map[api.Family]bool{}
	for _, o := range operations {
		lists = append(lists, o.Codes(), o.Effects)
		for _, f := range a.Catalogue.Families(o) {
			families[f] = true
		}
	}
	for f := range families {
		lists = append(lists, a.Codes[f])
	}
	return lists
}

// faultsOf returns the codes that can be armed on an operation, sorted.
func (a *API) faultsOf(operation string) (names []string) {
	for _, codes := range a.showing(operation) {
		for _, c := range codes {
			names = append(names, c.Code)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// everyOperation stands for all operations.
const everyOperation = "*"

// operationName accepts an operation's own name and its name on TOP.
func (a *API) operationName(given string) (name string, ok bool) {
	if given == everyOperation {
		return given, true
	}
	o := a.Catalogue.Named(given)
	if o == nil {
		o = a.Catalogue.TOP(given)
	}
	if o == nil {
		return "", false
	}
	return o.Name, true
}

func (a *API) clearFaults(w http.ResponseWriter, _ *http.Request) (any, error) {
	if a.Faults == nil {
		return nil, notOffered
	}
	a.Faults.Clear()
	return done, nil
}

func (a *API) reset(w http.ResponseWriter, r *http.Request) (any, error) {
	if a.Reset == nil {
		return nil, notOffered
	}
	if err := a.Reset(r.Context()); err != nil {
		return nil, err
	}
	if a.Faults != nil {
		a.Faults.Clear()
	}
	return done, nil
}

func (a *API) authority(w http.ResponseWriter, _ *http.Request) {
	if len(a.Authority) == 0 {
		fail(w, &refusal{http.StatusNotFound, "notFound", "This server has no certificate authority of its own."})
		return
	}
	w.Header().Set("Content-Type", "application/x-pem-file")
	w.Header().Set("Content-Disposition", `attachment; filename="mingce-ca.pem"`)
	_, _ = w.Write(a.Authority)
}
