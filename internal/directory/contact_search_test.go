package directory_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/store/storetest"
)

func (d *desk) found(q directory.ContactQuery) []string {
	d.t.Helper()
	m, err := d.as(directory.CommandLine("")).SearchContacts(ctx, q)
	d.must(err)
	names := d.names(m.Contacts)
	slices.Sort(names)
	return names
}

func TestSearchByText(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		company := func(name string) func(*directory.Contact) {
			return func(c *directory.Contact) { c.CompanyName = &name }
		}
		for name, c := range map[string]string{
			"单雄信": "", "曾小贤": "", "仇英": "", "尉迟恭": "大唐长安城防公司", "区寄": "", "欧阳小明": "钉钉科技", "王小明": "Ｄing Talk（北京）", "李Tom": "",
			"José García": "", "Café Łódź": "", "Straße": "", "Йод": "", "がく": "", "ﬁrst": "", "𠮷野家": "", "吕布": "", "阿依古丽·买买提": "", "3M公司": "",
		} {
			change := company(c)
			if c == "" {
				change = nil
			}
			d.add(name, change)
		}
		for text, want := range map[string][]string{
			"单": {"单雄信"}, "shan": {"单雄信"}, "shanxiongxin": {"单雄信"}, "danxiong": {"单雄信"}, "sxx": {"单雄信"}, "雄信": {"单雄信"}, "xiongxin": {"单雄信"},
			"zeng": {"曾小贤"}, "ceng": {"曾小贤"}, "qiuy": {"仇英"}, "yuchi": {"尉迟恭"}, "YuChiGong": {"尉迟恭"}, "ycg": {"尉迟恭"}, "ouji": {"区寄"},
			"小": {"曾小贤", "欧阳小明", "王小明"}, "小明": {"欧阳小明", "王小明"}, "ouyang": {"欧阳小明"}, "oyxm": {"欧阳小明"}, "xiaoming": {"欧阳小明", "王小明"}, "xm": {"欧阳小明", "王小明"},
			"李t": {"李Tom"}, "TOM": {"李Tom"}, "litom": {"李Tom"}, "jose": {"José García"}, "cafe": {"Café Łódź"}, "lodz": {"Café Łódź"}, "CAFÉ ŁÓDŹ": {"Café Łódź"}, "cafe\u0301": {"Café Łódź"}, "strasse": {"Straße"}, "и": {"Йод"}, "JOSÉ": {"José García"}, "garcía": {"José García"}, "josé garcía": {"José García"},
			"FIRST": {"ﬁrst"}, "𠮷": {"𠮷野家"}, "野家": {"𠮷野家"}, "lvbu": {"吕布"}, "lǚ bù": {"吕布"}, "LYU": {"吕布"}, "lü": {"吕布"},
			"买买提": {"阿依古丽·买买提"}, "古丽买买": {"阿依古丽·买买提"}, "3m": {"3M公司"}, "3mgs": {"3M公司"},
			"钉钉": {"欧阳小明"}, "科技": {"欧阳小明"}, "dingtalk": {"王小明"}, "ＴＡＬＫ": {"王小明"}, "北京": {"王小明"}, "长安城防": {"尉迟恭"}, "城防公司": {"尉迟恭"},
			"か": nil, "が": {"がく"}, "没有": nil, "zhangsanfeng": nil, "张": {"张三"}, "zhangs": {"张三"}, "zs": {"张三"},
		} {
			if got := d.found(directory.ContactQuery{Text: text}); !slices.Equal(got, want) && len(got)+len(want) > 0 {
				t.Errorf("%q: got %v, want %v", text, got, want)
			}
		}
	})
}

// The search does not change what is stored.
func TestSearchKeysAreNotStored(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	name := "ＡＢＣ e\u0301 · 张"
	id := d.add(name, nil)
	c, err := d.app().Contact(ctx, id)
	d.must(err)
	if c.Name != name {
		t.Errorf("name: got %q, want %q as it was given", c.Name, name)
	}
	d.same("found by another form", d.found(directory.ContactQuery{Text: "abcé张"}), []string{name})
}

