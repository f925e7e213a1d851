"""Values as HTML."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from core import clock
from core.env import Env
from core.i18n import _, use_locale
from core.orm.field import Field, Kind
from core.pages.cells import Cells
from core.testing.cast import Cast

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Noon in Taipei."""


@pytest.fixture
def backend() -> str:
    return "sqlite"


@pytest.fixture
def env(cast: Cast) -> Iterator[Env]:
    with clock.frozen(NOW), cast.env("sales", write=False) as found:
        yield found


def show(env: Env, kind: Kind, value: Any, *, in_list: bool = False, **more: Any) -> str:
    spec = Field(kind, _("Field"), name="field", **more)
    return str(Cells(env).format(spec, value, in_list=in_list))


def test_text_is_escaped(env: Env) -> None:
    assert show(env, Kind.TEXT, '<script>"&') == "&lt;script&gt;&#34;&amp;"


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_shown_as_nothing(env: Env, kind: Kind) -> None:
    assert show(env, kind, None, target="user") == ""


@pytest.mark.parametrize(
    ("value", "shown"),
    [("1234567", "NT$1,234,567"), ("1234.5", "NT$1,234.5"), ("-0.25", "-NT$0.25"), ("12.0000", "NT$12")],
)
def test_money_has_its_currency_and_no_needless_decimals(env: Env, value: str, shown: str) -> None:
    assert show(env, Kind.MONEY, Decimal(value)) == f'<span class="num">{shown}</span>'


def test_money_in_chinese_has_the_local_sign(env: Env) -> None:
    with use_locale("zh_Hant_TW"):
        assert show(env, Kind.MONEY, Decimal(1200)) == '<span class="num">$1,200</span>'


def test_numbers_are_grouped(env: Env) -> None:
    assert show(env, Kind.QUANTITY, Decimal("1234.5000")) == '<span class="num">1,234.5</span>'
    assert show(env, Kind.PERCENT, Decimal("12.5")) == '<span class="num">12.5 %</span>'
    assert show(env, Kind.INTEGER, 4200) == '<span class="num">4,200</span>'


@pytest.mark.parametrize(
    ("days", "words"),
    [(0, "今天"), (1, "明天"), (-1, "昨天"), (-3, "3 天前"), (7, "7 天後"), (-8, "2026/11/15")],
)
def test_dates_are_words_within_a_week(env: Env, days: int, words: str) -> None:
    day = date(2026, 11, 23) + timedelta(days=days)
    with use_locale("zh_Hant_TW"):
        shown = show(env, Kind.DATE, day)

    assert shown.startswith(f'<time datetime="{day.isoformat()}" title="2026年11月{day.day}日 星期')
    if words not in ("今天", "明天", "昨天"):
        assert shown.endswith(f">{words}</time>")


@pytest.mark.parametrize(("days", "is_marked"), [(-1, True), (0, False), (1, False)])
def test_what_is_due_is_marked_once_it_is_overdue(env: Env, days: int, is_marked: bool) -> None:
    day = env.today + timedelta(days=days)

    shown = show(env, Kind.DATE, day, due=True)

    assert ('class="overdue"' in shown, 'role="img"' in shown) == (is_marked, is_marked)
    assert "overdue" not in show(env, Kind.DATE, day)


def test_dates_in_english(env: Env) -> None:
    shown = show(env, Kind.DATE, date(2026, 11, 24))

    assert shown == '<time datetime="2026-11-24" title="Tuesday, November 24, 2026">tomorrow</time>'


def test_moments_are_local_with_the_full_date_at_hand(env: Env) -> None:
    shown = show(env, Kind.DATE_TIME, datetime(2026, 11, 22, 17, 30, tzinfo=UTC), in_list=True)

    assert 'datetime="2026-11-23T01:30:00+08:00"' in shown
    assert 'title="Monday, November 23, 2026 01:30"' in shown
    assert shown.endswith(">01:30</time>")


def test_long_text_is_cut_in_lists_only(env: Env) -> None:
    text = "line\n" + "字" * 200

    cut = show(env, Kind.LONG_TEXT, text, in_list=True)

    assert len(cut) == 80
    assert cut.startswith("line 字")
    assert cut.endswith("…")
    assert show(env, Kind.LONG_TEXT, text) == f'<span class="prose">{text}</span>'


def test_choices_are_pills_and_an_unknown_code_shows_itself(env: Env) -> None:
    options = {"a": _("Alpha")}

    assert show(env, Kind.CHOICE, "a", options=options) == '<span class="pill pill-neutral">Alpha</span>'
    assert show(env, Kind.CHOICE, "<x>", options=options) == '<span class="pill pill-neutral">&lt;x&gt;</span>'
    assert show(env, Kind.CHOICES, ["a", "a"], options=options).count("Alpha") == 2


def test_contacts_are_links(env: Env) -> None:
    assert show(env, Kind.PHONE, "02-2345-6789 #12") == '<a href="tel:0223456789">02-2345-6789 #12</a>'
    assert show(env, Kind.EMAIL, 'a"b@c.tw') == '<a href="mailto:a&#34;b@c.tw">a&#34;b@c.tw</a>'
    assert ">example.com/x</a>" in show(env, Kind.URL, "https://example.com/x/")


def test_an_address_that_is_no_web_address_is_no_link(env: Env) -> None:
    assert show(env, Kind.URL, "javascript:alert(1)") == "javascript:alert(1)"


def test_yes_and_no_have_a_name(env: Env) -> None:
    assert 'aria-label="Yes"' in show(env, Kind.BOOLEAN, True)
    assert 'aria-label="No"' in show(env, Kind.BOOLEAN, False)


def test_formatters_are_compiled_once(env: Env) -> None:
    cells, spec = Cells(env), Field(Kind.MONEY, _("Price"), name="price")

    assert cells.formatter(spec) is cells.formatter(spec)
    assert cells.formatter(spec) is not cells.formatter(replace(spec, name="other"))
