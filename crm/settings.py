"""Settings, read from the environment once and refused loudly when they make no sense.

Every variable is described in ``.env.example``; the real environment wins over the file ``.env``.
"""

import re
import sys
from datetime import timedelta
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from crm.audit_settings import audit_keys
from crm.base.currencies import currencies
from crm.databases import database
from crm.notice_settings import gateway, mail

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
TESTING = "pytest" in sys.modules
if not TESTING:  # a developer's own settings change no test
    env.read_env(BASE_DIR / ".env")

DEBUG = env.bool("DEBUG", default=False)


def secret(name: str) -> str:
    """Return the secret ``name``: at least 32 characters, invented only for DEBUG and tests."""
    value: str = env.str(name, default="only-for-development-" * 3 if DEBUG or TESTING else "")
    if len(value) < 32:
        raise ImproperlyConfigured(
            f"{name} must be set to at least 32 random characters. `make run` writes one to .env."
        )
    return value


def rate(name: str, default: str) -> str:
    """Return the limit ``name`` such as 20/h: a number for each s, m, h or d."""
    value: str = env.str(name, default=default)
    if not re.fullmatch(r"[1-9][0-9]{0,5}/[smhd]", value):
        raise ImproperlyConfigured(f"{name} is {value!r}: use a number and s, m, h or d, as 20/h.")
    return value


def networks(name: str) -> list[IPv4Network | IPv6Network]:
    """Return the networks that ``name`` lists, such as 10.0.0.0/8."""
    try:
        return [ip_network(text) for text in env.list(name, default=[])]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name}: {error}. Use CIDR: 10.0.0.0/8,fd00::/8") from error


# Identity -------------------------------------------------------------------------------------
VERSION = "0.1.0"
SECRET_KEY = secret("SECRET_KEY")
JWT_KEY = secret("JWT_KEY")
API_KEY_PEPPER = secret("API_KEY_PEPPER")
AUDIT_KEYS = audit_keys(
    env.str("AUDIT_KEY_ID", default="") or "1",
    secret("AUDIT_KEY"),
    env.str("AUDIT_OLD_KEYS", default=""),
)
BASE_URL = env.str("BASE_URL", default="").rstrip("/")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", "[::1]"])
TLS = env.bool("TLS", default=False)
TRUSTED_PROXIES = networks("TRUSTED_PROXIES")
DOCS_ENABLED = env.bool("DOCS_ENABLED", default=True)
WEB_THREADS = env.int("WEB_THREADS", default=2)  # of a process: so many requests at once
DATA_DIR = env.path("DATA_DIR", default=str(BASE_DIR / "data"))()
DATA_DIR = Path(DATA_DIR)

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the default one replaces our site by its own
    "unfold.contrib.filters",
    "crm.admin_apps.BackOfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "django_filters",
    "django_ratelimit",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "phonenumber_field",
    "rest_framework",
    "simple_history",
    "crm.base",
    "accounts",
    "customers",
    "leads",
    "invoices",
    "audit",
    "crm.compat",
    "crm",
]

MIDDLEWARE = [
    "crm.base.middleware.RequestContextMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "crm.compat.middleware.ErrorsOfServices",
    "crm.base.middleware.ResponseHeadersMiddleware",
    "crm.base.back_office.error_pages.ErrorPages",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "crm.base.middleware.BodyLimitMiddleware",
    "crm.base.back_office.middleware.SessionMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.AuthenticationMiddleware",
    "crm.base.back_office.middleware.MessageMiddleware",
    "crm.base.back_office.middleware.ActorMiddleware",
]

