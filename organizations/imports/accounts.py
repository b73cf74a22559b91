from django.core.exceptions import ValidationError

from organizations import rules
from organizations.actions import accounts as actions
from organizations.importexport import ChoiceWidget, Column, ListResource, OrganizationWidget, TextWidget
from organizations.models import Role, User


class UsernameWidget(TextWidget):
    def clean(self, value, row=None, **kwargs) -> str:
        return User.normalize_username(super().clean(value, row, **kwargs))


class RoleWidget(ChoiceWidget):
    """Reads the roles on offer; writes them all."""

    def __init__(self):
        super().__init__(Role)

    def offer(self, roles: set[Role]) -> None:
        self.values = {label: value for label, value in self.values.items() if value in roles}


class ActiveWidget(TextWidget):
    def render(self, value, obj=None, **kwargs) -> str:
        return "在用" if value else "停用"


class PasswordWidget(TextWidget):
    """Read from the file; neither the preview nor an export shows it."""

    def render(self, value, obj=None, **kwargs) -> str:
        return "（已填写）" if value else ""


class AccountList(ListResource):
    """New accounts from a list. Accounts that exist are refused: a list never overwrites one.

    The preview checks everything and stores nothing; passwords are hashed at the confirmation, which is why a list
    is short.
    """

    max_rows = 300
    max_rows_hint = "密码要逐个加密，人多时请分成几个文件导入。"

    username = Column(
        "username", "账号", UsernameWidget(), required=True, hint="汉字、字母或数字，不分大小写，不能与已有账号重复"
    )
    full_name = Column("full_name", "姓名", required=True)
    role = Column("role", "角色", RoleWidget(), required=True, hint="从下拉列表里选")
    organization = Column(
        "organization", "所在组织代码", OrganizationWidget(), required=True, hint="12 位区划代码，或基地等单位的代码"
    )
    phone = Column("phone", "联系电话")
    first_password = Column(
        "first_password",
        "初始密码",
        PasswordWidget(),
        required=True,
        hint="至少 10 位，不能全是数字，不能与账号、姓名相近；首次登录时本人须修改",
    )

    is_active = Column("is_active", "在用", ActiveWidget(), readonly=True)

    class Meta(ListResource.Meta):
        model = User
        fields = ["username", "full_name", "role", "organization", "phone", "first_password", "is_active"]
        import_id_fields = ["username"]

    def __init__(self, *, user):
        super().__init__(user=user)
        self.fields["role"].widget.offer(rules.assignable_roles(user))
        self.accounts: list[tuple[User, str]] = []

    def get_export_fields(self, selected_fields=None) -> list:
        return [column for column in super().get_export_fields(selected_fields) if column.attribute != "first_password"]

    def get_instance(self, instance_loader, row) -> None:
        return None

    def validate_instance(self, instance, import_validation_errors=None, validate_unique=True) -> None:
        empty = [name for name, column in self.fields.items() if column.required and not getattr(instance, name)]
        errors = {name: [ValidationError("这一格没有填。")] for name in empty} | dict(import_validation_errors or {})
        try:
            actions.check_account(instance, instance.first_password, by=self.user, exclude=errors.keys())
        except ValidationError as error:
            errors = error.update_error_dict(errors)
        if any(instance.username == other.username for other, _ in self.accounts):
            errors.setdefault("username", []).append(ValidationError("文件里有几行用了同一个账号。"))
        if errors:
            raise ValidationError(errors)

    def write(self, instance, *, is_new: bool) -> None:
        self.accounts.append((instance, instance.first_password))

    def after_import(self, dataset, result, *, dry_run=False, **kwargs) -> None:
        if not dry_run and not result.refused:
            actions.create_accounts(self.accounts, by=self.user)
