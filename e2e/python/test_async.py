"""The alibabacloud-* packages, called asynchronously.

aiohttp names a content type that the SDK has not signed.
"""

import unittest

from alibabacloud_dingtalk.contact_1_0 import models as contact_models
from alibabacloud_dingtalk.contact_1_0.client import Client as Contact
from alibabacloud_dingtalk.oauth2_1_0 import models as oauth2_models
from alibabacloud_dingtalk.oauth2_1_0.client import Client as OAuth2
from alibabacloud_resourcedirectorymaster20220419 import models
from alibabacloud_resourcedirectorymaster20220419.client import Client
from alibabacloud_resourcemanager20200331 import models as manager_models
from alibabacloud_resourcemanager20200331.client import Client as Manager
from alibabacloud_tea_openapi import models as open_api_models
from alibabacloud_tea_util import models as util_models

import sample

ACCESS_KEY = {"access_key_id": sample.ACCESS_KEY_ID, "access_key_secret": sample.ACCESS_KEY_SECRET}


def config(**credential):
    return open_api_models.Config(endpoint=sample.HOST, protocol="http", **credential)


class MessageContacts(unittest.IsolatedAsyncioTestCase):
    async def life(self, **credential):
        client = Client(config(**credential))
        name = sample.unique_name()
        added = await client.add_message_contact_async(models.AddMessageContactRequest(
            name=name, email_address="a+b@example.com", title="CEO", message_types=["AccountExpenses", "SecurityMessage"]))
        contact_id = added.body.contact.contact_id
        await client.update_message_contact_async(models.UpdateMessageContactRequest(
            contact_id=contact_id, title="TechnicalDirector", message_types=["FaultMessage"]))
        got = (await client.get_message_contact_async(models.GetMessageContactRequest(contact_id=contact_id))).body.contact
        self.assertEqual((got.name, got.title, got.message_types), (name, "TechnicalDirector", ["FaultMessage"]))
        deleted = await client.delete_message_contact_async(models.DeleteMessageContactRequest(contact_id=contact_id))
        self.assertEqual(deleted.body.status, "Deleted")

    async def test_v3(self):
        await self.life(**ACCESS_KEY)

    async def test_v3_by_sm3(self):
        await self.life(**ACCESS_KEY, signature_algorithm="ACS3-HMAC-SM3")

    async def test_v1(self):
        await self.life(**ACCESS_KEY, signature_algorithm="v2")

    async def test_temporary_key(self):
        key_id, secret, token = sample.TEMPORARY_KEY
        await self.life(access_key_id=key_id, access_key_secret=secret, security_token=token)

    async def test_bearer_token(self):
        await self.life(bearer_token=sample.BEARER_TOKEN)

    async def test_sample_of_the_seed_page(self):
        answer = await Client(config(**ACCESS_KEY)).update_message_contact_async(models.UpdateMessageContactRequest(
            contact_id="c-qL4HqKONzOM7abcd", name="tom", email_address="someone@example.com",
            phone_number="86-13900001234", title="TechnicalDirector", message_types=["AccountExpenses"]))
        self.assertTrue(answer.body.request_id)

    async def test_errors(self):
        for code, secret, contact_id in (
            ("EntityNotExists.Contact", sample.ACCESS_KEY_SECRET, "c-gone"),
            ("SignatureDoesNotMatch", "wrong", "c-qL4HqKONzOM7abcd"),
        ):
            client = Client(config(access_key_id=sample.ACCESS_KEY_ID, access_key_secret=secret))
            with self.assertRaises(Exception) as raised:
                await client.get_message_contact_async(models.GetMessageContactRequest(contact_id=contact_id))
            self.assertEqual(raised.exception.code, code)


class ResourceManager(unittest.IsolatedAsyncioTestCase):
    async def test_folder(self):
        client = Manager(config(**ACCESS_KEY))
        made = await client.create_folder_async(manager_models.CreateFolderRequest(folder_name="async-folder"))
        folder_id = made.body.folder.folder_id
        got = await client.get_folder_async(manager_models.GetFolderRequest(folder_id=folder_id))
        self.assertEqual(got.body.folder.folder_name, "async-folder")
        await client.delete_folder_async(manager_models.DeleteFolderRequest(folder_id=folder_id))
        with self.assertRaises(Exception) as raised:
            await client.get_folder_async(manager_models.GetFolderRequest(folder_id=folder_id))
        self.assertEqual(raised.exception.code, "EntityNotExists.Folder")


class DingTalk(unittest.IsolatedAsyncioTestCase):
    async def grant(self, token):
        answer = await Contact(config(region_id="central")).org_account_mobile_visible_in_other_org_with_options_async(
            contact_models.OrgAccountMobileVisibleInOtherOrgRequest(
                to_corp_ids=[sample.CORP_B], opt_user_id=sample.ADMIN, fields=["mobile"]),
            contact_models.OrgAccountMobileVisibleInOtherOrgHeaders(x_acs_dingtalk_access_token=token),
            util_models.RuntimeOptions())
        return answer.body.result

    async def test_token_then_grant(self):
        issued = await OAuth2(config(region_id="central")).get_access_token_async(
            oauth2_models.GetAccessTokenRequest(app_key=sample.APP_KEY, app_secret=sample.APP_SECRET))
        self.assertIs(await self.grant(issued.body.access_token), True)

    async def test_unknown_token(self):
        with self.assertRaises(Exception) as raised:
            await self.grant("no-such-token")
        self.assertEqual(raised.exception.code, "InvalidAuthentication")


if __name__ == "__main__":
    unittest.main()
