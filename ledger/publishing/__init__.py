"""The record outside the ledger: exports that other logs' tools read, and their verification without a database."""
