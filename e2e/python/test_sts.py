"""STS: alibabacloud-sts20150401, and the credentials chain of alibabacloud-credentials, which assumes
a role over HTTPS by itself."""

import os
import unittest
from unittest import mock

from alibabacloud_credentials.client import Client as Credentials
from alibabacloud_credentials.provider import RamRoleArnCredentialsProvider, StaticAKCredentialsProvider
from alibabacloud_resourcedirectorymaster20220419 import models as directory
from alibabacloud_resourcedirectorymaster20220419.client import Client as Directory
from alibabacloud_sts20150401 import models
from alibabacloud_sts20150401.client import Client
from alibabacloud_tea_openapi.models import Config
from Tea.exceptions import TeaException

import sample

OPERATOR, MEMBER = "acs:ram::1000000000000001:role/mingce-operator", "1997968394351234"
MEMBERS_ROLE = f"acs:ram::{MEMBER}:role/ResourceDirectoryAccountAccessRole"


def config(**credentials):
    return Config(endpoint=sample.HOST, protocol="http", **credentials)


class STS(unittest.TestCase):
    def setUp(self):
        self.client = Client(config(access_key_id=sample.ACCESS_KEY_ID, access_key_secret=sample.ACCESS_KEY_SECRET))

    def test_identity(self):
        who = self.client.get_caller_identity().body
        self.assertEqual((who.identity_type, who.account_id, who.arn),
                         ("RAMUser", "1000000000000001", "acs:ram::1000000000000001:user/developer"))

    def test_assume_role(self):
        answer = self.client.assume_role(models.AssumeRoleRequest(
            role_arn=OPERATOR, role_session_name="e2e", duration_seconds=900, source_identity="alice",
            policy='{"Version":"1","Statement":[{"Effect":"Allow","Action":"resourcemanager:List*","Resource":"*"}]}'))
        self.assertEqual((answer.status_code, answer.body.source_identity), (200, "alice"))
        self.assertEqual(answer.body.assumed_role_user.arn, OPERATOR + "/e2e")
        got = answer.body.credentials
        members = Directory(config(access_key_id=got.access_key_id, access_key_secret=got.access_key_secret, security_token=got.security_token))
        self.assertEqual(members.list_accounts(directory.ListAccountsRequest()).body.total_count, 2)
        with self.assertRaises(TeaException) as raised:
            members.get_account(directory.GetAccountRequest(account_id=MEMBER))
        self.assertEqual((raised.exception.code, raised.exception.accessDeniedDetail["PolicyType"]), ("NoPermission", "SessionPolicy"))

    def test_refused(self):
        with self.assertRaises(TeaException) as raised:
            self.client.assume_role(models.AssumeRoleRequest(role_arn=OPERATOR + "x", role_session_name="e2e"))
        self.assertEqual((raised.exception.code, raised.exception.statusCode), ("EntityNotExist.Role", 404))

    def test_chain(self):
        key = StaticAKCredentialsProvider(access_key_id=sample.ACCESS_KEY_ID, access_key_secret=sample.ACCESS_KEY_SECRET)
        chain = Credentials(provider=RamRoleArnCredentialsProvider(
            credentials_provider=key, role_arn=MEMBERS_ROLE, role_session_name="e2e", sts_endpoint=os.environ["MINGCE_TLS_HOST"]))
        with mock.patch.dict(os.environ, REQUESTS_CA_BUNDLE=os.environ["MINGCE_CA"], SSL_CERT_FILE=os.environ["MINGCE_CA"]):
            self.assertTrue(chain.get_credential().access_key_id.startswith("STS."))
        account = Directory(config(credential=chain)).get_account(directory.GetAccountRequest(account_id=MEMBER)).body.account
        self.assertEqual(account.account_id, MEMBER)
        self.assertEqual(Client(config(credential=chain)).get_caller_identity().body.account_id, MEMBER)
