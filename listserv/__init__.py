"""A mailing-list and newsletter server: threads by e-mail, an archive like a forum, digests one can answer."""

__version__ = "0.1.0"
