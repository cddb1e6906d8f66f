package resourcedirectory

import (
	"regexp"
	"sync"
)

// form tells whether a value looks like a regular expression. That is compiled
// with the first value: all of them together would take a good part of the
// time in which the program starts.
func form(expression string) func(value string) bool {
	compiled := sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(expression) })
	return func(value string) bool { return compiled().MatchString(value) }
}
