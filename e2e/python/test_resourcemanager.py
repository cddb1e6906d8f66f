"""The older name of the resource directory, 2020-03-31: aliyun-python-sdk-resourcemanager (V1)
and alibabacloud-resourcemanager20200331 (V3)."""

import json
import unittest

from alibabacloud_resourcemanager20200331 import models
from alibabacloud_resourcemanager20200331.client import Client
from alibabacloud_tea_openapi import models as open_api_models
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.auth.credentials import AccessKeyCredential, StsTokenCredential
from aliyunsdkcore.client import AcsClient
from aliyunsdkresourcemanager.request.v20200331.CreateFolderRequest import CreateFolderRequest
from aliyunsdkresourcemanager.request.v20200331.DeleteFolderRequest import DeleteFolderRequest
from aliyunsdkresourcemanager.request.v20200331.GetAccountRequest import GetAccountRequest
from aliyunsdkresourcemanager.request.v20200331.GetResourceDirectoryRequest import GetResourceDirectoryRequest
from aliyunsdkresourcemanager.request.v20200331.ListAccountsRequest import ListAccountsRequest
from aliyunsdkresourcemanager.request.v20200331.ListFoldersForParentRequest import ListFoldersForParentRequest

import sample

DIRECTORY, FOLDER, MEMBER = "rd-StSamp", "fd-ZDNPiT1234", "1817610956901234"


class Typed(unittest.TestCase):
    def call(self, request, **parameters):
        request.set_endpoint(sample.HOST)
        request.set_protocol_type("http")
        request.set_accept_format("json")
        for name, value in parameters.items():
            getattr(request, "set_" + name)(value)
        client = AcsClient(region_id="cn-hangzhou", credential=self.credential)
        return json.loads(client.do_action_with_exception(request))

    def read_and_change(self, name):
        directory = self.call(GetResourceDirectoryRequest())["ResourceDirectory"]
        self.assertEqual(directory["ResourceDirectoryId"], DIRECTORY)
        account = self.call(GetAccountRequest(), AccountId=MEMBER)["Account"]
        self.assertEqual(account["AccountId"], MEMBER)
        accounts = self.call(ListAccountsRequest(), PageNumber=1, PageSize=100)["Accounts"]["Account"]
        self.assertIn(MEMBER, [a["AccountId"] for a in accounts])

        made = self.call(CreateFolderRequest(), FolderName=name)["Folder"]["FolderId"]
        folders = self.call(ListFoldersForParentRequest())["Folders"]["Folder"]
        self.assertLessEqual({FOLDER, made}, {f["FolderId"] for f in folders})
        self.call(DeleteFolderRequest(), FolderId=made)
        with self.assertRaises(ServerException) as raised:
            self.call(DeleteFolderRequest(), FolderId=made)
        self.assertEqual(raised.exception.get_error_code(), "EntityNotExists.Folder")

    def test_typed_access_key(self):
        self.credential = AccessKeyCredential(sample.ACCESS_KEY_ID, sample.ACCESS_KEY_SECRET)
        self.read_and_change("typed-folder")

    def test_typed_temporary_key(self):
        self.credential = StsTokenCredential(*sample.TEMPORARY_KEY)
        self.read_and_change("typed-sts-folder")


class Generated(unittest.TestCase):
    def read(self, **credential):
        client = Client(open_api_models.Config(endpoint=sample.HOST, protocol="http", **credential))
        self.assertEqual(client.get_resource_directory().body.resource_directory.resource_directory_id, DIRECTORY)
        account = client.get_account(models.GetAccountRequest(account_id=MEMBER)).body.account
        self.assertEqual(account.account_id, MEMBER)

    def test_generated_access_key(self):
        self.read(access_key_id=sample.ACCESS_KEY_ID, access_key_secret=sample.ACCESS_KEY_SECRET)

    def test_generated_temporary_key(self):
        key_id, secret, token = sample.TEMPORARY_KEY
        self.read(access_key_id=key_id, access_key_secret=secret, security_token=token)

    def test_generated_bearer_token(self):
        self.read(bearer_token=sample.BEARER_TOKEN)


if __name__ == "__main__":
    unittest.main()
