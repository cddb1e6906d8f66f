"""aliyun-python-sdk-core (V1) and the product's own package (V3)."""

import json
import unittest

from alibabacloud_resourcedirectorymaster20220419 import models
from alibabacloud_resourcedirectorymaster20220419.client import Client
from alibabacloud_tea_openapi import models as open_api_models
from aliyunsdkcore.acs_exception.exceptions import ServerException
from aliyunsdkcore.client import AcsClient
from aliyunsdkcore.request import CommonRequest, RpcRequest

import sample


def core(action, parameters, method="POST", in_form=False):
    request = CommonRequest(domain=sample.HOST, version="2022-04-19", action_name=action)
    request.set_protocol_type("http")
    request.set_method(method)
    request.set_accept_format("json")
    for name, value in parameters.items():
        (request.add_body_params if in_form else request.add_query_param)(name, value)
    client = AcsClient(sample.ACCESS_KEY_ID, sample.ACCESS_KEY_SECRET, "cn-hangzhou")
    return json.loads(client.do_action_with_exception(request))


class Core(unittest.TestCase):
    def life_cycle(self, **how):
        name = sample.unique_name()
        added = core("AddMessageContact", {
            "Name": name, "EmailAddress": "a+b@example.com", "PhoneNumber": "86-13900001234", "Title": "CEO",
            "MessageTypes.1": "AccountExpenses",
        }, **how)
        contact_id = added["Contact"]["ContactId"]
        updated = core("UpdateMessageContact", {
            "ContactId": contact_id, "Title": "TechnicalDirector", "MessageTypes.1": "FaultMessage",
        }, **how)
        self.assertEqual(list(updated), ["RequestId"])
        got = core("GetMessageContact", {"ContactId": contact_id}, **how)["Contact"]
        self.assertEqual((got["Name"], got["Title"], got["MessageTypes"]), (name, "TechnicalDirector", ["FaultMessage"]))

    def test_get_requests(self):
        self.life_cycle(method="GET")

    def test_post_requests(self):
        self.life_cycle(method="POST")

    def test_post_requests_with_a_form(self):
        self.life_cycle(method="POST", in_form=True)

    def test_error(self):
        with self.assertRaises(ServerException) as raised:
            core("GetMessageContact", {"ContactId": "c-gone"})
        self.assertEqual(raised.exception.get_error_code(), "EntityNotExists.Contact")
        self.assertEqual(raised.exception.get_http_status(), 404)

    # With a request of this class the client compares the server's string to sign with
    # its own, and blames the secret only if they are identical.
    def test_wrong_secret(self):
        request = RpcRequest("ResourceDirectoryMaster", "2022-04-19", "GetMessageContact")
        request.set_endpoint(sample.HOST)
        request.set_protocol_type("http")
        request.set_accept_format("json")
        request.add_query_param("ContactId", "c-qL4HqKONzOM7abcd")
        with self.assertRaises(ServerException) as raised:
            AcsClient(sample.ACCESS_KEY_ID, "wrong", "cn-hangzhou").do_action_with_exception(request)
        self.assertEqual(raised.exception.get_error_code(), "InvalidAccessKeySecret")


class Product(unittest.TestCase):
    def setUp(self):
        self.client = Client(open_api_models.Config(
            access_key_id=sample.ACCESS_KEY_ID, access_key_secret=sample.ACCESS_KEY_SECRET,
            endpoint=sample.HOST, protocol="http"))

    def test_add_update_get(self):
        name = sample.unique_name()
        added = self.client.add_message_contact(models.AddMessageContactRequest(
            name=name, email_address="a+b@example.com", phone_number="86-13900001234", title="CEO",
            message_types=["AccountExpenses", "SecurityMessage"]))
        contact_id = added.body.contact.contact_id
        updated = self.client.update_message_contact(models.UpdateMessageContactRequest(
            contact_id=contact_id, title="TechnicalDirector", message_types=["FaultMessage"]))
        self.assertTrue(updated.body.request_id)
        got = self.client.get_message_contact(models.GetMessageContactRequest(contact_id=contact_id)).body.contact
        self.assertEqual((got.name, got.email_address, got.phone_number, got.title, got.message_types, got.status),
                         (name, "a+b@example.com", "86-13900001234", "TechnicalDirector", ["FaultMessage"], "Verifying"))

    def test_sample_of_the_seed_page(self):
        answer = self.client.update_message_contact(models.UpdateMessageContactRequest(
            contact_id="c-qL4HqKONzOM7abcd", name="tom", email_address="someone@example.com",
            phone_number="86-13900001234", title="TechnicalDirector", message_types=["AccountExpenses"]))
        self.assertTrue(answer.body.request_id)

    def test_error(self):
        with self.assertRaises(Exception) as raised:
            self.client.get_message_contact(models.GetMessageContactRequest(contact_id="c-gone"))
        self.assertEqual(raised.exception.code, "EntityNotExists.Contact")


if __name__ == "__main__":
    unittest.main()
