import pytest

from regulars.actions.messaging.channels.sms.stop_words import says_stop


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("STOP", "en"), ("stop!!!", "de"), ("Stop.", ""), ("ＳＴＯＰ", "ja"), ("S.T.O.P", "en"), ("🛑 stop 🛑", "en"),
        ("Please unsubscribe me, thanks", "en"), ("Opt-out", "en"), ("opt out", "en"), ("STOP ALL", "en"), ("stop sending me texts", "en"),
        ("Stopp bitte", "de"), ("ARRÊT", "fr"), ("Me désabonner svp", "fr"), ("BAJA", "es"), ("RET", "tr"), ("수신거부", "ko"), ("ストップ", "ja"),
        ("退订", "zh-Hans"), ("我要退订，谢谢", "zh"), ("TD", "zh"), ("t", "zh-Hans"), ("R", "zh"), ("退訂", "zh-Hant"), ("Стоп", "ru"),
        ("Arrêt", ""), ("QUIT", "xx"),
    ],
)  # fmt: skip
def test_a_plain_wish_to_stop_is_heard(text, language):
    assert says_stop(text, language) is True


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("", "en"), ("😀", "en"), ("don't stop", "en"), ("please do not cancel my order", "en"), ("how do I unsubscribe?", "en"), ("怎么退订", "zh"),
        ("不要退订", "zh"), ("R", "en"), ("T", ""), ("unsubcribe", "en"), ("stpo stop it already idiots", "en"), ("Baja", "de"),
    ],
)  # fmt: skip
def test_what_is_unclear_is_left_to_a_person(text, language):
    assert says_stop(text, language) is None


@pytest.mark.parametrize(("text", "language"), [("Yes, gladly!", "en"), ("好的", "zh"), ("See you at the shop", "en"), ("Top", "de"),
                                                ("Danke, bis Samstag", "de"), ("1", "en")])  # fmt: skip
def test_other_words_are_no_wish_to_stop(text, language):
    assert says_stop(text, language) is False


def test_a_very_long_text_is_read_in_no_time():
    assert says_stop("lorem ipsum " * 100_000, "en") is False
