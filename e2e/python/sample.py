"""The sample organisation, and where the server under test listens."""

import logging
import os
import random
import string

HOST = os.environ["MINGCE_HOST"]
URL = "http://" + HOST

CORP_A, CORP_B = "ding87654321", "ding12345678"
APP_KEY, APP_SECRET = "dingsampleappkey01", "sample-app-secret-0001"
TOKEN = "101w3c04ffa2386da6530e5123bdf260"
TOKEN_WITHOUT_PERMITS = "303w3c04ffa2386da6530e5123bdf260"
ADMIN = "102530009661373952"

ACCESS_KEY_ID, ACCESS_KEY_SECRET = "testAccessKeyId", "testAccessKeySecret"
# Temporary credentials for the access key (id, secret and token), and a bearer token.
TEMPORARY_KEY = os.environ.get("MINGCE_STS", "").split(",")
BEARER_TOKEN = os.environ.get("MINGCE_BEARER", "")

# The clients would log provoked errors in the middle of the runner's lines.
logging.disable(logging.CRITICAL)


def external_contact(**changes):
    """The contact of 000_086062a6549f3f03.txt."""
    contact = {
        "title": "开发工程师",
        "label_ids": [1, 2, 3],
        "share_dept_ids": [1, 2, 3],
        "address": "地址内容",
        "remark": "备注内容",
        "follower_user_id": "023420013645",
        "name": "张三",
        "user_id": "123420013632",
        "company_name": "钉钉",
        "share_user_ids": ["023420013644"],
    }
    contact.update(changes)
    return contact


def unique_name():
    """A name for a message contact: letters only, unique in the directory."""
    return "".join(random.choices(string.ascii_lowercase, k=12))
