"""Sample facts, with plainly invented people: every letter can be looked at without a site (`listserv letters`).

FACTS are the first sample of each fact, CHOICES what else it may be: the gallery finds by itself in which ways a letter reads.
Each module holds those of one subject; no fact stands in two.
"""

from typing import Any

from listserv.sample import asking, bank, deciding, doors, joining, meetings, news, site, surveys, trouble
from listserv.sample.site import ABSENT as ABSENT

PARTS = (site, asking, bank, deciding, doors, joining, meetings, news, surveys, trouble)
FACTS: dict[str, Any] = {name: fact for part in PARTS for name, fact in part.FACTS.items()}
CHOICES: dict[str, tuple[Any, ...]] = {name: others for part in PARTS for name, others in part.CHOICES.items()}
