package pinyin

// surnames of one character for which the dictionary's first reading is wrong
// or that have two readings, the likelier first. Traditional forms are next to
// the simplified ones.
var surnames = map[rune]string{
	'单': "shan", '單': "shan", '曾': "zeng", '仇': "qiu", '区': "ou", '區': "ou", '解': "xie", '查': "zha", '任': "ren",
	'盖': "ge gai", '蓋': "ge gai", '朴': "piao", '翟': "zhai di", '华': "hua", '華': "hua", '缪': "miao", '繆': "miao",
	'尉': "wei", '乐': "yue le", '樂': "yue le", '覃': "qin tan", '黑': "he hei", '折': "she", '种': "chong", '秘': "bi",
	'祭': "zhai", '召': "shao", '员': "yun", '員': "yun", '繁': "po", '宁': "ning", '寧': "ning", '燕': "yan", '应': "ying", '應': "ying",
	'纪': "ji", '紀': "ji", '牟': "mu mou", '那': "na", '隗': "wei kui", '訾': "zi", '郗': "xi chi", '句': "gou", '佴': "nai",
	'冼': "xian", '洗': "xian", '过': "guo", '過': "guo", '哈': "ha", '车': "che", '車': "che", '石': "shi", '柏': "bai bo",
	'薄': "bo", '卜': "bu", '晁': "chao", '都': "du", '费': "fei bi", '費': "fei bi", '贾': "jia", '賈': "jia", '葛': "ge",
	'瞿': "qu", '曲': "qu", '阙': "que", '闕': "que", '宿': "su", '沈': "shen", '盛': "sheng", '万': "wan", '萬': "wan", '於': "yu",
	'臧': "zang", '占': "zhan", '幺': "yao", '么': "yao", '呙': "guo", '厍': "she", '庹': "tuo", '逄': "pang", '褚': "chu",
	'眭': "sui", '缴': "jiao", '撒': "sa", '舍': "she", '强': "qiang", '莘': "shen xin", '仉': "zhang", '乜': "nie", '殷': "yin",
	'亓': "qi", '谷': "gu", '相': "xiang", '粘': "nian", '郇': "xun huan", '叶': "ye", '阚': "kan", '干': "gan", '吕': "lv lu lyu",
	'呂': "lv lu lyu", '便': "pian", '能': "nai", '谌': "chen shen", '諶': "chen shen", '鲜': "xian", '要': "yao", '俞': "yu",
	'恽': "yun", '尹': "yin", '郝': "hao", '芮': "rui", '蕃': "fan", '揭': "jie", '鞠': "ju",
	'阿': "a", '拓': "tuo", '弗': "fu", '邸': "di", '逯': "lu", '禚': "zhuo", '郄': "qie xi", '咸': "xian",
}

// compounds are surnames of two characters.
var compounds = map[string]string{
	"尉迟": "yu chi", "尉遲": "yu chi", "万俟": "mo qi", "萬俟": "mo qi", "长孙": "zhang sun", "長孫": "zhang sun",
	"令狐": "ling hu", "欧阳": "ou yang", "歐陽": "ou yang", "单于": "chan yu", "單于": "chan yu", "澹台": "tan tai", "澹臺": "tan tai",
	"宇文": "yu wen", "皇甫": "huang fu", "呼延": "hu yan", "赫连": "he lian", "赫連": "he lian", "鲜于": "xian yu", "鮮于": "xian yu",
	"闾丘": "lv qiu", "閭丘": "lv qiu", "亓官": "qi guan", "司徒": "si tu", "司马": "si ma", "司馬": "si ma", "司空": "si kong",
	"司寇": "si kou", "上官": "shang guan", "诸葛": "zhu ge", "諸葛": "zhu ge", "东方": "dong fang", "東方": "dong fang",
	"独孤": "du gu", "獨孤": "du gu", "南宫": "nan gong", "南宮": "nan gong", "夏侯": "xia hou", "公孙": "gong sun", "公孫": "gong sun",
	"慕容": "mu rong", "仲孙": "zhong sun", "仲孫": "zhong sun", "轩辕": "xuan yuan", "軒轅": "xuan yuan", "钟离": "zhong li",
	"鍾離": "zhong li", "宗政": "zong zheng", "濮阳": "pu yang", "濮陽": "pu yang", "淳于": "chun yu", "太叔": "tai shu",
	"申屠": "shen tu", "公羊": "gong yang", "公冶": "gong ye", "百里": "bai li", "东郭": "dong guo", "東郭": "dong guo",
	"南门": "nan men", "羊舌": "yang she", "微生": "wei sheng", "左丘": "zuo qiu", "梁丘": "liang qiu", "端木": "duan mu",
	"谷梁": "gu liang", "穀梁": "gu liang", "段干": "duan gan", "西门": "xi men", "西門": "xi men", "漆雕": "qi diao",
	"乐正": "yue zheng", "樂正": "yue zheng", "公良": "gong liang", "拓跋": "tuo ba", "夹谷": "jia gu", "宰父": "zai fu",
	"巫马": "wu ma", "颛孙": "zhuan sun", "第五": "di wu", "纳兰": "na lan", "納蘭": "na lan", "哥舒": "ge shu", "贺兰": "he lan",
	"完颜": "wan yan", "完顏": "wan yan", "耶律": "ye lv", "叶赫": "ye he", "尔朱": "er zhu", "达奚": "da xi", "爱新": "ai xin",
	"子车": "zi ju", "公西": "gong xi", "屈突": "qu tu", "斛律": "hu lv", "贺拔": "he ba", "秃发": "tu fa",
}

