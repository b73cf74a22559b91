"""Sign-in, sign-out, the own password, the lock, the idle timeout."""

from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from organizations.models import AuditEvent
from organizations.sign_in import client_address
from tests.factories import PASSWORD

LOGIN, PASSWORD_CHANGE = "/login/", "/password/"
NEW_PASSWORD = "xin-de-kouling-77"
REFUSED = "账号或密码不正确，请检查后重新输入。"


def sign_in(username, password=PASSWORD, *, client=None, path=LOGIN, **extra):
    return (client or Client()).post(path, {"username": username, "password": password}, **extra)


def log_of(user) -> list[str]:
    return list(AuditEvent.objects.about(user).order_by("id").values_list("action", flat=True))


def test_signing_in_leads_to_the_workbench_and_is_logged(cadre):
    response = sign_in("cadre", REMOTE_ADDR="10.1.2.3")
    assert response["Location"] == reverse("workbench")
    event = AuditEvent.objects.about(cadre).get()
    assert (event.action, event.detail, event.organization_path) == (
        "登录",
        {"address": "10.1.2.3"},
        cadre.organization.path,
    )


@pytest.mark.parametrize("typed", ["Cadre", " cadre ", "ｃａｄｒｅ"])
def test_the_name_is_understood_however_it_is_typed(cadre, typed):
    assert sign_in(typed).status_code == 302


def test_the_session_gets_a_new_key_at_sign_in(cadre):
    client = Client()
    sign_in("cadre", client=client)
    first = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.post("/logout/")
    client.cookies[settings.SESSION_COOKIE_NAME] = first
    sign_in("cadre", client=client)
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != first


@pytest.mark.parametrize("username", ["cadre", "nobody", "gone"])
def test_wrong_password_unknown_and_disabled_account_get_the_same_answer(cadre, neighbour, username):
    neighbour.username, neighbour.is_active = "gone", False
    neighbour.save()
    response = sign_in(username, "bu-zheng-que-2026" if username == "cadre" else PASSWORD)
    assert response.status_code == 200
    assert response.context["form"].non_field_errors() == [REFUSED]


def test_what_was_typed_as_an_unknown_name_is_not_kept(db):
    sign_in("wo-de-mima-2026", "x")
    assert not AuditEvent.objects.exists()
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in("wo-de-mima-2026", "x")
    event = AuditEvent.objects.get()
    assert (event.action, event.object_id, event.object_label) == ("锁定登录", None, "未知账号")
    assert "wo-de-mima" not in str(event.detail)


def test_empty_fields_are_no_attempt(cadre):
    response = sign_in("", "")
    assert response.context["form"].errors == {"username": ["请输入账号。"], "password": ["请输入密码。"]}
    assert AccessAttempt.objects.count() == AuditEvent.objects.count() == 0


@pytest.mark.parametrize("username", ["cadre", "nobody"])
def test_repeated_failures_lock_the_account_for_the_address(cadre, username):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        assert sign_in(username, "wrong").status_code == 200
    for _ in range(3):
        response = sign_in(username, "wrong")
        assert response.status_code == 429
        assert "请 15 分钟后再试" in response.content.decode()
    assert response["Retry-After"] == "900"
    assert sign_in(username).status_code == 429
    # The attempts during the lock neither prolong it nor fill the log.
    actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    failures = ["登录失败"] * settings.AXES_FAILURE_LIMIT if username == "cadre" else []
    assert actions == [*failures, "锁定登录"]


def test_a_lock_holds_for_the_one_account_and_the_one_address(cadre, neighbour):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in("CADRE", "wrong", REMOTE_ADDR="10.0.0.1")
    assert sign_in("cadre", REMOTE_ADDR="10.0.0.1").status_code == 429
    assert sign_in("cadre", REMOTE_ADDR="10.0.0.2").status_code == 302
    assert sign_in("neighbour", REMOTE_ADDR="10.0.0.1").status_code == 302


def test_many_names_from_one_address_lock_the_address(cadre):
    for number in range(settings.LOGIN_ADDRESS_LIMIT - 1):
        assert sign_in(f"nobody{number}", "wrong", REMOTE_ADDR="10.0.0.1").status_code == 200
    assert sign_in("last", "wrong", REMOTE_ADDR="10.0.0.1").status_code == 429
    assert sign_in("cadre", REMOTE_ADDR="10.0.0.1").status_code == 429
    assert list(AuditEvent.objects.values_list("action", flat=True)) == ["锁定登录"]
    assert sign_in("cadre", REMOTE_ADDR="10.0.0.2").status_code == 302


