package main

import (
	"math/rand/v2"
	"strings"
)

var (
	surnames   = strings.Fields("王 李 张 刘 陈 杨 黄 赵 周 吴 徐 孙 马 朱 胡 郭 何 林 高 罗 郑 梁 谢 宋 唐 许 韩 邓 冯 曹 曾 欧阳 单 仇")
	givenNames = []rune("伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂红玉兰凤洁梅琳素云莲真环雪荣爱妹香月莺媛瑞凡佳嘉琼勤珍贞")
	trades     = []rune("华东方中国大新天海金科技信息网络商贸实业发展控股集团建设投资文化传媒教育医药食品机械电子能源物流")
)

// personName is the name of the contact with a number: always the same, so that
// updates, which have to send one, need not change it.
func personName(i int) string {
	r := rand.New(rand.NewPCG(uint64(i), 1))
	return pick(r, surnames) + letters(r, givenNames, 1+r.IntN(2))
}

// companyName is the company of the contact with a number.
func companyName(i int) string {
	return letters(rand.New(rand.NewPCG(uint64(i), 2)), trades, 4) + "有限公司"
}

func letters(r *rand.Rand, from []rune, n int) string {
	s := make([]rune, n)
	for i := range s {
		s[i] = pick(r, from)
	}
	return string(s)
}
