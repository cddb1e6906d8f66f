package acs

import (
	"bufio"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/api"
)

// sha256V3 and sm3V3 are the two ways to sign with version 3.
var sha256V3, sm3V3 = &algorithms[0], &algorithms[1]

// publishedHeaders are the headers that the published examples sign.
var publishedHeaders = []string{
	"host", "x-acs-action", "x-acs-content-sha256", "x-acs-date", "x-acs-signature-nonce", "x-acs-version",
}

func paramsOf(t testing.TB, form string) api.Parameters {
	t.Helper()
	params, f := parseForm(form)
	if f != nil {
		t.Fatalf("parseForm(%q): %s", form, f.Code.Code)
	}
	return params
}

// The first is the vendor's own
// (docs/spec/alibaba-cloud.md#published-example-of-version-1).
func TestSignV1Published(t *testing.T) {
	t.Parallel()
	const described = "AccessKeyId=testid&Action=DescribeRegions&Format=XML&SignatureMethod=HMAC-SHA1&SignatureNonce=3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf&SignatureVersion=1.0&Timestamp=2016-02-23T12:46:24Z&Version=2014-05-26"
	const update = "Version=2022-04-19&AccessKeyId=testAccessKeyId&Action=UpdateMessageContact&ContactId=c-qL4HqKONzOM7abcd&Format=JSON&MessageTypes.1=AccountExpenses&MessageTypes.2=SecurityMessage&Name=%E6%B1%A4%E5%A7%86&RegionId=cn-hangzhou&SignatureMethod=HMAC-SHA1&SignatureNonce=5b1c3f0e7d2a4c6e8f90a1b2c3d4e5f6&SignatureType=&SignatureVersion=1.0&Timestamp=2026-11-22T09:48:32Z&Signature=ignored"
	for _, tt := range []struct{ name, method, form, secret, sts, want string }{
		{"V1-1", "GET", described, "testsecret", "GET&%2F&AccessKeyId%3Dtestid%26Action%3DDescribeRegions%26Format%3DXML%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf%26SignatureVersion%3D1.0%26Timestamp%3D2016-02-23T12%253A46%253A24Z%26Version%3D2014-05-26", "OLeaidS1JvxuMvnyHOwuJ+uX5qY="},
		{"V1-2 GET", "GET", update, "testAccessKeySecret", "GET&%2F&AccessKeyId%3DtestAccessKeyId%26Action%3DUpdateMessageContact%26ContactId%3Dc-qL4HqKONzOM7abcd%26Format%3DJSON%26MessageTypes.1%3DAccountExpenses%26MessageTypes.2%3DSecurityMessage%26Name%3D%25E6%25B1%25A4%25E5%25A7%2586%26RegionId%3Dcn-hangzhou%26SignatureMethod%3DHMAC-SHA1%26SignatureNonce%3D5b1c3f0e7d2a4c6e8f90a1b2c3d4e5f6%26SignatureType%3D%26SignatureVersion%3D1.0%26Timestamp%3D2026-11-22T09%253A48%253A32Z%26Version%3D2022-04-19", "WaLgg5h/aQii5C3yhxSq0lb/WM4="},
		{"V1-2 POST", "POST", update, "testAccessKeySecret", "", "YsiH+cBJnnkZAPc8oSvLOHwF5QI="},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			sts := appendStringV1(nil, tt.method, paramsOf(t, tt.form), false)
			if tt.sts != "" && string(sts) != tt.sts {
				t.Errorf("got string to sign\n%s, want\n%s", sts, tt.sts)
			}
			if got := signV1(methodSHA1, []byte(tt.secret), sts); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// The first is the vendor's own
// (docs/spec/alibaba-cloud.md#published-example-of-version-3).
func TestSignV3Published(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ name, query, host, action, version, date, nonce, secret, sts, want string }{
		{"V3-1", "ImageId=win2019_1809_x64_dtc_zh-cn_40G_alibase_20230811.vhd&RegionId=cn-shanghai", "ecs.cn-shanghai.aliyuncs.com", "RunInstances", "2014-05-26", "2023-10-26T10:22:32Z", "3156853299f313e23d1673dc12e1703d", "YourAccessKeySecret",
			"", "06563a9e1b43f5dfe96b81484da74bceab24a1d853912eee15083a6f0f3283c0"},
		{"V3-2", "ContactId=c-qL4HqKONzOM7abcd&EmailAddress=a%2Bb%40example.com&MessageTypes.1=AccountExpenses&MessageTypes.2=SecurityMessage&Name=%E6%B1%A4%E5%A7%86+a%2A~b", "127.0.0.1:8080", "UpdateMessageContact", version, "2026-11-22T09:48:32Z", "5b1c3f0e7d2a4c6e8f90a1b2c3d4e5f6", "testAccessKeySecret",
			"ACS3-HMAC-SHA256\n7dbb4ec8501980bf1f92512917b1012ee356282c2f7cc11a35531593447cde86", "8f9c64fbb5a0db8b7f49b5a723e31871b458d50fb58b8248d68a58c33d91b0eb"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest(http.MethodPost, "/?"+tt.query, nil)
			r.Host = tt.host
			for name, value := range map[string]string{"action": tt.action, "version": tt.version, "date": tt.date, "signature-nonce": tt.nonce, "content-sha256": sha256V3.hex(nil)} {
				r.Header.Set("x-acs-"+name, value)
			}
			sts := sha256V3.toSign(appendCanonicalV3(nil, r, paramsOf(t, tt.query), publishedHeaders, sha256V3.hex(nil), false))
			if tt.sts != "" && sts != tt.sts {
				t.Errorf("got string to sign %q, want %q", sts, tt.sts)
			}
			if got := sha256V3.sign([]byte(tt.secret), sts); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// recorded reads a request that one of the vendor's clients sent
// (docs/spec/alibaba-cloud.md#requests-of-real-clients).
func recorded(t testing.TB, file string) *http.Request {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, body, _ := strings.Cut(string(raw), "\n\n")
	text := strings.ReplaceAll(head, "\n", "\r\n") + "\r\n\r\n" + body
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// timeless is a world that accepts requests of any day.
func timeless(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.V1, w.V3 = Window{}, Window{}
	return w
}

// Every recorded request is answered, those with a temporary key too.
func TestRecordedClients(t *testing.T) {
	t.Parallel()
	files, _ := filepath.Glob("testdata/wire/*.http")
	if len(files) != 23 {
		t.Fatalf("got %d recorded requests, want 23", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			t.Parallel()
			a := timeless(t).send(t, recorded(t, file))
			switch {
			case strings.HasSuffix(file, "aliyun-cli-get.http"):
				a.is(200, "").has(`"ContactId":"c-qL4HqKONzOM7abcd"`)
			case strings.Contains(file, "aliyun-cli-add"):
				a.is(200, "").has(`"Name":"tom","MessageTypes":["AccountExpenses","SecurityMessage"]`)
			case strings.Contains(file, "add"):
				a.is(200, "").has(`"MessageTypes":["AccountExpenses","SecurityMessage"]`).has(`"Name":"汤姆 a*~b"`)
			case strings.HasSuffix(file, "-update.http"):
				a.is(200, "").has(`"ContactId":"c-qL4HqKONzOM7abcd","Name":"汤姆"`)
			default:
				a.is(200, "")
			}
			if a.Code != 200 {
				return
			}
			// The same request with a longer signature, or another token, is refused.
			r := recorded(t, file)
			if auth := r.Header.Get("Authorization"); auth != "" {
				r.Header.Set("Authorization", strings.Replace(auth, "Signature=", "Signature=0", 1))
				timeless(t).send(t, r).is(400, "SignatureDoesNotMatch")
			} else if token := r.Header.Get("X-Acs-Bearer-Token"); token != "" {
				r.Header.Set("X-Acs-Bearer-Token", "bt-other")
				timeless(t).send(t, r).is(400, "IncompleteSignature")
			} else if r.Method == http.MethodGet || r.ContentLength == 0 {
				r.URL.RawQuery = strings.Replace(r.URL.RawQuery, "&Signature=", "&Signature=A", 1)
				timeless(t).send(t, r).is(400, "SignatureDoesNotMatch")
			}
		})
	}
}

func TestParseAuthorization(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in string
		ok bool
	}{
		{"ACS3-HMAC-SHA256 Credential=k,SignedHeaders=a;b,Signature=00", true},
		{"ACS3-HMAC-SHA256   Signature=00 , SignedHeaders=a;b , credential=k", true},
		{"ACS3-HMAC-SHA256 Credential=k,SignedHeaders=a;b", false},
		{"ACS3-HMAC-SHA256 Credential=k,Credential=l,SignedHeaders=a;b,Signature=00", false},
		{"ACS3-HMAC-SHA256 Credential=k,SignedHeaders=a;b,Signature=00,More=1", false},
		{"ACS3-HMAC-SHA256", false},
		{"", false},
	} {
		a, ok := parseAuthorization(tt.in)
		if ok != tt.ok {
			t.Errorf("%q: got %v, want %v", tt.in, ok, tt.ok)
		}
		if ok && (a.credential != "k" || a.signature != "00" || strings.Join(a.headers, ";") != "a;b") {
			t.Errorf("%q: got %+v", tt.in, a)
		}
	}
}

func BenchmarkSignV1(b *testing.B) {
	params := paramsOf(b, recorded(b, "testdata/wire/pop-core-get-add.http").URL.RawQuery)
	buf := make([]byte, 0, 2048)
	b.ReportAllocs()
	for b.Loop() {
		buf = appendStringV1(buf[:0], "GET", params, false)
		signV1(methodSHA1, []byte("testAccessKeySecret"), buf)
	}
}

func BenchmarkSignV3(b *testing.B) {
	r := recorded(b, "testdata/wire/go-sdk-v3-add.http")
	params, hash := paramsOf(b, r.URL.RawQuery), sha256V3.hex(nil)
	buf := make([]byte, 0, 2048)
	b.ReportAllocs()
	for b.Loop() {
		buf = appendCanonicalV3(buf[:0], r, params, publishedHeaders, hash, false)
		sha256V3.sign([]byte("testAccessKeySecret"), sha256V3.toSign(buf))
	}
}