def test_failures_from_many_addresses_lock_the_account(cadre, neighbour):
    for number in range(settings.LOGIN_ACCOUNT_LIMIT - 1):
        assert sign_in("cadre", "wrong", REMOTE_ADDR=f"10.0.0.{number}").status_code == 200
    assert sign_in("cadre", "wrong", REMOTE_ADDR="10.0.1.1").status_code == 429
    response = sign_in("cadre", REMOTE_ADDR="10.0.1.2")
    assert response.status_code == 429
    assert "请 15 分钟后再试" in response.content.decode()
    assert sign_in("neighbour", REMOTE_ADDR="10.0.0.1").status_code == 302
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in("cadre", REMOTE_ADDR="10.0.1.2").status_code == 302


@pytest.mark.parametrize("name", ["x" * 10_000, "x" * 41])
def test_a_name_that_can_not_be_one_is_no_attempt(db, name):
    response = sign_in(name)
    assert response.status_code == 200
    assert response.context["form"].errors["username"]
    assert not AccessAttempt.objects.exists()


def test_a_lock_ends_and_its_row_goes(cadre):
    for _ in range(settings.AXES_FAILURE_LIMIT):
        sign_in("cadre", "wrong")
    AccessAttempt.objects.update(attempt_time=timezone.now() - timedelta(minutes=16))
    assert sign_in("cadre").status_code == 302
    assert AccessAttempt.objects.count() == 0


def test_a_success_forgets_the_failures(cadre):
    for _ in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in("cadre", "wrong")
    sign_in("cadre")
    assert AccessAttempt.objects.count() == 0


def test_no_password_is_stored_with_a_failure(cadre):
    sign_in("cadre", "geheim-2026-mima")
    attempt = AccessAttempt.objects.get()
    assert "geheim" not in attempt.post_data + attempt.get_data


@pytest.mark.parametrize(
    ("proxies", "expected"), [(0, "10.0.0.9"), (1, "172.16.0.5"), (2, "203.0.113.7"), (9, "10.0.0.9")]
)
def test_the_address_is_the_one_our_own_proxies_saw(rf, settings, proxies, expected):
    settings.PROXY_COUNT = proxies
    request = rf.get("/", HTTP_X_FORWARDED_FOR="1.1.1.1, 203.0.113.7, 172.16.0.5", REMOTE_ADDR="10.0.0.9")
    assert client_address(request) == expected


def test_after_signing_in_one_is_where_one_wanted_to_go(cadre):
    assert sign_in("cadre", path="/login/?next=/organizations/")["Location"] == "/organizations/"


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example", "/\\evil.example", "javascript:x"])
def test_nobody_is_sent_elsewhere_after_signing_in(cadre, elsewhere):
    client = Client()
    response = client.post("/login/", {"username": "cadre", "password": PASSWORD, "next": elsewhere})
    assert response["Location"] == reverse("workbench")
    assert client.get("/login/", {"next": elsewhere})["Location"] == reverse("workbench")


@pytest.mark.parametrize("loop", ["/login/", "/login/?next=/login/", "http://testserver/login/"])
def test_the_sign_in_page_never_leads_to_itself(cadre, login, loop):
    assert login(cadre).get("/login/", {"next": loop})["Location"] == reverse("workbench")
    assert sign_in("cadre", path=f"/login/?next={loop}")["Location"] == reverse("workbench")


@pytest.mark.parametrize(
    ("referer", "expected"),
    [
        ("http://testserver/organizations/?page=2", "/login/?next=/organizations/%3Fpage%3D2&expired=1"),
        ("https://evil.example/organizations/", "/login/?next=/&expired=1"),
        ("", "/login/?next=/&expired=1"),
    ],
)
def test_a_post_after_the_session_ended_leads_back_to_the_page_it_came_from(cadre, login, referer, expected):
    client = login(cadre)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    assert client.post("/password/", headers={"referer": referer})["Location"] == expected


def test_the_admins_sign_in_page_is_the_sites_own(cadre, city_staff, login):
    assert Client().get("/admin/login/?next=/admin/")["Location"] == "/login/?next=/admin/"
    assert Client().get("/admin/organizations/user/")["Location"] == "/login/?next=/admin/organizations/user/"
    assert login(city_staff).get("/admin/login/")["Location"] == "/admin/"
    assert login(cadre).get("/admin/login/").status_code == 403


