from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm, UsernameField

from organizations.actions import accounts as actions
from organizations.models import User


class SignInForm(AuthenticationForm):
    error_messages = {
        # One sentence for a wrong password, an unknown and a disabled account.
        "invalid_login": "账号或密码不正确，请检查后重新输入。",
    }
    username = UsernameField(
        label="账号",
        max_length=User._meta.get_field("username").max_length,
        error_messages={"required": "请输入账号。", "max_length": "账号最多 %(limit_value)d 个字，请检查后重新输入。"},
    )
    password = forms.CharField(
        label="密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": "请输入密码。"},
    )

    def clean_username(self) -> str:
        return User.normalize_username(self.cleaned_data["username"])


class PasswordForm(PasswordChangeForm):
    """A new own password, different from the one it replaces."""

    error_messages = PasswordChangeForm.error_messages | {
        "password_incorrect": "原密码不正确，请重新输入。",
        "password_mismatch": "两次输入的新密码不一样。",
    }
    new_password1 = forms.CharField(
        label="新密码",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="至少 10 位，不能全是数字，不能与账号、姓名相近，也不要用常见密码。",
    )
    new_password2 = forms.CharField(
        label="再输一次新密码", strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "new-password"})
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["old_password"].label = "原密码"
        for field in self.fields.values():
            field.error_messages["required"] = f"请输入{field.label}。"

    def clean_new_password1(self) -> str:
        if self.cleaned_data["new_password1"] == self.cleaned_data.get("old_password"):
            raise forms.ValidationError("新密码不能与原密码相同。")
        return self.cleaned_data["new_password1"]

    def validate_password_for_user(self, user, password_field_name="new_password1") -> None:
        """What is wrong with the password is said at the first of the two fields."""
        super().validate_password_for_user(user, "new_password1")

    def save(self, commit=True) -> User:
        actions.change_own_password(self.user, self.cleaned_data["new_password1"])
        return self.user


class AccountForm(forms.ModelForm):
    """An account in the admin. `by`, who fills it in, is set by the admin class."""

    by: User

    class Meta:
        model = User
        fields = ["full_name", "role", "organization", "phone"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if "organization" in self.fields:  # not on a page for looking only
            self.fields["organization"].required = self.by.scope_path != ""

    def _post_clean(self) -> None:
        """After Django has put the values into the account: the action's own checks."""
        super()._post_clean()
        if not self.errors:
            try:
                self.check()
            except forms.ValidationError as error:
                self.add_error(None, error)

    def check(self) -> None:
        actions.check_gift(self.instance, by=self.by)


class NewAccountForm(AccountForm):
    first_password = forms.CharField(
        label="初始密码",
        required=False,
        strip=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="留空则由系统生成。保存后显示一次，请转告本人；首次登录时须修改。",
    )

    class Meta(AccountForm.Meta):
        fields = ["username", "full_name", "role", "organization", "phone"]

    def clean_username(self) -> str:
        return User.normalize_username(self.cleaned_data["username"])

    def clean_first_password(self) -> str:
        return self.cleaned_data["first_password"] or actions.generate_password()

    def check(self) -> None:
        actions.check_account(self.instance, self.cleaned_data["first_password"], by=self.by)
