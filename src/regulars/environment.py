"""Which settings does the environment hold, what do they mean, and what if one is wrong?

Every variable is declared here once; `docs/settings.md` lists them from this table (a test compares the two).
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

T = TypeVar("T")


class EnvironmentMistake(Exception):
    """A variable holds something that cannot be used; the message names the variable and the remedy."""


@dataclass(frozen=True)
class Variable:
    """One environment variable: its name, its default as text, and what it is for."""

    name: str
    default: str
    meaning: str

    def read(self) -> str:
        """The value as text: the environment's, else the default."""
        return os.environ.get(self.name, self.default).strip()


HOME = Variable("REGULARS_HOME", "var", "Folder for databases, lake, uploads and keys.")
DATABASE_URL = Variable(
    "DATABASE_URL", "", "The own shop's database: postgresql://user:password@host:port/name. Empty: SQLite in the home."
)
SECRET_KEY = Variable(
    "REGULARS_SECRET_KEY", "", "Signs sessions and links, 32 characters or more. Empty: made once, kept in the home."
)
HOSTS = Variable("REGULARS_HOSTS", "127.0.0.1,localhost,[::1]", "Host names the console answers to, comma-separated.")
HTTPS = Variable("REGULARS_HTTPS", "no", "yes when a proxy serves the console over HTTPS: cookies become secure-only.")
DEBUG = Variable("REGULARS_DEBUG", "no", "yes shows error details in the browser. Never on a public address.")
MEMORY_MB = Variable(
    "REGULARS_MEMORY_MB", "1024", "Memory in megabytes that the insight engine may use before it spills to disk."
)
UPLOAD_MB = Variable("REGULARS_UPLOAD_MB", "2048", "Largest file, in megabytes, that the import page accepts.")
UNPACKED_MB = Variable(
    "REGULARS_UNPACKED_MB", "20480", "Largest size, in megabytes, that a compressed file may have when unpacked."
)
VARIABLES = (HOME, DATABASE_URL, SECRET_KEY, HOSTS, HTTPS, DEBUG, MEMORY_MB, UPLOAD_MB, UNPACKED_MB)


def _parsed(variable: Variable, parse: Callable[[str], T], wanted: str) -> T:
    try:
        return parse(variable.read())
    except (ValueError, KeyError) as error:
        raise EnvironmentMistake(f"{variable.name}={variable.read()!r} is not {wanted}. {variable.meaning}") from error


def yes(variable: Variable) -> bool:
    """Whether a yes/no variable says yes."""
    words = {"yes": True, "true": True, "1": True, "on": True, "no": False, "false": False, "0": False, "off": False}
    return _parsed(variable, lambda text: words[text.lower()], "yes or no")


def megabytes(variable: Variable) -> int:
    """A size in megabytes, at least 1."""

    def parse(text: str) -> int:
        size = int(text)
        if size < 1:
            raise ValueError(text)
        return size

    return _parsed(variable, parse, "a whole number of megabytes")


def home() -> Path:
    """The folder that holds everything this installation writes, made when absent."""
    folder = Path(HOME.read() or HOME.default).expanduser().resolve()
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise EnvironmentMistake(f"{HOME.name}={str(folder)!r} cannot be made: {error.strerror}.") from error
    return folder


def postgresql() -> dict[str, object] | None:
    """Django's settings for `DATABASE_URL`, or None when it is empty."""
    text = DATABASE_URL.read()
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise EnvironmentMistake(
            f"{DATABASE_URL.name} must read postgresql://user:password@host:port/name; it starts with {parts.scheme!r}."
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or options.pop("port", "")),
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": options,
    }


def sqlite(path: Path) -> dict[str, object]:
    """Django's settings for an SQLite file: WAL, immediate transactions, every commit on disk."""
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-64000", "temp_store=MEMORY")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "CONN_MAX_AGE": None,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "".join(f"PRAGMA {pragma};" for pragma in pragmas),
        },
    }


def secret_key(folder: Path) -> str:
    """The signing key: from the environment, else from the home, where it is made once and readable by the owner only."""
    text = SECRET_KEY.read()
    if text:
        if len(text) < 32:
            raise EnvironmentMistake(f"{SECRET_KEY.name} has {len(text)} characters; use 32 or more random ones.")
        return text
    path = folder / "secret-key"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(os.urandom(32).hex())
    except FileExistsError:
        pass
    return path.read_text()
