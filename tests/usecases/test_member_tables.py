"""Tables of members: known by their columns, read whatever wrote them."""

from datetime import UTC, datetime

import pytest

from listserv.errors import Invalid
from listserv.usecases.membertables import decoded, read

GOOGLE = """Members for group Sieć BP
Email address,Nickname,Group status,Email status,Email preference,Posting permissions,Join year,Join month,Join day,Join hour,Join minute,Join second,Time zone
halina@example.org,Halina Okładka,owner,,email,allowed,2018,4,10,18,54,7,Mountain Daylight Time
marek@example.org,"Regał, Marek",manager,,digest,allowed,2019,1,2,3,4,5,Mountain Daylight Time
ewa@example.org,Ewa,member,bouncing,no email,not allowed,2020,13,40,1,1,1,X
ola@example.org,,member,,abridged,moderated,,,,,,,
"""
GROUPSIO = """Email,Display Name,Email Delivery,Moderation Status,Mod Status,Status,Joined,Extra
owner@example.org,Żółta,Individual Messages,Not Moderated,Owner,Confirmed,3/14/2021,x
mod@example.org,Mod,Daily Summary,Moderated,Moderator,Confirmed,2020-01-02T03:04:05Z,x
d@example.org,D,Full Featured Digest,Group Default,,Bouncing,"Mar 3, 2020",x
n@example.org,,Special Notices Only,Moderated,,Confirmed,never,x
o@example.org,,No Email,,,Confirmed,,x
"""


def members(text):
    """By address: role, delivery, status, moderated."""
    table = read(text)
    found = [table.form.read(row) for _, row in table.rows]
    return table.form.name, {new.email: (new.role, new.delivery, new.status, new.moderated) for new in found}


def test_google_groups_is_known_by_its_columns():
    assert members(GOOGLE) == ("Google Groups", {
        "halina@example.org": ("owner", "each", "enabled", False), "marek@example.org": ("moderator", "digest", "enabled", False),
        "ewa@example.org": ("member", "none", "bouncing", True), "ola@example.org": ("member", "digest", "enabled", True),
    })  # fmt: skip
    assert members(GOOGLE.split("\n", 1)[1]) == members(GOOGLE)


def test_groups_io_is_known_by_its_columns():
    assert members(GROUPSIO) == ("groups.io", {
        "owner@example.org": ("owner", "each", "enabled", False), "mod@example.org": ("moderator", "digest", "enabled", False),
        "d@example.org": ("member", "digest", "bouncing", False), "n@example.org": ("member", "none", "enabled", True), "o@example.org": ("member", "none", "enabled", False),
    })  # fmt: skip


def test_the_words_of_groups_ios_interface_are_known_too():
    text = "email,full_name,email_delivery,mod_status,post_status,user_status\n" \
        "a@example.org,A,email_delivery_html_digest,sub_modstatus_none,sub_poststatus_default,user_status_confirmed\n" \
        "b@example.org,B,email_delivery_single,sub_modstatus_moderator,sub_poststatus_moderated,user_status_bouncing\n" \
        "c@example.org,C,email_delivery_none,sub_modstatus_none,sub_poststatus_moderated,user_status_confirmed\n"  # fmt: skip

    assert members(text) == ("groups.io", {
        "a@example.org": ("member", "digest", "enabled", False), "b@example.org": ("moderator", "each", "bouncing", False),
        "c@example.org": ("member", "none", "enabled", True),
    })  # fmt: skip


def test_names_and_days_come_along():
    found = [table.form.read(row) for table in (read(GOOGLE), read(GROUPSIO)) for _, row in table.rows]

    assert [new.name for new in found][:3] == ["Halina Okładka", "Regał, Marek", "Ewa"]
    assert [new.joined_at for new in found] == [
        datetime(2018, 4, 10, 18, 54, 7, tzinfo=UTC), datetime(2019, 1, 2, 3, 4, 5, tzinfo=UTC), None, None,
        datetime(2021, 3, 14, tzinfo=UTC), datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC), datetime(2020, 3, 3, tzinfo=UTC), None, None,
    ]  # fmt: skip


