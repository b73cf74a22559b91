"""What production insists on, asked of real processes."""

import os
import secrets
import subprocess
import sys

import pytest

from fedwork.embedded_postgres import PROJECT

PRODUCTION = {
    "MODE": "production",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "fed.example.cn, www.fed.example.cn",
    "DATABASE_URL": "postgresql://fedwork:fedwork@127.0.0.1:5432/fedwork",
    "FILES_DIR": "/srv/fedwork/files",
}
# Playwright's switch has no place in production.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=PROJECT,
        env=ENVIRONMENT | PRODUCTION | environment,
        capture_output=True,
        text=True,
    )


def setting(name: str, **environment: str) -> str:
    code = f"from django.conf import settings; print(settings.{name})"
    environment = ENVIRONMENT | PRODUCTION | {"DJANGO_SETTINGS_MODULE": "fedwork.settings"} | environment
    return subprocess.check_output([sys.executable, "-c", code], cwd=PROJECT, env=environment, text=True).strip()


@pytest.mark.parametrize(
    ("name", "purpose"),
    [
        ("SECRET_KEY", "用于会话签名，至少 50 位随机字符"),
        ("ALLOWED_HOSTS", "允许访问的域名，逗号分隔，如 fed.example.cn"),
        ("DATABASE_URL", "PostgreSQL 15 以上的地址，如 postgresql://用户:口令@主机:5432/库名"),
        ("FILES_DIR", "存放照片和文件的目录，如 /srv/fedwork/files"),
    ],
    ids=["secret", "hosts", "database", "files"],
)
@pytest.mark.parametrize("command", ["check", "migrate"])
def test_production_does_not_start_without(command, name, purpose):
    ended = manage(command, **{name: ""})
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == f"缺少环境变量 {name}（{purpose}）。请在环境或 .env 文件里设置后再启动。\n"


def test_the_folder_for_files_is_named_in_full():
    ended = manage("check", FILES_DIR="files")
    assert ended.returncode == 1
    assert ended.stderr == "环境变量 FILES_DIR 应为绝对路径，如 /srv/fedwork/files，现在是“files”。\n"


def test_an_unknown_mode_is_refused():
    ended = manage("check", MODE="prod")
    assert ended.returncode == 1
    assert ended.stderr == "环境变量 MODE 只能是 production、demo 或 test，现在是“prod”。\n"


def test_the_deployment_check_has_nothing_to_say():
    ended = manage("check", "--deploy", "--fail-level", "WARNING")
    assert not ended.stderr
    assert ended.returncode == 0


def test_hosts_may_be_written_with_spaces():
    assert setting("ALLOWED_HOSTS") == "['fed.example.cn', 'www.fed.example.cn']"


def test_the_proxys_word_on_https_counts_only_with_a_proxy():
    assert setting("SECURE_PROXY_SSL_HEADER", PROXY_COUNT="0") == "None"
    assert setting("SECURE_PROXY_SSL_HEADER", PROXY_COUNT="1") == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_the_demo_is_not_installed_in_production():
    assert "'demo'" not in setting("INSTALLED_APPS")
    assert "'demo'" in setting("INSTALLED_APPS", MODE="demo")


@pytest.mark.parametrize("mode", ["production", "demo", "test"])
def test_debug_is_off_in_every_mode(mode):
    assert setting("DEBUG", MODE=mode) == "False"


def test_demo_needs_no_values_of_its_own():
    ended = manage("check", MODE="demo", SECRET_KEY="", ALLOWED_HOSTS="", DATABASE_URL="", FILES_DIR="")
    assert ended.returncode == 0


def test_mail_goes_where_the_environment_says():
    url = "smtp+ssl://fed:a%40b@smtp.example.cn:465"
    assert setting("EMAIL_HOST + settings.EMAIL_HOST_PASSWORD", EMAIL_URL=url) == "smtp.example.cna@b"
    assert setting("EMAIL_USE_SSL", EMAIL_URL=url) == "True"
    assert setting("EMAIL_URL", EMAIL_URL="") == ""
    assert setting("SITE_URL") == "https://fed.example.cn"
