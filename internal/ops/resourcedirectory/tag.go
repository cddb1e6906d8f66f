package resourcedirectory

import (
	"context"
	"encoding/base64"
	"regexp"
	"strings"

	"github.com/mingce/mingce/internal/api"
	"github.com/mingce/mingce/internal/directory"
)

// A control policy's id; the others are in folder.go
// (docs/spec/tags-and-members.md#objects-with-tags).
var controlPolicyIDForm = regexp.MustCompile(`^cp-[0-9A-Za-z]{16}$`)

// taggedForms are the forms of the ids of each kind of objects with tags.
var taggedForms = map[directory.TaggedKind]*regexp.Regexp{
	directory.TaggedAccount:       accountIDForm,
	directory.TaggedFolder:        folderIDForm,
	directory.TaggedControlPolicy: controlPolicyIDForm,
}

// tagged names objects with tags. Embedded, it is told the version of the call.
type tagged struct {
	asked
	ResourceIDs  []string
	ResourceType string
}

func (t *tagged) kind() directory.TaggedKind { return directory.TaggedKind(t.ResourceType) }

// sooner: without a type, the older version means resource groups, which are not
// served; so the type is not missing there but wrong
// (docs/spec/tags-and-members.md#objects-with-tags).
func (t *tagged) sooner(refused *api.ArgumentError) error {
	if t.older() && refused.Code == missingResourceType {
		return &api.ArgumentError{Parameter: "ResourceType", Code: resourceTypeInvalid, Rule: taggedKindRule}
	}
	return nil
}

var taggedKindRule = api.Text{Zh: "Account、Folder 或 ControlPolicy", En: "Account, Folder or ControlPolicy"}

func (t *tagged) idsField() api.Field {
	return api.Strings("ResourceId", &t.ResourceIDs).Invalid(resourceIDInvalid).MaxItems(directory.MaxTagObjects, resourceIDInvalid).
		Check(resourceIDInvalid, api.Text{Zh: "成员、资源夹或管控策略的 ID", En: "ids of members, folders or control policies"}, func() bool {
			for _, form := range taggedForms {
				if t.allOf(form) {
					return true
				}
			}
			return false
		}).
		Check(resourceIDInvalid, idsOnce, distinctMembers(&t.ResourceIDs)).
		Example("181761095690****").Describef("对象的 ID，最多 %d 个。", "Ids of the objects, at most %d.", directory.MaxTagObjects)
}

// typeOfIDsField is typeField, and checks that the ids before it are of the type.
func (t *tagged) typeOfIDsField() api.Field {
	return t.typeField().Check(resourceIDInvalid, api.Text{Zh: "ResourceId 须为该类型对象的 ID", En: "ResourceId must be ids of this type"},
		func() bool { return t.allOf(taggedForms[t.kind()]) })
}

func (t *tagged) typeField() api.Field {
	return api.String("ResourceType", &t.ResourceType).Required(missingResourceType).Invalid(resourceTypeInvalid).
		OneOf(resourceTypeInvalid, string(directory.TaggedAccount), string(directory.TaggedFolder), string(directory.TaggedControlPolicy)).
		Example("Account").Describe("对象类型：Account 成员，Folder 资源夹，ControlPolicy 管控策略。", "Account, Folder or ControlPolicy.")
}

func (t *tagged) allOf(form *regexp.Regexp) bool {
	for _, id := range t.ResourceIDs {
		if form == nil || !form.MatchString(id) {
			return false
		}
	}
	return true
}

// tagPaging are the parameters of a list of tags by tokens.
type tagPaging struct {
	MaxResults int64
	NextToken  string
	after      string // what the token says
	begun      bool   // there is a token
}

func (p *tagPaging) fields() api.Fields {
	return api.Fields{
		api.Int("MaxResults", &p.MaxResults).Invalid(maxResultsInvalid).Range(1, maxPageSize, maxResultsInvalid).
			Example("10").Describef("每页条数，1 至 %d，默认 %d。", "Entries of a page, 1 to %d, %d by default.", maxPageSize, defaultPageSize),
		api.String("NextToken", &p.NextToken).Invalid(nextTokenInvalid).
			Check(nextTokenInvalid, api.Text{Zh: "上一页返回的令牌", En: "a token that a page before answered"}, p.read).
			Example("").Describe("上一页返回的 NextToken。", "NextToken of the previous page."),
	}
}

