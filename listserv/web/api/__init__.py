"""The REST API, version 1: the same verbs as the pages call, for programs that bring a token."""

from listserv.web.api import applications, deliveries, digests, held, lists, me, members, messages, reports, searching, start, threads, topics, webhooks
from listserv.web.api.door import answer, set_up
from listserv.web.api.endpoints import blueprint
from listserv.web.api.problems import is_for_programs

# Modules with endpoints: importing one adds them.
PARTS = (start, lists, topics, members, applications, held, me, threads, messages, searching, deliveries, digests, reports, webhooks)

__all__ = ["PARTS", "answer", "blueprint", "is_for_programs", "set_up"]
