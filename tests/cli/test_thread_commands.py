"""`thread`: the moderators' verbs at the console."""

import pytest
from sqlalchemy import select

from listserv.store.archive import Body, Message, Thread
from tests.usecases.test_thread_tools import put, said, talk, thread_of  # noqa: F401  (a fixture among them)


def messages(site):
    with site.reading() as db:
        return {row.message_id: (row.thread_id, row.hidden_at is not None) for row in db.scalars(select(Message))}


def test_threads_are_split_joined_and_named_by_their_numbers(run, site, talk):
    number = thread_of(site, "m1").id

    made = run("thread", "split", "siecibp", "<m2@old>", "--title", "Osobno")

    new = messages(site)["m2@old"][0]
    assert made.out == f"made thread {new}\n" and new != number
    assert run("thread", "join", "siecibp", new, number).out == f"joined thread {new} to {number}\n"
    assert messages(site)["m2@old"][0] == number
    for verb in ("lock", "pin"):
        assert run("thread", verb, "siecibp", number).code == 0
        assert run("thread", verb, "siecibp", number).code == 6
    assert run("thread", "rename", "siecibp", number, "Nowy").code == 0
    assert run("thread", "move", "siecibp", number, "tik").code == 0
    with site.reading() as db:
        row = db.get(Thread, number)
        assert (row.closed, row.pinned, row.subject, row.topic.slug) == (True, True, "Nowy", "tik")
    assert run("thread", "unlock", "siecibp", number).code == run("thread", "unpin", "siecibp", number).code == 0


def test_threads_and_messages_are_hidden_and_shown(run, site, talk):
    number = thread_of(site, "m1").id
    assert run("thread", "hide", "siecibp", "--message", "m2@old", "--reason", "spam").code == 0
    assert messages(site)["m2@old"][1] and not messages(site)["m1@old"][1]
    assert run("thread", "show", "siecibp", "--message", "<m2@old>").code == 0
    assert run("thread", "hide", "siecibp", number).out == f"hid thread {number}\n"
    assert messages(site)["m3@old"][1] and not messages(site)["m5@old"][1]
    assert run("thread", "show", "siecibp", number).code == 0
    assert not messages(site)["m3@old"][1]


def test_words_and_whole_messages_are_redacted(run, site, talk):
    assert run("thread", "redact", "siecibp", "m2@old", "--words", "Słowa. 2", "--reason", "prośba").out == "redacted 1 message\n"
    assert run("thread", "redact", "siecibp", "m1@old", "--words", "Słowa", "--everywhere").out == "redacted 3 messages\n"
    assert run("thread", "redact", "siecibp", "m5@old", "--delete").code == 0
    with site.reading() as db:
        texts = dict(db.execute(select(Message.message_id, Body.text).join(Message.body)).all())
    assert texts["m2@old"] == "███\n" and "Słowa" not in texts["m4@old"] and "Słowa" not in texts["m5@old"] and "Słowa" in texts["m6@old"]
    assert messages(site)["m5@old"][1]


@pytest.mark.parametrize(("words", "code"), [
    (("lock", "siecibp", "999"), 3), (("lock", "none", "1"), 3), (("lock", "siecibp", "x"), 2), (("lock", "siecibp", str(2**70)), 2), (("hide", "siecibp"), 2),
    (("hide", "siecibp", "1", "--message", "m1@old"), 2), (("hide", "siecibp", "--message", "nobody@old"), 3), (("split", "siecibp", "m1@old"), 6),
    (("redact", "siecibp", "m1@old"), 2), (("redact", "siecibp", "m1@old", "--text", "--delete"), 2), (("redact", "siecibp", "m1@old", "--words", "nie ma"), 2),
    (("redact", "siecibp", "m1@old", "--attachment", "1"), 2), (("move", "siecibp", "1", "nie-ma"), 3), (("join", "siecibp", "1", "1"), 6), (("rename",), 2),
])  # fmt: skip
def test_what_cannot_be_is_refused_in_one_line(run, site, talk, words, code):
    number = str(thread_of(site, "m1").id)

    done = run("thread", *[number if word == "1" and words[0] != "redact" else word for word in words])

    assert (done.code, done.err.count("\n")) == (code, 1)
