package main

import (
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"mingce": main, "http": httpCommand})
}

// TestScripts runs testdata/*.txt. Each is a session at the command line. $ADDR and $TLS are free
// addresses, and $KEY is unset.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			// envfile NAME FILE sets a variable to the text of a file.
			"envfile": func(ts *testscript.TestScript, _ bool, args []string) {
				ts.Setenv(args[0], strings.TrimSpace(ts.ReadFile(args[1])))
			},
			// envword NAME WORD sets a variable to the text after WORD on a line of stdout.
			"envword": func(ts *testscript.TestScript, _ bool, args []string) {
				for line := range strings.Lines(ts.ReadFile("stdout")) {
					if words := strings.Fields(line); len(words) == 2 && words[0] == args[1] {
						ts.Setenv(args[0], words[1])
						return
					}
				}
				ts.Fatalf("no line of stdout begins with %s", args[1])
			},
		},
		Setup: func(e *testscript.Env) error {
			for _, name := range []string{"ADDR", "TLS"} {
				e.Setenv(name, freeAddress())
			}
			e.Setenv("XDG_DATA_HOME", e.WorkDir+"/share")
			return nil
		},
	})
}

// handedOut are the addresses that freeAddress has returned.
var handedOut sync.Map

// freeAddress returns an address that nobody listens on, and returns it only once. Its port is
// below the ephemeral ports, so that no connection takes it before the program does. No process
// is started meanwhile, because it would inherit the open port for a moment.
func freeAddress() string {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	for {
		address := fmt.Sprintf("127.0.0.1:%d", 10000+rand.IntN(20000))
		if _, taken := handedOut.LoadOrStore(address, true); taken {
			continue
		}
		if l, err := net.Listen("tcp", address); err == nil {
			defer l.Close()
			return address
		}
	}
}

// httpCommand sends one request and prints the status and the answer:
//
//	http [-H 'Name: value'] [-bearer FILE] METHOD URL [BODY]
func httpCommand() {
	header := flag.String("H", "", "header")
	bearer := flag.String("bearer", "", "file of a bearer token")
	flag.Parse()
	if err := sendHTTP(*header, *bearer, flag.Args()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func sendHTTP(header, bearer string, args []string) error {
	body := ""
	if len(args) > 2 {
		body = args[2]
	}
	request, err := http.NewRequest(args[0], args[1], strings.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/json")
	if name, value, ok := strings.Cut(header, ": "); ok {
		request.Header.Set(name, value)
	}
	if bearer != "" {
		token, err := os.ReadFile(bearer)
		if err != nil {
			return err
		}
		request.Header.Set("Authorization", "Bearer "+strings.TrimSpace(string(token)))
	}
	answer, err := http.DefaultTransport.RoundTrip(request)
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	fmt.Println(answer.StatusCode)
	_, err = io.Copy(os.Stdout, answer.Body)
	return err
}

func writeFile(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
