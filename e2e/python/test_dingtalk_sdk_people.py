"""The community package dingtalk-sdk: people and departments on the older paths."""

import unittest

from dingtalk import AppKeyClient
from dingtalk.client.base import BaseClient
from dingtalk.core.exceptions import DingTalkClientException

import sample

BaseClient.API_BASE_URL = sample.URL + "/"


class People(unittest.TestCase):
    def setUp(self):
        client = AppKeyClient(sample.CORP_A, sample.APP_KEY, sample.APP_SECRET)
        self.user, self.department = client.user, client.department

    def assert_refused(self, code, call, *args):
        with self.assertRaises(DingTalkClientException) as raised:
            call(*args)
        self.assertEqual(raised.exception.errcode, code)

    def test_life_of_an_employee(self):
        created = self.user.create({"userid": "sdk1", "name": "新人", "mobile": "13800007101", "department": [2],
                                    "orderInDepts": {"2": 3}, "extattr": {"爱好": "旅游"}})
        self.assertEqual(created, "sdk1")
        self.user.update({"userid": "sdk1", "name": "改名", "position": "经理"})
        got = self.user.get("sdk1")
        self.assertEqual([got[k] for k in ("name", "position", "orderInDepts", "extattr", "mobile", "department")],
                         ["改名", "经理", "{2:3}", {"爱好": "旅游"}, "13800007101", [2]])
        self.assertEqual(self.user.get_userid_by_unionid(got["unionid"])["userid"], "sdk1")
        self.assertIn("sdk1", self.user.get_dept_member(2))
        self.user.delete("sdk1")
        self.assert_refused(60121, self.user.get, "sdk1")

    def test_several_deleted_together(self):
        for n in (2, 3):
            self.user.create({"userid": f"sdk{n}", "name": "新人", "mobile": f"1380000710{n}", "department": [3]})
        self.assert_refused(40031, self.user.batchdelete, ["sdk2", "nobody"])
        self.user.batchdelete(["sdk2", "sdk3"])
        self.assert_refused(60121, self.user.get, "sdk2")

    def test_lists(self):
        self.assertIn("hasMore", self.user.simple_list(2, 0, 1))
        self.assertEqual(len(self.user.simple_list(2, 0, 1)["userlist"]), 1)
        for page in (self.user.list(2), self.user.listbypage(2, 0, 100)):
            self.assertIn("王芳", [u["name"] for u in page["userlist"]])
        self.assertGreaterEqual(self.user.get_org_user_count(0), 3)
        self.assertIn({"sys_level": 1, "userid": sample.ADMIN}, self.user.get_admin())
        self.assertTrue(self.user.can_access_microapp(1001, sample.ADMIN))
        self.assertIn("authed_user", self.user.auth_scopes()["auth_org_scopes"])

    def test_life_of_a_department(self):
        made = self.department.create({"name": "SDK部", "parentid": 1, "deptPermits": "2|3"})
        self.department.update({"id": made, "name": "SDK二部"})
        got = self.department.get(made)
        self.assertEqual([got["name"], got["deptPermits"], got["parentid"]], ["SDK二部", "2|3", 1])
        self.assertIn(made, [d["id"] for d in self.department.list()])
        self.assertIn(made, self.department.list_ids(1))
        self.assertEqual(self.department.list_parent_depts_by_dept(made), [made, 1])
        self.department.delete(made)
        self.assert_refused(60003, self.department.get, made)

    def test_parents_of_an_employee(self):
        self.assertEqual(self.department.list_parent_depts("023420013645"), [[2, 1]])


if __name__ == "__main__":
    unittest.main()
