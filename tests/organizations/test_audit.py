"""The log that can't be bent: append-only, chained, told apart when somebody with the keys bends it."""

import threading
from io import StringIO

import pgtrigger
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.utils import ProgrammingError
from django.urls import reverse

from organizations.models import AuditEvent
from tests import factories

TABLE = AuditEvent._meta.db_table


def record(obj, number: int = 1, *, by=None) -> list[AuditEvent]:
    return [
        AuditEvent.objects.record(f"操作{position}", obj, by=by, organization=obj.organization, step=position)
        for position in range(number)
    ]


def sql(statement: str, *params) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, params)


def verify(**options) -> str:
    out = StringIO()
    call_command("verify_audit", stdout=out, **options)
    return out.getvalue()


@pytest.mark.parametrize(
    "statement",
    [f"UPDATE {TABLE} SET note = 'x'", f"DELETE FROM {TABLE}", f"TRUNCATE {TABLE}"],
)
def test_the_database_refuses_to_change_or_remove_rows(cadre, statement):
    record(cadre)
    with pytest.raises(ProgrammingError, match="Cannot"), transaction.atomic():
        sql(statement)
    assert AuditEvent.objects.get().note == ""


def test_a_whole_chain_is_whole(cadre):
    last = record(cadre, 5)[-1]
    assert verify() == f"核对 5 条，全部相符。末条：{last.pk}:{last.hash}（可抄存，下次用 --anchor 核对）\n"


def test_an_empty_log_is_whole(db):
    assert verify() == "操作记录为空。\n"


def test_what_is_stored_reads_back_as_it_was_hashed(cadre):
    """JSON in the database is not JSON in Python: fractions, tuples, keys and big numbers change shape."""
    details = [
        {"a": 1e22, "b": (1, 2.50), "c": {7: None}, "d": True},
        {"z": "引号\"'\\ \u2028 🙂", "n": 10**30, "e": -0.0},
    ]
    for detail in details:
        AuditEvent.objects.record("操作", cadre, by=cadre, organization=cadre.organization, note=" 一\n二 ", **detail)
    assert "核对 2 条" in verify()


@pytest.mark.parametrize("column", ["note", "actor_name", "action", "object_label", "organization_path"])
def test_a_changed_row_is_named(cadre, column):
    events = record(cadre, 4)
    with pgtrigger.ignore():
        sql(f"UPDATE {TABLE} SET {column} = '改' WHERE id = %s", events[1].pk)
    with pytest.raises(CommandError, match=f"^改动：第 {events[1].pk} 条的内容与校验值不符。$"):
        verify()


def test_a_missing_row_is_named(cadre):
    events = record(cadre, 4)
    with pgtrigger.ignore():
        sql(f"DELETE FROM {TABLE} WHERE id = %s", events[1].pk)
    with pytest.raises(CommandError, match=f"^缺失：第 {events[0].pk} 条与第 {events[2].pk} 条之间少了记录"):
        verify()


def test_a_missing_beginning_is_named(cadre):
    events = record(cadre, 3)
    with pgtrigger.ignore():
        sql(f"DELETE FROM {TABLE} WHERE id = %s", events[0].pk)
    with pytest.raises(CommandError, match=f"^缺失：第 {events[1].pk} 条之前的记录不见了。$"):
        verify()


def test_a_row_put_in_between_is_named(cadre):
    """Forged with a fitting hash, under an id that a rolled-back transaction left free."""
    first = record(cadre)[0]
    sql(f"SELECT nextval('{TABLE}_id_seq')")
    record(cadre, 2)
    forged = AuditEvent.objects.get(pk=first.pk)
    forged.pk, forged.note, forged.previous_hash = first.pk + 1, "从未发生", first.hash
    forged.hash = forged.compute_hash()
    forged.save(force_insert=True)
    with pytest.raises(CommandError, match=f"^插入：第 {forged.pk} 条不在原来的链上。$"):
        verify()


def test_rows_cut_off_at_the_end_are_found_by_what_was_written_down(cadre):
    events = record(cadre, 3)
    anchor = f"{events[2].pk}:{events[2].hash}"
    assert "核对 3 条" in verify(anchor=anchor)
    with pgtrigger.ignore():
        sql(f"DELETE FROM {TABLE} WHERE id = %s", events[2].pk)
    assert "核对 2 条" in verify()
    with pytest.raises(CommandError, match=f"^缺失：抄存的第 {events[2].pk} 条已不在操作记录里。$"):
        verify(anchor=anchor)
    with pytest.raises(CommandError, match=f"^改动：第 {events[1].pk} 条与抄存的校验值不符。$"):
        verify(anchor=f"{events[1].pk}:{events[2].hash}")


