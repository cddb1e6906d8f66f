package top

import "net/http"

// Busy answers a call that the server has no place for. The request is read
// only to learn the form of the answer; its body is in memory by then.
func (h *Handler) Busy(w http.ResponseWriter, r *http.Request) {
	c := h.begin(r)
	c.style = styleOf(readParameters(w, r))
	f := refuse(busy)
	c.comeAgain(w, f)
	c.style.write(w, r, c.style.appendFailure(nil, nil, "", f, c.id))
	h.record(r.Context(), c, f)
}
