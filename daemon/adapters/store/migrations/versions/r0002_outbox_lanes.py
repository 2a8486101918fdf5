"""Deliveries know their site, cause, next channels and message; each channel finds its own quickly."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

DUE = sa.text("state = 'due'")
UNSENT = sa.text("state <> 'sent' AND rank = 0")


def upgrade() -> None:
    """Rows of before have no site and no next channel: they are delivered as they would have been."""
    for column in (
        sa.Column("site", sa.Text(), nullable=False, server_default=""),
        sa.Column("cause", sa.Text(), nullable=False, server_default=""),
        sa.Column("further", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("reaches", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("message", sa.Text(), nullable=False, server_default=""),
    ):
        op.add_column("outbox", column)
    op.create_index("ix_outbox_lane", "outbox", ["channel", "rank", "due_at"], sqlite_where=DUE, postgresql_where=DUE)
    op.create_index("ix_outbox_ticket", "outbox", ["ticket"])
    op.create_index("ix_outbox_unsent", "outbox", ["ticket"], sqlite_where=UNSENT, postgresql_where=UNSENT)


def downgrade() -> None:
    """As it was."""
    for index in ("ix_outbox_unsent", "ix_outbox_ticket", "ix_outbox_lane"):
        op.drop_index(index, "outbox")
    for column in ("message", "reaches", "further", "cause", "site"):
        op.drop_column("outbox", column)