ROOT_URLCONF = "crm.urls"
WSGI_APPLICATION = "crm.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "crm" / "templates"],  # before the theme's, to say some things better
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Storage --------------------------------------------------------------------------------------
_PREPARED = env.bool("PREPARED_STATEMENTS", default=True)
DATABASES = {"default": database(env.str("DATABASE_URL", default=""), DATA_DIR, _PREPARED)}
# Where each seal is noted, for the operator to keep elsewhere.
AUDIT_ANCHORS = Path(env.str("AUDIT_ANCHORS", default="") or DATA_DIR / "audit-anchors.jsonl")
MEDIA_ROOT = env.str("MEDIA_ROOT", default=str(DATA_DIR / "media"))
# How long a photo that was replaced can still be seen in the history.
PHOTO_HISTORY_DAYS = env.int("PHOTO_HISTORY_DAYS", default=30)
STATIC_URL = "/static/"
STATIC_ROOT = env.str("STATIC_ROOT", default=str(BASE_DIR / "static"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = DEBUG or TESTING
WHITENOISE_ALLOW_ALL_ORIGINS = False  # its default sends Access-Control-Allow-Origin: *
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    "counters": {"BACKEND": "crm.base.counters.CounterCache"},
}
RATELIMIT_USE_CACHE = "counters"
# W001: the library knows no exact counter without Redis; ours is proven by processes in tests.
SILENCED_SYSTEM_CHECKS = ["django_ratelimit.W001"]

JSON_BODY_LIMIT = 1_000_000
UPLOAD_BODY_LIMIT = 6_000_000
DATA_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BODY_LIMIT
DATA_UPLOAD_MAX_NUMBER_FILES = 1
DATA_UPLOAD_MAX_NUMBER_FIELDS = 3000  # an invoice of 500 lines has five for each
FILE_UPLOAD_MAX_MEMORY_SIZE = UPLOAD_BODY_LIMIT

# People ---------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["accounts.backends.RoleBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.hashers.OldBCryptHasher",
]
_VALIDATION = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_VALIDATION}.UserAttributeSimilarityValidator"},
    {"NAME": f"{_VALIDATION}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_VALIDATION}.CommonPasswordValidator"},
    {"NAME": "accounts.passwords.MaximumLengthValidator", "OPTIONS": {"max_length": 128}},
]
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
ACCESS_TOKEN_LIFETIME = timedelta(minutes=env.int("ACCESS_TOKEN_MINUTES", default=10))
REFRESH_TOKEN_LIFETIME = timedelta(days=env.int("REFRESH_TOKEN_DAYS", default=7))
SIMPLE_JWT = {
    "ALGORITHM": "HS256",
    "SIGNING_KEY": JWT_KEY,
    "ISSUER": "crm",
    "ACCESS_TOKEN_LIFETIME": ACCESS_TOKEN_LIFETIME,
    "REFRESH_TOKEN_LIFETIME": REFRESH_TOKEN_LIFETIME,
    "USER_ID_CLAIM": "sub",
    "UPDATE_LAST_LOGIN": False,
}

# Notices --------------------------------------------------------------------------------------
EMAIL_URL = env.str("EMAIL_URL", default="") or ("consolemail://" if DEBUG or TESTING else "")
globals().update(mail(EMAIL_URL))
DEFAULT_FROM_EMAIL = env.str("EMAIL_FROM", default="")
DEFAULT_FROM_EMAIL = DEFAULT_FROM_EMAIL or f"CRM <crm@{urlsplit(BASE_URL).hostname or 'localhost'}>"
WHATSAPP_TOKEN = env.str("WHATSAPP_TOKEN", default="")
WHATSAPP_URL = gateway(env.str("WHATSAPP_URL", default=""), WHATSAPP_TOKEN)
NOTICE_CHANNELS = {"email": bool(EMAIL_URL), "whatsapp": bool(WHATSAPP_URL)}
# How long a notice that was sent is kept.
NOTICE_DAYS = env.int("NOTICE_DAYS", default=90)

# Languages, times, numbers --------------------------------------------------------------------
LANGUAGE_CODE = env.str("LANGUAGE_CODE", default="en")
LANGUAGES = [("en", _("English")), ("es", _("Spanish")), ("ru", _("Russian"))]
LOCALE_PATHS = [BASE_DIR / "crm" / "locale"]
TIME_ZONE = env.str("TIME_ZONE", default="UTC")
USE_TZ = True
PHONENUMBER_DEFAULT_REGION = env.str("PHONE_REGION", default="VE")
PHONENUMBER_DB_FORMAT = "E164"
CURRENCY = env.str("CURRENCY", default="USD").upper()
if CURRENCY not in currencies():
    raise ImproperlyConfigured(f"CURRENCY is {CURRENCY!r}: use an ISO 4217 code such as EUR.")

