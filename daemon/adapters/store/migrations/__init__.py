"""The schema's history, one revision a file; `env.py` is how Alembic runs them."""
