package records

import (
	"net/url"
	"strings"

	"github.com/mingce/mingce/internal/api"
)

// route declares a call of the API. The router, the checks of what is sent, and
// the OpenAPI document are made from it (docs/spec/json-api.md#one-declaration-for-each-call).
type route struct {
	method, path string // {corpId} and the like are parameters
	id           string // operationId: "listContacts"
	tag          string
	doc          api.Text

	access     access
	parameters []parameterOf // of path and query; those of the base path are known
	body       *shape        // JSON; nil: none is read
	bodyless   bool          // the body may be left out
	upload     *shape        // instead of body: a file, raw or in a form with this shape
	streaming  Streaming
	answers    []answerOf
	refusals   []string // codes besides those that every call can answer

	// once: with an Idempotency-Key the call is carried out once.
	once bool
	// keeps: the call keeps its answer itself, because a file belongs to it.
	keeps bool
	// do carries out the call; nil leaves it to Config.Others.
	do func(*call) (*reply, error)
}

// access says who may make a call, besides anybody on a development server.
type access struct {
	public     bool
	permission string // of an app's token; "": only an admin key will do
	app        bool   // only an app's token will do
}

// parameterOf is a parameter of the path or the query.
type parameterOf struct {
	name     string
	inPath   bool
	repeated bool
	*shape
}

func inQuery(name string, s *shape) parameterOf { return parameterOf{name: name, shape: s} }
func inPath(name string, s *shape) parameterOf {
	return parameterOf{name: name, inPath: true, shape: s}
}

// answerOf is a successful answer.
type answerOf struct {
	status  int
	doc     api.Text
	shape   *shape   // nil: no JSON
	media   []string // of a stream instead of shape
	headers []string
}

// table finds the route of a request.
type table struct{ routes []*route }

// find returns the route of a method and path with the parameters in the path. If
// the path has routes for other methods only, it returns those methods. Patterns
// with a parameter where another has the word of the path do not count, whatever
// their method: /contacts/bulk is no contact.
func (t *table) find(method string, segments []string) (best *route, args map[string]string, others []string) {
	rank := ""
	for _, r := range t.routes {
		found, order, ok := match(r.path, segments)
		if !ok || rank != "" && order > rank {
			continue
		}
		if order != rank {
			rank, best, args, others = order, nil, nil, nil
		}
		if r.method == method {
			best, args = r, found
		} else {
			others = append(others, r.method)
		}
	}
	return best, args, others
}

// match compares a pattern with the segments of a path. order tells patterns apart
// that match the same path: the one whose words come first is smaller.
func match(pattern string, segments []string) (args map[string]string, order string, ok bool) {
	parts := strings.Split(pattern[1:], "/")
	if len(parts) != len(segments) {
		return nil, "", false
	}
	var rank strings.Builder
	for i, part := range parts {
		name, isParameter := strings.CutPrefix(part, "{")
		switch {
		case !isParameter && part == segments[i]:
			rank.WriteByte('a')
		case isParameter && segments[i] != "":
			if args == nil {
				args = map[string]string{}
			}
			args[strings.TrimSuffix(name, "}")] = segments[i]
			rank.WriteByte('b')
		default:
			return nil, "", false
		}
	}
	return args, rank.String(), true
}

// segmentsOf are the decoded segments of a path: an id in it may hold an escaped
// slash.
func segmentsOf(u *url.URL) ([]string, bool) {
	parts := strings.Split(strings.TrimPrefix(u.EscapedPath(), "/"), "/")
	for i, part := range parts {
		s, err := url.PathUnescape(part)
		if err != nil {
			return nil, false
		}
		parts[i] = s
	}
	return parts, true
}