func (p *tagPaging) read() bool {
	text, err := base64.RawURLEncoding.DecodeString(p.NextToken)
	p.after, p.begun = strings.CutPrefix(string(text), tokenMark)
	return err == nil && (p.begun || p.NextToken == "")
}

// limit is one more than a page, which shows whether there is a next one.
func (p *tagPaging) limit() int64 {
	if p.MaxResults == 0 {
		p.MaxResults = defaultPageSize
	}
	return p.MaxResults + 1
}

// tokenMark begins what a token says, so that the token after an empty value is
// not empty itself: readers go on until there is none.
const tokenMark = "."

func tagToken(after string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(tokenMark + after))
}

func nextTokenOut(p *string) api.Field {
	return api.String("NextToken", p).OmitEmpty().Describe("下一页的 Token；没有下一页时不返回。", "Token of the next page; absent on the last one.")
}

// words reads a page of keys or values, and the token of the next one.
func (p *tagPaging) words(ctx context.Context, s *directory.Session, f directory.TagWordFilter) (page []string, token string, err error) {
	f.Limit = p.limit()
	if p.begun {
		f.After = &p.after
	}
	page, err = s.TagWords(ctx, f)
	if int64(len(page)) == f.Limit {
		page = page[:p.MaxResults]
		token = tagToken(page[len(page)-1])
	}
	return api.List(page), token, err
}

// tagsField declares Tag.N.Key and Tag.N.Value.
func tagsField(p *[]directory.Tag, zh, en string) api.Field {
	return tagForm(api.Objects("Tag", p, func(t *directory.Tag) api.Fields {
		return api.Fields{tagKeyField(&t.Key), tagValueField(api.String("Value", &t.Value))}
	}), func() bool { return directory.CheckTags(*p) == nil }).Describe(zh, en)
}

// tagMatchesField declares a filter by Tag.N.Key and Tag.N.Value; without Value
// any value matches.
func tagMatchesField(p *[]directory.TagMatch, zh, en string) api.Field {
	return tagForm(api.Objects("Tag", p, func(t *directory.TagMatch) api.Fields {
		return api.Fields{tagKeyField(&t.Key), tagValueField(api.OptString("Value", &t.Value))}
	}), func() bool {
		tags := make([]directory.Tag, len(*p))
		for i, m := range *p {
			tags[i] = directory.Tag{Key: m.Key, Value: value(&m.Value)()}
		}
		return directory.CheckTags(tags) == nil
	}).Describe(zh, en)
}

func tagForm(f api.Field, ok func() bool) api.Field {
	return f.Invalid(tagInvalid).MaxItems(directory.MaxTags, tagInvalid).
		Check(tagInvalid, api.Text{
			Zh: "每个键只能出现一次；键不能以 acs: 或 aliyun 开头，值不能以 acs: 开头，都不能含 http:// 或 https://",
			En: "every key once; no key begins with acs: or aliyun, no value with acs:, and neither has http:// or https:// in it",
		}, ok)
}

func tagKeyField(p *string) api.Field {
	return api.String("Key", p).Required(tagInvalid).Invalid(tagInvalid).Runes(1, directory.MaxTagText, tagInvalid).Example("k1").Describe("标签键。", "Key of the tag.")
}

func tagValueField(f api.Field) api.Field {
	return f.Invalid(tagInvalid).Runes(0, directory.MaxTagText, tagInvalid).Example("v1").Describe("标签值。", "Value of the tag.")
}

// tagList is a list of tags as answers have it: Tags.Tag[].
type tagList struct{ Tag []directory.Tag }

func tagListFields(l *tagList) api.Fields {
	return api.Fields{api.Objects("Tag", &l.Tag, answeredTag).Describe("标签。", "The tags.")}
}

func answeredTag(t *directory.Tag) api.Fields {
	return api.Fields{
		api.String("Key", &t.Key).Example("k1").Describe("标签键。", "Key of the tag."),
		api.String("Value", &t.Value).Example("v1").Describe("标签值。", "Value of the tag."),
	}
}