// phrases are words whose characters the dictionary reads one by one and wrong.
var phrases = map[string]string{
	"重庆": "chong qing", "银行": "yin hang", "行长": "hang zhang", "长安": "chang an", "成都": "cheng du", "厦门": "xia men",
	"音乐": "yin yue", "长城": "chang cheng", "长春": "chang chun", "长沙": "chang sha", "长江": "chang jiang", "长生": "chang sheng",
	"长青": "chang qing", "朝阳": "chao yang", "重阳": "chong yang", "大厦": "da sha", "西藏": "xi zang", "六安": "lu an",
	"番禺": "pan yu", "东莞": "dong guan", "蚌埠": "beng bu", "台州": "tai zhou", "会计": "kuai ji", "乐山": "le shan",
	"乐清": "yue qing", "燕京": "yan jing", "重工": "zhong gong", "行政": "xing zheng", "校长": "xiao zhang", "部长": "bu zhang",
	"局长": "ju zhang", "会长": "hui zhang", "董事长": "dong shi zhang", "店长": "dian zhang", "组长": "zu zhang", "处长": "chu zhang",
	"院长": "yuan zhang", "科长": "ke zhang", "厂长": "chang zhang", "经理": "jing li", "调度": "diao du", "都匀": "du yun",
	"秘书": "mi shu", "查理": "cha li", "单位": "dan wei", "大夫": "dai fu", "快乐": "kuai le", "音像": "yin xiang",
}

const longestPhrase = 3

// polyphones are characters of given names that are read in two ways, the
// likelier first; the dictionary's reading is added where it is missing.
var polyphones = map[rune]string{
	'乐': "le yue", '樂': "le yue", '行': "xing hang", '长': "chang zhang", '長': "chang zhang", '重': "chong zhong", '朝': "chao zhao",
	'茜': "qian xi", '娜': "na nuo", '晟': "sheng cheng", '盛': "sheng", '柏': "bai bo", '传': "chuan zhuan", '傳': "chuan zhuan",
	'参': "can shen shan", '參': "can shen shan", '曾': "zeng ceng", '华': "hua", '厦': "xia sha", '藏': "cang zang", '沈': "shen",
	'单': "dan shan", '解': "jie xie", '仔': "zi zai", '崽': "zai", '奇': "qi", '卓': "zhuo", '调': "diao tiao", '弹': "tan dan",
	'夏': "xia", '觉': "jue", '都': "du dou", '还': "huan hai", '率': "shuai lv", '缪': "miao mou", '蔚': "wei yu", '尉': "wei yu",
	'省': "xing sheng", '说': "yue shuo", '颉': "jie xie", '纶': "lun guan", '湛': "zhan", '歙': "she xi", '郇': "xun huan",
	'贲': "ben bi", '葛': "ge", '隽': "jun juan", '臧': "zang", '石': "shi", '大': "da", '会': "hui", '车': "che",
}
