"""The revisions of the database's schema, as they are found without alembic."""

from __future__ import annotations

from alembic.config import Config
from alembic.script import ScriptDirectory

from daemon.adapters.store.migrate import revisions


def test_the_names_of_the_files_tell_the_revisions_in_their_order():
    config = Config()
    config.set_main_option("script_location", "daemon.adapters.store:migrations")
    script = ScriptDirectory.from_config(config)
    assert revisions() == [one.revision for one in script.walk_revisions()][::-1]
    assert revisions()[-1] == script.get_current_head()
