package main

import (
	"context"
	"crypto/rand"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// failures sends requests of 1 MiB that are refused, each for another reason: the server
// remembers the reasons, but must not keep the requests.
func failures(ctx context.Context, t *target) error {
	pad := strings.Repeat("a", 1000<<10)
	form := "application/x-www-form-urlencoded"
	kinds := []func() *http.Request{
		func() *http.Request { return post(t, "/", form, "x=1&x=1&p="+pad) },
		func() *http.Request { return post(t, "/?Action="+rand.Text(), form, "Version=2022-04-19&p="+pad) },
		func() *http.Request {
			return post(t, "/router/rest", form, "method=dingtalk.corp.extcontact.get&app_key=12345678&sign=AA&"+pad+"=1&"+pad[:10]+"=2")
		},
		func() *http.Request {
			return post(t, "/router/rest", form, "v=2.0&method="+rand.Text()+"&session="+sample.token+"&p="+pad)
		},
		func() *http.Request {
			return post(t, "/topapi/extcontact/get?access_token="+sample.token, "application/json", `{"user_id":"`+pad+`"}`)
		},
		func() *http.Request {
			r := post(t, "/v1.0/contact/users/search", "application/json", `{"queryWord":"王`+rand.Text()+`","offset":0,"size":10,"pad":"`+pad+`"}`)
			r.Header.Set("x-acs-dingtalk-access-token", sample.token)
			return r
		},
		func() *http.Request {
			r := post(t, "/v1.0/contact/"+rand.Text(), "application/json", `{"a":"`+pad+`"}`)
			r.Header.Set("x-acs-dingtalk-access-token", rand.Text())
			return r
		},
		func() *http.Request {
			return post(t, "/", form, signed(sample, url.Values{"Action": {"GetMessageContact"}, "Version": {"2022-04-19"}, "ContactId": {rand.Text()}})+"&p="+pad)
		},
		func() *http.Request {
			return post(t, "/topapi/extcontact/get?access_token="+rand.Text(), "application/json", `{"user_id":"`+pad+`"}`)
		},
		func() *http.Request { return post(t, "/oauth2/auth?client_id="+rand.Text(), form, "name="+pad) },
		func() *http.Request { return post(t, "/verify/"+rand.Text(), form, "code=1&p="+pad) },
		func() *http.Request { return post(t, "/console/errors/"+rand.Text(), form, pad) },
		func() *http.Request { return post(t, "/"+rand.Text(), form, pad) },
		func() *http.Request { return post(t, "/_mingce/faults", "application/json", `{"operation":"`+pad+`"}`) },
	}
	client := &http.Client{Timeout: 30 * time.Second}
	var all sync.WaitGroup
	for worker := range 4 {
		all.Go(func() {
			for i := worker; ctx.Err() == nil; i++ {
				answer, err := client.Do(kinds[i%len(kinds)]().WithContext(ctx))
				if err != nil {
					continue // cut off, or over
				}
				_, _ = io.Copy(io.Discard, answer.Body)
				_ = answer.Body.Close()
			}
		})
	}
	all.Wait()
	client.CloseIdleConnections()
	return nil
}
