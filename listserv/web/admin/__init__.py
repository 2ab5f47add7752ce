"""The pages of those who keep the site: how it is, lists, people, queues, journal."""

from listserv.web.admin import journal, lists, overview, people, queues
from listserv.web.admin.gate import blueprint, close_to_others

__all__ = ["blueprint", "close_to_others", "journal", "lists", "overview", "people", "queues"]
