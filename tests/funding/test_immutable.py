"""An issued table cannot be bent: not by the ORM, not in bulk, not by SQL."""

import pytest
from django.db import ProgrammingError, connection, transaction

from funding.actions import draft_allocation_table
from funding.models import AllocationLine, AllocationTable

pytestmark = pytest.mark.django_db


def refused(act) -> bool:
    with pytest.raises(ProgrammingError, match="pgtrigger"), transaction.atomic():
        act()
    return True


def sql(statement: str, *parameters):
    def run():
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")  # as after a commit
            cursor.execute(statement, parameters)

    return run


def test_the_table_by_orm(issued):
    issued.title = "另一个标题"
    assert refused(issued.save)
    assert refused(lambda: AllocationTable.objects.update(document_number="合妇〔2026〕13号"))
    assert refused(lambda: AllocationTable.objects.filter(pk=issued.pk)._raw_delete("default"))


def test_the_lines_by_orm(issued):
    line = issued.lines.first()
    line.county += 1
    assert refused(line.save)
    assert refused(lambda: AllocationLine.objects.bulk_update([line], ["county"]))
    assert refused(lambda: issued.lines.update(county=0))
    assert refused(line.delete)
    line.pk, line.position = None, 99
    line.site_id = issued.lines.last().site_id
    assert refused(lambda: AllocationLine.objects.bulk_create([line]))


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE funding_allocationtable SET status = 'draft' WHERE id = %s",
        "DELETE FROM funding_allocationline WHERE table_id = %s",
        "UPDATE funding_allocationline SET province = 0 WHERE table_id = %s",
        "TRUNCATE funding_allocationtable CASCADE",
    ],
)
def test_by_sql(issued, statement):
    parameters = [issued.pk] if "%s" in statement else []
    assert refused(sql(statement, *parameters))


def test_a_line_cannot_move_into_an_issued_table(issued, programme, city_staff):
    draft = draft_allocation_table(programme, by=city_staff)
    assert refused(lambda: draft.lines.update(table=issued))


def test_a_draft_is_free(draft):
    draft.lines.update(county=1)
    draft.delete()
    assert not AllocationLine.objects.exists()
