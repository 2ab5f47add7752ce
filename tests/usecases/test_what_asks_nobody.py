"""Issues, announcements of meetings and results of questions ask nobody: they are never said to wait for an answer."""

from datetime import timedelta

from listserv.store import digestnews, figures
from listserv.store.issues import Issue
from listserv.store.lists import list_by_name
from listserv.store.threads import message_by_id
from listserv.usecases import forums, surveys, surveytold
from listserv.usecases.access import CONSOLE
from tests import surveyed
from tests.usecases.meet import announced


def test_what_announces_is_not_said_to_wait_for_an_answer(site, network, office, clock):
    with site.writing() as db:
        list_by_name(db, network).created_at = clock()
    office.send("halina@example.org", network, "Czy ktoś ma czytnik?", "Czy ktoś ma?\n", message_id="<pyta@x>")
    office.send("halina@example.org", network, "Biuletyn: co słychać?", "Co słychać?\n", message_id="<numer@x>")
    announced(site, title="Czy się spotkamy?")
    with site.writing() as db:
        mlist = list_by_name(db, network)
        survey = surveyed.asked(db, mlist, clock(), subject="Czego potrzeba?")
        surveys.close(db, survey, CONSOLE, clock())
        assert surveytold.tell(db, survey, clock()) is not None
        issue = Issue(list_id=mlist.id, subject="Biuletyn", created_at=clock(), changed_at=clock(), message_id=message_by_id(db, mlist, "numer@x").id)
        db.add(issue)

    with site.reading() as db:
        mlist = list_by_name(db, network)
        page = forums.forum(db, network, CONSOLE)
        only = forums.forum(db, network, CONSOLE, only="unanswered")
        asked = digestnews.unanswered(db, mlist.id, mlist.created_at, 10)
        assert len(page.lines) == 4 and [line.subject for line in page.lines if line.waits] == ["Czy ktoś ma czytnik?"]
        assert page.waiting == 1 and [line.subject for line in only.lines] == ["Czy ktoś ma czytnik?"]
        assert [row.subject for row in asked] == ["Czy ktoś ma czytnik?"]
        months = figures.threads_by_month(db, mlist.id, [clock() - timedelta(days=1), clock() + timedelta(days=1)])
        assert [(row.threads, row.waiting) for number, row in months.items() if number != figures.ALL] == [(4, 1)]