def test_signing_out_is_a_post_and_is_logged(cadre, login):
    client = login(cadre)
    assert client.get("/logout/").status_code == 405
    assert client.post("/logout/")["Location"] == LOGIN
    assert log_of(cadre) == ["退出"]
    assert client.get("/")["Location"] == "/login/?next=/"


def test_an_ended_session_is_told_from_none(cadre, login):
    client = login(cadre)
    Session.objects.update(expire_date=timezone.now() - timedelta(seconds=1))
    response = client.get("/organizations/?page=2", follow=True)
    assert response.redirect_chain[-1][0] == "/login/?next=/organizations/%3Fpage%3D2&expired=1"
    assert "登录已超时，请重新登录" in response.content.decode()
    assert "登录已超时" not in Client().get("/", follow=True).content.decode()


def test_each_request_starts_the_idle_time_again(cadre, login):
    client = login(cadre)
    Session.objects.update(expire_date=timezone.now() + timedelta(minutes=1))
    client.get("/")
    left = Session.objects.get().expire_date - timezone.now()
    assert left > timedelta(minutes=29)


def test_a_session_ends_after_its_hours_however_busy(cadre, login):
    client = login(cadre)
    assert client.get("/").status_code == 200
    session = client.session
    session["started_at"] -= settings.SESSION_HOURS * 3600 - 60
    session.save()
    assert client.get("/").status_code == 200
    session = client.session
    session["started_at"] -= 61
    session.save()
    assert client.get("/organizations/")["Location"] == "/login/?next=/organizations/&expired=1"
    assert sign_in("cadre", client=client).status_code == 302
    assert client.get("/").status_code == 200


def test_the_first_password_is_changed_before_anything_else(cadre, login):
    cadre.must_change_password = True
    cadre.save()
    client = login(cadre)
    for path in ["/", "/organizations/", "/admin/", "/nowhere/"]:
        assert client.get(path)["Location"] == PASSWORD_CHANGE
        assert client.post(path)["Location"] == PASSWORD_CHANGE
    assert "您用的是初始密码" in client.get(PASSWORD_CHANGE).content.decode()
    response = change_password(client, PASSWORD, NEW_PASSWORD)
    assert response["Location"] == reverse("workbench")
    assert client.get("/").status_code == 200
    assert log_of(cadre) == ["修改本人密码"]
    assert sign_in("cadre", NEW_PASSWORD).status_code == 302


def change_password(client, old, new, again=None):
    return client.post(PASSWORD_CHANGE, {"old_password": old, "new_password1": new, "new_password2": again or new})


@pytest.mark.parametrize(
    ("old", "new", "again", "field", "sentence"),
    [
        (PASSWORD, PASSWORD, None, "new_password1", "新密码不能与原密码相同。"),
        ("wrong", NEW_PASSWORD, None, "old_password", "原密码不正确，请重新输入。"),
        (PASSWORD, NEW_PASSWORD, "another-one-22", "new_password2", "两次输入的新密码不一样。"),
        (PASSWORD, "7391846205", None, "new_password1", "密码不能全是数字。"),
        (PASSWORD, "qwertyuiop", None, "new_password1", "这个密码太常见，容易被猜到。"),
        (PASSWORD, "a8-kurz", None, "new_password1", "密码太短，至少要 10 位。"),
        (PASSWORD, "示例cadre2026", None, "new_password1", "密码与“姓名”太相近，容易被猜到。"),
    ],
)
def test_a_new_password_that_will_not_do(cadre, login, old, new, again, field, sentence):
    response = change_password(login(cadre), old, new, again)
    assert response.context["form"].errors[field] == [sentence]
    cadre.refresh_from_db()
    assert cadre.check_password(PASSWORD)


def test_changing_the_password_ends_the_other_sessions(cadre, login):
    here, elsewhere = login(cadre), login(cadre)
    change_password(here, PASSWORD, NEW_PASSWORD)
    assert here.get("/").status_code == 200
    assert elsewhere.get("/")["Location"].startswith("/login/")


def test_a_disabled_account_is_out_at_the_next_request(cadre, login):
    client = login(cadre)
    cadre.is_active = False
    cadre.save()
    assert client.get("/")["Location"].startswith("/login/")
