"""A message contact from add to delete with each client.

Mails are read from the mailbox that the first argument names, so this is no test_*.py.
"""

import json
import sys
import time
import unittest
import urllib.error
import urllib.parse
import urllib.request

from alibabacloud_resourcedirectorymaster20220419 import models
from alibabacloud_resourcedirectorymaster20220419.client import Client
from alibabacloud_tea_openapi import models as open_api_models
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest

import sample

MAILBOX = ""
DIRECTORY, FOLDER, MEMBER = "rd-StSamp", "fd-ZDNPiT1234", "1817610956901234"


def read(url):
    with urllib.request.urlopen(url) as answer:
        return json.load(answer)


def mail_to(address):
    return read(MAILBOX + "/?" + urllib.parse.urlencode({"to": address}))


def text_to(phone):
    return read(sample.URL + "/_mingce/messages/wait?" + urllib.parse.urlencode({"to": phone, "channel": "sms"}))


def press(link, **form):
    """Sends the page's form and returns the status."""
    try:
        with urllib.request.urlopen(link, urllib.parse.urlencode(form).encode()) as answer:
            return answer.status
    except urllib.error.HTTPError as e:
        return e.code


class Product(unittest.TestCase):
    """The product's own package: V3, lists as the generated models write them."""

    def setUp(self):
        self.client = Client(open_api_models.Config(
            access_key_id=sample.ACCESS_KEY_ID, access_key_secret=sample.ACCESS_KEY_SECRET,
            endpoint=sample.HOST, protocol="http"))

    def refused(self, code, operation, request):
        with self.assertRaises(Exception) as raised:
            operation(request)
        self.assertEqual(raised.exception.code, code)
        return raised.exception

    def get(self):
        return self.client.get_message_contact(models.GetMessageContactRequest(contact_id=self.id)).body.contact

    def to_verify(self):
        answer = self.client.list_message_contact_verifications(
            models.ListMessageContactVerificationsRequest(contact_id=self.id, page_number=1, page_size=10)).body
        self.assertEqual(answer.total_count, len(answer.contact_verifications))
        return [v.target for v in answer.contact_verifications]

    def test_from_add_to_delete(self):
        email, following, phone = "python@example.com", "pythonnext@example.com", "86-13700001001"
        self.id = self.client.add_message_contact(models.AddMessageContactRequest(
            name=sample.unique_name(), email_address=email, phone_number=phone, title="CEO",
            message_types=["SecurityMessage", "AccountExpenses"])).body.contact.contact_id
        self.assertEqual(self.to_verify(), [email, phone])
        self.verify(email, phone)
        self.bind()
        self.change(email, following)
        self.delete()

    def verify(self, email, phone):
        send = self.client.send_email_verification_for_message_contact
        request = models.SendEmailVerificationForMessageContactRequest(contact_id=self.id, email_address=email)
        send(request)
        limited = self.refused("SendValidateCodeExceedsLimitForAccount", send, request)
        self.assertEqual(limited.status_code, 409)
        mail = mail_to(email)
        self.assertIn(mail["Link"], mail["HTML"])
        with urllib.request.urlopen(mail["Link"]) as page:
            self.assertEqual(page.status, 200)
        self.assertEqual(self.get().status, "Verifying")
        self.assertEqual(press(mail["Link"]), 200)
        self.assertEqual(self.get().status, "Active")

        self.client.send_phone_verification_for_message_contact(
            models.SendPhoneVerificationForMessageContactRequest(contact_id=self.id, phone_number=phone))
        text = text_to(phone)
        wrong = "000001" if text["code"] == "000000" else "000000"
        self.assertEqual(press(text["link"], code=wrong), 403)
        self.assertEqual(press(text["link"], code=text["code"]), 200)
        self.assertEqual(self.to_verify(), [])

    def bind(self):
        associate, disassociate = self.client.associate_members, self.client.disassociate_members
        bound = associate(models.AssociateMembersRequest(contact_id=self.id, members=[FOLDER, MEMBER])).body.members
        self.assertEqual([(m.contact_id, m.member_id) for m in bound], [(self.id, FOLDER), (self.id, MEMBER)])
        self.refused("InvalidMember", associate, models.AssociateMembersRequest(contact_id=self.id, members=["fd-NoSuch0000"]))
        self.refused("InvalidParameter.Members", associate, models.AssociateMembersRequest(contact_id=self.id))
        unbound = disassociate(models.DisassociateMembersRequest(contact_id=self.id, members=[MEMBER])).body.members
        self.assertEqual([m.member_id for m in unbound], [MEMBER])
        self.assertEqual(self.get().members, [FOLDER])
        listed = self.client.list_message_contacts(
            models.ListMessageContactsRequest(member=FOLDER, page_number=1, page_size=100)).body.contacts
        self.assertTrue([c for c in listed if c.contact_id == self.id and c.associated_date])

    def change(self, email, following):
        self.client.update_message_contact(models.UpdateMessageContactRequest(contact_id=self.id, email_address=following))
        self.assertEqual((self.get().email_address, self.to_verify()), (email, [following]))
        cancel = models.CancelMessageContactUpdateRequest(contact_id=self.id, email_address=following)
        self.client.cancel_message_contact_update(cancel)
        self.assertEqual(self.to_verify(), [])
        self.refused("EntityNotExists.Contact.Verification", self.client.cancel_message_contact_update, cancel)

    def delete(self):
        status = self.client.get_message_contact_deletion_status
        request = models.GetMessageContactDeletionStatusRequest(contact_id=self.id)
        self.refused("EntityNotExists.Contact", status, request)
        deleted = self.client.delete_message_contact(
            models.DeleteMessageContactRequest(contact_id=self.id, retain_contact_in_members=False)).body
        self.assertEqual(deleted.status, "Deleting")
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            try:
                self.assertEqual(status(request).body.contact_deletion_status.status, "Deleting")
            except Exception as e:
                self.assertEqual(getattr(e, "code", e), "EntityNotExists.Contact")
                return
            time.sleep(0.05)
        self.fail("the deletion is not finished after 20 s")


