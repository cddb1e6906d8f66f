package top

import (
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"testing"
)

func sortedParameters(pairs map[string]string) []parameter {
	var ps []parameter
	for n, v := range pairs {
		ps = append(ps, parameter{name: n, value: v})
	}
	slices.SortFunc(ps, func(a, b parameter) int { return strings.Compare(a.name, b.name) })
	return ps
}

// The platform's own example, one of this family, and one sent by the official
// Java client (docs/spec/top.md#worked-examples-of-signatures).
func TestSignatureVectors(t *testing.T) {
	t.Parallel()
	platform := map[string]string{
		"method": "taobao.item.seller.get", "app_key": "12345678", "session": "test", "timestamp": "2016-01-01 12:00:00",
		"format": "json", "v": "2.0", "fields": "num_iid,title,nick,price,num", "num_iid": "11223344",
	}
	family := map[string]string{
		"method": "dingtalk.corp.extcontact.update", "app_key": "12345678", "session": "test", "timestamp": "2016-01-01 12:00:00",
		"format": "json", "v": "2.0",
		"contact": `{"user_id":"123420013632","name":"张三","follower_user_id":"023420013645","label_ids":[1,2,3]}`,
	}
	java := map[string]string{
		"method": "dingtalk.corp.extcontact.update", "app_key": "12345678", "session": "tok123", "timestamp": "2021-01-01 08:00:00",
		"format": "json", "v": "2.0", "partner_id": "top-sdk-java-dynamicVersionNo", "contact": `{"name":"张三"}`,
	}
	for _, v := range []struct {
		name   string
		params map[string]string
		method string
		want   string
	}{
		{"platform", platform, "md5", "66987CB115214E59E6EC978214934FB8"},
		{"family", family, "md5", "D614B1FE7E87D51DBCC90446B8429834"},
		{"family", family, "hmac", "3A5F8823E24B116E5027458650CA43AA"},
		{"family", family, "hmac-sha256", "BEDA9DDD7233CBF2CD8AA50F1E1CC77ECE0CD8317B163DBEF100BF8612CECEBC"},
		{"java", java, "md5", "430EA2056BF32B4036D9674397056EF8"},
		{"java", java, "hmac", "7FD33A887EFC85BAFD386C385AEFC9AE"},
		{"java", java, "hmac-sha256", "BA23F1DEA9AA4BB8F14CAAC1E447A5D900E1D41C3C8310FF44B72DFEA15B1514"},
	} {
		t.Run(v.name+"/"+v.method, func(t *testing.T) {
			t.Parallel()
			params := map[string]string{"sign_method": v.method, "sign": "ignored", "": "no name", "empty": ""}
			for n, x := range v.params {
				params[n] = x
			}
			ps := sortedParameters(params)
			sum, ok := signature(v.method, []byte("helloworld"), ps, nil)
			if got := strings.ToUpper(hex.EncodeToString(sum)); !ok || got != v.want {
				t.Errorf("got %s, want %s", got, v.want)
			}
			for _, given := range []string{v.want, strings.ToLower(v.want)} {
				if !signedBy(given, v.method, []byte("helloworld"), ps, nil) {
					t.Errorf("signature %s refused", given)
				}
			}
			for _, given := range []string{"", v.want[1:], v.want + "00", "Z" + v.want[1:], "0" + v.want[1:]} {
				if given != v.want && signedBy(given, v.method, []byte("helloworld"), ps, nil) {
					t.Errorf("signature %s accepted", given)
				}
			}
		})
	}
	if signedBy("", "none", []byte("helloworld"), nil, nil) {
		t.Error("an unknown method verified an empty signature")
	}
}

// signed returns a form with its signature by the sample key.
func signed(method string, pairs map[string]string) string {
	all := map[string]string{
		"app_key": "12345678", "session": "tok123", "timestamp": "2026-11-22 17:53:40", "format": "json", "v": "2.0",
		"method": "dingtalk.corp.extcontact.update", "sign_method": method, "contact": `{"name":"张三"}`,
	}
	for n, v := range pairs {
		all[n] = v
	}
	sum, _ := signature(method, []byte("helloworld"), sortedParameters(all), nil)
	form := url.Values{"sign": {strings.ToUpper(hex.EncodeToString(sum))}}
	for n, v := range all {
		form.Set(n, v)
	}
	return form.Encode()
}

func TestSignedCalls(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	const ok = `"success":true`
	for _, c := range []struct{ name, got, want string }{
		{"md5", w.get(t, signed("md5", nil)), ok},
		{"hmac", w.get(t, signed("hmac", nil)), ok},
		{"hmac-sha256", w.get(t, signed("hmac-sha256", nil)), ok},
		{"no method is md5", w.get(t, signed("", nil)), ok},
		{"form", w.do(t, form("", signed("md5", nil))), ok},
		{"unknown method", w.get(t, strings.Replace(signed("md5", nil), "sign_method=md5", "sign_method=none", 1)), `"code":25`},
		{"extra parameter", w.get(t, signed("md5", map[string]string{"zz": "1"})), ok},
		{"UTC", w.get(t, signed("md5", map[string]string{"timestamp": "2026-11-22 09:45:00"})), ok},
		{"late", w.get(t, signed("md5", map[string]string{"timestamp": "2026-11-22 17:43:39"})), `"code":31`},
		{"early", w.get(t, signed("md5", map[string]string{"timestamp": "2026-11-22 18:03:41"})), `"code":31`},
		{"just in time", w.get(t, signed("md5", map[string]string{"timestamp": "2026-11-22 17:43:40"})), ok},
		{"no timestamp", w.get(t, signed("md5", map[string]string{"timestamp": ""})), `"code":30`},
		{"no app key", w.get(t, signed("md5", map[string]string{"app_key": ""})), `"code":28,"msg":"Missing app key"`},
		{"unknown app key", w.get(t, signed("md5", map[string]string{"app_key": "87654321"})), `"code":29,"msg":"Invalid app Key","sub_code":"isv.appkey-not-exists"`},
		{"no session", w.get(t, signed("md5", map[string]string{"session": ""})), `"code":26,"msg":"Missing session"`},
		{"foreign session", w.get(t, signed("md5", map[string]string{"session": "tok456"})), `"sub_code":"invalid-sessionkey"`},
		{"empty sign", w.get(t, "method=dingtalk.corp.extcontact.update&v=2.0&session=tok123&format=json&app_key=12345678&timestamp=2026-11-22+17:53:40&sign="), `"code":24,"msg":"Missing signature"`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			wantContains(t, c.got, c.want)
		})
	}
}

func BenchmarkSignature(b *testing.B) {
	ps := sortedParameters(map[string]string{
		"method": "dingtalk.corp.extcontact.update", "app_key": "12345678", "session": "test", "timestamp": "2016-01-01 12:00:00",
		"format": "json", "v": "2.0", "contact": strings.Repeat("x", 400),
	})
	for _, method := range []string{signMD5, signHMAC, signHMACSHA256} {
		b.Run(method, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				signature(method, []byte("helloworld"), ps, nil)
			}
		})
	}
}
