package control

import (
	"context"
	"mime"
	"net/http"

	"github.com/mingce/mingce/internal/directory"
)

// Command is a command line to be run inside the server, without the program's name. Files
// holds the files that it names.
type Command struct {
	Args  []string          `json:"args"`
	Files map[string]string `json:"files,omitempty"`
}

// CommandOutcome is what the command wrote and its exit code.
type CommandOutcome struct {
	Out  string `json:"out"`
	Err  string `json:"err"`
	Exit int    `json:"exit"`
}

// Commands runs a command. The program decides which commands there are.
type Commands func(ctx context.Context, caller directory.Principal, c Command) CommandOutcome

// command runs a command of the program for the holder of an admin key. The status is 200
// even if the command fails: the answer has its exit code.
func (a *API) command(w http.ResponseWriter, r *http.Request) (any, error) {
	if a.Commands == nil {
		return nil, notFound
	}
	// A page of another site can make a browser send a form, but not JSON.
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, invalid("Send the command with Content-Type: application/json.")
	}
	var c Command
	if err := read(w, r, &c); err != nil {
		return nil, err
	}
	return a.Commands(r.Context(), a.administrator(r), c), nil
}