# The API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "accounts.tokens.SessionTokenAuthentication",
        "accounts.key_auth.ApiKeyAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["crm.base.api.permissions.RolePermission"],
    "DEFAULT_RENDERER_CLASSES": ["crm.base.api.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["crm.base.api.parsers.StrictJSONParser"],
    "DEFAULT_FILTER_BACKENDS": [],
    "DEFAULT_SCHEMA_CLASS": "crm.base.api.openapi.Schema",
    "EXCEPTION_HANDLER": "crm.base.api.problems.handle",
    "DEFAULT_METADATA_CLASS": None,
    "NUM_PROXIES": 0,
    "UNAUTHENTICATED_USER": None,
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
# Registrations that one address may send, in django-ratelimit's notation.
REGISTRATION_RATE = rate("REGISTRATION_RATE", default="20/h")
SPECTACULAR_SETTINGS = {
    "TITLE": "CRM",
    "VERSION": VERSION,
    "DESCRIPTION": "Customers, and the people who look after them.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PUBLIC": True,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "COMPONENT_SPLIT_REQUEST": True,
    "ENUM_NAME_OVERRIDES": {
        "Role": "accounts.roles.Role",
        "LeadStatus": "leads.choices.Status",
        "Channel": "leads.choices.Channel",
        "ProcessStatus": "leads.choices.ProcessStatus",
        "InvoiceStatus": "invoices.kinds.Status",
        "InvoiceKind": "invoices.kinds.Kind",
        "PaymentMethod": "invoices.kinds.Method",
    },
    "PREPROCESSING_HOOKS": ["crm.base.api.openapi.the_api"],
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "crm.base.api.openapi_problems.describe_problems",
    ],
}

