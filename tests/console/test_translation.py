"""Every text of the product is in Simplified Chinese.

When one of these fails: `make messages`, fill in what is empty or fuzzy in the .po, and `make messages` again.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo
from babel.messages.pofile import read_po
from django.template import engines
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

import regulars

SOURCE = Path(regulars.__file__).parent
MESSAGES = SOURCE / "locale" / "zh_Hans" / "LC_MESSAGES"
REMEDY = "run `make messages`, fill in src/regulars/locale/zh_Hans/LC_MESSAGES/django.po, and run it again"
# function that marks a text: which of its arguments is the text
MARKS = dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop", "ngettext", "ngettext_lazy"), 0)
MARKS |= {"pgettext": 1, "pgettext_lazy": 1}
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%%|\{[^{}]*\}|</?\w+[^>]*>")
ENGLISH = re.compile(r"[a-z]{3}.* [a-z]{3}")


@lru_cache(maxsize=1)
def translated() -> Catalog:
    """The .po file, read strictly."""
    with (MESSAGES / "django.po").open("rb") as file:
        return read_po(file, abort_invalid=True)


def entries() -> list[Message]:
    """Its messages, without the header."""
    return [message for message in translated() if message.id]


def english(message: Message) -> str:
    """The text as it stands in the source; of a plural, the singular."""
    return message.id if isinstance(message.id, str) else message.id[0]


def english_of_many(message: Message) -> str:
    """The text for any number, which is what Chinese translates; of a plural, the plural."""
    return message.id if isinstance(message.id, str) else message.id[-1]


def chinese(message: Message) -> tuple[str, ...]:
    """The translation: one form, as Chinese has no plural."""
    return (message.string,) if isinstance(message.string, str) else tuple(message.string)


def marked_in_python(path: Path) -> Iterator[str]:
    """Every literal given to `_` or a gettext function."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in MARKS:
            for text in node.args[MARKS[node.func.id] :][:1]:
                if isinstance(text, ast.Constant) and isinstance(text.value, str):
                    yield text.value


def marked_in_template(name: str) -> Iterator[str]:
    """Every text of a {% translate %} or {% blocktranslate %}, as it is looked up."""
    nodes = engines["django"].get_template(name).template.nodelist
    for node in nodes.get_nodes_by_type(TranslateNode):
        if node.filter_expression.var.literal is not None:
            yield node.filter_expression.var.literal.replace("%", "%%")
    for node in nodes.get_nodes_by_type(BlockTranslateNode):
        yield node.render_token_list(node.singular)[0]


def _place(message: Message) -> tuple[str, str, str]:
    return (message.context or "", english(message), english_of_many(message))


PYTHON = sorted(path for path in SOURCE.rglob("*.py") if any(marked_in_python(path)))
PAGES = sorted(str(path.relative_to(room)) for room in SOURCE.glob("*/templates") for path in room.rglob("*.html"))


def test_no_text_is_untranslated() -> None:
    empty = [english(message) for message in entries() if not all(text.strip() for text in chinese(message))]
    assert not empty, f"not translated: {empty}; {REMEDY}"


def test_no_translation_is_a_guess() -> None:
    fuzzy = [english(message) for message in entries() if message.fuzzy]
    assert not fuzzy, f"only guessed (fuzzy): {fuzzy}; correct them, take the mark away, and {REMEDY}"


def test_chinese_has_one_form_for_any_number() -> None:
    assert translated().num_plurals == 1
    assert [english(message) for message in entries() if len(chinese(message)) != 1] == []


def test_no_english_sentence_stands_for_its_own_translation() -> None:
    assert [english(m) for m in entries() if ENGLISH.search(english(m)) and english(m) in chinese(m)] == []


def test_placeholders_agree() -> None:
    wrong = [
        (english(message), text)
        for message in entries()
        for text in chinese(message)
        if Counter(PLACEHOLDER.findall(english_of_many(message))) != Counter(PLACEHOLDER.findall(text))
    ]
    assert not wrong, f"placeholders differ: {wrong}"


def test_the_compiled_file_is_of_this_text() -> None:
    with (MESSAGES / "django.mo").open("rb") as file:
        compiled = read_mo(file)
    said = {_place(message): chinese(message) for message in compiled if message.id}
    assert said == {_place(message): chinese(message) for message in entries()}, f"django.mo is not django.po; {REMEDY}"
    assert compiled.plural_expr == translated().plural_expr


@pytest.mark.parametrize("path", PYTHON, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_marked_text_of_a_module_is_translated(path: Path) -> None:
    missing = set(marked_in_python(path)) - {english(message) for message in entries()}
    assert not missing, f"{path.name} says what no Chinese reader can read: {missing}; {REMEDY}"


@pytest.mark.parametrize("name", PAGES)
def test_every_text_of_a_page_is_translated(name: str) -> None:
    missing = set(marked_in_template(name)) - {english(message) for message in entries()}
    assert not missing, f"{name} says what no Chinese reader can read: {missing}; {REMEDY}"


def test_the_search_for_texts_finds_some() -> None:
    assert {"explain.py", "dictionary.py", "definitions.py", "words.py"} <= {path.name for path in PYTHON}
    assert "95 %% interval" in set(marked_in_template("console/products.html"))
    assert "%(n)s day" in set(marked_in_template("console/customer.html"))