def test_a_rolled_back_transaction_leaves_a_gap_and_no_break(cadre):
    first = record(cadre)[0]
    with transaction.atomic():
        record(cadre, 3)
        transaction.set_rollback(True)
    last = record(cadre)[0]
    assert last.pk == first.pk + 4
    assert "核对 2 条" in verify()


def test_a_row_outlives_what_it_speaks_of(cadre, city_staff):
    record(cadre, by=city_staff)
    pk, label = cadre.pk, str(cadre)
    cadre.delete()
    event = AuditEvent.objects.get()
    assert (event.object_id, event.object_label, event.actor_name) == (pk, label, "示例city（city）")
    assert "核对 1 条" in verify()


@pytest.mark.django_db(transaction=True)
def test_many_at_once_make_one_chain(cadre):
    """Real connections, each with transactions of several rows, some of them rolled back."""
    errors, start = [], threading.Barrier(6)

    def work(number: int) -> None:
        try:
            start.wait()
            for turn in range(5):
                with transaction.atomic():
                    record(cadre, 2)
                    transaction.set_rollback(number == 0 and turn % 2 == 0)
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[number]) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert "核对 54 条" in verify()


# In the admin


def test_who_reads_the_log(city_staff, auditor, county_reviewer, cadre, leader, system_admin, login):
    record(cadre)
    url = reverse("admin:organizations_auditevent_changelist")
    expected = {city_staff: 200, auditor: 200, county_reviewer: 403, system_admin: 403, cadre: 403, leader: 403}
    assert {user: login(user).get(url).status_code for user in expected} == expected


def test_the_log_is_read_only_in_the_admin(city_staff, auditor, cadre, login):
    event = record(cadre)[0]
    for user in [city_staff, auditor]:
        client = login(user)
        for name, arguments in [("add", []), ("change", [event.pk]), ("delete", [event.pk])]:
            url = reverse(f"admin:organizations_auditevent_{name}", args=arguments)
            assert client.post(url, {"note": "x", "post": "yes"}).status_code == 403
        page = client.get(reverse("admin:organizations_auditevent_change", args=[event.pk]))
        assert "操作0" in page.content.decode()
        assert not page.context["has_change_permission"]


def test_each_reads_the_own_subtree_and_the_auditor_what_belongs_to_nobody(city_staff, auditor, cadre, tree, login):
    inside = record(cadre)[0]
    elsewhere = factories.user("far", role="leader", organization=tree.province)
    outside = record(elsewhere)[0]
    nobodys = AuditEvent.objects.record("登录失败", cadre, by=None)
    for user, expected in [(city_staff, {inside}), (auditor, {inside, nobodys})]:
        page = login(user).get(reverse("admin:organizations_auditevent_changelist"))
        assert set(page.context["cl"].queryset) == expected
        url = reverse("admin:organizations_auditevent_change", args=[outside.pk])
        assert login(user).get(url).status_code == 404


def test_the_log_is_filtered_and_searched(city_staff, cadre, login):
    record(cadre, 3, by=city_staff)
    url = reverse("admin:organizations_auditevent_changelist")
    client = login(city_staff)
    assert client.get(url, {"action": "操作1"}).context["cl"].result_count == 1
    assert client.get(url, {"q": "示例cadre"}).context["cl"].result_count == 3
    assert client.get(url, {"q": "无此人"}).context["cl"].result_count == 0


def test_the_list_takes_the_same_number_of_queries_for_any_number_of_rows(
    city_staff, cadre, login, django_assert_num_queries, django_assert_max_num_queries
):
    client, url = login(city_staff), reverse("admin:organizations_auditevent_changelist")
    record(cadre)
    with django_assert_max_num_queries(14) as few:
        client.get(url)
    record(cadre, 30)
    with django_assert_num_queries(len(few)):
        client.get(url)


def test_the_page_of_a_row_speaks_in_words(auditor, cadre, login):
    event = AuditEvent.objects.record(
        "移动组织",
        cadre,
        by=auditor,
        organization=cadre.organization,
        former_parent={"id": 7, "name": "肥西县", "path": "/1/7/"},
        changes=[{"changed": {"fields": ["名称", "类型"]}}],
        is_nil=False,
        names=[],
    )
    page = login(auditor).get(reverse("admin:organizations_auditevent_change", args=[event.pk])).content.decode()
    assert '<th scope="row">原上级 名称</th><td>肥西县</td>' in page
    assert '<th scope="row">改动 修改 栏目</th><td>名称、类型</td>' in page
    assert "organizations.user" not in page
    assert "/1/7/" not in page
    assert "{" not in page.split("明细", 1)[1].split("</table>")[0]
