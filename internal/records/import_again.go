package records

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"hash"
	"io"
	"sync"
	"time"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// importOnce is startImport for a request that may be repeated with its key
// (docs/spec/json-api.md#repeated-requests). Requests are compared by query, options, name
// and the digest of the file, which is never held in memory. The answer is kept in the
// transaction that lets the import go on: when the file is copied, before anything is done.
func (c *call) importOnce(u *upload, o transfer.Options, wait time.Duration) (*reply, error) {
	release, err := c.keys.take(c.request.Context(), c.idempotency.answer.Key)
	if err != nil {
		return nil, err
	}
	release = sync.OnceFunc(release)
	defer release()
	sum := sha256.New()
	u.Body = io.TeeReader(u.body, sum)
	kept, err := c.kept()
	if err != nil {
		return nil, err
	}
	if kept != nil {
		if err := u.pass(); err != nil {
			return nil, u.body.refused(err)
		}
		return c.importAgain(kept, u, sum, wait)
	}
	admitted := false
	u.Admit = func(tx directory.Tx, v transfer.Import) error {
		admitted = true
		c.isFor(u, sum)
		c.keepIn(tx, c.accepted(v))
		return nil
	}
	v, err := c.start(u, o)
	if errors.Is(err, directory.ErrAnswerKept) { // in another process
		if kept, err = c.kept(); kept != nil && err == nil {
			return c.importAgain(kept, u, sum, wait)
		}
	}
	if err != nil {
		return nil, err
	}
	if admitted {
		release() // others need not wait for the end
	}
	answer, err := c.begun(v, wait)
	if err == nil && !admitted { // the file failed as it was copied
		c.isFor(u, sum)
		err = c.keep(answer)
	}
	return answer, err
}

// isFor completes what the request is compared by, when its file was read.
func (c *call) isFor(u *upload, file hash.Hash) {
	c.idempotency.answer.Request = requestDigest([]byte(c.request.URL.RawQuery), u.given, []byte(u.Name), file.Sum(nil))
}

// importAgain answers a request that is repeated. Who waits gets the end of the first
// import.
func (c *call) importAgain(kept *directory.KeptAnswer, u *upload, file hash.Hash, wait time.Duration) (*reply, error) {
	c.isFor(u, file)
	return c.endOfFirst(kept, wait)
}

// endOfFirst answers with the first import, or for who waits with its end.
func (c *call) endOfFirst(kept *directory.KeptAnswer, wait time.Duration) (*reply, error) {
	first, err := c.repeated(kept)
	if err != nil || wait == 0 {
		return first, err
	}
	var was transfer.Import
	if err := json.Unmarshal(first.body.(json.RawMessage), &was); err != nil {
		return nil, err
	}
	v, err := c.config.Importer.Get(c.request.Context(), c.session, was.ID)
	if err != nil {
		return nil, err
	}
	v.Repeated = was.Repeated
	return c.begun(v, wait)
}

// runOnce is runImport for a request that may be repeated with its key.
func (c *call) runOnce(wait time.Duration) (*reply, error) {
	release, err := c.keys.take(c.request.Context(), c.idempotency.answer.Key)
	if err != nil {
		return nil, err
	}
	release = sync.OnceFunc(release)
	defer release()
	if kept, err := c.kept(); kept != nil || err != nil {
		if err != nil {
			return nil, err
		}
		return c.endOfFirst(kept, wait)
	}
	v, err := c.run()
	if err == nil {
		release() // others need not wait for the end
		return c.begun(v, wait)
	}
	if kept, _ := c.kept(); kept != nil { // in another process one with the key was faster
		return c.endOfFirst(kept, wait)
	}
	return nil, err
}

// pass reads the file without taking it.
func (u *upload) pass() error {
	from := u.Body
	if u.Limit > 0 {
		from = io.LimitReader(from, u.Limit+1)
	}
	n, err := io.Copy(io.Discard, from)
	if err == nil && u.Limit > 0 && n > u.Limit {
		err = &transfer.FileError{Code: tooLarge}
	}
	return err
}
