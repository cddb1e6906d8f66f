package snippet

import (
	"reflect"
	"strings"
	"testing"
)

// filled gives each value a text of its own, so that it can be found in the samples.
func filled() Values {
	var v Values
	fields := reflect.ValueOf(&v).Elem()
	for i := range fields.NumField() {
		fields.Field(i).SetString("<" + fields.Type().Field(i).Name + ">")
	}
	return v
}

func TestFirstCallsUseEachValue(t *testing.T) {
	t.Parallel()
	v := filled()
	list, err := FirstCalls(v)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) != len(kinds) {
		t.Errorf("got %d samples, want %d", len(list), len(kinds))
	}
	var all strings.Builder
	for _, s := range list {
		all.WriteString(s.Code)
		if strings.HasSuffix(s.Code, "\n") || strings.Contains(s.Code, "\n# ") {
			t.Errorf("%s: its end cannot be told from the next heading:\n%s", s.Client, s.Code)
		}
	}
	fields := reflect.ValueOf(v)
	for i := range fields.NumField() {
		if value := fields.Field(i).String(); !strings.Contains(all.String(), value) {
			t.Errorf("no sample holds %s", value)
		}
	}
}

// Without plain HTTP the SDKs' samples would not run; without HTTPS Terraform
// has no certificate to trust.
func TestFirstCallsOfOneListener(t *testing.T) {
	t.Parallel()
	v := filled()
	v.Host = ""
	list, err := FirstCalls(v)
	if err != nil || len(list) != 1 || list[0].Client != "curl" {
		t.Errorf("only HTTPS: got %v, %v, want the sample for curl", list, err)
	}

	v = filled()
	v.TLSHost = ""
	list, err = FirstCalls(v)
	if err != nil || len(list) != len(kinds) {
		t.Fatalf("only HTTP: got %d samples, %v", len(list), err)
	}
	terraform := list[len(list)-1]
	if !strings.Contains(terraform.How.En, "HTTP") || strings.Contains(terraform.Code, "SSL_CERT_FILE") ||
		!strings.Contains(terraform.Code, "RESOURCEMANAGER=<Host>") {
		t.Errorf("only HTTP: got %v for Terraform", terraform)
	}
}