# The browser ----------------------------------------------------------------------------------
CORS_ALLOWED_ORIGINS = env.list("CORS_ORIGINS", default=[])
CORS_URLS_REGEX = r"^/(api|compat)/"
CORS_EXPOSE_HEADERS = [
    *("ETag", "Location", "Retry-After", "X-Request-ID", "Idempotency-Replayed"),
    *("RateLimit", "RateLimit-Policy"),
]
CORS_ALLOW_HEADERS = [
    *("accept", "authorization", "content-type", "if-match", "idempotency-key", "x-request-id"),
    "x-api-key",
]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[BASE_URL] if BASE_URL else [])
_CLOSED = "object-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action"
_STYLES = "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:"
# By the start of the path; Alpine, inside the back office's theme, evaluates expressions.
CONTENT_SECURITY_POLICIES = {
    "/admin/": f"default-src 'self'; script-src 'self' 'unsafe-eval'; {_STYLES}; {_CLOSED} 'self'",
    "/docs": f"default-src 'self'; {_STYLES}; {_CLOSED} 'none'",
    "/": f"default-src 'none'; {_CLOSED} 'none'; sandbox",
}
_HOST = "__Host-" if TLS else ""
SESSION_ENGINE = "accounts.browser_sessions"
SESSION_COOKIE_NAME = f"{_HOST}session"
CSRF_COOKIE_NAME = f"{_HOST}csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crm.base.back_office.error_pages.csrf_failure"
SESSION_COOKIE_AGE = 12 * 60 * 60
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SECURE = TLS
SECURE_SSL_REDIRECT = TLS
SECURE_SSL_HOST = urlsplit(BASE_URL).netloc or None  # not the name the client came with
SECURE_REDIRECT_EXEMPT = [r"^health$", r"^ready$", r"^api/", r"^compat/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_HSTS_SECONDS = 31_536_000 if TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# Logs -----------------------------------------------------------------------------------------
LOG_LEVEL = env.str("LOG_LEVEL", default="INFO").upper()
LOG_SQL = env.bool("LOG_SQL", default=False)
if LOG_LEVEL not in ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"):
    raise ImproperlyConfigured(f"LOG_LEVEL is {LOG_LEVEL!r}: use DEBUG, INFO, WARNING or ERROR.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "crm.base.logs.JSONFormatter"}},
    "handlers": {
        "stdout": {
            "class": "logging.StreamHandler",
            "stream": "ext://sys.stdout",
            "formatter": "json",
        },
    },
    "root": {"handlers": ["stdout"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL, "propagate": True},
        # Our own line a request tells the route; these would tell the path, and who is in it.
        "django.server": {"handlers": ["stdout"], "level": "CRITICAL", "propagate": False},
        "django.request": {"level": "ERROR"},
        "django.db.backends": {"level": "DEBUG" if LOG_SQL else "WARNING"},
    },
}

# The back office ------------------------------------------------------------------------------
UNFOLD = {
    "SITE_TITLE": "CRM",
    "SITE_HEADER": "CRM",
    "SITE_SUBHEADER": _("Back office"),
    "SITE_URL": None,
    "SITE_SYMBOL": "handshake",
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": False,
    "STYLES": [f"{STATIC_URL}back_office/back_office.css"],
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": f"{STATIC_URL}back_office/favicon.svg"},
    ],
    "BORDER_RADIUS": "8px",
    "COLORS": {
        "primary": {
            "50": "#eff6ff",
            "100": "#dbeafe",
            "200": "#bfdbfe",
            "300": "#93c5fd",
            "400": "#60a5fa",
            "500": "#3b82f6",
            "600": "#2563eb",
            "700": "#1d4ed8",
            "800": "#1e40af",
            "900": "#1e3a8a",
            "950": "#172554",
        },
    },
    "ACCOUNT": {
        "navigation": [
            {"title": _("My profile"), "link": reverse_lazy("admin:profile")},
            {"title": _("Change password"), "link": reverse_lazy("admin:password_change")},
        ],
    },
    "SIDEBAR": {
        "show_search": True,
        "command_search": True,
        "navigation": [
            {
                "title": _("Sales"),
                "items": [
                    {
                        "title": _("Start"),
                        "icon": "home",
                        "link": reverse_lazy("admin:index"),
                        "permission": "crm.admin_site.may_oversee_leads",
                    },
                    {
                        "title": _("My day"),
                        "icon": "today",
                        "link": reverse_lazy("admin:day"),
                        "permission": "crm.admin_site.may_view_leads",
                    },
                    {
                        "title": _("Board"),
                        "icon": "view_kanban",
                        "link": reverse_lazy("admin:board"),
                        "permission": "crm.admin_site.may_view_leads",
                    },
                    {
                        "title": _("Leads"),
                        "icon": "person_search",
                        "link": reverse_lazy("admin:leads_lead_changelist"),
                        "permission": "crm.admin_site.may_view_leads",
                    },
                    {
                        "title": _("Follow-ups"),
                        "icon": "event",
                        "link": reverse_lazy("admin:leads_process_changelist"),
                        "permission": "crm.admin_site.may_view_leads",
                    },
                    {
                        "title": _("Actions"),
                        "icon": "call",
                        "link": reverse_lazy("admin:leads_action_changelist"),
                        "permission": "crm.admin_site.may_view_leads",
                    },
                    {
                        "title": _("Team"),
                        "icon": "diversity_3",
                        "link": reverse_lazy("admin:team"),
                        "permission": "crm.admin_site.may_oversee_leads",
                    },
                    {
                        "title": _("Customers"),
                        "icon": "groups",
                        "link": reverse_lazy("admin:customers_customer_changelist"),
                        "permission": "crm.admin_site.may_view_customers",
                    },
                    {
                        "title": _("Invoices"),
                        "icon": "receipt_long",
                        "link": reverse_lazy("admin:invoices_invoice_changelist"),
                        "active": "crm.admin_site.is_about_invoices",
                        "permission": "crm.admin_site.may_view_invoices",
                    },
                    {
                        "title": _("Payments"),
                        "icon": "payments",
                        "link": reverse_lazy("admin:invoices_payment_changelist"),
                        "permission": "crm.admin_site.may_view_invoices",
                    },
                    {
                        "title": _("Financial report"),
                        "icon": "finance",
                        "link": reverse_lazy("admin:invoices_report"),
                        "permission": "crm.admin_site.may_view_reports",
                    },
                ],
            },
            {
                "title": _("Administration"),
                "items": [
                    {
                        "title": _("Company"),
                        "icon": "apartment",
                        "link": reverse_lazy("admin:invoices_companyprofile_changelist"),
                        "permission": "crm.admin_site.may_view_company",
                    },
                    {
                        "title": _("Number series"),
                        "icon": "tag",
                        "link": reverse_lazy("admin:invoices_numberseries_changelist"),
                        "permission": "crm.admin_site.may_view_company",
                    },
                    {
                        "title": _("Users"),
                        "icon": "badge",
                        "link": reverse_lazy("admin:accounts_user_changelist"),
                        "permission": "crm.admin_site.may_view_users",
                    },
                    {
                        "title": _("API keys"),
                        "icon": "key",
                        "link": reverse_lazy("admin:accounts_apikey_changelist"),
                        "permission": "crm.admin_site.may_view_api_keys",
                    },
                    {
                        "title": _("Audit trail"),
                        "icon": "history",
                        "link": reverse_lazy("admin:audit"),
                        "permission": "crm.admin_site.may_view_trail",
                    },
                    {
                        "title": _("Security events"),
                        "icon": "shield",
                        "link": reverse_lazy("admin:base_securityevent_changelist"),
                        "permission": "crm.admin_site.may_view_security_events",
                    },
                    {
                        "title": _("Notices"),
                        "icon": "outgoing_mail",
                        "link": reverse_lazy("admin:base_notice_changelist"),
                        "permission": "crm.admin_site.may_view_notices",
                    },
                ],
            },
        ],
    },
}
