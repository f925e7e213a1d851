"""Processes that die while they decide, and several people who decide at once. Each in a process of its own."""

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from sqlalchemy import select

from addons.approval.models import ApprovalRequest, ApprovalSigner
from addons.sales.models import Quote
from core.site import Site
from core.testing.cast import Cast
from tests.addons.approval.conftest import MakeFlow, MakeQuote

ROOT = Path(__file__).resolve().parents[3]
DECIDE = """
import os, signal, sys
from pathlib import Path
from core.testing.plugin import open_site
from core.api import AppError
site = open_site(sys.argv[1], Path(sys.argv[2]))
from addons.sales.models import Quote
from core.workflow.making import Maker
if sys.argv[5] == "kill":
    made = Maker._make
    def killed(self, *given):
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[6] == "after":
        def killed(self, *given):
            made(self, *given)
            os.kill(os.getpid(), signal.SIGKILL)
    Maker._make = killed
try:
    with site.env(int(sys.argv[3]), write=True) as env:
        done = env.workflow.perform(env.get(Quote, int(sys.argv[4])), "approve")
    print(done.state)
except AppError as error:
    print(error.code)
"""


def start(site: Site, *arguments: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", textwrap.dedent(DECIDE), site.settings.database_url, str(site.settings.data)]
    return subprocess.Popen(
        [*command, *map(str, arguments)], cwd=ROOT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )


def look(site: Site, id: int) -> tuple[str, str, list[str]]:
    """The states of the quote, of its request and of the signers."""
    with site.system("look", write=False) as env:
        request = env.session.scalars(select(ApprovalRequest).where(ApprovalRequest.record_id == id)).one()
        signers = env.session.scalars(select(ApprovalSigner.state).where(ApprovalSigner.request_id == request.id))
        return env.session.get_one(Quote, id).state, request.state, sorted(signers)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_a_process_killed_in_the_last_approval_leaves_nothing_and_a_retry_completes_it(
    moment: str, site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow("manager")
    id = make_quote()
    process = start(site, cast.manager, id, "kill", moment)
    process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL
    assert look(site, id) == ("submitted", "pending", ["asked"])

    again = start(site, cast.manager, id, "decide", "")

    assert again.communicate(timeout=60)[0].split() == ["approved"]
    assert look(site, id) == ("approved", "approved", ["approved"])


def test_two_who_decide_at_once_both_count(site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow) -> None:
    make_flow(["manager", "gm"])
    id = make_quote()

    processes = [start(site, who, id, "decide", "") for who in (cast.manager, cast.gm)]
    found = sorted(process.communicate(timeout=60)[0].strip() for process in processes)

    assert found == ["approved", "submitted"]
    assert look(site, id) == ("approved", "approved", ["approved", "approved"])


def test_of_two_of_whom_one_suffices_the_second_is_told(
    site: Site, cast: Cast, make_quote: MakeQuote, make_flow: MakeFlow
) -> None:
    make_flow({"who": "users", "users": [cast.manager, cast.gm], "how": "any"})
    id = make_quote()

    processes = [start(site, who, id, "decide", "") for who in (cast.manager, cast.gm)]
    found = sorted(process.communicate(timeout=60)[0].strip() for process in processes)

    assert found == ["approved", "wrong_state"]
    assert look(site, id) == ("approved", "approved", ["approved", "dropped"])
