package mingcetest

import (
	"net/http"
	"net/url"
	"testing"
)

// docs/spec/alibaba-cloud.md#published-example-of-version-1
func TestSignRPC(t *testing.T) {
	t.Parallel()
	v := url.Values{
		"Action": {"DescribeRegions"}, "Format": {"XML"}, "SignatureNonce": {"3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf"},
		"Timestamp": {"2016-02-23T12:46:24Z"}, "Version": {"2014-05-26"},
	}
	SignRPC(http.MethodGet, v, "testid", "testsecret")
	if got, want := v.Get("Signature"), "OLeaidS1JvxuMvnyHOwuJ+uX5qY="; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
