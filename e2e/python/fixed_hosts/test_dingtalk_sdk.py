"""Every call of the community package dingtalk-sdk on users, departments, roles, contacts and callbacks, with its own
hosts: oapi.dingtalk.com, and eco.taobao.com for TOP."""

import json
import os
import unittest
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

import requests
from dingtalk import AppKeyClient
from dingtalk.core.exceptions import DingTalkClientException
from dingtalk.crypto import DingTalkCrypto

import browser

CORP, KEY, SECRET = "ding87654321", "dingsampleappkey01", "sample-app-secret-0001"
AES_KEY, TOKEN = "a" * 43, "token1"


def client():
    return AppKeyClient(CORP, KEY, SECRET)


class Calls(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        browser.resolve_vendor_names()
        cls.client = client()

    def refused(self, code, call, *args, **kwargs):
        with self.assertRaises(DingTalkClientException) as raised:
            call(*args, **kwargs)
        self.assertEqual(raised.exception.errcode, code)


class Users(Calls):
    def test_reading_users(self):
        users = self.client.user
        self.assertIn("auth_org_scopes", users.auth_scopes())
        self.assertGreaterEqual(users.get_org_user_count(False), 5)
        wang = users.get("023420013645")
        self.assertEqual((wang["name"], wang["department"]), ("王芳", [2]))
        self.assertEqual(users.get_userid_by_unionid(wang["unionid"])["userid"], "023420013645")
        self.assertIn("023420013645", users.get_dept_member(2))
        for listed in users.simple_list(2), users.list(2), users.listbypage(2):
            self.assertIn("王芳", [u["name"] for u in listed["userlist"]])
            self.assertFalse(listed["hasMore"])
        self.assertIn({"sys_level": 1, "userid": "102530009661373952"}, users.get_admin())
        self.assertTrue(users.can_access_microapp(1001, "102530009661373952"))
        self.assertEqual(users.get_admin_scope("102530009661373952"), {"number": [1]})  # as TOP nests lists
        self.refused(60121, users.get, "nobody")

    def test_life_of_a_user(self):
        users = self.client.user
        made = users.create({"userid": "sdk1", "name": "周杰", "mobile": "13700000101", "department": [2], "jobnumber": "7", "extattr": {"爱好": "旅游"}})
        self.assertEqual(made, "sdk1")
        users.update({"userid": "sdk1", "name": "周洁", "department": [2, 3]})
        got = users.get("sdk1")
        self.assertEqual((got["name"], sorted(got["department"]), got["jobnumber"], got["mobile"]), ("周洁", [2, 3], "7", "13700000101"))
        users.create({"userid": "sdk2", "name": "吴刚", "mobile": "13700000102", "department": [3]})
        users.delete("sdk1")
        users.batchdelete(["sdk2"])
        for gone in "sdk1", "sdk2":
            self.refused(60121, users.get, gone)

    def test_in_app_login(self):
        code = requests.post("http://" + os.environ["MINGCE_HOST"] + "/_mingce/login-codes",
                             json={"corpId": CORP, "userid": "023420013645"}).json()["code"]
        self.assertEqual(self.client.user.getuserinfo(code)["userid"], "023420013645")
        self.refused(40078, self.client.user.getuserinfo, code)

    def test_ticket(self):
        self.assertTrue(self.client.jsapi_ticket)
        self.assertEqual(self.client.get_jsapi_params("https://app.example/")["corpId"], CORP)


class Departments(Calls):
    def test_life_of_a_department(self):
        departments = self.client.department
        made = departments.create({"name": "售后部", "parentid": "2"})
        below = departments.create({"name": "维修组", "parentid": made, "createDeptGroup": False})
        self.assertIn(made, departments.list_ids(2))
        self.assertEqual([d["id"] for d in departments.list(made, fetch_child=True)], [below])
        self.assertIn("市场部", [d["name"] for d in departments.list(1)])
        self.assertEqual(departments.update({"id": below, "name": "服务组"}), below)
        self.assertEqual(departments.get(below)["name"], "服务组")
        self.assertEqual(departments.list_parent_depts_by_dept(below), [below, made, 2, 1])
        self.assertEqual(departments.list_parent_depts("023420013645"), [[2, 1]])
        self.refused(60006, departments.delete, made)
        departments.delete(below)
        departments.delete(made)
        self.refused(60003, departments.get, made)


class Roles(Calls):
    def test_life_of_a_role(self):
        roles = self.client.role
        # The package calls a method that it lacks for these three.
        group = self.client.post("/role/add_role_group", {"name": "测试组"})["groupId"]
        role = self.client.post("/role/add_role", {"roleName": "值班", "groupId": group})["roleId"]
        self.client.post("/role/update_role", {"roleName": "值班长", "roleId": role})
        groups = roles.list()["list"]["role_groups"]
        self.assertIn("测试组", [g["group_name"] for g in groups])
        self.assertIn("默认", [g["group_name"] for g in groups])
        self.assertEqual(roles.getrolegroup(group)["roles"]["open_role"][0]["role_name"], "值班长")
        self.assertEqual(roles.getrole(role)["role"]["name"], "值班长")
        roles.addrolesforemps([role], ["023420013645", "023420013644"])
        people = roles.simplelist(role)["list"]["emp_simple_list"]
        self.assertEqual(sorted(p["userid"] for p in people), ["023420013644", "023420013645"])
        self.assertIn("值班长", [r["name"] for r in self.client.user.get("023420013645")["roles"]])
        roles.removerolesforemps([role], ["023420013645", "023420013644"])
        roles.deleterole(role)
        self.refused(33011, lambda: roles.addrolesforemps([role], ["023420013645"]))


class Contacts(Calls):
    def test_ext(self):
        ext = self.client.ext
        self.assertIn("客户等级", json.dumps(ext.listlabelgroups(), ensure_ascii=False))
        made = ext.add("郑爽", "023420013645", [1], "13800000191")
        self.assertIn(made, json.dumps(ext.list()))

    def test_extcontact(self):
        contacts = self.client.extcontact
        made = contacts.create("冯军", "023420013644", [2], "13800000192")
        self.assertEqual(contacts.get(made)["name"], "冯军")
        self.assertIn(made, json.dumps(contacts.list()))
        contacts.update(made, "冯俊", "023420013644", [2], "13800000192")
        self.assertEqual(contacts.get(made)["name"], "冯俊")
        self.assertIn("客户等级", json.dumps(contacts.listlabelgroups(), ensure_ascii=False))
        contacts.delete(made)


class Receiver(BaseHTTPRequestHandler):
    """Answers events as the package's own crypto does."""

    def do_POST(self):
        crypto = DingTalkCrypto(TOKEN, AES_KEY, CORP)
        query = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        crypto.decrypt_message(body, query["signature"], query["timestamp"], query["nonce"])
        answer = json.dumps(crypto.encrypt_message("success")).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *args):
        pass


class Callbacks(Calls):
    def test_life_of_a_callback(self):
        receiver = HTTPServer(("127.0.0.1", 0), Receiver)
        Thread(target=receiver.serve_forever, daemon=True).start()
        self.addCleanup(receiver.shutdown)
        url = f"http://127.0.0.1:{receiver.server_port}/events"
        callback = self.client.callback
        callback.register_call_back(["user_add_org"], TOKEN, AES_KEY, url)
        self.assertEqual(callback.get_call_back()["call_back_tag"], ["user_add_org"])
        callback.update_call_back(["user_leave_org"], TOKEN, AES_KEY, url)
        self.assertEqual(callback.get_call_back()["call_back_tag"], ["user_leave_org"])
        self.assertFalse(callback.get_call_back_failed_result()["has_more"])
        callback.delete_call_back()
        self.refused(71007, callback.get_call_back)


if __name__ == "__main__":
    unittest.main()
