package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/server"
)

// untilStopped returns a context that ends with the first SIGTERM or Ctrl-C. The second
// signal ends the process, which is safe because acknowledged changes are on disk. log may
// be nil.
func untilStopped(log *slog.Logger) (context.Context, context.CancelFunc) {
	if log == nil {
		log = slog.New(slog.DiscardHandler)
	}
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	go func() {
		log.Info("stopping; finishing the calls in flight", "signal", nameOf(<-signals))
		cancel()
		first := time.Now()
		second := nameOf(<-signals)
		time.Sleep(time.Until(first.Add(together)))
		log.Warn("stopped at once by a second signal", "signal", second)
		os.Exit(exitFailed)
	}()
	return ctx, cancel
}

// together is how long after the first signal a second one takes effect: timeout(1),
// terminals and some supervisors send one signal twice, to a process and to its group.
const together = 2 * time.Second

// nameOf returns a signal's name as operators write it.
func nameOf(s os.Signal) string {
	if s == syscall.SIGTERM {
		return "SIGTERM"
	}
	return "SIGINT"
}

// logFlags set the log's format and level.
type logFlags struct {
	LogFormat string `name:"log-format" enum:"text,json" default:"text" env:"MINGCE_LOG_FORMAT" help:"Form of the log: text or json (${default})."`
	Verbose   bool   `short:"v" env:"MINGCE_VERBOSE" help:"Log more."`
}

// log returns a logger that writes to w from that level on, and with --verbose everything.
func (f logFlags) log(w io.Writer, level slog.Level) *slog.Logger {
	if f.Verbose {
		level = slog.LevelDebug
	}
	o := &slog.HandlerOptions{Level: level, ReplaceAttr: shortAttr}
	if f.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// longestAttr limits each attribute in bytes, and so the line: an error may repeat what a
// caller sent. It is enough for the stack of a panic.
const longestAttr = 8 << 10

func shortAttr(_ []string, a slog.Attr) slog.Attr {
	var text string
	switch a.Value.Kind() {
	case slog.KindString:
		text = a.Value.String()
	case slog.KindAny:
		text = fmt.Sprint(a.Value.Any())
	}
	if len(text) > longestAttr {
		a.Value = slog.StringValue(strings.ToValidUTF8(text[:longestAttr], "") + "…")
	}
	return a
}

// operate serves from the first moment, opens the data meanwhile, and then calls ready, which
// shows the handler. Requests that come earlier are told to wait. work runs in the
// background. operate returns when ctx is done, or when the data cannot be opened or written
// any more.
func operate(ctx context.Context, s *server.Server, open func(context.Context) (*instance.Instance, error), ready func(*instance.Instance) error,
	work func(context.Context, *instance.Instance) (wait func())) error {
	defer limitMemory()()
	ctx, stop := context.WithCancelCause(ctx)
	opened := make(chan *instance.Instance, 1)
	go func() {
		i, err := open(ctx)
		if err == nil {
			// The work begins first: calls are answered as by a server that does it.
			sealed, worked := i.Store.StartSealing(ctx), work(ctx, i)
			if err = ready(i); err == nil {
				select {
				case err = <-i.Store.Failed():
				case <-ctx.Done():
				}
			}
			stop(err)
			sealed()
			worked()
		}
		stop(err)
		opened <- i
	}()
	err := s.Serve(ctx)
	stop(nil)
	i := <-opened
	if why := context.Cause(ctx); !errors.Is(why, context.Canceled) {
		err = errors.Join(why, err)
	}
	if i != nil {
		err = errors.Join(err, i.Close())
	}
	return err
}
