"""A play's file: read whole, every mistake told with line, column and what may have been meant, and its words with it."""

import pytest

from regulars.plays import folders
from regulars.plays.folders import Written, check, open_folder, shipped
from regulars.plays.form import KINDS_LATER
from regulars.plays.reading import PlayMistakes, read

GOOD = """[play]
name = "hello"
title.en = "Say hello"
title.zh-hans = "问好"
because = "They have been silent."
audience = "stage = 'slipping'"
on = "daily"

[[action]]
kind = "message"
channel = "email"
words = "letter"

[hold_out]
share = 0.2
"""


def told(text):
    with pytest.raises(PlayMistakes) as caught:
        read(text)
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_play_is_read_whole():
    made = read(GOOD)
    assert (made.name, made.title.of("zh-hans"), made.title.of("de"), made.share) == ("hello", "问好", "Say hello", 0.2)
    assert (made.contact.channel, made.goal.within, made.once_every) == ("email", 60, 365)


@pytest.mark.parametrize(
    ("change", "mistakes"),
    [
        (('"daily"', '"dayly"'), ["7:1: 'dayly' is none of daily, once, order, refund, review, bad_review, occasion, festival, complaint, visit. Did you mean daily?"]),
        (("audience", "audiense"), ["6:1: There is no key 'audiense'. Did you mean audience?"]),
        (("stage =", "stagee ="), ["6:13: There is no column 'stagee'. Did you mean stage?"]),
        (('"email"', '"emial"'), ["11:1: message needs a channel: email, sms, inbox, webhook. Did you mean email?"]),
        (("[hold_out]", "[holdout]"), ["14:1: There is no part called 'holdout'. Did you mean hold_out?"]),
        (("share = 0.2", "share = 0.9"), ["15:1: share is at most 0.5."]),
        (("share = 0.2", "share = nan"), ['15:1: share is "auto" or a number.']),
        (('name = "hello"', 'name = "Hello World"'), ["2:1: A name has small letters, digits and hyphens, and begins with a letter."]),
        (('name = "hello"\n', ""), ["1:1: name is missing."]),
        (("[[action]]", "[action]"), ["9:1: This part is written as [[action]]."]),
        (("[hold_out]", '[[action]]\nkind = "task"\nchannel = "card"\nwords = "card"\n[hold_out]'), ["14:1: A play reaches a person in one way. Write another play for this."]),
        (('on = "daily"', 'on = "occasion"'), ["7:1: occasions is missing."]),
        (('on = "daily"', 'on = "daily"\nonce_every = 0'), ["8:1: once_every is at least 1."]),
        (('on = "daily"', 'on = "daily"\nonce_every = true'), ["8:1: once_every is a whole number."]),
    ],
)  # fmt: skip
def test_a_mistake_says_where_and_what_may_have_been_meant(change, mistakes):
    assert told(GOOD.replace(*change)) == mistakes


def test_every_mistake_is_told_at_once():
    assert (
        len(told(GOOD.replace('"daily"', '"dayly"').replace('"message"', '"massage"').replace("share", "shore"))) == 3
    )


def test_what_is_no_toml_says_the_line():
    assert told("[play]\nname = \n")[0].startswith("2:8: This is not TOML")


def test_what_is_owed_is_never_held_out():
    owed = GOOD.replace('on = "daily"', 'on = "daily"\npurpose = "service"')
    assert told(owed)[0].endswith("What is owed is never held out.")
    assert read(owed.replace("0.2", "0")).owed


def test_the_words_belong_to_the_play():
    letter = "Subject: Hello\n\nWe thought of you.\n"
    assert check(Written(GOOD, {"letter.en.md": letter})).name == "hello"
    for words, mistake in (
        ({}, "letter.en.md: is missing"),
        ({"letter.en.md": letter, "lettre.en.md": letter}, "lettre.en.md: no action has these words"),
        ({"letter.en.md": "We thought of you."}, "letter.en.md: the subject is missing"),
        ({"letter.en.md": letter + "{{ customer.score }}"}, "letter.en.md: unknown_field: customer.score"),
        ({"letter.en.md": letter + "\nLast chance"}, "letter.en.md: false_urgency: Last chance"),
        ({"letter.en.md": letter + "\n[Go](javascript:1)"}, "letter.en.md: block 2: a link must begin"),
    ):
        with pytest.raises(PlayMistakes, match=mistake):
            check(Written(GOOD, words))


def test_a_folder_that_is_none_says_so(tmp_path):
    with pytest.raises(PlayMistakes, match="cannot be read"):
        open_folder(tmp_path / "nothing")
    (tmp_path / "play.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(PlayMistakes, match="UTF-8"):
        open_folder(tmp_path)
    (tmp_path / "play.toml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "words").mkdir()
    (tmp_path / "words" / "letter.zh-hans.md").write_text("Subject: 你好\n\n想起您了。", encoding="utf-8")
    assert check(open_folder(tmp_path / "play.toml")).name == "hello"


@pytest.mark.parametrize("name", sorted(shipped()))
def test_every_play_that_is_shipped_is_in_order_and_speaks_both_languages(name):
    written = shipped()[name]
    made = check(written)
    assert made.name == name
    assert made.mode == "ask first"
    for said in (made.title, made.because, made.evidence.expect):
        assert set(said.texts) == {"en", "zh-hans"}
    assert made.owed or made.evidence.source
    assert made.limits.per_day is not None or made.waits_for or made.on == "once"
    for action in made.actions:
        if action.available:
            for words in action.words:
                assert set(written.drafts(words)) == {"en", "zh-hans"}
        else:
            assert action.kind in KINDS_LATER


def test_words_files_are_named_by_language():
    assert folders._named("letter.zh-hans.md") == ("letter", "zh-hans")
    assert folders._named("notes.txt") == ("notes.txt", "")
