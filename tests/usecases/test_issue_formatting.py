"""What a mail makes of an issue beyond its words: formatting in a correction, what is forwarded, files of any name, and whose name stands on it."""

import email
import email.policy
from email.message import EmailMessage

import pytest
from sqlalchemy import select

from listserv.store.issues import SourceKind
from listserv.store.people import User
from tests.office import aligned
from tests.usecases.test_newsmail import NEWS, OWNER, html_of, issue_of, last

PLAIN = "Warsztaty\n\nZapraszamy wszystkich chętnych na warsztaty z czytania na głos w maju, zapisy tutaj, do piątku.\n"
RICH = '<h2>Warsztaty</h2><div>Zapraszamy <b>wszystkich</b> chętnych na warsztaty z czytania na głos w maju, zapisy <a href="https://example.org/z">tutaj</a>, do piątku.</div>'
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x0f\xa0\0\0\x0b\xb8"


def written(to, html, text=PLAIN, *, subject="Warsztaty", sender=OWNER, answers="", files=()):
    mail = EmailMessage(policy=email.policy.SMTP)
    for name, value in {"From": sender, "To": to, "Subject": subject, "Message-ID": f"<{len(html)}.{len(answers)}@example.org>", "Date": "Tue, 03 Mar 2026 10:00:00 +0100"}.items():
        mail[name] = value
    if answers:
        mail["In-Reply-To"] = mail["References"] = answers
    mail.set_content(text)
    mail.add_alternative(html, subtype="html")
    for name, kind, data in files:
        mail.add_attachment(data, *kind.split("/"), filename=name)
    return aligned(mail.as_bytes())


def deliver(office, to, *args, **more):
    office.deliver(written(to, *args, **more), to)
    return last(office, "issue-preview")


def test_a_correction_by_mail_keeps_its_formatting(office, site):
    preview = deliver(office, f"{NEWS}@lists.example.org", RICH)
    quoted = f'<div class="moz-cite-prefix">W dniu 3.03.2026 o 10:00, Sieć BP pisze:<br></div><blockquote type="cite">{html_of(preview)}</blockquote>'
    again = RICH.replace("w maju", "w czerwcu")
    text = PLAIN.replace("w maju", "w czerwcu")
    changed = deliver(office, preview.mail["Reply-To"], again + quoted, text + "\nW dniu 3.03.2026 o 10:00, Sieć BP pisze:\n> Warsztaty\n", answers=preview.mail["Message-ID"])
    issue = issue_of(site)
    assert issue.kind is SourceKind.HTML and "w czerwcu" in issue.source and "moz-cite" not in issue.source
    assert 'href="https://example.org/z"' in html_of(changed) and "<b>wszystkich</b>" in html_of(changed)


def test_a_forwarded_letter_is_part_of_the_draft_and_odd_files_are_told(office, site):
    forwarded = f'<div>Przekazuję zaproszenie.<br><div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>Od: Ala &lt;ala@example.org&gt;<br>Date: wt., 3 mar 2026<br>Subject: Warsztaty<br>To: Ela &lt;ela@example.org&gt;<br></div>{RICH}</div></div>'
    files = (("plakat.jpg", "image/x-png", PNG), ("skan.bmp", "image/bmp", b"BM1234"))
    preview = deliver(office, f"{NEWS}@lists.example.org", forwarded, subject="Fwd: Warsztaty", answers="<stary@example.org>", files=files)
    issue = issue_of(site)
    assert "Przekazuję" in issue.source and "Zapraszamy <b>wszystkich</b>" in issue.source
    assert [(image.type, image.width) for image in issue.images] == [("image/png", 4000)] and 'width="544"' in html_of(preview)
    assert "GIF" in preview.text


@pytest.mark.parametrize(("sender", "shown"), [(OWNER, "Alina Zakładka via Sieć BP"), ("owner@example.org", "Sieć BP")])
def test_an_issue_is_made_out_by_the_name_in_a_proven_draft(office, site, sender, shown):
    with site.writing() as db:
        for user in db.scalars(select(User)):
            user.name = ""
    preview = deliver(office, f"{NEWS}@lists.example.org", RICH, sender=sender)
    office.reply(preview, "WYŚLIJ")
    assert str(email.message_from_bytes(office.posts()[0].as_bytes(), policy=email.policy.default)["From"].addresses[0].display_name) == shown


def test_a_draft_of_html_alone_keeps_its_formatting_and_added_html_is_not_the_draft(office, site):
    alone = EmailMessage(policy=email.policy.SMTP)
    mixed = EmailMessage(policy=email.policy.SMTP)
    for number, mail in enumerate((alone, mixed)):
        for name, value in {"From": OWNER, "To": f"{NEWS}@lists.example.org", "Subject": "Warsztaty", "Message-ID": f"<{number}@example.org>", "Date": "Tue, 03 Mar 2026 10:00:00 +0100"}.items():
            mail[name] = value
    alone.set_content(RICH, subtype="html")
    mixed.set_content(PLAIN)
    mixed.add_attachment("<b>Sprawdzone</b> na wirusy", subtype="html", disposition="inline")
    for mail, kind, words in ((alone, SourceKind.HTML, "<b>wszystkich</b>"), (mixed, SourceKind.PLAIN, "Zapraszamy wszystkich")):
        office.deliver(aligned(mail.as_bytes()), f"{NEWS}@lists.example.org")
        assert issue_of(site).kind is kind and words in issue_of(site).source
