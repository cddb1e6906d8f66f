package events

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/coder/websocket"

	"github.com/mingce/mingce/internal/directory"
)

const (
	ackLimit     = 10 * time.Second // for an answer to an event
	writeLimit   = 5 * time.Second
	largestFrame = 64 << 10
)

var (
	errNotConnected = errors.New("the app is not connected")
	errNotAccepted  = errors.New("the app did not accept the event")
	errNoAnswer     = errors.New("the app did not answer in time")
)

// connection is one WebSocket with its unanswered frames.
type connection struct {
	directory.Stream
	ws  *websocket.Conn
	end func() // closes it without the client's cooperation

	mu      sync.Mutex
	answers map[string]chan answer
	gone    chan struct{}
}

// frame is a message from the server (docs/spec/dingtalk.md#stream-frames). All
// header values are texts.
type frame struct {
	SpecVersion string            `json:"specVersion"`
	Type        string            `json:"type"`
	Time        int64             `json:"time"`
	Headers     map[string]string `json:"headers"`
	Data        string            `json:"data"`
}

// answer is the reply of a client to a frame.
type answer struct {
	Code    int               `json:"code"`
	Headers map[string]string `json:"headers"`
	Message string            `json:"message"`
	Data    string            `json:"data"`
}

func (h *hub) frame(kind, topic, data string) frame {
	now := h.dir.Now().UnixMilli()
	return frame{SpecVersion: "1.0", Type: kind, Time: now, Data: data, Headers: map[string]string{
		"topic": topic, "messageId": rand.Text(), "contentType": "application/json", "time": strconv.FormatInt(now, 10),
	}}
}

// ask sends a frame and waits for its answer.
func (c *connection) ask(ctx context.Context, f frame) (answer, error) {
	id, got := f.Headers["messageId"], make(chan answer, 1)
	c.mu.Lock()
	c.answers[id] = got
	c.mu.Unlock()
	defer func() {
		c.mu.Lock()
		delete(c.answers, id)
		c.mu.Unlock()
	}()
	if err := c.write(ctx, f); err != nil {
		return answer{}, err
	}
	select {
	case a := <-got:
		return a, nil
	case <-c.gone:
		return answer{}, fmt.Errorf("%w: the connection ended", errNotAccepted)
	case <-ctx.Done():
		return answer{}, errNoAnswer
	}
}

func (c *connection) write(ctx context.Context, f frame) error {
	text, err := marshal(f)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeLimit)
	defer cancel()
	return c.ws.Write(ctx, websocket.MessageText, text)
}

// marshal encodes a frame; its data is not escaped for HTML.
func marshal(f frame) ([]byte, error) {
	o := object{}
	headers, err := json.Marshal(f.Headers)
	if err != nil {
		return nil, fmt.Errorf("write a frame: %w", err)
	}
	o.text("specVersion", f.SpecVersion)
	o.text("type", f.Type)
	o.raw("time", strconv.AppendInt(nil, f.Time, 10))
	o.raw("headers", headers)
	o.text("data", f.Data)
	return o.end(), nil
}

// read passes answers to the waiting callers of ask, until the connection ends.
func (c *connection) read(ctx context.Context) {
	defer close(c.gone)
	defer func() { _ = c.ws.CloseNow() }()
	for {
		_, text, err := c.ws.Read(ctx)
		if err != nil {
			return
		}
		var a answer
		if json.Unmarshal(text, &a) != nil {
			continue // not an answer
		}
		c.mu.Lock()
		if got := c.answers[a.Headers["messageId"]]; got != nil {
			select {
			case got <- a:
			default: // answered twice
			}
		}
		c.mu.Unlock()
	}
}
