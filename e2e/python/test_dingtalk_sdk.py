"""The community package dingtalk-sdk: /gettoken, and TOP calls with everything in the query."""

import unittest

from dingtalk import AppKeyClient, SecretClient
from dingtalk.client.base import BaseClient
from dingtalk.core.exceptions import DingTalkClientException

import sample

BaseClient.API_BASE_URL = sample.URL + "/"


def client(secret=sample.APP_SECRET):
    return AppKeyClient(sample.CORP_A, sample.APP_KEY, secret)


def top(method, params, by=None):
    # The url is always given: without one this client calls the public gateway.
    return (by or client()).top_request(method, params, url=sample.URL + "/router/rest")


class DingTalkSDK(unittest.TestCase):
    def test_token_by_app_key(self):
        self.assertTrue(client().access_token)

    def test_token_by_corp_id(self):
        by_corp = SecretClient(sample.CORP_A, sample.APP_SECRET)
        got = top("dingtalk.corp.extcontact.get", {"user_id": "123420013632"}, by_corp)
        self.assertEqual(got["result"]["name"], "张三")

    def test_token_with_a_wrong_secret(self):
        with self.assertRaises(DingTalkClientException) as raised:
            client("wrong").get_access_token()
        self.assertEqual(raised.exception.errcode, 40096)

    def test_update(self):
        answer = top("dingtalk.corp.extcontact.update", {"contact": sample.external_contact()})
        self.assertEqual(answer, {"ding_open_errcode": 0, "error_msg": "成功", "success": True})

    def test_create_then_get(self):
        created = top("dingtalk.corp.extcontact.create", {"contact": {
            "name": "王五", "state_code": "86", "mobile": "13800000081",
            "label_ids": [2], "follower_user_id": "023420013644",
        }})
        got = top("dingtalk.corp.extcontact.get", {"user_id": created["userid"]})
        self.assertEqual(got["result"]["mobile"], "13800000081")
        self.assertEqual(got["result"]["label_ids"], {"number": [2]})

    def test_failure_of_the_business_is_raised(self):
        with self.assertRaises(DingTalkClientException) as raised:
            top("dingtalk.corp.extcontact.update", {"contact": sample.external_contact(user_id="1")})
        self.assertEqual(raised.exception.errcode, 40003)

    def test_contact_that_is_no_json(self):
        with self.assertRaises(DingTalkClientException) as raised:
            top("dingtalk.corp.extcontact.update", {"contact": "{"})
        self.assertEqual((raised.exception.errcode, raised.exception.errmsg), (50, "非法参数"))


if __name__ == "__main__":
    unittest.main()
