from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models, transaction
from django.db.models import Q

from fedwork import clock
from organizations.models.audit import AuditEvent
from organizations.models.organization import Level, Organization


class Role(models.TextChoices):
    CADRE = "cadre", "填报员"
    COUNTY_REVIEWER = "county_reviewer", "县级审核员"
    CITY_STAFF = "city_staff", "市级业务员"
    LEADER = "leader", "领导"
    AUDITOR = "auditor", "审计员"
    SYSTEM_ADMIN = "system_admin", "系统管理员"


# Duties belong to the post: a role is held at an organisation of one of these levels.
LEVELS_OF_ROLE = {
    Role.CADRE: {Level.TOWNSHIP, Level.VILLAGE, Level.UNIT},
    Role.COUNTY_REVIEWER: {Level.COUNTY},
    Role.CITY_STAFF: {Level.CITY},
}
# Who works in the admin; the others use the pages.
ADMIN_ROLES = {Role.COUNTY_REVIEWER, Role.CITY_STAFF, Role.AUDITOR, Role.SYSTEM_ADMIN}


class UserQuerySet(models.QuerySet):
    def visible_to(self, user) -> "UserQuerySet":
        if user.scope_path is None:
            return self.none()
        if user.scope_path == "":
            return self.all()
        # Accounts without an organisation reach over the whole tree: a subtree's people don't see them.
        return self.filter(organization__path__startswith=user.scope_path)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields) -> "User":
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields) -> "User":
        """`manage.py createsuperuser` makes the first account: a system administrator over the whole tree.

        Its password may have come from an environment file, so it too is changed at the first sign-in.
        """
        with transaction.atomic():
            user = self.create_user(username, password, role=Role.SYSTEM_ADMIN, **fields)
            AuditEvent.objects.record("新增账号", user, by=None, note="在服务器上以命令建立")
        return user

    def get_by_natural_key(self, username: str) -> "User":
        return super().get_by_natural_key(self.model.normalize_username(username))


class User(AbstractBaseUser):
    """An account: one person in one post, that is, one role at one organisation.

    There are no superusers and no per-user permissions: `has_perm` says no, and each page and admin class asks the
    app's rules.py instead, so what nobody allowed stays closed.
    """

    username = models.CharField(
        "账号",
        max_length=40,
        validators=[RegexValidator(r"^[\w.@-]+\Z", "账号只能用汉字、字母、数字和 . @ - _，中间不能有空格。")],
        help_text="汉字、字母或数字，登录时使用，不分大小写",
        error_messages={"unique": "这个账号已经有人使用。"},
    )
    full_name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=20, choices=Role)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="users", verbose_name="所在组织"
    )
    phone = models.CharField("联系电话", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("在用", default=True, help_text="停用后不能登录，已有记录不受影响")
    must_change_password = models.BooleanField("下次登录须改密码", default=True, editable=False)
    created_at = models.DateTimeField("创建时间", default=clock.now, editable=False)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(fields=["username"], name="user_unique_username"),
            models.CheckConstraint(
                condition=Q(role=Role.SYSTEM_ADMIN) | Q(organization__isnull=False),
                name="user_has_organization",
                violation_error_message="除系统管理员外，每个账号都要有所在组织。",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name

    def clean(self) -> None:
        super().clean()
        levels = LEVELS_OF_ROLE.get(self.role)
        if levels and self.organization and self.organization.level not in levels:
            names = "、".join(level.label for level in sorted(levels))
            raise ValidationError({"organization": f"{self.get_role_display()}的所在组织应为{names}一级。"})

    @property
    def scope_path(self) -> str | None:
        """Prefix of the paths the user may see: the own subtree; "" is the whole tree, None is nothing."""
        if not self.is_active:
            return None
        if self.organization is None:
            return "" if self.role == Role.SYSTEM_ADMIN else None
        return self.organization.path

    @property
    def is_staff(self) -> bool:
        return self.is_active and self.role in ADMIN_ROLES

    @classmethod
    def normalize_username(cls, username: str) -> str:
        """One spelling per account, however a phone's keyboard capitalises it or a table brings it full-width."""
        return super().normalize_username(username).strip().lower()

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    def has_perm(self, perm, obj=None) -> bool:
        return False

    def has_module_perms(self, app_label) -> bool:
        return False
