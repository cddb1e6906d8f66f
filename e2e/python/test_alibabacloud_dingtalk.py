"""The vendor's package alibabacloud-dingtalk, with the sample of 001_ae1dd7d1f9d1fdf1.txt."""

import unittest

from alibabacloud_dingtalk.contact_1_0 import models as contact_models
from alibabacloud_dingtalk.contact_1_0.client import Client as Contact
from alibabacloud_dingtalk.oauth2_1_0 import models as oauth2_models
from alibabacloud_dingtalk.oauth2_1_0.client import Client as OAuth2
from alibabacloud_tea_openapi import models as open_api_models
from alibabacloud_tea_util import models as util_models

import sample


def config():
    return open_api_models.Config(protocol="http", region_id="central", endpoint=sample.HOST)


def grant(token, **fields):
    request = {"to_corp_ids": [sample.CORP_B], "opt_user_id": sample.ADMIN, "fields": ["mobile"]}
    request.update(fields)
    return Contact(config()).org_account_mobile_visible_in_other_org_with_options(
        contact_models.OrgAccountMobileVisibleInOtherOrgRequest(**request),
        contact_models.OrgAccountMobileVisibleInOtherOrgHeaders(x_acs_dingtalk_access_token=token),
        util_models.RuntimeOptions())


class AlibabaCloudDingTalk(unittest.TestCase):
    def test_token_then_grant(self):
        issued = OAuth2(config()).get_access_token(
            oauth2_models.GetAccessTokenRequest(app_key=sample.APP_KEY, app_secret=sample.APP_SECRET))
        self.assertEqual(issued.body.expire_in, 7200)
        self.assertIs(grant(issued.body.access_token).body.result, True)

    def test_unified_token(self):
        issued = OAuth2(config()).get_token(sample.CORP_A, oauth2_models.GetTokenRequest(
            client_id=sample.APP_KEY, client_secret=sample.APP_SECRET, grant_type="client_credentials"))
        self.assertEqual(issued.body.expires_in, 7200)
        self.assertIs(grant(issued.body.access_token).body.result, True)

    def test_invalid_param(self):
        with self.assertRaises(Exception) as raised:
            grant(sample.TOKEN, opt_user_id="nobody")
        self.assertEqual(raised.exception.code, "invalid.param")
        self.assertIn("参数无效", raised.exception.message)

    def test_unknown_token(self):
        with self.assertRaises(Exception) as raised:
            grant("no-such-token")
        self.assertEqual(raised.exception.code, "InvalidAuthentication")

    def test_missing_permission(self):
        with self.assertRaises(Exception) as raised:
            grant(sample.TOKEN_WITHOUT_PERMITS)
        self.assertEqual(raised.exception.code, "Forbidden.AccessDenied.AccessTokenPermissionDenied")
        self.assertEqual(raised.exception.inner_exception.accessDeniedDetail,
                         {"requiredScopes": ["Contact.OrgAccount.VisiblityInOtherOrg"]})


if __name__ == "__main__":
    unittest.main()
