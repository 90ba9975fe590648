"""The record and the views in SQLite files: the embedded default."""
