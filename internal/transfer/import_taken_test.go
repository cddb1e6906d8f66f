package transfer_test

import (
	"slices"
	"testing"

	"github.com/mingce/mingce/internal/directory"
	"github.com/mingce/mingce/internal/transfer"
)

// An export of another organisation names its labels, departments and people by ids
// that are other objects' here, or nobody's.
func TestIDsOfAnotherOrganisation(t *testing.T) {
	t.Parallel()
	const text = `{"kind":"label-group","object":{"groupId":900,"name":"客户等级"}}
{"kind":"label","object":{"labelId":901,"name":"重要","groupId":900,"group":"客户等级"}}
{"kind":"department","object":{"deptId":902,"name":"市场部","parentId":1}}
{"kind":"department","object":{"deptId":903,"name":"华东组","parentId":902}}
{"kind":"employee","object":{"userId":"elsewhere","name":"陈静","mobile":"86-13800001001","deptIds":[902]}}
{"kind":"contact","object":{"userId":"900905","name":"客人","mobile":"86-13900008001","followerUserId":"elsewhere","labelIds":[901],"shareDeptIds":[902]}}
{"kind":"contact","object":{"userId":"900906","name":"来宾","mobile":"86-13900008002","followerUserId":"elsewhere","labelIds":[999]}}
`
	for _, policy := range []string{"skip", "update"} {
		b := sample(t)
		v, rows := b.do(transfer.Options{OnDuplicate: policy}, text)
		if v.State != "done" || len(rows) != 7 {
			t.Fatalf("%s: got %+v with %d rows", policy, v, len(rows))
		}
		for i, row := range rows {
			if wrong := i == 6; (row.Action == transfer.RowRejected) != wrong {
				t.Errorf("%s: row %d is %s: %+v", policy, i+1, row.Action, row.Errors)
			}
		}
		contact, err := b.session().Object(t.Context(), directory.ContactKind, "900905")
		if err != nil {
			t.Fatal(err)
		}
		if got := contact.Values; got.Text("followerUserId") != "org1001" || !slices.Equal(got.Numbers("labelIds"), []int64{1}) || !slices.Equal(got.Numbers("shareDeptIds"), []int64{2}) {
			t.Errorf("%s: got %v", policy, got)
		}
		below, err := b.session().Object(t.Context(), directory.DepartmentKind, "903")
		if err != nil || below.Values.Number("parentId") != 2 {
			t.Errorf("%s: got %v, %v", policy, below.Values, err)
		}
	}
	// An id that something has is that object's, whatever a row is about.
	b := sample(t)
	_, rows := b.do(transfer.Options{Match: "mobile"}, `{"kind":"employee","object":{"userId":"org1002","name":"陈静","mobile":"86-13800001001","deptIds":[2]}}
{"kind":"contact","object":{"userId":"900907","name":"客人","mobile":"86-13900008003","followerUserId":"org1002","labelIds":[1]}}
`)
	contact, err := b.session().Object(t.Context(), directory.ContactKind, "900907")
	if err != nil || contact.Values.Text("followerUserId") != "org1002" {
		t.Errorf("got %v, %v after %+v", contact.Values, err, rows)
	}
}
