from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from demo.loading import is_wanted, load
from demo.people import accounts_table


class Command(BaseCommand):
    help = "把演示数据装入空数据库；数据库里已有组织时什么也不做。"

    def add_arguments(self, parser):
        parser.add_argument("--accounts", action="store_true", help="只列出演示账号和口令，每个角色一个")

    def handle(self, *, accounts: bool, **options):
        if accounts:
            self.stdout.write(accounts_table())
            return
        if settings.PRODUCTION:
            raise CommandError("演示账号的口令是公开的，不能装入正式系统；请在 MODE=demo 下装入。")
        if is_wanted():
            load(self.stdout.write)
