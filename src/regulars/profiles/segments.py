"""A segment is one condition on the profile: `days_since_last_order > 60 and value_grade = 'A'`.

Parsed with SQLGlot, checked against the data dictionary, and written anew in the dialect of whoever asks, so nothing of
the text itself ever reaches an engine. The same text gives the same customers on SQLite, PostgreSQL and DuckDB.
Money is written in the currency (net_total > 100); `contains` and `starts_with` look at upper and lower case as they are.
"""

import datetime as dt
import difflib
from collections.abc import Callable
from dataclasses import dataclass

import sqlglot
from django.utils.translation import gettext as _
from sqlglot import expressions as exp

from regulars.profiles.dictionary import BY_NAME

CHARACTERS_MAX = 2000
DEPTH_MAX = 40
DIALECTS = ("sqlite", "postgresql", "duckdb")
COMPARISONS: dict[type[exp.Expression], str] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.GT: ">", exp.GTE: ">=", exp.LT: "<", exp.LTE: "<=",
}  # fmt: skip
ARITHMETIC: dict[type[exp.Expression], str] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*"}
NUMBERS = ("integer", "money", "share", "number")


class ConditionMistake(Exception):
    """What is wrong with a condition, where (1-based column, 0 when unknown), and what may have been meant."""

    def __init__(self, message: str, column: int = 0, suggestion: str = "") -> None:
        super().__init__(message)
        self.message, self.column, self.suggestion = message, column, suggestion

    def __str__(self) -> str:
        """The message with place and suggestion."""
        place = _(" (at character {place})").format(place=self.column) if self.column else ""
        meant = _(" Did you mean {suggestion}?").format(suggestion=self.suggestion) if self.suggestion else ""
        return self.message + place + meant


@dataclass(frozen=True)
class Piece:
    """A part of the condition: its SQL and its type."""

    sql: str
    type: str


@dataclass(frozen=True)
class Condition:
    """A checked condition. `sql(dialect)` is safe to put behind WHERE."""

    text: str
    tree: exp.Expression
    minor_per_major: int

    def sql(self, dialect: str) -> str:
        """The condition for SQLite, PostgreSQL or DuckDB."""
        return _Writer(dialect, self.minor_per_major).condition(self.tree).sql


def parse(text: str, *, minor_per_major: int = 100) -> Condition:
    """The checked condition. Raises ConditionMistake with the place and a suggestion."""
    if not text.strip():
        raise ConditionMistake(_("The condition is empty. Write for instance: days_since_last_order > 60"))
    if len(text) > CHARACTERS_MAX:
        raise ConditionMistake(_("The condition is longer than {most} characters.").format(most=CHARACTERS_MAX))
    try:
        trees = [tree for tree in sqlglot.parse(text, read="duckdb") if tree is not None]
    except (sqlglot.errors.ParseError, sqlglot.errors.TokenError, RecursionError) as error:
        found = getattr(error, "errors", None) or [{}]
        place = int(found[0].get("col") or 0)
        raise ConditionMistake(_("This cannot be read as a condition."), place) from error
    if len(trees) != 1:
        raise ConditionMistake(_("Write one condition, without semicolons."))
    condition = Condition(text, trees[0], minor_per_major)
    for dialect in DIALECTS:
        condition.sql(dialect)
    return condition


