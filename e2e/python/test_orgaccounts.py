"""alibabacloud-dingtalk and what it can do with org accounts."""

import unittest

from alibabacloud_dingtalk.contact_1_0 import models
from alibabacloud_dingtalk.contact_1_0.client import Client as Contact
from alibabacloud_dingtalk.oauth2_1_0 import models as oauth2_models
from alibabacloud_dingtalk.oauth2_1_0.client import Client as OAuth2
from alibabacloud_tea_openapi import models as open_api_models
from alibabacloud_tea_util import models as util_models

import sample


def config():
    return open_api_models.Config(protocol="http", region_id="central", endpoint=sample.HOST)


def snake(name):
    return "".join("_" + c.lower() if c.isupper() else c for c in name).lstrip("_")


def call(token, operation, **fields):
    """Does what the vendor's sample for the operation does."""
    return getattr(Contact(config()), snake(operation) + "_with_options")(
        getattr(models, operation + "Request")(**fields),
        getattr(models, operation + "Headers")(x_acs_dingtalk_access_token=token),
        util_models.RuntimeOptions())


class OrgAccounts(unittest.TestCase):
    def refused(self, code, status, token, operation, **fields):
        with self.assertRaises(Exception) as caught:
            call(token, operation, **fields)
        self.assertEqual((caught.exception.code, caught.exception.data["statusCode"]), (code, status))
        return caught.exception

    def test_disable_enable_sign_out(self):
        self.assertIs(call(sample.TOKEN, "SetEnable", user_id="org1002").body.result, True)
        self.assertIs(call(sample.TOKEN, "QueryStatus", user_id="org1002").body.disable, False)
        self.assertIs(call(sample.TOKEN, "SetDisable", user_id="org1002", reason="离职").body.result, True)
        self.assertIs(call(sample.TOKEN, "QueryStatus", user_id="org1002").body.disable, True)
        self.assertIs(call(sample.TOKEN, "SignOut", user_id="org1002", reason_i18n_for_employee={"zh_CN": "请重新登录"}).body.result, True)

    def test_errors(self):
        self.refused("invalid.param", 400, sample.TOKEN, "QueryStatus", user_id="")
        self.refused("user.not.exist", 400, sample.TOKEN, "QueryStatus", user_id="nobody")
        self.refused("exclusive.account.only", 400, sample.TOKEN, "SetDisable", user_id=sample.ADMIN)
        self.refused("Forbidden.AccessDenied.AccessTokenPermissionDenied", 403, sample.TOKEN_WITHOUT_PERMITS, "SetDisable", user_id="org1002")
        self.refused("InvalidAction.NotFound", 404, sample.TOKEN, "ChangeMainOrg", user_id="org1002", new_main_corp_id=sample.CORP_B)

    def test_operation_without_a_result(self):
        answer = call(sample.TOKEN, "MultiOrgPermissionGrant", join_corp_id=sample.CORP_B, grant_dept_id_list=[2])
        self.assertEqual(answer.status_code, 200)

    def test_searches_and_batch(self):
        users = call(sample.TOKEN, "SearchUser", query_word="陈静", offset=0, size=10, full_match_field=1).body
        self.assertEqual((users.list, users.has_more, users.total_count), (["org1001"], False, 1))
        departments = call(sample.TOKEN, "SearchDepartment", query_word="研发", offset=0, size=10).body
        self.assertEqual(departments.list, [3])
        batch = call(sample.TOKEN, "BatchGetUser", user_id_list=["org1001", "nobody"]).body
        self.assertEqual((batch.user_list[0].mobile, batch.unauthorized_user_id_list), ("13800001001", ["nobody"]))
        self.assertEqual(call(sample.TOKEN, "GetOrgAuthInfo").body.org_name, "示例科技")

    def test_code_of_nobody(self):
        request = oauth2_models.GetUserTokenRequest(
            client_id=sample.APP_KEY, client_secret=sample.APP_SECRET, code="x", grant_type="authorization_code")
        with self.assertRaises(Exception) as caught:
            OAuth2(config()).get_user_token(request)
        self.assertEqual(caught.exception.code, "invalidParameter.authCode.notFound")


if __name__ == "__main__":
    unittest.main()
