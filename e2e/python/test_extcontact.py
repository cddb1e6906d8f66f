"""The community package dingtalk-sdk: its own methods for external contacts, from create to delete."""

import unittest

from dingtalk import AppKeyClient
from dingtalk.client.base import BaseClient
from dingtalk.core.exceptions import DingTalkClientException

import sample

BaseClient.API_BASE_URL = sample.URL + "/"


class Client(AppKeyClient):
    """The package's client; without a url its TOP calls would go to the public gateway."""

    def top_request(self, method, params=None, format_="json", v="2.0", simplify="false", partner_id=None, url=None, **kwargs):
        return super().top_request(method, params, format_, v, simplify, partner_id, url or sample.URL + "/router/rest", **kwargs)


class ExternalContacts(unittest.TestCase):
    def setUp(self):
        self.client = Client(sample.CORP_A, sample.APP_KEY, sample.APP_SECRET)

    def refused(self, code, call, *args, **kwargs):
        with self.assertRaises(DingTalkClientException) as raised:
            call(*args, **kwargs)
        self.assertEqual(str(raised.exception.errcode), str(code))
        return raised.exception

    def test_life_by_extcontact(self):
        contacts = self.client.extcontact
        user_id = contacts.create("欧阳修", "023420013645", [1, 2], "13900200001", title="翰林学士", share_dept_ids=[2])
        self.refused(22005, contacts.create, "欧阳修", "023420013645", [1], "13900200001")

        got = contacts.get(user_id)
        self.assertEqual((got["name"], got["mobile"], got["state_code"], got["title"]), ("欧阳修", "13900200001", "86", "翰林学士"))
        self.assertEqual((got["label_ids"], got["share_dept_ids"], got["share_user_ids"]), ({"number": [1, 2]}, {"number": [2]}, {}))

        # This client always sends every field: null keeps, an empty list clears.
        contacts.update(user_id, "欧阳永叔", "023420013644", [2], "13900200001")
        listed = contacts.list(0, 100)["results"]["open_ext_contact"]
        changed = next(c for c in listed if c["userid"] == user_id)
        self.assertEqual((changed["name"], changed["follower_user_id"], changed["title"]), ("欧阳永叔", "023420013644", "翰林学士"))
        self.assertEqual((changed["label_ids"], changed["share_dept_ids"]), ({"number": [2]}, {}))

        groups = contacts.listlabelgroups()["results"]["open_label_group"]
        self.assertEqual(groups[0]["labels"]["open_label"][0], {"name": "重要", "id": 1})

        contacts.delete(user_id)
        self.refused(33012, contacts.delete, user_id)
        self.refused(33012, contacts.get, user_id)

    def test_life_by_ext(self):
        user_id = self.client.ext.add("区寄", "023420013645", [3], "13900200002", company_name="柳州", share_userids=["023420013644"])
        e = self.refused(50, self.client.ext.add, "区寄", "023420013645", [3], "13900200002")
        self.assertIn("外部联系人已存在", e.errmsg)

        added = next(c for c in self.client.ext.list(size=100) if c["userid"] == user_id)
        self.assertEqual((added["name"], added["follower_userid"], added["company_name"]), ("区寄", "023420013645", "柳州"))
        self.assertEqual((added["label_ids"], added["share_userids"]), ([3], ["023420013644"]))
        self.assertEqual(self.client.ext.listlabelgroups()[1]["labels"], [{"id": 3, "name": "渠道商"}])
        self.client.extcontact.delete(user_id)

    def test_bad_input(self):
        contacts = self.client.extcontact
        for code, change in (
            (60112, {"name": " "}), (60121, {"follower_user_id": "nobody"}), (40035, {"label_ids": [99]}), (40035, {"label_ids": list(range(21))}),
            (60103, {"mobile": "x"}), (60204, {"label_ids": []}), (60003, {"share_dept_ids": [77]}), (40036, {"mobile": ""}),
        ):
            arguments = {"name": "x", "follower_user_id": "023420013645", "label_ids": [1], "mobile": "13900200003", **change}
            with self.subTest(change):
                self.refused(code, contacts.create, **arguments)
        self.refused(40069, contacts.list, 0, 101)
        self.refused(40068, contacts.list, -1, 20)
        self.refused(41101, contacts.listlabelgroups, 0, 0)


if __name__ == "__main__":
    unittest.main()
