from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

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
        in_scope = Q(organization__path__startswith=user.scope_path)
        # Accounts without an organisation are system administrators: only their like sees them.
        return self.filter(in_scope | Q(organization=None) if user.role == Role.SYSTEM_ADMIN else in_scope)


class UserManager(BaseUserManager.from_queryset(UserQuerySet)):
    def create_user(self, username: str, password: str | None = None, **fields) -> "User":
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields) -> "User":
        """`manage.py createsuperuser` makes the first account: a system administrator over the whole tree."""
        return self.create_user(username, password, role=Role.SYSTEM_ADMIN, **fields)


class User(AbstractBaseUser):
    """An account: one person in one post, that is, one role at one organisation.

    There are no superusers and no per-user permissions: `has_perm` says no, and each page and admin class asks the
    app's rules.py instead, so what nobody allowed stays closed.
    """

    username = models.CharField("账号", max_length=40, help_text="字母、数字或单位简称，登录时使用")
    full_name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=20, choices=Role)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, null=True, blank=True, related_name="users", verbose_name="所在组织"
    )
    phone = models.CharField("联系电话", max_length=20, blank=True)
    email = models.EmailField("电子邮箱", blank=True)
    is_active = models.BooleanField("在用", default=True, help_text="停用后不能登录，已有记录不受影响")
    must_change_password = models.BooleanField("下次登录须改密码", default=True, editable=False)
    created_at = models.DateTimeField("创建时间", auto_now_add=True)

    objects = UserManager()

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS = ["full_name"]

    class Meta:
        verbose_name = verbose_name_plural = "账号"
        ordering = ["username"]
        constraints = [
            models.UniqueConstraint(
                fields=["username"], name="user_unique_username", violation_error_message="这个账号已经有人使用。"
            ),
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

    def get_full_name(self) -> str:
        return self.full_name

    def get_short_name(self) -> str:
        return self.full_name

    def has_perm(self, perm, obj=None) -> bool:
        return False

    def has_module_perms(self, app_label) -> bool:
        return False
