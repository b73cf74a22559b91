"""What a password must be, told in Chinese: Django's own rules, whose translation has gaps."""

from django.contrib.auth import password_validation as rules


class LongEnough(rules.MinimumLengthValidator):
    def get_error_message(self) -> str:
        return f"密码太短，至少要 {self.min_length} 位。"


class UnlikeTheUser(rules.UserAttributeSimilarityValidator):
    def get_error_message(self) -> str:
        return "密码与“%(verbose_name)s”太相近，容易被猜到。"


class Uncommon(rules.CommonPasswordValidator):
    def get_error_message(self) -> str:
        return "这个密码太常见，容易被猜到。"


class MoreThanDigits(rules.NumericPasswordValidator):
    def get_error_message(self) -> str:
        return "密码不能全是数字。"
