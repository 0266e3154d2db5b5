"""A letter as a plain text file, as plays keep theirs: `Subject:` and `Preview:` first, then paragraphs.

A paragraph is text; `# ...` a heading; `[words](link)` alone a button; `![words](address)` a picture; `---` a line. Fields
and **bold** are those of every letter. A card, a call or a text message has no subject.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from regulars.words.letters import Draft

HEAD = re.compile(r"^(Subject|Preview):[ \t]*(.*)$")
BUTTON = re.compile(r"\[([^\]\n]{1,300})\]\(([^)\n]{1,1000})\)")
PICTURE = re.compile(r"!\[([^\]\n]{1,300})\]\(([^)\n]{1,1000})\)")


def read(text: str, *, language: str) -> Draft:
    """The letter that a file holds. Whether it can be filled is asked by `words.lint`."""
    said: dict[str, str] = {}
    lines = text.replace("\r\n", "\n").split("\n")
    while lines and (found := HEAD.match(lines[0])):
        said[found[1]] = found[2].strip()
        lines = lines[1:]
    return Draft(language, said.get("Subject", ""), list(_blocks("\n".join(lines))), said.get("Preview", ""))


def _blocks(text: str) -> Iterator[Mapping[str, Any]]:
    for part in re.split(r"\n\s*\n", text):
        words = part.strip()
        if not words:
            continue
        if words == "---":
            yield {"kind": "divider"}
        elif words.startswith("# ") and "\n" not in words:
            yield {"kind": "heading", "words": words[2:].strip()}
        elif found := PICTURE.fullmatch(words):
            yield {"kind": "picture", "alt": found[1], "src": found[2]}
        elif found := BUTTON.fullmatch(words):
            yield {"kind": "button", "words": found[1], "link": found[2].strip()}
        else:
            yield {"kind": "text", "words": words}


def written(draft: Draft) -> str:
    """The file of a letter; read again it says the same."""
    head = [f"{name}: {value}" for name, value in (("Subject", draft.subject), ("Preview", draft.preview)) if value]
    return "\n".join([*head, "", *("\n\n".join(map(_part, draft.blocks)),)]).strip() + "\n"


def _part(block: Mapping[str, Any]) -> str:
    match block.get("kind"):
        case "divider":
            return "---"
        case "heading":
            return f"# {block.get('words', '')}"
        case "picture":
            return f"![{block.get('alt', '')}]({block.get('src', '')})"
        case "button":
            return f"[{block.get('words', '')}]({block.get('link', '')})"
        case _:
            return str(block.get("words", ""))
