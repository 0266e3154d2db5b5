"""Plays as folders: `play.toml`, and `words/<name>.<language>.md` for each action. Those the product brings lie in `shipped/`."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path

from django.utils.translation import gettext as _

from regulars.plays.form import Action, Form
from regulars.plays.positions import Place
from regulars.plays.reading import Mistake, PlayMistakes, read
from regulars.words import lint, plain
from regulars.words.letters import LANGUAGES, Draft, compiled
from regulars.words.sandbox import WordsRefused

PLAY = "play.toml"
WORDS = "words"
FILE_BYTES_MAX = 100_000


@dataclass(frozen=True)
class Written:
    """A play as it is written. words: by file name ("letter.en.md")."""

    text: str
    words: Mapping[str, str]

    def drafts(self, words: str) -> dict[str, Draft]:
        """The words of one name, by language."""
        found = {}
        for name, text in self.words.items():
            stem, language = _named(name)
            if stem == words and language:
                found[language] = plain.read(text, language=language)
        return found


def _named(file: str) -> tuple[str, str]:
    """letter.zh-hans.md -> letter, zh-hans; no language for a file that is none of ours."""
    parts = file.rsplit(".", 2)
    return (parts[0], parts[1]) if len(parts) == 3 and parts[2] == "md" and parts[1] in LANGUAGES else (file, "")


def open_folder(folder: Path | Traversable) -> Written:
    """The files of a folder; or a file that is a play, with the words beside it. Raises PlayMistakes."""
    file = folder / PLAY
    if isinstance(folder, Path) and folder.is_file():
        file, folder = folder, folder.parent
    try:
        text = _text(file)
        within = folder / WORDS
        files = sorted(within.iterdir(), key=lambda each: each.name) if within.is_dir() else []
        return Written(text, {each.name: _text(each) for each in files if not each.name.startswith(".")})
    except OSError as error:
        raise PlayMistakes(
            [Mistake(Place(), _("{file} cannot be read.").format(file=error.filename or PLAY))]
        ) from error
    except UnicodeDecodeError as error:
        raise PlayMistakes([Mistake(Place(), _("The files of a play are UTF-8 text."))]) from error


def _text(file: Path | Traversable) -> str:
    content = file.read_bytes()
    if len(content) > FILE_BYTES_MAX:
        raise PlayMistakes([Mistake(Place(), _("{file} is too long.").format(file=file.name))])
    return content.decode("utf-8-sig")


@lru_cache(maxsize=1)
def shipped() -> Mapping[str, Written]:
    """The plays that the product brings, by name."""
    folders = sorted(resources.files("regulars.plays").joinpath("shipped").iterdir(), key=lambda each: each.name)
    return {each.name: open_folder(each) for each in folders if each.is_dir() and not each.name.startswith("_")}


def check(written: Written, *, minor_per_major: int = 100) -> Form:
    """The play, read with its words. Raises PlayMistakes with everything that would stop it."""
    made = read(written.text, minor_per_major=minor_per_major)
    mistakes = [Mistake(Place(), f"{WORDS}/{name}: {said}") for name, said in _words_mistakes(made, written)]
    if mistakes:
        raise PlayMistakes(mistakes)
    return made


def _words_mistakes(made: Form, written: Written) -> list[tuple[str, str]]:
    used = {words for action in made.actions for words in action.words}
    found = [(name, _("no action has these words")) for name in written.words if _named(name)[0] not in used]
    for action in made.actions:
        found += [(name, _("is missing")) for name in _missing(action, written)] if action.available else []
    for words in sorted(used):
        way = next(action.channel for action in made.actions if words in action.words)
        for language, draft in written.drafts(words).items():
            name = f"{words}.{language}.md"
            found += [(name, said) for said in _draft_mistakes(draft, subject=way in ("email", "inbox"))]
    return found


def _missing(action: Action, written: Written) -> list[str]:
    """Files that should be there: versions that compete are read in the same languages, or the readers would differ."""
    languages = {words: set(written.drafts(words)) for words in action.words}
    needed = set.union(*languages.values()) or {"en"}
    return [f"{words}.{code}.md" for words, known in languages.items() for code in sorted(needed - known)]


def _draft_mistakes(draft: Draft, *, subject: bool) -> list[str]:
    try:
        html, text = compiled(draft)
    except WordsRefused as refused:
        return [str(refused)]
    told = [
        f"{one.code}: {one.what}" if one.what else one.code
        for one in lint.check(draft.subject or "-", text, html=html, marketing=True)
        if one.code not in ("no_subject", "unfinished")
    ]
    return told + ([_("the subject is missing")] if subject and not draft.subject else [])
