"""django-allauth's own DingTalk provider, in a Django project with nothing but it."""

import os
import unittest
from urllib.parse import urlsplit

import django
from django.conf import settings

import browser

BACK = urlsplit(os.environ["MINGCE_BACK"])

settings.configure(
    SECRET_KEY="test",
    ALLOWED_HOSTS=[BACK.hostname],
    ROOT_URLCONF=__name__,
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=[
        "django.contrib.auth", "django.contrib.contenttypes", "django.contrib.messages", "django.contrib.sessions",
        "allauth", "allauth.account", "allauth.socialaccount", "allauth.socialaccount.providers.dingtalk",
    ],
    MIDDLEWARE=[
        "django.contrib.sessions.middleware.SessionMiddleware", "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.contrib.messages.middleware.MessageMiddleware", "allauth.account.middleware.AccountMiddleware",
    ],
    TEMPLATES=[{"BACKEND": "django.template.backends.django.DjangoTemplates", "APP_DIRS": True}],
    AUTHENTICATION_BACKENDS=["allauth.account.auth_backends.AuthenticationBackend"],
    LOGIN_REDIRECT_URL="/in",
    ACCOUNT_EMAIL_VERIFICATION="none",
    SOCIALACCOUNT_LOGIN_ON_GET=True,
    SOCIALACCOUNT_PROVIDERS={"dingtalk": {"APP": {"client_id": "dingsampleappkey01", "secret": "sample-app-secret-0001"}}},
)
django.setup()

from allauth.socialaccount.models import SocialAccount  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.test import Client  # noqa: E402
from django.urls import include, path  # noqa: E402

urlpatterns = [path("accounts/", include("allauth.urls"))]


class Login(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        browser.resolve_vendor_names()
        call_command("migrate", verbosity=0)

    def enter(self, userid):
        client = Client(SERVER_NAME=BACK.hostname)
        begun = client.get("/accounts/dingtalk/login/", secure=True)
        self.assertEqual(begun.status_code, 302)
        back = urlsplit(browser.log_in(begun["Location"], userid))
        return client, client.get(back.path + "?" + back.query, secure=True)

    def test_person_is_logged_in(self):
        client, answer = self.enter("023420013645")
        self.assertEqual((answer.status_code, answer["Location"]), (302, "/in"))
        account = SocialAccount.objects.get(provider="dingtalk")
        self.assertEqual(account.extra_data["nick"], "王芳")
        self.assertEqual(account.uid, account.extra_data["openId"])
        self.assertIn("_auth_user_id", client.session)

        # The same person comes back to the same account.
        self.enter("023420013645")
        self.assertEqual(SocialAccount.objects.count(), 1)


if __name__ == "__main__":
    unittest.main()
