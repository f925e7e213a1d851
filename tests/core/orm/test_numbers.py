"""Numbers from templates: what they look like, when they begin anew, and that nobody gets one twice."""

import os
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from addons.customer.models import Customer
from core import clock
from core.orm import numbers
from core.orm.model import describe
from core.orm.numbers import NumberTemplate
from core.orm.settings import write_settings
from core.orm.validation import Refused
from core.site import Site
from core.testing.cast import Cast

DAY = date(2026, 3, 7)
FIELD = describe(Customer).fields["number"]


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("C{####}", "C0012"),
        ("SO-{yyyy}{mm}-{####}", "SO-202603-0012"),
        ("{yy}{mm}{dd}/{##}", "260307/12"),
        ("{roc}{mm}{###}號", "11503012號"),
        ("{#}", "12"),
    ],
)
def test_a_template_gives_a_number(template: str, expected: str) -> None:
    assert NumberTemplate.parse(template).format(12, DAY) == expected


@pytest.mark.parametrize(
    ("template", "period"),
    [
        ("C{####}", ""),
        ("C{roc}{####}", "2026"),
        ("C{yy}{mm}{####}", "2026-03"),
        ("C{yyyy}{mm}{dd}{####}", "2026-03-07"),
    ],
)
def test_the_finest_part_of_the_date_says_when_it_begins_anew(template: str, period: str) -> None:
    assert NumberTemplate(template).period(DAY) == period


@pytest.mark.parametrize(
    "template",
    ["C", "", "{yyyy}", "C{##}{##}", "C{mm}{###}", "C{yyyy}{dd}{###}", "C{foo}{###}", "C{###", "C{###}}", "C{}{###}"],
)
def test_a_template_that_could_give_a_number_twice_is_refused(template: str) -> None:
    with pytest.raises(Refused):
        NumberTemplate.parse(template)


def test_a_template_that_is_too_long_for_its_column_is_refused() -> None:
    with pytest.raises(Refused, match="At most 10 characters; these are 11"):
        NumberTemplate.parse("{yyyy}-{######}", longest=10)


PARTS = st.sampled_from(["", "{yyyy}", "{yyyy}{mm}", "{roc}{mm}{dd}", "{yy}", "{yy}-{mm}"])
DAYS = st.dates(date(2020, 1, 1), date(2090, 12, 31))


@given(date_part=PARTS, width=st.integers(1, 8), prefix=st.text("ABC-/", max_size=4), days=st.sets(DAYS, max_size=6))
def test_no_two_numbers_of_a_series_are_alike(date_part: str, width: int, prefix: str, days: set[date]) -> None:
    template = NumberTemplate.parse(f"{prefix}{date_part}-{{{'#' * width}}}")
    counters: dict[str, int] = {}
    given_out = []
    for day in sorted(days | {day + timedelta(days=1) for day in days}):
        for _ in range(3):
            counters[template.period(day)] = counters.get(template.period(day), 0) + 1
            given_out.append(template.format(counters[template.period(day)], day))

    assert len(set(given_out)) == len(given_out)
    assert all(len(number) >= len(prefix) + 1 + width for number in given_out)


def test_a_number_begins_anew_with_the_month_of_the_company(site: Site, cast: Cast) -> None:
    template(site, "C{yyyy}{mm}-{###}")
    found = []
    # The first two are the same month in UTC; in Taipei the second is the next one already.
    for moment in ("2026-03-31T10:00:00", "2026-03-31T17:00:00", "2026-04-02T10:00:00"):
        with clock.frozen(datetime.fromisoformat(f"{moment}+00:00")), cast.env("sales") as env:
            found.append(env.records(Customer).create({"name": "x"}).number)

    assert found == ["C202603-001", "C202604-001", "C202604-002"]


def test_a_number_that_somebody_has_already_is_passed_over(site: Site, cast: Cast) -> None:
    with site.system("a customer with a number of its own") as env:
        env.records(Customer).create({"name": "x", "number": "C00002", "owner_id": cast.sales})

    with cast.env("sales") as env:
        found = [env.records(Customer).create({"name": "x"}).number for _ in range(2)]

    assert found == ["C00001", "C00003"]


def test_a_number_goes_back_with_what_was_undone(cast: Cast) -> None:
    with pytest.raises(RuntimeError), cast.env("sales") as env:
        env.records(Customer).create({"name": "x"})
        env.flush()
        raise RuntimeError

    with cast.env("sales") as env:
        assert env.records(Customer).create({"name": "x"}).number == "C00001"


def test_a_batch_takes_its_numbers_at_once(cast: Cast) -> None:
    with cast.env("sales") as env:
        found = numbers.next_numbers(env, FIELD, Customer, 3)

    assert found == ["C00001", "C00002", "C00003"]


WORKER = """
import sys
from core.orm import numbers
from core.testing.plugin import open_site
from pathlib import Path
from core.orm.model import describe
from addons.customer.models import Customer
site = open_site(sys.argv[1], Path(sys.argv[2]))
print("ready", flush=True)
for place in range(int(sys.argv[3])):
    with site.system("many at once") as env:
        env.records(Customer).create({"name": f"{sys.argv[4]} {place}"})
"""


@pytest.mark.slow
def test_processes_that_are_killed_leave_no_gap_and_no_duplicate(site: Site, tmp_path: Path) -> None:
    url = site.engine.url.render_as_string(hide_password=False)
    command = [sys.executable, "-c", WORKER, url, str(tmp_path)]
    environ = os.environ | {"PYTHONPATH": str(Path(__file__).resolve().parents[3])}
    with ExitStack() as stack:
        started = [
            stack.enter_context(subprocess.Popen([*command, str(count), name], stdout=subprocess.PIPE, env=environ))
            for name, count in (("a", 25), ("b", 25), ("killed", 10_000), ("killed too", 10_000))
        ]
        for process in started:
            assert process.stdout is not None
            process.stdout.readline()
        time.sleep(1)
        for process in started[2:]:
            process.send_signal(signal.SIGKILL)
        codes = [process.wait(120) for process in started]

    with site.system("look", write=False) as env:
        found = sorted(env.session.scalars(select(Customer.number)))
    assert codes[:2] == [0, 0]
    assert codes[2:] == [-signal.SIGKILL] * 2
    assert len(found) > 50
    assert found == [f"C{number:05}" for number in range(1, len(found) + 1)]


def template(site: Site, text: str) -> None:
    with site.system("another template") as env:
        write_settings(env.connection_of_core, {"numbering.customer.number": text})
