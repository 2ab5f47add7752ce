"""Rows and queries: the only place with SQL. Queries are functions beside the model they ask about."""
