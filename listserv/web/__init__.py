"""DOOR: the web. A view reads the request, calls one verb and shows what it returns."""

from listserv.web.app import create_app

__all__ = ["create_app"]
