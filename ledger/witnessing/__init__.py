"""Witnessing over HTTP: a witness that remembers what it cosigned, and the client that asks one (C2SP tlog-witness)."""
