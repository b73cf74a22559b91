"""Every URL is closed unless it is named here, and every response carries the strict policy."""

import pytest
from django.conf import settings
from django.contrib.staticfiles import finders
from django.test import Client
from django.urls import path

from projects.actions import renew_feed
from tests.walk import all_urls

# What somebody who isn't signed in may see. Nothing else: a page that opens itself fails here.
OPEN = {"login", "health", "projects:calendar_feed"}
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data: blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
}


def break_down(request):
    raise RuntimeError("on purpose")


# The URL configuration of the test of the error page.
urlpatterns = [path("", break_down, name="workbench"), path("login/", break_down, name="login")]
handler500 = "fedwork.views.server_error"


def static(name: str, client: Client):
    response = client.get(f"/static/{name}")
    response.getvalue()  # read to the end, the file is closed
    return response


def carries_policy(response) -> bool:
    return set(response.headers.get("Content-Security-Policy", "").split("; ")) == POLICY


@pytest.fixture
def everything(tree, cadre, city_staff):
    """Rows that exist, so that what is closed is closed for them too; and the one secret address that opens something."""
    ids = {"app_label": "organizations", "url": "nowhere/", "token": renew_feed(by=cadre)}
    by_model = {"organizations_user": cadre.pk, "organizations_organization": tree.township.pk}

    def value_of(name: str, argument: str):
        model = "_".join(name.removeprefix("admin:").split("_")[:2])
        return ids.get(argument, by_model.get(model, tree.township.pk))

    return dict(all_urls(value_of))


def test_without_a_sign_in_every_url_is_closed(everything):
    opened = set()
    for name, url in everything.items():
        for method in ["get", "post"]:
            response = getattr(Client(), method)(url, REMOTE_ADDR="10.9.9.9")
            is_sent_to_sign_in = response.status_code == 302 and response["Location"].startswith("/login/")
            if not is_sent_to_sign_in and response.status_code not in {403, 404, 405}:
                opened.add(name)
            assert carries_policy(response), f"{method} {url}"
    assert opened == OPEN


def test_the_open_pages_and_nothing_more_of_them(db):
    client = Client()
    assert client.get("/login/").status_code == 200
    assert client.get("/health/").status_code == 200
    assert client.post("/health/").status_code == 405
    assert client.get("/calendar/anything.ics").status_code == 404
    assert finders.find("css/site.css")
    assert static("css/site.css", client).status_code == 200


@pytest.mark.parametrize("role", ["city_staff", "county_reviewer", "cadre", "leader", "auditor", "system_admin"])
def test_every_response_carries_the_policy(everything, role, request, login):
    client = login(request.getfixturevalue(role))
    for url in everything.values():
        if "logout" not in url:
            response = client.get(url)
            assert carries_policy(response), url
            assert response.status_code in {200, 302, 403, 404, 405}, url


def test_errors_and_static_files_carry_the_policy(cadre, login, settings):
    client = login(cadre)
    for response, status in [
        (client.get("/nowhere/"), 404),
        (client.get("/admin/login/"), 403),
        (client.get("/logout/"), 405),
        (client.get("/health/", HTTP_HOST="evil.example"), 400),
        (static("css/site.css", client), 200),
        (client.get("/static/nothing.css"), 404),
        (Client(enforce_csrf_checks=True).post("/login/"), 403),
    ]:
        assert (response.status_code, carries_policy(response)) == (status, True)
    settings.ROOT_URLCONF = __name__
    client.raise_request_exception = False
    response = client.get("/")
    assert (response.status_code, carries_policy(response)) == (500, True)


def test_the_protections_of_the_browser_stand_beside_the_policy(db):
    headers = Client().get("/login/").headers
    assert (headers["X-Frame-Options"], headers["X-Content-Type-Options"]) == ("DENY", "nosniff")
    assert headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in headers["Cache-Control"]
    assert settings.SESSION_COOKIE_HTTPONLY
