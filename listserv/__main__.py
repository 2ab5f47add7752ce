"""`python -m listserv` is `listserv`."""

from listserv.cli import main

main()
