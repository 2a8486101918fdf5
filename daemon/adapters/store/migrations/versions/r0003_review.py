"""The review list of learned findings, and what is learned of each device."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Two tables that start empty."""
    op.create_table(
        "review_entry",
        sa.Column("id", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("site", "device")),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("opened_at", "last_at")),
        sa.Column("findings", sa.JSON(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("state", "by")),
        sa.Column("decided_at", sa.Double(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_review_entry"),
    )
    op.create_index("ix_review_entry_site_state_last_at", "review_entry", ["site", "state", "last_at"])
    op.create_table(
        "learned",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("site", "device")),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("site", "device", name="pk_learned"),
    )


def downgrade() -> None:
    """As it was."""
    op.drop_table("learned")
    op.drop_table("review_entry")
