package transfer

import (
	"context"
	"errors"
	"io"
	"sort"

	"github.com/mingce/mingce/internal/directory"
)

// planLog writes plans into chunks, and finds those of earlier rows again. It is
// not safe for concurrent use.
type planLog struct {
	part   string
	chunks *chunks
	put    func(directory.ImportPart) error // stores a chunk

	squeezer squeezer
	coder    coder
	first    int64   // number of the chunk that is being filled
	open     []*plan // its plans
	starts   []int64 // numbers of the chunks before it, in order
	parsed   []parsedChunk
}

// parsedChunk is a chunk whose plans were needed again.
type parsedChunk struct {
	n     int64
	plans []*plan
}

// parsedKept is how many parsed chunks are kept.
const parsedKept = 4

func (l *planLog) add(p *plan) error {
	if len(l.open) == 0 {
		l.first = p.Row
	}
	l.open = append(l.open, p)
	l.coder.plan(p)
	if len(l.coder.b) >= rowsChunk {
		return l.flush()
	}
	return nil
}

// flush stores the plans that are not yet stored.
func (l *planLog) flush() error {
	if len(l.open) == 0 {
		return nil
	}
	data, err := l.squeezer.squeeze(l.coder.b)
	if err != nil {
		return err
	}
	if err := l.put(directory.ImportPart{Name: l.part, N: l.first, Data: data}); err != nil {
		return err
	}
	l.starts = append(l.starts, l.first)
	l.open, l.coder.b = nil, l.coder.b[:0]
	return nil
}

// get returns the plan of an earlier row.
func (l *planLog) get(row int64) (*plan, error) {
	if len(l.open) > 0 && row >= l.first {
		return planOf(l.open, row)
	}
	i := sort.Search(len(l.starts), func(i int) bool { return l.starts[i] > row }) - 1
	if i < 0 {
		return nil, errPlan
	}
	n := l.starts[i]
	for _, c := range l.parsed {
		if c.n == n {
			return planOf(c.plans, row)
		}
	}
	_, data, err := l.chunks.at(l.part, n)
	if err != nil {
		return nil, err
	}
	plans, err := parsePlans(data)
	if err != nil {
		return nil, err
	}
	if len(l.parsed) == parsedKept {
		l.parsed = l.parsed[1:]
	}
	l.parsed = append(l.parsed, parsedChunk{n, plans})
	return planOf(plans, row)
}

func planOf(plans []*plan, row int64) (*plan, error) {
	i := sort.Search(len(plans), func(i int) bool { return plans[i].Row >= row })
	if i == len(plans) || plans[i].Row != row {
		return nil, errPlan
	}
	return plans[i], nil
}

func parsePlans(data []byte) (plans []*plan, err error) {
	r := &planReader{b: data}
	for len(r.b) > 0 && r.err == nil {
		plans = append(plans, r.plan())
	}
	return plans, r.err
}

// planStream reads a stored stream of plans from a row on.
type planStream struct {
	part   string
	chunks *chunks
	plans  []*plan
	next   int64 // number of the first chunk that was not read
	ended  bool
}

// seek returns a stream that begins with the first plan whose row is at least
// the given one.
func (c *chunks) seek(part string, row int64) (*planStream, error) {
	s := &planStream{part: part, chunks: c, next: row}
	n, data, err := c.at(part, row)
	switch {
	case errors.Is(err, directory.ErrImportNotFound):
		return s, nil
	case err != nil:
		return nil, err
	}
	if s.plans, err = parsePlans(data); err != nil {
		return nil, err
	}
	s.next = max(row, n+1)
	for len(s.plans) > 0 && s.plans[0].Row < row {
		s.plans = s.plans[1:]
	}
	return s, nil
}

// peek returns the next plan without taking it, or nil at the end.
func (s *planStream) peek() (*plan, error) {
	for len(s.plans) == 0 && !s.ended {
		n, data, err := s.chunks.next(s.part, s.next)
		if errors.Is(err, directory.ErrImportNotFound) {
			s.ended = true
			break
		}
		if err != nil {
			return nil, err
		}
		s.next = n + 1
		if s.plans, err = parsePlans(data); err != nil {
			return nil, err
		}
	}
	if len(s.plans) == 0 {
		return nil, nil
	}
	return s.plans[0], nil
}

// planView reads the plans of an import in order, each as it is by now: later
// streams replace what earlier ones say of a row.
type planView struct{ streams []*planStream }

// view returns the plans from a row on.
func (c *chunks) view(row int64, parts ...string) (*planView, error) {
	v := &planView{}
	for _, part := range parts {
		s, err := c.seek(part, row)
		if err != nil {
			return nil, err
		}
		v.streams = append(v.streams, s)
	}
	return v, nil
}

// Next returns the plan of the next row, or io.EOF.
func (v *planView) Next(ctx context.Context) (*plan, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	base, err := v.streams[0].peek()
	if err != nil {
		return nil, err
	}
	if base == nil {
		return nil, io.EOF
	}
	v.streams[0].plans = v.streams[0].plans[1:]
	p := base
	for _, s := range v.streams[1:] {
		for {
			other, err := s.peek()
			if err != nil {
				return nil, err
			}
			if other == nil || other.Row > base.Row {
				break
			}
			if s.plans = s.plans[1:]; other.Row == base.Row {
				p = other
			}
		}
	}
	return p, nil
}
