"""Text is translated when it is rendered, in the reader's language."""

from pathlib import Path

import pytest

from core.i18n import _, best_locale, listed, load_catalogues, messages_of, ngettext, pgettext, use_locale
from core.web import templating

PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

msgid "Save {name}"
msgstr "儲存 {name}"

msgid "{count} record"
msgid_plural "{count} records"
msgstr[0] "{count} 筆"

msgid "Name"
msgstr "名稱"

msgctxt "person"
msgid "Name"
msgstr "姓名"

#, fuzzy
msgid "Old"
msgstr "舊"
"""


@pytest.fixture
def catalogue(tmp_path: Path):
    folder = tmp_path / "zh_Hant_TW" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "messages.po").write_text(PO, encoding="utf-8")
    from core import i18n

    kept = {locale: dict(messages_of(locale)) for locale in i18n.LOCALES}
    load_catalogues([tmp_path])
    yield
    i18n._messages.update(kept)


def test_a_text_is_rendered_in_the_current_language(catalogue: None) -> None:
    text = _("Save {name}", name="台榮")

    with use_locale("zh_Hant_TW"):
        assert str(text) == "儲存 台榮"
    with use_locale("en"):
        assert str(text) == "Save 台榮"


@pytest.mark.parametrize(("count", "english"), [(0, "0 records"), (1, "1 record"), (2, "2 records")])
def test_a_number_chooses_the_form(count: int, english: str, catalogue: None) -> None:
    text = ngettext("{count} record", "{count} records", count)

    with use_locale("en"):
        assert str(text) == english
    with use_locale("zh_Hant_TW"):
        assert str(text) == f"{count} 筆"


def test_an_unsure_translation_is_not_used(catalogue: None) -> None:
    with use_locale("zh_Hant_TW"):
        assert str(_("Old")) == "Old"


def test_a_context_tells_one_word_from_another(catalogue: None) -> None:
    with use_locale("zh_Hant_TW"):
        assert [str(_("Name")), str(pgettext("person", "Name"))] == ["名稱", "姓名"]
        assert [templating.gettext("Name"), templating.pgettext("person", "Name")] == ["名稱", "姓名"]


def test_a_context_is_not_shown(catalogue: None) -> None:
    with use_locale("en"):
        assert [str(pgettext("person", "Name")), templating.pgettext("person", "Name")] == ["Name", "Name"]
    with use_locale("zh_Hant_TW"):
        assert str(pgettext("person", "Surname of {name}", name="王")) == "Surname of 王"


def test_texts_of_different_contexts_differ() -> None:
    assert pgettext("person", "Name") != _("Name")
    assert pgettext("person", "Name") == pgettext("person", "Name")


def test_markup_in_an_argument_is_escaped() -> None:
    assert "{}".format(_("Save {name}", name="<b>").__html__()).endswith("&lt;b&gt;")


def test_braces_in_an_argument_stay_as_they_are() -> None:
    with use_locale("en"):
        assert str(_("Save {name}", name="{0.__class__}")) == "Save {0.__class__}"


@pytest.mark.parametrize(
    ("wanted", "locale"),
    [
        (["zh-TW", "en"], "zh_Hant_TW"),
        (["zh-HK"], "zh_Hant_TW"),
        (["zh-CN"], "zh_Hans_CN"),
        (["zh-Hans-SG"], "zh_Hans_CN"),
        (["en-GB"], "en"),
        (["fr", "en"], "en"),
        ([], "zh_Hant_TW"),
    ],
)
def test_the_browser_s_languages_choose(wanted: list[str], locale: str) -> None:
    assert best_locale(wanted) == locale


@pytest.mark.parametrize(("locale", "expected"), [("zh_Hant_TW", "甲、乙"), ("zh_Hans_CN", "甲、乙"), ("en", "甲, 乙")])
def test_texts_in_a_row_are_separated_as_the_language_does(locale: str, expected: str) -> None:
    with use_locale(locale):
        assert listed(["甲", "乙"]) == expected
