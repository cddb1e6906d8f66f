"""dingtalk-stream: events over a connection that the client opens."""

import asyncio
import json
import os
import unittest
import urllib.request

import sample

os.environ["DINGTALK_OPENAPI_ENDPOINT"] = sample.URL  # read when the package is imported

import dingtalk_stream  # noqa: E402


class Handler(dingtalk_stream.EventHandler):
    def __init__(self, events):
        super().__init__()
        self.events = events

    async def process(self, event):
        await self.events.put(event)
        return dingtalk_stream.AckMessage.STATUS_OK, "OK"


def add_contact(number):
    contact = {"name": "李四", "label_ids": [1], "follower_user_id": "023420013645",
               "state_code": "86", "mobile": str(13700500000 + number)}
    request = urllib.request.Request(
        sample.URL + "/topapi/extcontact/create?access_token=" + sample.TOKEN,
        json.dumps({"contact": contact}).encode(), {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


class Stream(unittest.IsolatedAsyncioTestCase):
    async def test_event(self):
        events = asyncio.Queue()
        client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential(sample.APP_KEY, sample.APP_SECRET))
        client.register_all_event_handler(Handler(events))
        running = asyncio.create_task(client.start())
        try:
            event = await self.first(events)
        finally:
            # If it is cancelled while reading, the client reconnects after ten seconds.
            while not running.done():
                running.cancel()
                await asyncio.wait([running], timeout=0.1)
        self.assertEqual((event.headers.event_type, event.headers.event_corp_id), ("contact_add_org", sample.CORP_A))
        self.assertEqual(event.data["name"], "李四")

    async def first(self, events):
        # The client connects some time later, and only gets events from then on.
        for number in range(1, 31):
            added = await asyncio.to_thread(add_contact, number)
            self.assertEqual(added["errcode"], 0, added)
            try:
                return await asyncio.wait_for(events.get(), 1)
            except asyncio.TimeoutError:
                pass
        self.fail("no event came")

    def test_wrong_secret(self):
        client = dingtalk_stream.DingTalkStreamClient(dingtalk_stream.Credential(sample.APP_KEY, "wrong"))
        self.assertIsNone(client.open_connection())


if __name__ == "__main__":
    unittest.main()
