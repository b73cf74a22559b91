"""Accounts in the admin: who may make, change, disable and reset whose."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse

from organizations.actions import accounts as actions
from organizations.models import AuditEvent, Role, User
from tests import factories
from tests.factories import PASSWORD

LIST = "/admin/organizations/user/"
ADD = f"{LIST}add/"
FIRST = "chushi-koul-4827"


def change_url(user) -> str:
    return reverse("admin:organizations_user_change", args=[user.pk])


def fields(**values) -> dict:
    return {"username": "new", "full_name": "新同志", "role": Role.CADRE, "phone": "", "first_password": FIRST} | values


def run_action(client, name, *users, **extra):
    return client.post(LIST, {"action": name, "_selected_action": [user.pk for user in users], **extra}, follow=True)


def test_an_account_is_added_with_a_first_password_shown_once(city_staff, tree, login):
    response = login(city_staff).post(ADD, fields(organization=tree.township.pk, username=" ＮEW "))
    user = User.objects.get(username="new")
    assert response.context["accounts"] == [(user, FIRST)]
    assert FIRST in response.content.decode()
    assert "no-store" in response["Cache-Control"]
    assert user.check_password(FIRST)
    assert user.must_change_password
    event = AuditEvent.objects.about(user).get()
    assert (event.action, event.actor_id, event.organization_path) == ("新增账号", city_staff.pk, tree.township.path)
    assert event.detail == {
        "username": "new",
        "full_name": "新同志",
        "role": "填报员",
        "place": "山南镇（340123105000）",
        "phone": "",
    }


def test_a_first_password_is_made_when_none_is_typed(city_staff, tree, login):
    response = login(city_staff).post(ADD, fields(organization=tree.township.pk, first_password=""))
    [(user, password)] = response.context["accounts"]
    assert user.check_password(password)
    assert len(password) == 14


def errors_of(response) -> dict:
    return dict(response.context["adminform"].form.errors)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"username": "CADRE"}, "username", "这个账号已经有人使用。"),
        ({"username": "two words"}, "username", "账号只能用汉字、字母、数字和 . @ - _，中间不能有空格。"),
        ({"first_password": "kurz"}, "first_password", "密码太短，至少要 10 位。"),
        ({"role": Role.COUNTY_REVIEWER}, "organization", "县级审核员的所在组织应为县（市、区）一级。"),
    ],
)
def test_an_account_that_will_not_do(city_staff, cadre, tree, login, values, field, sentence):
    response = login(city_staff).post(ADD, fields(organization=tree.township.pk) | values)
    assert errors_of(response)[field] == [sentence]
    assert User.objects.count() == 2


def test_no_account_at_a_closed_organisation(city_staff, tree, login):
    tree.township.valid_to = "2026-01-01"
    tree.township.save()
    response = login(city_staff).post(ADD, fields(organization=tree.township.pk))
    assert errors_of(response)["organization"] == ["“山南镇”已经撤销，不能再设账号。"]


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.SYSTEM_ADMIN])
def test_city_staff_cannot_give_a_role_above_their_own(city_staff, tree, login, role):
    response = login(city_staff).post(ADD, fields(organization=tree.city.pk, role=role))
    assert "role" in errors_of(response)
    offered = {value for value, _ in login(city_staff).get(ADD).context["adminform"].form.fields["role"].choices}
    assert offered == {"", Role.CADRE, Role.COUNTY_REVIEWER, Role.CITY_STAFF, Role.LEADER}


def test_city_staff_cannot_put_an_account_outside_the_own_subtree(city_staff, tree, login):
    elsewhere = factories.organization("芜湖市", level=2, parent=tree.province)
    for organization in [elsewhere, tree.province]:
        response = login(city_staff).post(ADD, fields(organization=organization.pk, role=Role.LEADER))
        assert "organization" in errors_of(response)
    assert not User.objects.filter(username="new").exists()


def test_only_who_reaches_over_the_whole_tree_makes_an_account_without_organisation(tree, system_admin, login):
    local = factories.user("local-admin", role=Role.SYSTEM_ADMIN, organization=tree.city)
    values = fields(organization="", role=Role.SYSTEM_ADMIN)
    assert errors_of(login(local).post(ADD, values)) == {"organization": ["请填写这一项。"]}
    assert login(local).get(change_url(system_admin)).status_code == 404
    login(system_admin).post(ADD, values)
    assert User.objects.get(username="new").organization is None


def test_an_account_is_changed_and_the_log_says_what(city_staff, cadre, tree, login):
    post = fields(full_name="改名", organization=tree.other_township.pk, phone="0551-1234567")
    response = login(city_staff).post(change_url(cadre), post)
    assert response["Location"] == LIST
    cadre.refresh_from_db()
    assert (cadre.full_name, cadre.organization, cadre.username) == ("改名", tree.other_township, "cadre")
    assert AuditEvent.objects.about(cadre).get().detail == {
        "full_name": ["示例cadre", "改名"],
        "place": ["山南镇（340123105000）", "三河镇（340123101000）"],
        "phone": ["", "0551-1234567"],
    }


def test_fields_that_are_not_offered_stay_as_they_are(city_staff, cadre, login):
    before = User.objects.filter(pk=cadre.pk).values().get()
    post = fields(full_name=cadre.full_name, organization=cadre.organization_id)
    post |= {"username": "x", "password": "x", "is_active": "", "must_change_password": "on", "email": "x@y.cn"}
    login(city_staff).post(change_url(cadre), post)
    assert User.objects.filter(pk=cadre.pk).values().get() == before


def test_whom_city_staff_may_not_touch(city_staff, auditor, tree, login):
    """An auditor, a system administrator of the city, and themselves are seen and left alone."""
    admin = factories.user("local-admin", role=Role.SYSTEM_ADMIN, organization=tree.city)
    client = login(city_staff)
    for user in [auditor, admin, city_staff]:
        assert client.get(change_url(user)).status_code == 200
        post = fields(role=Role.LEADER, organization=tree.city.pk)
        assert client.post(change_url(user), post).status_code == 403
        for name in ["disable", "reset_passwords"]:
            run_action(client, name, user, confirmed="yes")
        user.refresh_from_db()
        assert user.is_active
        assert user.check_password(PASSWORD)
    assert not AuditEvent.objects.exists()


def test_accounts_elsewhere_do_not_exist(city_staff, system_admin, tree, login):
    elsewhere = factories.organization("芜湖市", level=2, parent=tree.province)
    stranger = factories.user("stranger", role=Role.LEADER, organization=elsewhere)
    above = factories.user("above", role=Role.LEADER, organization=tree.province)
    client = login(city_staff)
    for user in [stranger, above, system_admin]:
        assert not client.get(LIST).context["cl"].queryset.filter(pk=user.pk).exists()
        assert client.get(change_url(user)).status_code == 404
        assert client.get(reverse("admin:organizations_user_history", args=[user.pk])).status_code == 404
        run_action(client, "disable", user, confirmed="yes")
        user.refresh_from_db()
        assert user.is_active


def test_disabling_and_enabling(city_staff, cadre, neighbour, login):
    session, client = login(cadre), login(city_staff)
    assert "确认停用" in run_action(client, "disable", cadre, neighbour).text
    assert User.objects.filter(pk__in=[cadre.pk, neighbour.pk], is_active=True).count() == 2
    run_action(client, "disable", cadre, neighbour, confirmed="yes")
    assert not User.objects.filter(pk__in=[cadre.pk, neighbour.pk], is_active=True).exists()
    assert session.get("/")["Location"].startswith("/login/")
    response = run_action(client, "disable", cadre, confirmed="yes")
    assert "账号“cadre”已经是停用状态。" in [str(message) for message in response.context["messages"]]
    run_action(client, "enable", cadre)
    cadre.refresh_from_db()
    assert cadre.is_active
    assert [event.action for event in AuditEvent.objects.about(cadre)] == ["启用账号", "停用账号"]


@pytest.mark.parametrize("name", ["disable", "reset_passwords"])
def test_too_many_at_once_are_refused(city_staff, cadre, neighbour, login, name, monkeypatch):
    monkeypatch.setattr("organizations.admin.accounts.MOST_AT_ONCE", 1)
    response = run_action(login(city_staff), name, cadre, neighbour, confirmed="yes")
    assert "一次最多处理 1 个账号，现在选了 2 个" in response.text
    assert not AuditEvent.objects.exists()


def test_resetting_a_password_asks_first_and_shows_the_new_one_once(city_staff, cadre, login):
    session, client = login(cadre), login(city_staff)
    response = run_action(client, "reset_passwords", cadre)
    assert "确认重置" in response.content.decode()
    cadre.refresh_from_db()
    assert cadre.check_password(PASSWORD)
    response = run_action(client, "reset_passwords", cadre, confirmed="yes")
    [(user, password)] = response.context["accounts"]
    cadre.refresh_from_db()
    assert user == cadre
    assert cadre.check_password(password)
    assert cadre.must_change_password
    assert session.get("/")["Location"].startswith("/login/")
    assert password not in str(AuditEvent.objects.about(cadre).values_list())


@pytest.mark.parametrize("path", [LIST, ADD, f"{LIST}import/", f"{LIST}export/"])
def test_accounts_are_the_managers_business(path, county_reviewer, cadre, leader, login):
    for user, expected in [(county_reviewer, 403), (cadre, 403), (leader, 403)]:
        assert login(user).get(path).status_code == expected


def test_the_auditor_looks_and_changes_nothing(auditor, cadre, login):
    client = login(auditor)
    assert client.get(LIST).status_code == client.get(change_url(cadre)).status_code == 200
    assert client.get(ADD).status_code == 403
    assert client.post(change_url(cadre), fields()).status_code == 403
    run_action(client, "disable", cadre, confirmed="yes")
    cadre.refresh_from_db()
    assert cadre.is_active


def test_nobody_deletes_an_account(city_staff, system_admin, cadre, login):
    for user in [city_staff, system_admin]:
        url = reverse("admin:organizations_user_delete", args=[cadre.pk])
        assert login(user).post(url, {"post": "yes"}).status_code == 403


def test_the_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    city_staff, tree, login, django_assert_num_queries, django_assert_max_num_queries
):
    client = login(city_staff)
    with django_assert_max_num_queries(14) as few:
        client.get(LIST)
    for number in range(30):
        factories.user(f"user-{number}", role=Role.CADRE, organization=tree.township)
    with django_assert_num_queries(len(few)):
        client.get(LIST)


def test_the_history_page_shows_the_log_of_the_account(city_staff, cadre, login):
    actions.disable_account(cadre, by=city_staff)
    page = login(city_staff).get(reverse("admin:organizations_user_history", args=[cadre.pk]))
    assert [event.action for event in page.context["page"]] == ["停用账号"]
    assert "停用账号" in page.content.decode()


def test_createsuperuser_makes_a_system_administrator(db, monkeypatch):
    monkeypatch.setenv("DJANGO_SUPERUSER_USERNAME", "Root")
    monkeypatch.setenv("DJANGO_SUPERUSER_FULL_NAME", "系统管理员")
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", FIRST)
    call_command("createsuperuser", interactive=False, verbosity=0)
    user = User.objects.get()
    assert (user.username, user.role, user.organization, user.must_change_password) == (
        "root",
        Role.SYSTEM_ADMIN,
        None,
        True,
    )
    assert AuditEvent.objects.about(user).get().action == "新增账号"
    with pytest.raises(CommandError):
        call_command("createsuperuser", interactive=False, verbosity=0)


def test_the_action_refuses_what_no_form_would_send(tree, city_staff, cadre):
    local = factories.user("local-admin", role=Role.SYSTEM_ADMIN, organization=tree.city)
    new = {"username": "new", "full_name": "新同志"}
    for by, account, refusal in [
        (local, User(**new, role=Role.SYSTEM_ADMIN, organization=None), ValidationError),
        (city_staff, User(**new, role=Role.AUDITOR, organization=tree.city), ValidationError),
        (city_staff, User(**new, role=Role.LEADER, organization=tree.province), ValidationError),
        (cadre, User(**new, role=Role.CADRE, organization=tree.village), PermissionDenied),
    ]:
        with pytest.raises(refusal):
            actions.create_accounts([(account, FIRST)], by=by)
    post = {"full_name": "x", "organization": tree.city, "phone": ""}
    with pytest.raises(PermissionDenied):
        actions.change_account(city_staff, by=city_staff, role=Role.LEADER, **post)
    with pytest.raises(ValidationError):
        actions.change_account(cadre, by=city_staff, role=Role.SYSTEM_ADMIN, **post)
    assert User.objects.count() == 3
    assert not AuditEvent.objects.exists()