func TestSearchByNumber(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		for name, phone := range map[string][2]string{"甲": {"86", "13900001234"}, "乙": {"852", "98761234"}, "丙": {"1", "2025550123"}, "丁": {"86", "01088881234"}} {
			d.add(name, func(c *directory.Contact) { c.StateCode, c.Mobile = phone[0], phone[1] })
		}
		for text, want := range map[string][]string{
			"13900001234": {"甲"}, "86-13900001234": {"甲"}, "+86 139 0000 1234": {"甲"}, "008613900001234": {"甲"}, "1234": {"丁", "乙", "甲"},
			"98761234": {"乙"}, "85298761234": {"乙"}, "+852-9876-1234": {"乙"}, "2025550123": {"丙"}, "+1 (202) 555-0123": {"丙"}, "0123": {"丙"},
			"01088881234": {"丁"}, "13900001235": nil, "9999": nil, "12345": nil, "3900001234": nil,
		} {
			for what, q := range map[string]directory.ContactQuery{"mobile": {Mobile: text}, "text": {Text: text}} {
				if got := d.found(q); !slices.Equal(got, want) && len(got)+len(want) > 0 {
					t.Errorf("%s %q: got %v, want %v", what, text, got, want)
				}
			}
		}
		// A changed number is found, the old one is not.
		d.dir = directory.Open(directory.Config{Store: d.store, Keys: dev, NewID: &counting{}, Settings: directory.Settings{AllowMobileUpdate: true}, Now: d.dir.Now})
		d.must(d.app().UpdateContact(ctx, zhangSan, directory.ContactUpdate{Mobile: ptr("13912345678")}))
		d.same("old number", d.found(directory.ContactQuery{Mobile: "0001"}), []string{})
		d.same("new number", d.found(directory.ContactQuery{Mobile: "5678"}), []string{"张三"})
	})
}

func TestSearchByLabelAndOwner(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		d.add("李四", func(c *directory.Contact) { c.LabelIDs = []int64{1, 2} })
		d.add("李五", func(c *directory.Contact) { c.FollowerID, c.LabelIDs = liQiang, []int64{2393865715} })
		for name, c := range map[string]struct {
			q    directory.ContactQuery
			want []string
		}{
			"label 1": {directory.ContactQuery{LabelID: 1}, []string{"张三", "李四"}}, "a large label": {directory.ContactQuery{LabelID: 2393865715}, []string{"李五"}},
			"unknown label": {directory.ContactQuery{LabelID: 99}, nil}, "owner": {directory.ContactQuery{FollowerID: liQiang}, []string{"李五"}},
			"owner and text": {directory.ContactQuery{FollowerID: wangFang, Text: "li"}, []string{"李四"}}, "label and text": {directory.ContactQuery{LabelID: 1, Text: "四"}, []string{"李四"}},
			"label and owner": {directory.ContactQuery{LabelID: 1, FollowerID: liQiang}, nil}, "label and number": {directory.ContactQuery{LabelID: 1, Mobile: "13800000001"}, []string{"张三"}},
			"everything": {directory.ContactQuery{}, []string{"张三", "李五", "李四"}}, "unknown owner": {directory.ContactQuery{FollowerID: "nobody"}, nil},
		} {
			if got := d.found(c.q); !slices.Equal(got, c.want) && len(got)+len(c.want) > 0 {
				t.Errorf("%s: got %v, want %v", name, got, c.want)
			}
		}
	})
}

// TestSearchPages pages through each kind of search with pages of every small
// size: each match is found once.
func TestSearchPages(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		for i := range 23 {
			d.add(fmt.Sprint("李小小", strings.Repeat("小", i%3), i), func(c *directory.Contact) {
				c.CompanyName, c.Mobile = ptr("小米小店"), fmt.Sprintf("139%04d1234", i)
			})
		}
		for name, q := range map[string]directory.ContactQuery{
			"any part": {Text: "小"}, "pinyin": {Text: "lixiao"}, "initials": {Text: "lx"}, "company": {Text: "小店"}, "digits": {Mobile: "1234"}, "digits as text": {Text: "1234"},
			"label": {LabelID: 1, Text: ""}, "owner": {FollowerID: wangFang}, "all": {}, "latin letter": {Text: "x"},
		} {
			q.Size = 100
			all, err := d.app().SearchContacts(ctx, q)
			d.must(err)
			want := d.names(all.Contacts)
			if len(want) < 23 || all.Next != "" {
				t.Errorf("%s: got %d matches and next %q, want 23 at least on one page", name, len(want), all.Next)
			}
			for q.Size = 1; q.Size < 9; q.Size += 3 {
				var got []string
				for q.Cursor = ""; ; {
					m, err := d.app().SearchContacts(ctx, q)
					d.must(err)
					got = append(got, d.names(m.Contacts)...)
					if q.Cursor = m.Next; m.Next == "" {
						break
					}
				}
				d.same(fmt.Sprintf("%s by %d", name, q.Size), got, want)
			}
		}
	})
}

