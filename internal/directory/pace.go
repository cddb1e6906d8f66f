package directory

import "time"

// Hold tells for how long a transaction kept others from writing.
type Hold struct {
	Worked time.Duration // until all but the commit was done
	Held   time.Duration // until the commit was answered
}

// How long one transaction of an import or an undo may hold the writer
// (docs/spec/import.md#transactions-of-an-import). What a commit takes is not known
// before, so there is room for it; where commits are slow, the work keeps a part of
// the time, or there would be little else than commits.
const (
	heldAtMost  = 16 * time.Millisecond
	workAtMost  = 8 * time.Millisecond
	workAtLeast = 2 * time.Millisecond
)

// Pace sizes the transactions of work that takes long, so that others can write in
// between. It is not safe for concurrent use.
type Pace struct {
	Size int // of the next transaction
	Most int // size at most

	commit time.Duration // what a commit takes
}

// Took learns from a transaction of n things.
func (p *Pace) Took(n int, h Hold) {
	if n == 0 || h.Worked <= 0 {
		return
	}
	commit := max(h.Held-h.Worked, 0)
	if p.commit > 0 {
		commit = (3*p.commit + commit) / 4
	}
	p.commit = commit
	work := min(max(heldAtMost-commit, workAtLeast), workAtMost)
	p.Size = min(max(1, int(int64(n)*int64(work)/int64(h.Worked))), 2*p.Size, p.Most)
}
