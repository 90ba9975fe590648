"""The record and the views on a PostgreSQL server, for many people at once."""
