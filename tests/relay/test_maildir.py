"""The relay of those who have none."""

import mailbox
from collections import deque

from listserv import loops
from listserv.relay import Content, Mail, open_relay
from listserv.relay.maildir import MaildirRelay

POST = Content(b"Subject: Zebranie\r\n\r\n.Hello\r\n")


def fan_out(relay, mails):
    async def run():
        waiting, answers = deque(mails), []
        sender = relay.fan_out(lambda: waiting.popleft() if waiting else None, lambda mail, answer: answers.append(answer))
        trouble = await sender.ready()
        if not trouble:
            sender.wake(len(waiting))
            await sender.settled()
        await sender.close()
        return answers, trouble

    return loops.run(run())


def test_every_copy_becomes_a_file_that_shows_its_envelope(tmp_path):
    relay = MaildirRelay(tmp_path / "out")

    answers, _ = fan_out(relay, [Mail(n, f"r+{n}@lists.example.org", f"person{n}@example.org", POST, b"X-Personal: yes\r\n") for n in range(120)])

    assert len(answers) == 120 and all(answer.sent for answer in answers)
    files = sorted((tmp_path / "out" / "new").iterdir())
    assert len(files) == 120
    assert files[0].read_bytes() == (b"Return-Path: <r+0@lists.example.org>\nDelivered-To: person0@example.org\nX-Personal: yes\nSubject: Zebranie\n\n.Hello\n")
    assert list((tmp_path / "out" / "tmp").iterdir()) == []


def test_a_mail_program_opens_the_folder(tmp_path):
    relay = MaildirRelay(tmp_path / "out")

    answers = list(relay.letters([Mail(1, "", "łukasz@example.org", POST)]))

    [letter] = mailbox.Maildir(tmp_path / "out", create=False)
    assert answers[0][1].sent
    assert letter["Return-Path"] == "<>" and letter["Subject"] == "Zebranie"


def test_a_folder_that_cannot_be_written_is_no_relay(tmp_path):
    (tmp_path / "out").write_text("a file")
    relay = MaildirRelay(tmp_path / "out")

    answers, trouble = fan_out(relay, [Mail(1, "", "a@example.org", POST)])
    [(_, letter)] = relay.letters([Mail(1, "", "a@example.org", POST)])

    assert answers == [] and "out" in trouble
    assert not letter.sent and not letter.reached
    # A full disk shows only when something is written: whoever tried again at once would do nothing else.
    assert letter.wait >= 1


def test_the_folder_lies_in_the_data_folder(settings, tmp_path):
    relative = settings.model_copy(update={"relay": settings.relay.model_copy(update={"url": "maildir:post"})})

    assert open_relay(relative).folder == tmp_path / "post"
