"""Opportunities are found by their customers' names"""

from alembic import op

from core.orm import ddl

revision = "0002"
down_revision = "0001"
branch_labels = depends_on = None


def upgrade() -> None:
    ddl.index_anew(op, "opportunity")


def downgrade() -> None:
    """What is found by more than it need be is found as before."""
