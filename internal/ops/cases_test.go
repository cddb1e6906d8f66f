package ops_test

import (
	"bufio"
	"bytes"
	"context"
	"flag"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/instance"
	"github.com/mingce/mingce/internal/keyring"
	"github.com/mingce/mingce/internal/server"
	"github.com/mingce/mingce/internal/store"
	"github.com/mingce/mingce/internal/store/storetest"
	"github.com/mingce/mingce/mingcetest"
)

var update = flag.Bool("update", false, "rewrite the answers of the cases")

// now is the time of all cases: 18:00 in China.
var now = time.Date(2026, 11, 22, 10, 0, 0, 0, time.UTC)

// startServer serves the sample organisation with a stopped clock.
func startServer(t testing.TB, settings directory.Settings) (http.Handler, *instance.Instance) {
	t.Helper()
	return startServerWith(t, settings, func() time.Time { return now })
}

func startServerWith(t testing.TB, settings directory.Settings, clock func() time.Time) (http.Handler, *instance.Instance) {
	t.Helper()
	in, err := instance.Open(context.Background(), instance.Options{
		Store:    store.Options{Ephemeral: true, Key: keyring.DevMaster(), Now: clock, Strict: true},
		Settings: settings, Sample: true, PrivateReceivers: true,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		storetest.WantClean(t, in.Store)
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return server.New(server.Config{
		Directory: in.Directory, Catalogue: in.Catalogue, Dev: true, AnyHost: true,
		BaseURL: "http://mingce", Log: slog.New(slog.DiscardHandler),
	}), in
}

// TestCases runs */testdata/*.txtar. The cases of one file run one after the
// other on one fresh sample organisation; a section is a request, the section
// "answer" after it what the server answered. A request is
//
//	RPC Action [access key]      then Name=Value lines: a signed V1 call
//	TOP method [format] [token]  then name=value lines: an unsigned TOP call
//	POST /path                   then headers, an empty line and the body
//
// after lines FAULT operation code (see /_mingce/faults) and FIXTURE name if
// any; fixtures are states that no operation causes. The comment of a file may
// have a line Setting: name of [settings]. Anything else fails. $A, $B and $C
// are the sample tokens, $new is the last new id in an answer, $earlier one
// before it, $RECEIVER the address of a program that receives events, $SENT
// the code that was sent to an address of the request. In
// answers, request ids, traces and new ids are replaced by <id>, <trace> and
// $new.
func TestCases(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob("*/testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			t.Parallel()
			runCases(t, file)
		})
	}
}