func TestSearchSeesWhatTheCallerSees(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	d.add("李四", func(c *directory.Contact) { c.FollowerID = liQiang })
	for name, s := range map[string]*directory.Session{"李强": d.user(liQiang), "app for 3": d.appWith(directory.Scope{DeptIDs: []int64{3}})} {
		m, err := s.SearchContacts(ctx, directory.ContactQuery{})
		d.must(err)
		d.same(name, d.names(m.Contacts), []string{"李四"})
	}
	m, err := d.partner().SearchContacts(ctx, directory.ContactQuery{Text: "张"})
	d.must(err)
	d.same("another organisation", d.names(m.Contacts), []string{})
}

func TestSearchRefusals(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	for name, c := range map[string]struct {
		q    directory.ContactQuery
		want error
	}{
		"punctuation":        {directory.ContactQuery{Text: "··"}, directory.ErrSearchTooVague},
		"letters for digits": {directory.ContactQuery{Mobile: "abcd"}, directory.ErrSearchTooVague},
		"three digits":       {directory.ContactQuery{Mobile: "123"}, directory.ErrSearchTooVague},
		"no base64":          {directory.ContactQuery{Cursor: "%"}, directory.ErrSearchCursor},
		"no JSON":            {directory.ContactQuery{Cursor: "AAAA"}, directory.ErrSearchCursor},
		"a way too many":     {directory.ContactQuery{Cursor: "eyJ3Ijo5OX0"}, directory.ErrSearchCursor},
	} {
		if _, err := d.app().SearchContacts(ctx, c.q); !errors.Is(err, c.want) {
			t.Errorf("%s: got %v, want %v", name, err, c.want)
		}
	}
}

// TestTermsFollowTheName compares the terms of an updated contact with those of
// one created in that state.
func TestTermsFollowTheName(t *testing.T) {
	deskOnEveryEngine(t, func(t *testing.T, d *desk) {
		id := d.add("单雄信", func(c *directory.Contact) { c.CompanyName = ptr("瓦岗寨") })
		d.must(d.app().UpdateContact(ctx, id, directory.ContactUpdate{Name: ptr("单于信"), CompanyName: ptr("长安")}))
		for text, want := range map[string][]string{"雄信": {}, "xiong": {}, "瓦岗": {}, "岗": {}, "单于": {"单于信"}, "chanyu": {"单于信"}, "长安": {"单于信"}, "信": {"单于信"}} {
			d.same(text, d.found(directory.ContactQuery{Text: text}), want)
		}
		d.must(d.app().UpdateContact(ctx, id, directory.ContactUpdate{CompanyName: ptr("")}))
		d.same("company cleared", d.found(directory.ContactQuery{Text: "长安"}), []string{})
	})
}

// TestSearchEffortIsBounded looks for the one contact in many that meets both
// criteria: pages may be empty, but all of them together have it once.
func TestSearchEffortIsBounded(t *testing.T) {
	t.Parallel()
	d := openDesk(t, storetest.Open(t), directory.Settings{})
	for from := 0; from < 2500; from += 250 {
		d.must(d.store.Update(ctx, directory.SampleOrg, func(tx directory.Tx) error {
			for i := from; i < from+250; i++ {
				tx.Contacts().InsertContact(directory.Contact{ID: fmt.Sprint("c", i), Name: "李", FollowerID: wangFang, StateCode: "86", Mobile: fmt.Sprintf("13%09d", i)})
			}
			return nil
		}))
	}
	d.add("李", func(c *directory.Contact) { c.FollowerID = liQiang })
	q := directory.ContactQuery{Text: "李", FollowerID: liQiang}
	found, pages := 0, 0
	for {
		m, err := d.app().SearchContacts(ctx, q)
		d.must(err)
		found, pages = found+len(m.Contacts), pages+1
		if q.Cursor = m.Next; m.Next == "" {
			break
		}
	}
	if found != 1 || pages < 2 {
		t.Errorf("got %d contacts on %d pages, want 1 on several", found, pages)
	}
}
