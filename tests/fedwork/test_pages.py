"""The frame, the menu by role, and what a page looks like when something goes wrong."""

import os
import re
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.utils import OperationalError
from django.test import Client, RequestFactory
from django.urls import reverse

from fedwork import menu, views
from organizations.models import Role
from tests import factories

BLIND_CLIENT = """
import time
from django.core.wsgi import get_wsgi_application
get_wsgi_application()
from django.test import Client
client = Client(raise_request_exception=False)
client.cookies["sessionid"] = "a" * 32
started = time.monotonic()
answer = client.get("/")
print(answer.status_code, answer["Retry-After"], time.monotonic() - started < 5)
print(answer.content.decode())
"""


def labels(page: str) -> list[str]:
    """The words of the menu, read from the page."""
    nav = page[page.index('id="menu"') : page.index("</nav>", page.index('id="menu"'))]
    return re.findall(r"</svg>\s*<span>(.+?)</span>", nav)


def test_frame_says_who_is_signed_in(login, cadre):
    page = login(cadre).get(reverse("workbench")).content.decode()
    assert "山南镇 · 填报员" in page
    assert '<html lang="zh-CN">' in page


def test_current_page_is_marked_once(login, city_staff):
    page = login(city_staff).get(reverse("workbench")).content.decode()
    assert page.count('aria-current="page"') == 1


def test_leader_is_offered_nothing_of_the_desk(login, leader):
    page = login(leader).get(reverse("workbench")).content.decode()
    assert "/admin/" not in page


def test_every_role_has_a_menu():
    assert set(menu.MENUS) == set(Role)


@pytest.mark.parametrize("person", ["cadre", "county_reviewer", "city_staff", "leader", "auditor", "system_admin"])
def test_menu_offers_no_closed_door(person, request, login, rf):
    user = request.getfixturevalue(person)
    asked = rf.get("/")
    asked.user = user
    items = [item for group in menu.build_menu(asked) for item in group["items"]]
    client = login(user)
    assert {item["url"]: client.get(item["url"]).status_code for item in items} == {item["url"]: 200 for item in items}


def test_waiting_reports_are_counted_with_one_query(county_reviewer, tree, programme, django_assert_num_queries):
    factories.site(programme, tree.village)
    with django_assert_num_queries(1):
        assert menu.waiting_reports(county_reviewer) == 0


def test_no_count_and_no_query_without_a_desk(cadre, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert menu.waiting_reports(cadre) == 0


def test_admin_index_shows_the_desk(login, city_staff):
    page = login(city_staff).get(reverse("admin:index")).content.decode()
    assert "<h1>业务办理</h1>" in page
    assert "recent-actions" not in page


def test_admin_has_no_pages_of_its_own_for_passwords_and_apps(login, city_staff):
    client = login(city_staff)
    assert client.get("/admin/password_change/").url == reverse("password_change")


def test_unknown_address_answers_404_with_a_number_that_stands_in_the_log(login, cadre, caplog):
    answer = login(cadre).get("/keine-seite/")
    page = answer.content.decode()
    number = re.search(r"错误号 <b>([0-9A-F]{8})</b>", page).group(1)
    assert answer.status_code == 404
    assert "找不到这个页面" in page
    assert number in caplog.text


def test_refusal_shows_its_reason():
    request = RequestFactory().get("/")
    page = views.permission_denied(request, PermissionDenied("已下达的分配表不能修改。"))
    assert page.status_code == 403
    assert "已下达的分配表不能修改。" in page.content.decode()


def test_missing_csrf_token_is_explained(cadre):
    answer = Client(enforce_csrf_checks=True).post(reverse("login"), {"username": "cadre", "password": "x"})
    assert answer.status_code == 403
    assert "页面已经过期" in answer.content.decode()


@pytest.mark.parametrize("handler", [views.bad_request, views.not_found, views.server_error])
def test_error_pages_do_without_user_and_database(handler, rf):
    """pytest-django refuses the database to a test that doesn't ask for it, and the request has no user."""
    assert "错误号" in handler(rf.get("/")).content.decode()


def test_the_address_of_a_button_opened_directly_is_explained(login, cadre):
    client = login(cadre)
    answer = client.get(reverse("logout"))
    assert (answer.status_code, answer["Allow"]) == (405, "POST, OPTIONS")
    assert "这个页面不能直接打开" in answer.content.decode()
    assert client.get(reverse("logout"), headers={"accept": "application/json"}).content == b""


@pytest.mark.parametrize(
    ("state", "status"), [("40P01", 500), ("55P03", 500), ("57014", 500), ("57P01", 503), ("08006", 503)]
)
def test_only_a_database_that_is_gone_is_an_outage(state, status, rf, db):
    with connection.cursor() as cursor:
        try:
            cursor.execute(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}'; END $$")
        except OperationalError:
            assert views.server_error(rf.get("/")).status_code == status


def test_policy_stands_on_error_pages(client):
    answer = client.get("/static/nichts.css")
    assert "default-src 'none'" in answer["Content-Security-Policy"]


def test_database_that_does_not_answer_gives_503_within_seconds():
    """A server that accepts the connection and then says nothing, the slowest way for a database to be gone."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        port = silent.getsockname()[1]
        environment = {
            **os.environ,
            "MODE": "test",
            "DJANGO_SETTINGS_MODULE": "fedwork.settings",
            "DATABASE_URL": f"postgresql://postgres:@127.0.0.1:{port}/gone",
        }
        done = subprocess.run(
            [sys.executable, "-c", BLIND_CLIENT],
            env=environment,
            cwd=settings.BASE_DIR,
            capture_output=True,
            text=True,
            timeout=30,
            check=True,
        )
    assert done.stdout.startswith("503 30 True\n")
    assert "系统暂时不能使用" in done.stdout


def test_health_answers_without_signing_in(client, db):
    assert client.get(reverse("health")).content.decode() == "正常"
    assert connection.is_usable()
