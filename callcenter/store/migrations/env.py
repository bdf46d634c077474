"""What Alembic runs: our connection, our tables, one transaction (the caller's)."""

from __future__ import annotations

from alembic import context

from callcenter.store.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
