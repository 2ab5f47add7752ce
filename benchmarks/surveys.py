"""A question to everybody on a large list, and the answers of an hour.

    python benchmarks/surveys.py [--members 100000] [--letters 5000] [--answers 2000] [--anonymous] [--database URL]

The letters with the question are written as the calendar writes them, slice by slice (`--letters` of them are enough to know what
one costs; 0 for all): processor time a letter, and the longest transaction that writes. Then so many members answer by mail, each mail
taken in and worked off like any other; beside it, in the same run and in turn, an ordinary command mail (a word to `-request@`).
"""

import argparse
import json
import logging
import os
import resource
import tempfile
import time
from contextlib import closing
from pathlib import Path
from zoneinfo import ZoneInfo

import structlog
from common import new_site
from sqlalchemy import insert

from listserv import links
from listserv.dns import Resolver
from listserv.mail import surveywords
from listserv.site import open_site
from listserv.store.lists import list_by_name
from listserv.store.members import Member, Role, members_of
from listserv.store.people import Address, User
from listserv.store.surveys import survey_with
from listserv.usecases import intake, surveyasking, surveys
from listserv.usecases.access import CONSOLE
from listserv.usecases.intake import Arriving
from listserv.usecases.surveydays import SLICE

TOGETHER = 20
ASKS = """Dzień dobry,

planujemy rok szkolny.

1. Którymi tematami się zajmiemy? (można zaznaczyć kilka)
   1) Robotyka
   2) Regionalia
   3) Promocja biblioteki
2. Jak oceniają Państwo zeszły rok, w skali 1-5?
3. Co zmienić?
"""
ANSWER = "1: 1, 3\r\n2: 4\r\n3: spotkania w terenie\r\n\r\nPozdrawiam\r\nHalina\r\n"
COMMAND = "WHO AM I\r\n\r\nRegards\r\n"


def people(db, mlist, count, now):
    """Members, straight into the tables, because joining is not what is measured."""
    for start in range(1, 1 + count, 1000):
        ids = range(start, min(start + 1000, 1 + count))
        db.execute(insert(User), [{"id": id, "name": f"Member {id}", "created_at": now} for id in ids])
        db.execute(insert(Address), [{"id": id, "user_id": id, "email": f"m{id}@example.org", "key": f"m{id}@example.org"} for id in ids])
        db.execute(insert(Member), [{"list_id": mlist.id, "joined_at": now, "user_id": id, "address_id": id} for id in ids])


def asked(site, anonymous):
    """The survey, sent by a coordinator's word."""
    with site.writing() as db:
        mlist = list_by_name(db, "bench")
        mlist.surveys = True
        member = members_of(db, mlist)[0]
        member.role = Role.OWNER
        words = surveywords.read("Plan", ASKS + ("\n\nAnonimowo.\n" if anonymous else ""))
        survey = surveys.draft(db, mlist, member.user_id, words, site.now(), zone=ZoneInfo(site.settings.timezone))
        surveys.send(db, survey, CONSOLE, site.now())
        return survey.id


def letters(site, survey_id, most):
    """Slices until all are written, or enough; how many, seconds of this processor, the longest transaction."""
    cpu, longest, written = time.process_time(), 0.0, 0
    while most == 0 or written < most:
        start = time.process_time()
        with site.writing() as db:
            done = surveyasking.ask_slice(db, survey_with(db, survey_id), site.now(), SLICE)
        longest = max(longest, time.process_time() - start)
        written += done
        if not done:
            break
    return written, time.process_time() - cpu, longest


def mail(sender, rcpt, words, number):
    """An answer, as mail programs make it; its sender is vouched for by the MTA in front."""
    head = f"Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\nFrom: {sender}\r\nTo: {rcpt}\r\nSubject: Re: Plan\r\n"
    return f"{head}Message-ID: <{number}@example.org>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{words}".encode()


def worked_off(site, mails, resolver):
    """Taken in and worked off; seconds of this processor, the longest transaction."""
    cpu, longest = time.process_time(), 0.0
    for start in range(0, len(mails), TOGETHER):
        with site.writing() as db:
            for sender, rcpt, raw in mails[start : start + TOGETHER]:
                intake.receive(db, Arriving.each(sender, [rcpt], "127.0.0.1", raw), site.now())
        while True:
            with site.writing() as db:
                works = intake.claim(db, site.now())
            if not works:
                break
            for work in works:
                prepared = None
                begin = time.process_time()
                with site.writing() as db:
                    prepared = intake.prepare(work, intake.raw_of(db, work), site.settings, resolver)
                    intake.process(db, prepared, site.now())
                longest = max(longest, time.process_time() - begin)
    return time.process_time() - cpu, longest


def measure(folder, args):
    new_site(folder, *(("--database", args.database) if args.database else ()))
    with closing(open_site(folder)) as site:
        with site.writing() as db:
            people(db, list_by_name(db, "bench"), args.members, site.now())
        with site.reading() as db:
            some = [(one.id, one.address.email) for one in members_of(db, list_by_name(db, "bench"))[1 : 2 * args.answers + 1]]
        survey_id = asked(site, args.anonymous)
        written, cpu, longest = letters(site, survey_id, args.letters)
        domain, resolver = site.settings.site.domain, Resolver("127.0.0.1:1")
        answers = []
        for at, (member_id, email) in enumerate(some[: args.answers]):
            rcpt = links.token_address(site.settings, links.question_key(site.settings, member_id, survey_id))
            answers.append((email, rcpt, mail(email, rcpt, ANSWER, f"a{at}")))
        commands = [(email, f"bench-request@{domain}", mail(email, f"bench-request@{domain}", COMMAND, f"c{at}")) for at, (_, email) in enumerate(some[args.answers :])]
        a, c, slowest = 0.0, 0.0, 0.0
        for at in range(0, args.answers, 200):
            spent, slow = worked_off(site, answers[at : at + 200], resolver)
            a, slowest = a + spent, max(slowest, slow)
            c += worked_off(site, commands[at : at + 200], resolver)[0]
        return {
            "members": args.members,
            "letters": written,
            "cpu_ms_a_letter": round(1000 * cpu / max(1, written), 2),
            "longest_slice_s": round(longest, 2),
            "slice": SLICE,
            "answers": len(answers),
            "cpu_ms_an_answer": round(1000 * a / len(answers), 2),
            "cpu_ms_a_command": round(1000 * c / len(commands), 2),
            "ratio": round(a / c, 2),
            "longest_answer_ms": round(1000 * slowest, 1),
            "peak_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        }


if __name__ == "__main__":
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--members", type=int, default=100_000)
    options.add_argument("--letters", type=int, default=5_000)
    options.add_argument("--answers", type=int, default=2_000)
    options.add_argument("--anonymous", action="store_true")
    options.add_argument("--database", default="")
    chosen = options.parse_args()
    os.environ["LISTSERV_AUTH_TRUST"] = "mx.example.org"
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    with tempfile.TemporaryDirectory() as where:
        print(json.dumps(measure(Path(where), chosen)))
