package main

import (
	"bufio"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
)

// The other organisation of the sample, whose app does everything it may at once.
const (
	otherKey    = "dingpartnerappkey1"
	otherSecret = "partner-app-secret-01"
	otherToken  = "202w3c04ffa2386da6530e5123bdf260"
	bareToken   = "303w3c04ffa2386da6530e5123bdf260" // of an app that may do next to nothing
)

// sideBySide is how many of a tenant's programs call at once.
const sideBySide = 4

// again makes calls until ctx is done, whatever their answers.
func again(ctx context.Context, t *target, call func(c *line, i int) error) error {
	var all sync.WaitGroup
	for worker := range sideBySide {
		all.Go(func() {
			c := &line{target: t}
			defer c.close()
			defer context.AfterFunc(ctx, c.close)()
			for i := worker; ctx.Err() == nil; i += sideBySide {
				_ = call(c, i)
				t.flooded.Add(1)
			}
		})
	}
	all.Wait()
	return nil
}

// ticket asks for a connection of Stream mode with some topics.
func ticket(c *line, topics []string) (string, error) {
	var subscriptions []string
	for _, topic := range topics {
		subscriptions = append(subscriptions, `{"type":"EVENT","topic":"`+topic+`"}`)
	}
	body, err := c.post("/v1.0/gateway/connections/open", "",
		`{"clientId":"`+otherKey+`","clientSecret":"`+otherSecret+`","subscriptions":[`+strings.Join(subscriptions, ",")+`]}`)
	if err != nil {
		return "", err
	}
	var answer struct{ Ticket string }
	err = json.Unmarshal(body, &answer)
	return answer.Ticket, err
}

// topics opens streams that ask for 100 made-up topics each, and connects with requests that
// are not for a WebSocket.
func topics(ctx context.Context, t *target) error {
	return again(ctx, t, func(c *line, _ int) error {
		asked := make([]string, 100)
		made := rand.Text() + rand.Text()
		for i := range asked {
			asked[i] = made + strconv.Itoa(i)
		}
		text, err := ticket(c, asked)
		if err != nil {
			return err
		}
		_, err = c.send("GET /connect?ticket=" + url.QueryEscape(text) + " HTTP/1.1\r\nHost: " + t.plain + "\r\n\r\n")
		return err
	})
}

// connect opens a WebSocket for a ticket.
func connect(t *target, ticket string) (net.Conn, error) {
	conn, err := t.dial()
	if err != nil {
		return nil, err
	}
	_, err = fmt.Fprintf(conn, "GET /connect?ticket=%s HTTP/1.1\r\nHost: %s\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"+
		"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n", url.QueryEscape(ticket), t.plain)
	if err == nil {
		var line string
		line, err = bufio.NewReader(conn).ReadString('\n')
		if err == nil && !strings.Contains(line, " 101 ") {
			err = errors.New(strings.TrimSpace(line))
		}
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// churn opens streams and closes them at once.
func churn(ctx context.Context, t *target) error {
	return again(ctx, t, func(c *line, i int) error {
		text, err := ticket(c, []string{[]string{"*", "user_add_org"}[i%2]})
		if err != nil {
			return err
		}
		conn, err := connect(t, text)
		if err != nil {
			return err
		}
		return conn.Close()
	})
}

// refusals makes calls that the app may not make.
func refusals(ctx context.Context, t *target) error {
	return again(ctx, t, func(c *line, i int) error {
		if i%2 == 0 {
			_, err := c.post("/topapi/extcontact/create?access_token="+bareToken, "", `{"contact":{}}`)
			return err
		}
		_, err := c.post("/v1.0/contact/users/search", bareToken, `{"queryWord":"王","offset":0,"size":100}`)
		return err
	})
}

// lists reads the longest pages and searches for what matches everything.
func lists(ctx context.Context, t *target) error {
	return again(ctx, t, func(c *line, i int) error {
		if i%2 == 0 {
			_, err := c.post("/topapi/v2/user/list?access_token="+otherToken, "", `{"dept_id":1,"cursor":0,"size":100}`)
			return err
		}
		_, err := c.post("/v1.0/contact/users/search", otherToken, `{"queryWord":"`+[]string{"人", "e", "1"}[i%3]+`","offset":0,"size":100}`)
		return err
	})
}

// fanOut makes changes whose events go to many connections that never answer.
func fanOut(ctx context.Context, t *target) error {
	first := &line{target: t}
	defer first.close()
	for range 32 {
		text, err := ticket(first, []string{"*"})
		if err != nil {
			break // the app may open no more streams; the open ones are enough
		}
		conn, err := connect(t, text)
		if err != nil {
			break
		}
		defer conn.Close()
		go func() { _, _ = io.Copy(io.Discard, conn) }()
	}
	return again(ctx, t, func(c *line, _ int) error {
		_, err := c.post("/topapi/v2/department/create?access_token="+otherToken, "", `{"name":"`+rand.Text()[:16]+`","parent_id":1}`)
		return err
	})
}