class _Writer:
    """Writes a checked tree in one dialect; anything not named here is refused."""

    def __init__(self, dialect: str, minor_per_major: int) -> None:
        self._dialect, self._minor, self._depth = dialect, minor_per_major, 0

    def condition(self, node: exp.Expression) -> Piece:
        piece = self._write(node)
        if piece.type != "boolean":
            raise ConditionMistake(
                _("This is a value, not a condition. Compare it with something, e.g. > 60."), _column(node)
            )
        return piece

    def _write(self, node: exp.Expression) -> Piece:
        self._depth += 1
        if self._depth > DEPTH_MAX * 10:
            raise ConditionMistake(_("The condition is nested too deeply."))
        for kinds, write in self._writers():
            if isinstance(node, kinds):
                return write(node)
        raise ConditionMistake(
            _("{word} is not allowed in a condition.").format(word=type(node).__name__.upper()), _column(node)
        )

    def _writers(self) -> tuple[tuple[tuple[type[exp.Expression], ...], Callable[..., Piece]], ...]:
        return (
            ((exp.Paren,), lambda node: Piece(f"({self._write(node.this).sql})", self._write(node.this).type)),
            ((exp.And, exp.Or), self._both),
            ((exp.Not,), lambda node: Piece(f"(NOT {self.condition(node.this).sql})", "boolean")),
            (tuple(COMPARISONS), self._compare),
            (tuple(ARITHMETIC), self._calculate),
            ((exp.Div,), self._divide),
            ((exp.Neg,), self._negative),
            ((exp.Between,), self._between),
            ((exp.In,), self._in),
            ((exp.Is,), self._is),
            ((exp.Column,), self._column),
            ((exp.Literal,), self._literal),
            ((exp.Boolean,), lambda node: Piece("TRUE" if node.this else "FALSE", "boolean")),
            ((exp.Abs, exp.Contains, exp.StartsWith, exp.Coalesce, exp.ArrayContains, exp.Func), self._function),
        )

    def _both(self, node: exp.Binary) -> Piece:
        word = "AND" if isinstance(node, exp.And) else "OR"
        return Piece(f"({self.condition(node.left).sql} {word} {self.condition(node.right).sql})", "boolean")

    def _compare(self, node: exp.Binary) -> Piece:
        left, right = self._pair(node.left, node.right)
        if left.type == "text" and not isinstance(node, (exp.EQ, exp.NEQ)):
            raise ConditionMistake(
                _("Texts can be equal or not; databases disagree on which comes first."), _column(node)
            )
        return Piece(f"({left.sql} {COMPARISONS[type(node)]} {right.sql})", "boolean")

    def _pair(self, first: exp.Expression, second: exp.Expression) -> tuple[Piece, Piece]:
        left, right = self._write(first), self._write(second)
        left, right = self._fitted(left, right, first), self._fitted(right, left, second)
        same = left.type == right.type or (left.type in NUMBERS and right.type in NUMBERS)
        if not same:
            raise ConditionMistake(
                _("{left} cannot be compared with {right}.").format(left=left.type, right=right.type),
                _column(second) or _column(first),
            )
        return left, right

    def _fitted(self, piece: Piece, other: Piece, node: exp.Expression) -> Piece:
        """A literal beside a date is a date; beside money it is an amount; beside a choice it must be one of them."""
        if not isinstance(node, (exp.Literal, exp.Neg)):
            return piece
        if other.type == "date" and piece.type == "text":
            return self._date(str(node.this), node)
        if other.type == "money" and piece.type in ("integer", "number"):
            return Piece(f"({piece.sql} * {self._minor})", "money")
        choices = BY_NAME[other.sql.strip('"')].values if other.sql.strip('"') in BY_NAME else ()
        if choices and piece.type == "text" and str(node.this) not in choices:
            raise ConditionMistake(
                _("{column} is never {value}.").format(column=other.sql.strip(chr(34)), value=repr(node.this)),
                _column(node),
                _near(str(node.this), choices) or ", ".join(choices),
            )
        return piece

    def _date(self, text: str, node: exp.Expression) -> Piece:
        try:
            day = dt.date.fromisoformat(text)
        except ValueError:
            raise ConditionMistake(
                _("{text} is not a date. Write it like '2026-11-21'.").format(text=repr(text)), _column(node)
            ) from None
        return Piece(f"'{day}'" if self._dialect == "sqlite" else f"DATE '{day}'", "date")

    def _number(self, node: exp.Expression) -> Piece:
        piece = self._write(node)
        if piece.type not in NUMBERS:
            raise ConditionMistake(_("A number is needed here, not {type}.").format(type=piece.type), _column(node))
        return piece

    def _calculate(self, node: exp.Binary) -> Piece:
        left, right = self._number(node.left), self._number(node.right)
        if not isinstance(node, exp.Mul):
            left, right = self._fitted(left, right, node.left), self._fitted(right, left, node.right)
        money = "money" in (left.type, right.type)
        return Piece(f"({left.sql} {ARITHMETIC[type(node)]} {right.sql})", "money" if money else "number")

    def _divide(self, node: exp.Div) -> Piece:
        left, right = self._number(node.left), self._number(node.right)
        if right.type == "money" and left.type != "money":
            raise ConditionMistake(_("Only money can be divided by money."), _column(node))
        real = "REAL" if self._dialect == "sqlite" else "DOUBLE PRECISION"
        kind = "money" if left.type == "money" and right.type != "money" else "number"
        return Piece(f"(CAST({left.sql} AS {real}) / NULLIF({right.sql}, 0))", kind)

    def _negative(self, node: exp.Expression) -> Piece:
        piece = self._number(node.this)
        return Piece(f"(- {piece.sql})", piece.type)

    def _between(self, node: exp.Expression) -> Piece:
        this, low = self._pair(node.this, node.args["low"])
        _same, high = self._pair(node.this, node.args["high"])
        return Piece(f"({this.sql} BETWEEN {low.sql} AND {high.sql})", "boolean")

    def _in(self, node: exp.Expression) -> Piece:
        items = node.args.get("expressions") or []
        if not items or node.args.get("query"):
            raise ConditionMistake(_("IN needs a list, e.g. stage in ('slipping', 'lost')."), _column(node))
        pairs = [self._pair(node.this, item) for item in items]
        return Piece(f"({pairs[0][0].sql} IN ({', '.join(right.sql for _left, right in pairs)}))", "boolean")

    def _is(self, node: exp.Expression) -> Piece:
        if isinstance(node.expression, exp.Null):
            return Piece(f"({self._write(node.this).sql} IS NULL)", "boolean")
        left, right = self.condition(node.this), self._write(node.expression)
        return Piece(f"(coalesce({left.sql}, NOT {right.sql}) = {right.sql})", "boolean")

    def _column(self, node: exp.Column) -> Piece:
        name = node.name.lower()
        if node.args.get("table") or name not in BY_NAME:
            raise ConditionMistake(
                _("There is no column {name}.").format(name=repr(node.name)), _column(node), _near(name, list(BY_NAME))
            )
        return Piece(f'"{name}"', BY_NAME[name].type)

    def _literal(self, node: exp.Literal) -> Piece:
        text = str(node.this)
        if node.is_string:
            if any(ord(letter) < 32 for letter in text):
                raise ConditionMistake(_("A text must not hold control characters."), _column(node))
            return Piece("'" + text.replace("'", "''") + "'", "text")
        try:
            value = int(text) if text.isdigit() else float(text)
        except ValueError:
            raise ConditionMistake(_("{text} is not a number.").format(text=repr(text)), _column(node)) from None
        if abs(value) > 1e15:
            raise ConditionMistake(_("{text} is too large.").format(text=text), _column(node))
        return Piece(repr(value), "integer" if isinstance(value, int) else "number")

    def _function(self, node: exp.Func) -> Piece:
        name = (node.name if isinstance(node, exp.Anonymous) else node.sql_name()).lower()
        parts = (
            [arg for arg in (node.this, node.expression) if isinstance(arg, exp.Expression)]
            if not isinstance(node, exp.Anonymous)
            else list(node.expressions)
        )
        if name == "abs" and parts:
            piece = self._number(parts[0])
            return Piece(f"abs({piece.sql})", piece.type)
        if name in ("contains", "starts_with", "startswith", "array_contains") and len(parts) == 2:
            return self._search(name, parts)
        raise ConditionMistake(
            _("The function {name} is not known.").format(name=name),
            _column(node),
            _near(name, ["abs", "contains", "starts_with"]),
        )

    def _search(self, name: str, parts: list[exp.Expression]) -> Piece:
        text, part = self._write(parts[0]), self._write(parts[1])
        if text.type != "text" or part.type != "text":
            raise ConditionMistake(_("{name} looks for a text in a text.").format(name=name), _column(parts[0]))
        find = "instr" if self._dialect == "sqlite" else "strpos"
        wanted = "= 1" if name.startswith("start") else "> 0"
        return Piece(f"({find}({text.sql}, {part.sql}) {wanted})", "boolean")


def _near(word: str, words: list[str] | tuple[str, ...]) -> str:
    return next(iter(difflib.get_close_matches(word, words, 1, 0.5)), "")


def _column(node: exp.Expression) -> int:
    """Where a node stands in the text (1-based), as far as its first name or literal says; 0 when unknown."""
    for part in node.walk():
        if "start" in part.meta:
            return int(part.meta["start"]) + 1
    return 0