class Core(unittest.TestCase):
    """aliyun-python-sdk-core: V1, flat names."""

    def call(self, action, **parameters):
        request = CommonRequest(domain=sample.HOST, version="2022-04-19", action_name=action)
        request.set_protocol_type("http")
        request.set_method(self.method)
        request.set_accept_format("json")
        if self.id:
            parameters["ContactId"] = self.id
        for name, value in parameters.items():
            request.add_query_param(name.replace("_", "."), value)
        client = AcsClient(sample.ACCESS_KEY_ID, sample.ACCESS_KEY_SECRET, "cn-hangzhou")
        return json.loads(client.do_action_with_exception(request))

    def refused(self, status, code, action, **parameters):
        with self.assertRaises(ServerException) as raised:
            self.call(action, **parameters)
        self.assertEqual((raised.exception.get_http_status(), raised.exception.get_error_code()), (status, code))

    def to_verify(self):
        return [v["Target"] for v in self.call("ListMessageContactVerifications")["ContactVerifications"]]

    def life(self, method, number):
        self.method, self.id = method, ""
        email, following, phone = f"core{number}@example.com", f"corenext{number}@example.com", f"86-1370000200{number}"
        added = self.call("AddMessageContact", Name=sample.unique_name(), EmailAddress=email, PhoneNumber=phone,
                          Title="CEO", MessageTypes_1="SecurityMessage", MessageTypes_2="AccountExpenses")
        self.id = added["Contact"]["ContactId"]
        self.refused(400, "ContactStatusMismatchAction", "AssociateMembers", Members_1=FOLDER)

        self.call("SendEmailVerificationForMessageContact", EmailAddress=email)
        self.refused(409, "SendValidateCodeExceedsLimitForAccount", "SendEmailVerificationForMessageContact", EmailAddress=email)
        link = mail_to(email)["Link"]
        urllib.request.urlopen(link).close()
        self.assertEqual(self.call("GetMessageContact")["Contact"]["Status"], "Verifying")
        self.assertEqual(press(link), 200)
        self.assertEqual(self.call("GetMessageContact")["Contact"]["Status"], "Active")
        self.call("SendPhoneVerificationForMessageContact", PhoneNumber=phone)
        text = text_to(phone)
        self.assertEqual(press(text["link"], code=text["code"]), 200)
        self.assertEqual(self.to_verify(), [])

        self.call("AssociateMembers", Members_1=FOLDER, Members_2=DIRECTORY)
        self.call("DisassociateMembers", Members_1=DIRECTORY)
        self.refused(400, "InvalidMember", "DisassociateMembers", Members_1=DIRECTORY)
        listed = self.call("ListMessageContacts", Member=FOLDER, PageSize=100)["Contacts"]
        self.assertEqual([c["Members"] for c in listed if c["ContactId"] == self.id], [[FOLDER]])

        self.call("UpdateMessageContact", EmailAddress=following)
        self.assertEqual(self.to_verify(), [following])
        self.call("CancelMessageContactUpdate")
        self.assertEqual(self.to_verify(), [])

        self.refused(404, "EntityNotExists.Contact", "GetMessageContactDeletionStatus")
        self.assertEqual(self.call("DeleteMessageContact")["Status"], "Deleted")
        self.refused(404, "EntityNotExists.Contact", "GetMessageContact")

    def test_get_requests(self):
        self.life("GET", 1)

    def test_post_requests(self):
        self.life("POST", 2)


if __name__ == "__main__":
    MAILBOX = sys.argv[1]
    unittest.main(argv=sys.argv[:1] + ["-v"])
