"""Documents are found by their customers' names"""

from alembic import op

from core.orm import ddl

revision = "0003"
down_revision = "0002"
branch_labels = depends_on = None


def upgrade() -> None:
    for table in ("quote", "sales_order", "order_change", "contract", "credit_note"):
        ddl.index_anew(op, table)


def downgrade() -> None:
    """What is found by more than it need be is found as before."""
