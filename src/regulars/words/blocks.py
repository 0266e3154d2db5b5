"""From a shopkeeper's blocks to a letter: MJML made into HTML that mail programs understand, and plain text beside it.

Words in a block are plain text with Liquid fields, **bold**, and [a link](https://...). Everything else is escaped, so
a block cannot bring a script or break the page.
"""

import html
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from regulars.words.sandbox import WordsRefused

BLOCKS_MAX = 60
BLOCK_CHARACTERS_MAX = 10_000
FIELD = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
LINK = re.compile(r"\[([^\]\n]{1,300})\]\(([^)\s]{1,1000})\)")
BOLD = re.compile(r"\*\*([^*\n]{1,500})\*\*")
FONT = "-apple-system, 'Segoe UI', Roboto, 'PingFang SC', 'Microsoft YaHei', sans-serif"
INK, PAPER, ACCENT = "#22221f", "#ffffff", "#1d5e4f"
HEAD = f"""<mj-head><mj-attributes><mj-all font-family="{FONT}" /><mj-text font-size="16px" line-height="1.55" color="{INK}" css-class="ink" />
<mj-button background-color="{ACCENT}" color="#ffffff" font-size="16px" border-radius="6px" inner-padding="12px 22px" /></mj-attributes>
<mj-raw><meta name="color-scheme" content="light dark"><meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-style>@media (prefers-color-scheme: dark) {{ body, .paper, .paper > table, .paper td {{ background: #1b1c1a !important; }} .ink, .ink div, .ink a {{ color: #eceae4 !important; }} }}</mj-style>
</mj-head>"""


def compile_html(blocks: Sequence[Mapping[str, Any]], *, language: str) -> str:
    """The letter as HTML with Liquid fields. Raises WordsRefused naming the block."""
    import mjml

    inner = "".join(_checked(number, block, MJML) for number, block in enumerate(blocks, 1))
    _refuse_too_many(blocks)
    source = f'<mjml lang="{language}">{HEAD}<mj-body background-color="{PAPER}" css-class="paper"><mj-section><mj-column>{inner}</mj-column></mj-section></mj-body></mjml>'
    try:
        return str(mjml.mjml2html(source, fonts={}))
    except Exception as error:  # the compiler raises its own kinds of errors, ValueError among them
        raise WordsRefused(f"the letter cannot be made: {error}") from error


def compile_text(blocks: Sequence[Mapping[str, Any]]) -> str:
    """The same letter as plain text with Liquid fields."""
    _refuse_too_many(blocks)
    return "\n\n".join(filter(None, (_checked(number, block, TEXT) for number, block in enumerate(blocks, 1))))


def _refuse_too_many(blocks: Sequence[Mapping[str, Any]]) -> None:
    if len(blocks) > BLOCKS_MAX:
        raise WordsRefused(f"{len(blocks)} blocks are too many; {BLOCKS_MAX} are the limit")


def _checked(number: int, block: Mapping[str, Any], makers: "Mapping[str, Callable[[Mapping[str, Any]], str]]") -> str:
    kind = str(block.get("kind", ""))
    if kind not in makers:
        raise WordsRefused(f"block {number}: there is no kind of block called {kind!r}")
    if sum(len(str(value)) for value in block.values()) > BLOCK_CHARACTERS_MAX:
        raise WordsRefused(f"block {number}: more than {BLOCK_CHARACTERS_MAX:,} characters")
    try:
        return makers[kind](block)
    except WordsRefused as error:
        raise WordsRefused(f"block {number}: {error}") from error


def _rich(words: str) -> str:
    """Escaped, with links and bold; Liquid fields stay as they are."""
    parts = FIELD.split(words)
    kept = [part if place % 2 else html.escape(part) for place, part in enumerate(parts)]
    linked = LINK.sub(lambda found: f'<a href="{_address(html.unescape(found[2]))}">{found[1]}</a>', "".join(kept))
    return BOLD.sub(r"<strong>\1</strong>", linked).replace("\r\n", "\n").replace("\n", "<br>")


def _address(link: str) -> str:
    """A link that may stand in a letter: https (or http, mailto, tel), or a field of ours."""
    if FIELD.fullmatch(link.strip()):
        return link.strip()
    if urlsplit(link).scheme not in ("https", "http", "mailto", "tel"):
        raise WordsRefused(f"a link must begin with https://, not {link[:60]!r}")
    return html.escape(link, quote=True)


def _paragraphs(words: str) -> list[str]:
    return [part.strip() for part in re.split(r"\n\s*\n", words.replace("\r\n", "\n")) if part.strip()]


def _mjml_text(block: Mapping[str, Any]) -> str:
    return "".join(f"<mj-text>{_rich(part)}</mj-text>" for part in _paragraphs(str(block.get("words", ""))))


def _mjml_heading(block: Mapping[str, Any]) -> str:
    return f'<mj-text font-size="24px" font-weight="700" line-height="1.25"><h1 style="margin:0;font-size:24px">{_rich(str(block.get("words", "")))}</h1></mj-text>'


def _mjml_button(block: Mapping[str, Any]) -> str:
    return f'<mj-button href="{_address(str(block.get("link", "")))}">{_rich(str(block.get("words", "")))}</mj-button>'


def _mjml_picture(block: Mapping[str, Any]) -> str:
    alt = html.escape(str(block.get("alt", "")), quote=True)
    if not alt:
        raise WordsRefused("a picture needs words for those who cannot see it (alt)")
    return f'<mj-image src="{_address(str(block.get("src", "")))}" alt="{alt}" />'


MJML: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "text": _mjml_text,
    "heading": _mjml_heading,
    "button": _mjml_button,
    "picture": _mjml_picture,
    "divider": lambda _block: '<mj-divider border-width="1px" border-color="#d9d6cc" />',
    "signature": _mjml_text,
}


def _plain(words: str) -> str:
    """Links written out, bold left out."""
    shown = LINK.sub(lambda found: f"{found[1]} ({found[2]})", words)
    return BOLD.sub(r"\1", shown).strip()


TEXT: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "text": lambda block: _plain(str(block.get("words", ""))),
    "heading": lambda block: _plain(str(block.get("words", ""))),
    "button": lambda block: f"{_plain(str(block.get('words', '')))}:\n{block.get('link', '')}",
    "picture": lambda block: f"[{block.get('alt', '')}]",
    "divider": lambda _block: "-- ",
    "signature": lambda block: _plain(str(block.get("words", ""))),
}
