"""A transparency log's toolkit: Merkle trees (RFC 6962) and the C2SP formats around them, for any leaves."""
