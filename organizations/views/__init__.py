from organizations.views.accounts import PasswordChange, SignIn, SignOut, locked_out
from organizations.views.tree import organization_children, organization_detail, organization_list

__all__ = [
    "PasswordChange",
    "SignIn",
    "SignOut",
    "locked_out",
    "organization_children",
    "organization_detail",
    "organization_list",
]
