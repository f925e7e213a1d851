import gc

import pytest

from core.jobs.collector import SELDOM, collecting_seldom


def test_collecting_seldom_puts_the_threshold_back_after_an_error() -> None:
    before = gc.get_threshold()

    with pytest.raises(ZeroDivisionError), collecting_seldom():
        assert gc.get_threshold() == (SELDOM, *before[1:])
        _ = 1 / 0

    assert gc.get_threshold() == before
