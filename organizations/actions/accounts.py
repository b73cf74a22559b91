"""What is done to accounts. Each change is one function with one row in the log; no password ever goes into it."""

import secrets
from collections.abc import Callable, Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction

from organizations import rules
from organizations.models import AuditEvent, Role, User

# Without 0 O 1 l I: first passwords are read off a sheet of paper or out of a message.
LETTERS = "abcdefghjkmnpqrstuvwxyz"
DIGITS = "23456789"


def generate_password() -> str:
    """A first password that can be read out over the telephone, about 50 bits: "kmtw-rbqe-4827"."""
    groups = [(LETTERS, 4), (LETTERS, 4), (DIGITS, 4)]
    return "-".join("".join(secrets.choice(alphabet) for _ in range(size)) for alphabet, size in groups)


def check_account(user: User, password: str, *, by: User, exclude: Iterable[str] = ()) -> None:
    """Every check that `create_accounts` makes of an unsaved account. Raises ValidationError by field, all at once;
    `first_password` is the password's key. Fields in `exclude` are known to be wrong and left alone."""
    errors = _errors_of(lambda: user.full_clean(exclude={"password", *exclude}))
    if "first_password" not in exclude:
        errors |= _errors_of(lambda: _check_password(password, user))
    if not {"role", "organization"} & {*exclude, *errors}:
        errors |= _errors_of(lambda: check_gift(user, by=by))
    if user.organization and user.organization.is_closed:
        errors["organization"] = [ValidationError(f"“{user.organization.name}”已经撤销，不能再设账号。")]
    if errors:
        raise ValidationError(errors)


def _check_password(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise ValidationError({"first_password": error.messages}) from error


def check_gift(user: User, *, by: User) -> None:
    """Raises ValidationError when the account's role or place is not `by`'s to give."""
    if not rules.can_assign(by, user.role, user.organization):
        raise ValidationError({"role": "您不能在这个组织设立这个角色的账号。"})


def create_accounts(accounts: list[tuple[User, str]], *, by: User) -> None:
    """Store unsaved accounts, each with its first password, which must be changed at the first sign-in. All or none.

    Hashing is slow on purpose, so all of it is done before the first row is written and the log's chain is held.
    """
    if not rules.can_create_users(by):
        raise PermissionDenied
    for user, password in accounts:
        user.username = User.normalize_username(user.username)
        check_account(user, password, by=by)
        user.set_password(password)
    with transaction.atomic():
        for user, _ in accounts:
            user.must_change_password = True
            user.save(force_insert=True)
            _record("新增账号", user, by=by, **_described(user))


@transaction.atomic
def change_account(user: User, *, by: User, full_name: str, role: str, organization, phone: str) -> User:
    """Both the old and the new role and place must be `by`'s to give."""
    user = _locked(user, by=by)
    before = _described(user)
    user.full_name, user.role, user.organization, user.phone = full_name, role, organization, phone
    check_gift(user, by=by)
    user.full_clean(exclude=["password"])
    user.save(update_fields=["full_name", "role", "organization", "phone"])
    changes = {name: [before[name], new] for name, new in _described(user).items() if new != before[name]}
    if changes:
        _record("修改账号", user, by=by, **changes)
    return user


@transaction.atomic
def disable_account(user: User, *, by: User) -> User:
    """No more sign-in; sessions that are open end at their next request."""
    return _switch(user, by=by, is_active=False, action="停用账号")


@transaction.atomic
def enable_account(user: User, *, by: User) -> User:
    return _switch(user, by=by, is_active=True, action="启用账号")


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """A new first password, returned for showing once. The user's sessions end, their hash no longer fits."""
    user = _locked(user, by=by)
    password = generate_password()
    user.set_password(password)
    user.must_change_password = True
    user.save(update_fields=["password", "must_change_password"])
    _record("重置密码", user, by=by)
    return password


@transaction.atomic
def change_own_password(user: User, password: str) -> None:
    user.set_password(password)
    user.must_change_password = False
    user.save(update_fields=["password", "must_change_password"])
    _record("修改本人密码", user, by=user)


def record_sign_in(user: User, *, address: str) -> None:
    _record("登录", user, by=user, address=address)


def record_sign_out(user: User) -> None:
    _record("退出", user, by=user)


@transaction.atomic
def record_failed_sign_in(username: str, *, address: str, locked_minutes: int) -> None:
    """A failed sign-in, and the lock if this one set it.

    Of unknown names only the lock is told, or a stranger could fill the log and hold up its chain. What was typed isn't
    kept: often enough it is a password in the wrong field.
    """
    user = User.objects.filter(username=username).first() or User(full_name="未知账号")
    if user.pk:
        _record("登录失败", user, by=None, address=address)
    if locked_minutes:
        _record("锁定登录", user, by=None, address=address, minutes=locked_minutes)


def _errors_of(check: Callable[[], None]) -> dict[str, list[ValidationError]]:
    try:
        check()
    except ValidationError as error:
        return error.update_error_dict({})
    return {}


def _locked(user: User, *, by: User) -> User:
    """The row as it stands now, locked; only for who may manage it as it stands now."""
    fresh = User.objects.select_for_update(of=("self",)).select_related("organization").get(pk=user.pk)
    if not rules.can_manage_users(by, fresh):
        raise PermissionDenied("您不能管理这个账号。")
    return fresh


def _switch(user: User, *, by: User, is_active: bool, action: str) -> User:
    user = _locked(user, by=by)
    if user.is_active == is_active:
        raise ValidationError(f"账号“{user.username}”已经是{'在用' if is_active else '停用'}状态。")
    user.is_active = is_active
    user.save(update_fields=["is_active"])
    _record(action, user, by=by)
    return user


def _described(user: User) -> dict[str, str]:
    organization = user.organization
    return {
        "username": user.username,
        "full_name": user.full_name,
        "role": Role(user.role).label,
        "place": f"{organization.name}（{organization.code}）" if organization else "",
        "phone": user.phone,
    }


def _record(action: str, user: User, *, by: User | None, **detail) -> None:
    AuditEvent.objects.record(action, user, by=by, organization=user.organization, **detail)