func runCases(t *testing.T, file string) {
	archive, err := txtar.ParseFile(file)
	if err != nil {
		t.Fatal(err)
	}
	setting, err := settingOf(string(archive.Comment))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	h, in := startServer(t, setting)
	play := &player{handler: h, instance: in, receiver: startReceiver(t)}
	out := &txtar.Archive{Comment: archive.Comment}
	for i := 0; i < len(archive.Files); i++ {
		request := archive.Files[i]
		if request.Name == "answer" {
			t.Fatalf("%s: section %d is an answer without a request", file, i+1)
		}
		got := play.play(t, request.Name, string(request.Data))
		want := ""
		if i+1 < len(archive.Files) && archive.Files[i+1].Name == "answer" {
			i++
			want = string(archive.Files[i].Data)
		} else if !*update {
			t.Errorf("%s: after case %q: want the section \"answer\"", file, request.Name)
		}
		if got != want && !*update {
			t.Errorf("%s: case %q:\ngot  %s\nwant %s", file, request.Name, got, want)
		}
		out.Files = append(out.Files, request, txtar.File{Name: "answer", Data: []byte(got)})
	}
	if *update {
		if err := os.WriteFile(file, txtar.Format(out), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// player sends requests and remembers the new ids.
type player struct {
	handler  http.Handler
	instance *instance.Instance
	newID    string
	receiver string // address of a program that receives events
	earlier  []string
	nonce    int
}

func (p *player) play(t *testing.T, name, text string) string {
	t.Helper()
	text = strings.NewReplacer("$A", directory.SampleToken, "$B", directory.PartnerToken, "$C", directory.BareToken, "$new", p.newID, "$RECEIVER", p.receiver).Replace(text)
	if strings.Contains(text, "$SENT") {
		text = strings.ReplaceAll(text, "$SENT", p.codeSentTo(t, text))
	}
	for {
		line, rest, _ := strings.Cut(text, "\n")
		words := strings.Fields(line)
		switch {
		case len(words) == 3 && words[0] == "FAULT":
			armed := p.send(t, request("POST", "/_mingce/faults", fmt.Sprintf(`{"operation":%q,"fault":%q,"times":1}`, words[1], words[2])))
			if armed.StatusCode != http.StatusOK {
				t.Fatalf("case %q: cannot arm %s", name, line)
			}
		case len(words) == 2 && words[0] == "FIXTURE":
			p.fixture(t, words[1])
		default:
			return p.call(t, name, text)
		}
		text = rest
	}
}

func (p *player) fixture(t *testing.T, name string) {
	t.Helper()
	f := fixtures[name]
	if f == nil {
		t.Fatalf("no fixture %q; there are: %s", name, names(fixtures))
	}
	if err := p.instance.Store.Update(context.Background(), directory.SampleOrg, f); err != nil {
		t.Fatalf("fixture %s: %v", name, err)
	}
	p.instance.Directory.Forget() // the clock stands still: cached keys would stay for ever
}

func (p *player) call(t *testing.T, name, text string) string {
	t.Helper()
	r, err := p.request(text)
	if err != nil {
		t.Fatalf("case %q: %v", name, err)
	}
	return p.normalise(p.send(t, r), text)
}

func (p *player) send(t *testing.T, r *http.Request) *http.Response {
	t.Helper()
	w := httptest.NewRecorder()
	p.handler.ServeHTTP(w, r)
	return w.Result()
}

func request(method, target, body string) *http.Request {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Host = "mingce"
	return r
}

func topRequest(words []string, business url.Values) *http.Request {
	format, session := "json", directory.SampleToken
	if len(words) > 1 {
		format = words[1]
	}
	if len(words) > 2 {
		session = words[2]
	}
	query := url.Values{"method": {words[0]}, "v": {"2.0"}, "timestamp": {"2026-11-22 18:00:00"}, "format": {format}, "session": {session}}
	r := request("POST", "/router/rest?"+query.Encode(), business.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded;charset=UTF-8")
	return r
}

func (p *player) rpc(words []string, v url.Values) *http.Request {
	key := directory.SampleAccessKey
	if len(words) > 1 {
		key = words[1]
	}
	p.nonce++
	for name, value := range map[string]string{
		"Action": words[0], "SignatureNonce": fmt.Sprint("case-", p.nonce), "Timestamp": now.Format(time.RFC3339),
	} {
		if !v.Has(name) {
			v.Set(name, value)
		}
	}
	if key == caseSession && !v.Has("SecurityToken") {
		v.Set("SecurityToken", caseSessionToken())
	}
	mingcetest.SignRPC(http.MethodPost, v, key, accessKeys[key])
	r := request("POST", "/", v.Encode())
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

var (
	idPatterns = []*regexp.Regexp{
		regexp.MustCompile(`"id":"([0-9A-Za-z]{16})","org"`), // of a delivery
		regexp.MustCompile(`"(?:RequestId|requestid|requestId)":"([^"]+)"`), regexp.MustCompile(`"request_id":"([^"]+)"`),
		regexp.MustCompile(`"(?:ticket|jsapiTicket|sns_token)":"([^"]+)"`),
		regexp.MustCompile(`"errmsg":"ok","access_token":"([^"]+)"}`), regexp.MustCompile(`"accessToken":"([^"]+)","expireIn":3600`),
		regexp.MustCompile(`"accessToken":"([^"]+)","refreshToken"`), regexp.MustCompile(`"refreshToken":"([^"]+)"`),
		regexp.MustCompile(`"AccessKeyId":"STS\.([^"]+)"`), regexp.MustCompile(`"(?:AccessKeySecret|SecurityToken)":"([^"]+)"`),
		regexp.MustCompile(`<AccessKeyId>STS\.([^<]+)<`), regexp.MustCompile(`<(?:AccessKeySecret|SecurityToken)>([^<]+)<`),
		regexp.MustCompile(`<(?:RequestId|request_id)>([^<]+)<`), regexp.MustCompile(`requestId=([0-9A-Za-z-]+)`),
	}
	unionIDs = regexp.MustCompile(`("union[iI]d":")[0-9A-Za-z]{32}"`)
	newIDs   = regexp.MustCompile(`"(?:userid|ContactId|FolderId|AccountId|PolicyId|HandshakeId)":"([^"]+)"|(?:"dept_id"|"ok","(?:id|roleId|groupId)"):([0-9]{6,})|<(?:userid|ContactId|FolderId|AccountId|PolicyId|HandshakeId)>([^<]+)<`)
)

// sampleTree are the ids of the sample's resource directory and its
// administrator, and directoryIDs finds those of a new directory, which are
// replaced by <id>.
var (
	sampleTree = []string{"rd-StSamp", "r-Root01", "fd-ZDNPiT1234", "1000000000000001", "1997968394351234", "1817610956901234", directory.OutsideAccount,
		directory.SystemControlPolicy, allowingPolicy, denyingPolicy, "h-Declined00000001", "h-Expired000000001", directory.SampleAdministrator}
	directoryIDs = regexp.MustCompile(`"(?:ResourceDirectoryId|RootFolderId|MasterAccountId)":"([^"]+)"`)
)

func (p *player) normalise(r *http.Response, sent string) string {
	var b bytes.Buffer
	_, _ = b.ReadFrom(bufio.NewReader(r.Body))
	body := b.String()
	for _, re := range idPatterns {
		for _, m := range re.FindAllStringSubmatch(body, -1) {
			body = strings.ReplaceAll(body, m[1], "<id>")
		}
	}
	for _, m := range newIDs.FindAllStringSubmatch(body, -1) {
		id := m[1] + m[2] + m[3]
		long := len(id) >= 16 || m[2] != "" || strings.HasPrefix(id, "fd-")
		if long && !strings.Contains(sent, id) && !strings.Contains(id, "*") && !slices.Contains(sampleTree, id) {
			p.earlier = append(p.earlier, p.newID)
			p.newID = id
		}
	}
	for _, m := range directoryIDs.FindAllStringSubmatch(body, -1) {
		if !slices.Contains(sampleTree, m[1]) {
			body = strings.ReplaceAll(body, m[1], "<id>")
		}
	}
	body = unionIDs.ReplaceAllString(body, `$1<union id>"`)
	body = strings.ReplaceAll(body, p.receiver, "$RECEIVER")
	if p.newID != "" {
		body = strings.ReplaceAll(body, p.newID, "$new")
	}
	for _, id := range p.earlier {
		if id != "" {
			body = strings.ReplaceAll(body, id, "$earlier")
		}
	}
	return fmt.Sprintf("%d %s\n%s\n", r.StatusCode, r.Header.Get("Content-Type"), body)
}

// codeSentTo returns the code that was sent to an address in the text.
func (p *player) codeSentTo(t testing.TB, text string) string {
	t.Helper()
	ms, err := p.instance.Directory.Messages(context.Background(), directory.MessageFilter{})
	i := slices.IndexFunc(ms, func(m directory.Message) bool { return strings.Contains(text, m.To) })
	if err != nil || i < 0 {
		t.Fatalf("no code was sent to an address of the request (%v):\n%s", err, text)
	}
	_, code := p.instance.Directory.VerificationSecrets(ms[i].Org, ms[i].Content.Verification)
	return code
}
