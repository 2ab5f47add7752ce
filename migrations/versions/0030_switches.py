"""What a network makes together is off until a list turns it on.

Revision ID: 0030
Revises: 0029
"""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

SWITCHES = ("materials", "meetings", "surveys")


def upgrade() -> None:
    for switch in SWITCHES:
        op.add_column("mailing_list", sa.Column(switch, sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for switch in reversed(SWITCHES):
        op.drop_column("mailing_list", switch)
