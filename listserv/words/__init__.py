"""PURE: words as people write them and as they look for them; no database, no network, no clock."""
