package pinyin

import (
	"slices"
	"strings"
	"testing"
)

func TestSurnames(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"单雄信": "shanxiongxin", "曾国藩": "zengguofan", "仇英": "qiuying", "尉迟恭": "yuchigong", "区寄": "ouji", "解缙": "xiejin",
		"查良镛": "zhaliangyong", "任正非": "renzhengfei", "盖叫天": "gejiaotian", "朴树": "piaoshu", "翟天临": "zhaitianlin",
		"万俟卨": "moqixie", "长孙无忌": "zhangsunwuji", "令狐冲": "linghuchong", "欧阳修": "ouyangxiu", "华罗庚": "hualuogeng",
		"缪荃孙": "miaoquansun", "乐毅": "yueyi", "覃辉": "qinhui", "种师道": "chongshidao", "折克行": "shekexing", "繁星": "poxing",
		"单于": "chanyu", "澹台灭明": "tantaimieming", "吕布": "lvbu", "牟宗三": "muzongsan", "冼星海": "xianxinghai", "逄先知": "pangxianzhi",
		"員半千": "yunbanqian", "歐陽詢": "ouyangxun", "张三": "zhangsan", "李重庆": "lichongqing", "王行长": "wanghangzhang",
	} {
		got := Name(name)
		if len(got) == 0 || got[0].Full(0) != want {
			t.Errorf("%s: got %v, want %s first", name, got, want)
		}
	}
}

// People who do not know the reading of the surname type the ordinary one.
func TestOtherReadingsAreKept(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"单田芳": "dantianfang", "曾小贤": "cengxiaoxian", "翟让": "dirang", "乐嘉": "lejia", "王乐乐": "wanglele", "单于": "shanyu",
		"吕蒙": "lumeng", "赵晟": "zhaocheng",
	} {
		var got []string
		for _, r := range Name(name) {
			got = append(got, r.Full(0))
		}
		if !slices.Contains(got, want) {
			t.Errorf("%s: got %v, want %s among them", name, got, want)
		}
		if len(got) > MaxReadings {
			t.Errorf("%s: got %d readings, want %d at most", name, len(got), MaxReadings)
		}
	}
}

func TestLettersAndDigitsAreKept(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][2]string{
		"李Tom": {"litom", "ltom"}, "VIP客户": {"vipkehu", "vipkh"}, "3M公司": {"3mgongsi", "3mgs"}, "王 小明": {"wangxiaoming", "wxm"},
		"阿依古丽·买买提": {"ayigulimaimaiti", "ayglmmt"}, "张三(2)": {"zhangsan2", "zs2"},
	} {
		r := Name(name)[0]
		if got := [2]string{r.Full(0), r.Initials(0)}; got != want {
			t.Errorf("%s: got %v, want %v", name, got, want)
		}
	}
	for _, name := range []string{"", "Tom", "  ", "123", "𠮷"} {
		if got := Name(name); got != nil {
			t.Errorf("%q: got %v, want no reading", name, got)
		}
	}
}

func TestGivenName(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{"王小明": "xiaoming", "欧阳修": "xiu", "Tom王": "tomwang", "李": ""} {
		r := Name(name)[0]
		if got := r.Full(r.Given); got != want {
			t.Errorf("%s: got given name %q, want %q", name, got, want)
		}
	}
}

func TestTablesAreWellFormed(t *testing.T) {
	t.Parallel()
	if len(surnames)+len(compounds) < 100 {
		t.Errorf("got %d surnames, want 100 at least", len(surnames)+len(compounds))
	}
	for word, s := range phrases {
		if n := len([]rune(word)); n < 2 || n > longestPhrase || len(syllablesOf(s)) != n {
			t.Errorf("phrase %s: got %q, want one syllable for each character", word, s)
		}
	}
	for word, s := range compounds {
		if len([]rune(word)) != 2 || len(syllablesOf(s)) != 2 {
			t.Errorf("surname %s: got %q, want two syllables", word, s)
		}
	}
	for _, table := range []map[rune]string{surnames, polyphones} {
		for r, s := range table {
			if len(syllablesOf(s)) == 0 || !known(r) {
				t.Errorf("%c: got %q, want a reading of a character of the dictionary", r, s)
			}
		}
	}
}

func syllablesOf(s string) []string { return strings.Fields(s) }

func BenchmarkName(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		Name("欧阳小明")
	}
}
