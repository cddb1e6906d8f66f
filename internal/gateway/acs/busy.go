package acs

import "net/http"

// Busy answers a call that the server has no place for. The request is read
// only to learn the form of the answer; its body is in memory by then.
func (h *Handler) Busy(w http.ResponseWriter, r *http.Request) {
	now := h.g.Now()
	c := &call{request: r, id: newRequestID(), started: now, now: now}
	_ = c.read(w) // what is wrong with it does not matter any more
	f := fail(serviceUnavailable)
	h.write(w, c, appendFailure(nil, c, f, h.base(r)), f)
}
