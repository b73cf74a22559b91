"""`load_demo` where there is no demo."""

import pytest
from django.core.management import CommandError, call_command

from demo.loading import is_wanted

pytestmark = pytest.mark.django_db


def test_without_the_demo_there_are_no_accounts_to_show(capsys):
    call_command("load_demo", accounts=True)
    assert capsys.readouterr().out == "数据库里没有演示账号。\n"


def test_a_production_system_refuses_accounts_with_a_public_password(settings):
    settings.PRODUCTION = True
    with pytest.raises(CommandError, match="不能装入正式系统"):
        call_command("load_demo")
    assert is_wanted()