@pytest.mark.parametrize("text", [GOOGLE, GROUPSIO, "email,name\newa@example.org,Żółta\n"])
@pytest.mark.parametrize("write", [
    lambda text: text.encode(), lambda text: text.encode("utf-8-sig"), lambda text: text.encode("cp1250"), lambda text: text.encode("utf-16"),
    lambda text: text.replace("\n", "\r\n").encode(), lambda text: text.replace(", ", "#").replace(",", ";").replace("#", ", ").encode(),
    lambda text: text.replace(", ", "#").replace(",", "\t").replace("#", ", ").encode("utf-16"),
])  # fmt: skip
def test_a_table_is_read_whatever_wrote_it(text, write):
    assert members(decoded(write(text))) == members(text)


@pytest.mark.parametrize(("cells", "why"), [
    ("zly@example.org,,banned,,email,allowed", "zly@example.org is banned there"), ("zap@example.org,,invited,,email,allowed", "has been invited"),
    ("prosi@example.org,,pending,,email,allowed", "has asked to join"), ("x@example.org,,member,,by pigeon,allowed", "“by pigeon” is unknown"),
])  # fmt: skip
def test_who_is_no_member_is_left_out_with_a_reason(cells, why):
    table = read("Email address,Nickname,Group status,Email status,Email preference,Posting permissions\n" + cells)

    with pytest.raises(Invalid, match=why):
        [table.form.read(row) for _, row in table.rows]


def test_our_own_table_may_say_more():
    text = "email,name,role,delivery,schedule,status,language,joined,moderated\ne@example.org,E,moderator,digest,weekly mon 7:00,paused,pl,2020-05-06,yes\n"
    table = read(text)
    ((line, row),) = table.rows

    new = table.form.read(row)

    assert (table.form.name, line, new.role, new.delivery, new.schedule, new.status) == ("listserv", 2, "moderator", "digest", "weekly mon 07:00", "paused")
    assert (new.language, new.moderated, new.joined_at) == ("pl", True, datetime(2020, 5, 6, tzinfo=UTC))


@pytest.mark.parametrize("cell", ["schedule=hourly", "language=de", "joined=yesterday", "status=gone", "moderated=perhaps", "role=queen", "delivery=owl"])
def test_a_wrong_word_in_our_own_table_is_named(cell):
    key, _, value = cell.partition("=")
    table = read(f"email,{key}\ne@example.org,{value}\n")

    with pytest.raises(Invalid, match=key):
        [table.form.read(row) for _, row in table.rows]


@pytest.mark.parametrize("text", ["", "\n", "name\nEwa\n", "email,shoe\ne@example.org,43\n", "Nickname,Group status\nx,owner\n", "Members for group X\n", "\0,\n"])
def test_a_table_without_the_right_columns_is_refused_with_those_there_are(text):
    with pytest.raises(Invalid, match="email is needed"):
        read(text)


def test_of_a_wrong_file_with_very_many_columns_a_few_are_named():
    with pytest.raises(Invalid) as wrong:
        read("email," + ",".join(f"column{number}" for number in range(20_000)) + "\nx\n")

    assert len(str(wrong.value)) < 400 and "column0" in str(wrong.value) and "and 19992 more" in str(wrong.value)


def test_of_two_columns_for_one_thing_the_first_counts():
    table = read("Email,Email Address,Email Delivery,Name,Display Name\na@example.org,b@example.org,Digest,N,D\n")
    ((_, row),) = table.rows

    assert (row["email"], row["name"]) == ("a@example.org", "N")


@pytest.mark.parametrize("year", ["99999999999999999999", "9" * 5000, "0"])
def test_a_year_that_cannot_be_is_no_year(year):
    table = read(f"Email address,Group status,Join year,Join month,Join day\ne@example.org,member,{year},1,1\n")
    ((_, row),) = table.rows

    assert table.form.read(row).joined_at is None


@pytest.mark.parametrize("day", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"])
def test_a_day_outside_the_calendar_is_named_in_ours_and_passed_over_in_others(day):
    ours, theirs = read(f"email,joined\ne@example.org,{day}\n"), read(f"Email,Email Delivery,Joined\ne@example.org,Digest,{day}\n")

    with pytest.raises(Invalid, match="joined"):
        [ours.form.read(row) for _, row in ours.rows]
    assert [theirs.form.read(row).joined_at for _, row in theirs.rows] == [None]
