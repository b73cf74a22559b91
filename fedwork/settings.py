"""All settings, read from the environment (django-environ).

``MODE`` says where the process runs: ``production`` (the default), ``demo`` (``make demo``) or ``test``
(``make test``). Only production insists on SECRET_KEY, ALLOWED_HOSTS, DATABASE_URL and FILES_DIR; the other two make do
with values that are good for nothing else.
"""

from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

MODE = env.str("MODE", default="production")
if MODE not in {"production", "demo", "test"}:
    raise ImproperlyConfigured(f"环境变量 MODE 只能是 production、demo 或 test，现在是“{MODE}”。")
PRODUCTION = MODE == "production"
if PRODUCTION:
    # Only here: demo and tests must never meet the production database because of a file that lies about.
    environ.Env.read_env(BASE_DIR / ".env")


def required(name: str, purpose: str, *, elsewhere: str) -> str:
    """The variable's value; outside production `elsewhere` stands in for it. Raises a sentence that says what to set."""
    value = env.str(name, default="") or ("" if PRODUCTION else elsewhere)
    if not value:
        raise ImproperlyConfigured(f"缺少环境变量 {name}（{purpose}）。请在环境或 .env 文件里设置后再启动。")
    return value


DEBUG = False
SECRET_KEY = required("SECRET_KEY", "用于会话签名，至少 50 位随机字符", elsewhere="only-for-demo-and-test-" + "x" * 40)
ALLOWED_HOSTS = [
    host.strip()
    for host in required(
        "ALLOWED_HOSTS", "允许访问的域名，逗号分隔，如 fed.example.cn", elsewhere="127.0.0.1,localhost,testserver"
    ).split(",")
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.forms",  # with FORM_RENDERER: widgets find the project's templates and Django's own
    "fedwork.apps.FedworkAdminConfig",
    "axes",
    "csp",
    "import_export",
    "pgtrigger",
    "organizations",
    "projects",
    "funding",
    "assessments",
]
if not PRODUCTION:
    INSTALLED_APPS.append("demo")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",  # before WhiteNoise: the policy stands on static files too
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "fedwork.middleware.MethodNotAllowedMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "fedwork.middleware.refuse_nul",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "organizations.middleware.SessionHoursMiddleware",
    "organizations.middleware.SignInRequiredMiddleware",
    "organizations.middleware.FirstPasswordMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "fedwork.urls"
WSGI_APPLICATION = "fedwork.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "fedwork.menu.menu",
            ],
        },
    },
]
CSRF_FAILURE_VIEW = "fedwork.views.csrf_failure"
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# Database: pool and health options stand here, not in the URL.
DATABASES = {
    "default": env.db_url_config(
        required(
            "DATABASE_URL",
            "PostgreSQL 15 以上的地址，如 postgresql://用户:口令@主机:5432/库名",
            elsewhere="postgresql://postgres:@127.0.0.1:5432/fedwork",
        )
    )
}
DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 3)
# Compiling a query of ours takes longer than running it.
DATABASES["default"]["OPTIONS"].setdefault("options", "-c jit=off")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "organizations.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "organizations.passwords.UnlikeTheUser",
        "OPTIONS": {"user_attributes": ["username", "full_name", "phone"]},
    },
    {"NAME": "organizations.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "organizations.passwords.Uncommon"},
    {"NAME": "organizations.passwords.MoreThanDigits"},
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
if MODE == "test":
    PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # hundreds of accounts are made in the tests
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "workbench"
LOGOUT_REDIRECT_URL = "login"

# Lock by account and address together, so that nobody can easily lock a colleague out from elsewhere; the handler adds
# the two wider limits below.
AXES_HANDLER = "organizations.sign_in.SignInHandler"
LOGIN_ADDRESS_LIMIT = env.int("LOGIN_ADDRESS_LIMIT", default=30)
LOGIN_ACCOUNT_LIMIT = env.int("LOGIN_ACCOUNT_LIMIT", default=20)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = env.int("LOGIN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = env.float("LOGIN_COOLOFF_HOURS", default=0.25)
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "organizations.views.locked_out"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True  # sign-ins are AuditEvents; the table of failures empties itself as locks end
AXES_CLIENT_IP_CALLABLE = "organizations.sign_in.client_address"
PROXY_COUNT = env.int("PROXY_COUNT", default=0)  # how many proxies of our own stand before the server

# Idle timeout: the session's life starts again with each request, until SESSION_HOURS are over.
SESSION_HOURS = env.float("SESSION_HOURS", default=12)
SESSION_COOKIE_AGE = env.int("IDLE_MINUTES", default=30) * 60
SESSION_SAVE_EVERY_REQUEST = True
SESSION_EXPIRE_AT_BROWSER_CLOSE = True

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["fedwork.formats"]
LOCALE_PATHS = [BASE_DIR / "locale"]  # Django's own words in better Chinese

STATIC_URL = "/static/"
# Only production collects its files; elsewhere they are served from where they lie.
STATIC_ROOT = BASE_DIR / "staticfiles" if PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not PRODUCTION
WHITENOISE_ALLOW_ALL_ORIGINS = False

# What people upload. Only views that ask who is reading serve it; keep FILES_DIR out of every web server's folders.
MEDIA_ROOT = Path(
    required(
        "FILES_DIR", "存放照片和文件的目录，如 /srv/fedwork/files", elsewhere=str(BASE_DIR / ".data" / MODE / "files")
    )
)
if not MEDIA_ROOT.is_absolute():
    raise ImproperlyConfigured(f"环境变量 FILES_DIR 应为绝对路径，如 /srv/fedwork/files，现在是“{MEDIA_ROOT}”。")
FILE_UPLOAD_HANDLERS = [
    "fedwork.uploads.BoundedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
REQUEST_MAX_MB = env.int("REQUEST_MAX_MB", default=100)
PHOTO_MAX_MB = env.int("PHOTO_MAX_MB", default=10)
PHOTO_MAX_MEGAPIXELS = env.int("PHOTO_MAX_MEGAPIXELS", default=40)
FILE_MAX_MB = env.int("FILE_MAX_MB", default=20)
REPORT_MAX_FILES = env.int("REPORT_MAX_FILES", default=20)
SITE_QUOTA_MB = env.int("SITE_QUOTA_MB", default=500)

STORAGES = {
    "default": {"BACKEND": "fedwork.storage.PrivateStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# The grid of a month without JavaScript: 30 sites, each with some 30 figures and, hidden, what they held before.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000

# E-mail for reminders: without EMAIL_URL none is sent. Links in it begin with SITE_URL.
EMAIL_URL = env.str("EMAIL_URL", default="")
if EMAIL_URL:
    globals().update(env.email_url("EMAIL_URL"))
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="webmaster@localhost")
SITE_URL = env.str("SITE_URL", default=f"https://{ALLOWED_HOSTS[0]}").rstrip("/")

# Browser-side protection
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", "blob:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
if PRODUCTION:
    SECURE_SSL_REDIRECT = env.bool("SSL_REDIRECT", default=True)
    if PROXY_COUNT:  # without a proxy of ours the header is the visitor's own word
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_REDIRECT_EXEMPT = [r"^health/$"]
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrftoken"

# Import and export of small sets (django-import-export)
IMPORT_EXPORT_USE_TRANSACTIONS = True
IMPORT_EXPORT_SKIP_ADMIN_LOG = True
IMPORT_EXPORT_SKIP_ADMIN_EXPORT_UI = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": "INFO" if PRODUCTION else "WARNING"},
}
