"""Engines: which statements PostgreSQL plans once, and which anew for each value."""

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DataError

from core.orm.database import PLAN_ANEW, PREPARED_AFTER
from core.site import Site


@pytest.fixture
def backend() -> str:
    return "postgresql"


def _run_often(connection: Connection, statement: str, *, anew: bool) -> None:
    for value in range(PREPARED_AFTER + 2):
        connection.execute(text(statement), {"value": value}, execution_options={PLAN_ANEW: anew})


def _prepared(connection: Connection) -> str:
    return " ".join(connection.scalars(text("SELECT statement FROM pg_prepared_statements")))


def test_only_statements_whose_plan_depends_on_no_value_are_prepared(site: Site) -> None:
    with site.engine.connect() as connection:
        _run_often(connection, "SELECT id FROM core_user WHERE id = :value", anew=True)
        _run_often(connection, "SELECT name FROM core_user WHERE id = :value", anew=False)

        found = _prepared(connection)

    assert "SELECT name FROM core_user" in found
    assert "SELECT id FROM core_user" not in found


def test_a_statement_that_fails_leaves_others_prepared(site: Site) -> None:
    with site.engine.connect() as connection:
        with pytest.raises(DataError, match="division by zero"), connection.begin_nested():
            connection.execute(text("SELECT 1 / 0"), execution_options={PLAN_ANEW: True})
        _run_often(connection, "SELECT name FROM core_user WHERE id = :value", anew=False)

        assert "SELECT name FROM core_user" in _prepared(connection)
