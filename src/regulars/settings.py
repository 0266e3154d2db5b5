"""Django's settings, all from the environment (see environment.py)."""

from pathlib import Path

from regulars import environment

BASE = Path(__file__).resolve().parent
HOME = environment.home()
SECRET_KEY = environment.secret_key(HOME)
DEBUG = environment.yes(environment.DEBUG)
ALLOWED_HOSTS = [host.strip() for host in environment.HOSTS.read().split(",") if host.strip()]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "regulars.shop",
    "regulars.customers",
    "regulars.catalog",
    "regulars.orders",
    "regulars.sources",
    "regulars.profiles",
    "regulars.words",
    "regulars.decisions",
    "regulars.actions.messaging",
    "regulars.actions.tasks",
    "regulars.plays",
    "regulars.measurement",
    "regulars.club",
    "regulars.console",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "regulars.console.security.content_security_policy",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "regulars.console.security.OnlySoundRequests",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "regulars.console.security.console_only_for_users",
    "regulars.console.which_shop.choose",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "regulars.urls"
WSGI_APPLICATION = "regulars.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "regulars.console.which_shop.shop_in_templates",
            ],
            "builtins": ["django.templatetags.i18n", "regulars.console.templatetags.words"],
        },
    }
]

# "default" is the merchant's own shop; the demo shop is always a second SQLite file (shop/current.py picks).
DATABASES = {
    "default": environment.postgresql() or environment.sqlite(HOME / "shop.sqlite3"),
    "demo": environment.sqlite(HOME / "demo.sqlite3"),
}
DATABASE_ROUTERS = ["regulars.shop.current.Router"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "log-in"
LOGIN_REDIRECT_URL = "today"
LOGOUT_REDIRECT_URL = "log-in"

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE / "locale"]
FORMAT_MODULE_PATH = "regulars.console.formats"
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"

STATIC_URL = "/static/"
STATIC_ROOT = HOME / "static"
BUNDLE_DIR = HOME / "bundle"
BUNDLE_DIR.mkdir(exist_ok=True)
STATICFILES_DIRS = [BUNDLE_DIR]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 20_000}}}

DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None

SECURE_HTTPS = environment.yes(environment.HTTPS)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_HTTPS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 14 * 24 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 3600 * 24 * 30 if SECURE_HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE_HTTPS else None
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"regulars": {"handlers": ["console"], "level": "INFO", "propagate": False}},
}
