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
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// The other organisation of the sample, whose app does all it may at once.
const (
	otherKey    = "dingpartnerappkey1"
	otherSecret = "partner-app-secret-01"
	otherToken  = "202w3c04ffa2386da6530e5123bdf260"
	bareToken   = "303w3c04ffa2386da6530e5123bdf260" // of an app that may do next to nothing
)

// sideBySide is how many of a tenant's programs call at once.
const sideBySide = 4

// again makes calls until ctx is done; what they answer does not matter.
func again(ctx context.Context, call func(c *http.Client, i int) error) error {
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	var all sync.WaitGroup
	for worker := range sideBySide {
		all.Go(func() {
			for i := worker; ctx.Err() == nil; i += sideBySide {
				_ = call(client, i)
			}
		})
	}
	all.Wait()
	return nil
}

// send makes a call and reads its answer into v, or leaves it.
func send(ctx context.Context, c *http.Client, r *http.Request, v any) error {
	answer, err := c.Do(r.WithContext(ctx))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if v == nil {
		_, err := io.Copy(io.Discard, answer.Body)
		return err
	}
	return json.NewDecoder(answer.Body).Decode(v)
}

// ticket asks for a connection of Stream mode with some topics.
func ticket(ctx context.Context, t *target, c *http.Client, topics []string) (string, error) {
	var subscriptions []string
	for _, topic := range topics {
		subscriptions = append(subscriptions, `{"type":"EVENT","topic":"`+topic+`"}`)
	}
	var answer struct{ Ticket string }
	err := send(ctx, c, post(t, "/v1.0/gateway/connections/open", "application/json",
		`{"clientId":"`+otherKey+`","clientSecret":"`+otherSecret+`","subscriptions":[`+strings.Join(subscriptions, ",")+`]}`), &answer)
	return answer.Ticket, err
}

// topics opens streams that ask for 100 made-up topics each, and connects by
// requests that are no WebSocket's.
func topics(ctx context.Context, t *target) error {
	return again(ctx, func(c *http.Client, _ int) error {
		var asked []string
		for range 100 {
			asked = append(asked, rand.Text()+rand.Text())
		}
		text, err := ticket(ctx, t, c, asked)
		if err != nil {
			return err
		}
		r, err := http.NewRequest(http.MethodGet, "http://"+t.plain+"/connect?ticket="+url.QueryEscape(text), nil)
		if err != nil {
			return err
		}
		return send(ctx, c, r, nil)
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
	return again(ctx, func(c *http.Client, i int) error {
		text, err := ticket(ctx, t, c, []string{[]string{"*", "user_add_org"}[i%2]})
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

// refusals are calls that an app may not make.
func refusals(ctx context.Context, t *target) error {
	return again(ctx, func(c *http.Client, i int) error {
		if i%2 == 0 {
			return send(ctx, c, post(t, "/topapi/extcontact/create?access_token="+bareToken, "application/json", `{"contact":{}}`), nil)
		}
		r := post(t, "/v1.0/contact/users/search", "application/json", `{"queryWord":"王","offset":0,"size":100}`)
		r.Header.Set("x-acs-dingtalk-access-token", bareToken)
		return send(ctx, c, r, nil)
	})
}

// lists reads the longest pages and searches for what is found everywhere.
func lists(ctx context.Context, t *target) error {
	return again(ctx, func(c *http.Client, i int) error {
		if i%2 == 0 {
			return send(ctx, c, post(t, "/topapi/v2/user/list?access_token="+otherToken, "application/json", `{"dept_id":1,"cursor":0,"size":100}`), nil)
		}
		r := post(t, "/v1.0/contact/users/search", "application/json", `{"queryWord":"`+[]string{"人", "e", "1"}[i%3]+`","offset":0,"size":100}`)
		r.Header.Set("x-acs-dingtalk-access-token", otherToken)
		return send(ctx, c, r, nil)
	})
}

// fanOut changes things of which many connections are to be told, none of which
// answers.
func fanOut(ctx context.Context, t *target) error {
	client := &http.Client{Timeout: 30 * time.Second}
	defer client.CloseIdleConnections()
	for range 32 {
		text, err := ticket(ctx, t, client, []string{"*"})
		if err != nil {
			return nil // the flood before has used up what an app may open; events go all the same
		}
		conn, err := connect(t, text)
		if err != nil {
			break
		}
		defer conn.Close()
		go func() { _, _ = io.Copy(io.Discard, conn) }()
	}
	return again(ctx, func(c *http.Client, i int) error {
		return send(ctx, c, post(t, "/topapi/v2/department/create?access_token="+otherToken, "application/json",
			`{"name":"`+rand.Text()[:16]+`","parent_id":1}`), nil)
	})
}
