"""One mailbox, however it is spelled; and spellings to which nobody writes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.address import can_receive, key, mailbox

ATOMS = st.text("abcdefghijklmnopqrstuvwxyz0123456789.+-_!#$", min_size=1, max_size=30)
ANYTHING = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=20)


@given(ATOMS, st.data())
def test_quotation_marks_and_backslashes_make_no_other_mailbox(local, data):
    marks = data.draw(st.lists(st.booleans(), min_size=len(local), max_size=len(local)))
    spelled = "".join(f"\\{letter}" if marked else letter for letter, marked in zip(local, marks, strict=True))

    assert key(f'"{spelled}"@gmail.com') == key(f"{local}@gmail.com")
    assert mailbox(f'"{spelled}"@gmail.com') == mailbox(f"{local}@gmail.com")


@given(ANYTHING)
def test_what_needs_its_quotation_marks_keeps_them_in_one_spelling(local):
    escaped = "".join(f"\\{letter}" for letter in local)
    plainly = local.replace("\\", "\\\\").replace('"', '\\"')

    assert key(f'"{escaped}"@example.org') == key(f'"{plainly}"@example.org')
    assert key(key(f'"{escaped}"@example.org')) == key(f'"{escaped}"@example.org')


@pytest.mark.parametrize(("one", "other"), [('"a b"@x.example', "ab@x.example"), ('"a@b"@x.example', "a@b.example"), ('""@x.example', "@x.example")])
def test_what_only_quotation_marks_allow_is_nobody_else(one, other):
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "email",
    [
        "ofiara@[192.0.2.1]",
        "ofiara@[gmail.com]",
        "\uff56ictim@gmail.com",
        "victim@\uff47mail.com",
        "vic\u200btim@gmail.com",
        "vic\u00adtim@gmail.com",
        "vic\u3164tim@gmail.com",
        "vic\ufe0ftim@gmail.com",
        "victim@gm\u0430il.com",
        '"vic tim"@gmail.com',
        "victim",
        "@gmail.com",
    ],
)
def test_to_such_a_spelling_nobody_writes(email):
    assert not can_receive(email)


@pytest.mark.parametrize("email", ["anna.nowa+x@gmail.com", "łukasz@książnica.example.org", "почта@пример.example", "anna..@docomo.example", '"anna"@gmail.com', "用户@例子.example"])
def test_to_every_ordinary_address_one_writes(email):
    assert can_receive(email)
