package top

import (
	"cmp"
	"slices"

	"github.com/mingce/mingce/internal/api"
)

// refuse returns a failure with a code of the gateway.
func refuse(c *gatewayCode) *api.Failure { return api.Fail(c.code) }

// because is refuse with the rule that was broken, without personal values.
func because(c *gatewayCode, rule api.Text) *api.Failure {
	return &api.Failure{Code: c.code, Rule: rule}
}

// invalidArgument refuses a parameter before its operation sees it.
func invalidArgument(name string, rule api.Text) *api.Failure {
	return &api.Failure{Code: invalidArguments.code, Parameter: name, Rule: rule}
}

// ownCodes are all codes of the gateway.
var ownCodes = slices.Concat(gatewayCodes, layeredCodes)

// shown returns the gateway code of a failure, with its text for the call. It
// returns nil for a business failure, whose form the operation declares.
func (c *call) shown(f *api.Failure) *gatewayCode {
	if c.declares(f.Code) {
		return gatewayCodeOf(f.Code).saying(f.Text)
	}
	own := gatewayCodeNamed(f.Code.Code, ownCodes)
	if own == nil { // an armed number of DingTalk's table
		return nil
	}
	return own.saying(cmp.Or(f.Text, c.text(own)))
}

// declares reports whether a code is the operation's.
func (c *call) declares(code *api.Code) bool {
	return c.Op != nil && slices.Contains(c.Op.Codes(), code)
}

// saying replaces the code's text, unless the new one is "".
func (c *gatewayCode) saying(text string) *gatewayCode {
	if c == nil || text == "" {
		return c
	}
	worded := *c
	worded.subMsg = text
	return &worded
}

// text returns the text of a gateway code for the call; "" means the code's own
// text.
func (c *call) text(g *gatewayCode) string {
	switch {
	case g == appCallLimited, g == apiAccessLimited:
		return "This ban will last for " + c.Throttle.Wait(c.Started) + " more seconds"
	case g.number != dingtalkError.number:
		return ""
	}
	return c.Refused(c.method(), true).Text(g.code)
}
