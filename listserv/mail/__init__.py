"""PURE: bytes to values and back; no database, no network, no clock."""
