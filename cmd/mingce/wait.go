package main

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
)

type waitCommand struct {
	Ready   bool          `required:"" help:"Wait until the server is ready for calls."`
	Server  string        `default:"http://127.0.0.1:8080" env:"MINGCE_SERVER" placeholder:"URL" help:"The server (${default})."`
	Timeout time.Duration `default:"30s" help:"How long to wait (${default})."`
}

func (c *waitCommand) Run() error {
	if !strings.HasPrefix(c.Server, "http://") && !strings.HasPrefix(c.Server, "https://") {
		return usagef("--server: %s does not begin with http:// or https://", c.Server)
	}
	ctx, cancel := context.WithTimeout(context.Background(), c.Timeout)
	defer cancel()
	retry := time.NewTicker(100 * time.Millisecond)
	defer retry.Stop()
	for {
		err := c.ask(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-retry.C:
		case <-ctx.Done():
			return fmt.Errorf("%s was not ready after %s: %w", c.Server, c.Timeout, err)
		}
	}
}

func (c *waitCommand) ask(ctx context.Context) error {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, strings.TrimSuffix(c.Server, "/")+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return nil
}
