"""`import moodle` and `import discourse`: a forum's posts become a list's archive, threads and all."""

import json

import pytest

MOODLE = """id,discussion,parent,userid,userfullname,created,modified,mailed,subject,message,messageformat,deleted,privatereplyto
10,1,0,2,"Halina Okładka",1709370900,1709370900,1,"Skaner do map","<p>Dzień dobry,</p><p>jakiego skanera Państwo używają?</p>",1,0,0
11,1,10,3,"Marek Regał",1709374500,1709374500,1,"Re: Skaner do map","<p>Ze skanera w archiwum.</p>
<p>From domu też można.</p>",1,0,0
12,1,11,2,"Halina Okładka",1709378100,1709378100,1,"Re: Skaner do map","Dziękuję.",2,0,0
13,1,10,4,"Ewa Fiszka",1709378200,1709378200,1,"Re: Skaner do map","tylko do Haliny",1,0,2
14,1,10,4,"Ewa Fiszka",1709378300,1709378300,1,"Re: Skaner do map","usunięte",1,1,0
15,2,0,4,"Ewa Fiszka",1709464700,1709464700,1,"Spotkanie","<p>W czerwcu?</p>",1,0,0
"""
PEOPLE = "id,username,email\n2,halina,halina@example.org\n3,marek,marek@example.org\n"
DISCOURSE = """id,topic_id,post_number,reply_to_post_number,title,username,name,email,created_at,raw
101,7,1,,Skaner do map,halina,Halina Okładka,halina@example.org,2024-03-02 09:15:00.123 UTC,"Jakiego skanera Państwo używają?"
102,7,2,,Skaner do map,marek,Marek Regał,marek@example.org,2024-03-02T10:15:00.000Z,"Ze skanera w archiwum."
103,7,3,2,Skaner do map,halina,Halina Okładka,halina@example.org,2024-03-02 11:15:00,"[quote=""marek, post:2, topic:7""]
Ze skanera w archiwum.
[/quote]

Dziękuję."
104,8,1,,Spotkanie,ewa,,,2024-03-03 09:00:00,"W czerwcu?"
"""


@pytest.fixture
def bring(run, tmp_path):
    """Bring a table into the archive of siecibp."""

    def table(kind, text, *more, code=0):
        file = tmp_path / f"{kind}.csv"
        file.write_text(text, "utf-8")
        said = run("import", kind, "siecibp", str(file), *more)
        assert said.code == code, said
        return said

    return table


@pytest.fixture
def archive(run):
    """What is in the archive now: a row a message."""

    def look():
        return [json.loads(line) for line in run("export", "siecibp", "--format", "json").out.splitlines()]

    return look


@pytest.fixture(autouse=True)
def siecibp(run):
    run("list", "create", "siecibp", "--title", "Sieć BP", "--language", "pl")


def test_a_moodle_forum_comes_with_its_threads_authors_and_dates(bring, archive, tmp_path):
    (tmp_path / "people.csv").write_text(PEOPLE, "utf-8")

    said = bring("moodle", MOODLE, "--people", str(tmp_path / "people.csv"), "--json").json

    assert (said["posts"], said["threads"], said["imported"], said["without_address"]) == (4, 2, 4, 1)
    assert said["left_out"] == {"private replies": 1, "deleted there": 1}
    first, second, third, other = archive()
    assert [one["thread"] for one in (first, second, third)] == [first["thread"]] * 3 != [other["thread"]] * 3
    assert (second["parent"], third["parent"]) == ("<moodle.10@moodle.invalid>", "<moodle.11@moodle.invalid>")
    assert first["from"] == {"name": "Halina Okładka", "address": "halina@example.org"}
    assert other["from"] == {"name": "Ewa Fiszka", "address": "user-4@moodle.invalid"}
    assert first["date"].startswith("2024-03-02T")


def test_a_discourse_forum_comes_with_its_threads_authors_and_dates(bring, archive):
    said = bring("discourse", DISCOURSE, "--json").json

    assert (said["posts"], said["threads"], said["imported"]) == (4, 2, 4)
    first, second, third, other = archive()
    assert (second["parent"], third["parent"]) == (first["message_id"], second["message_id"])
    assert [one["subject"] for one in (first, third)] == ["Skaner do map", "Re: Skaner do map"]
    assert other["from"] == {"name": "ewa", "address": "user-ewa@discourse.invalid"}


def test_a_table_can_be_brought_twice(bring, archive):
    bring("discourse", DISCOURSE)

    said = bring("discourse", DISCOURSE, "--json").json

    assert (said["imported"], said["already"], len(archive())) == (0, 4, 4)


def test_a_dry_run_says_what_would_come_and_changes_nothing(bring, archive):
    said = bring("moodle", MOODLE, "--dry-run").out

    assert "read 4 posts in 2 threads: would come" in said
    assert archive() == []


def test_one_of_a_kind_is_told_as_one(bring):
    said = bring("discourse", "\n".join(DISCOURSE.splitlines()[:2]) + "\n", "--dry-run").out

    assert "read 1 post in 1 thread: would come" in said


def test_json_is_as_good_as_a_table(bring, archive):
    columns, *rows = [line.split(",", 9) for line in DISCOURSE.splitlines()[:3]]

    bring("discourse", json.dumps({"success": True, "columns": columns, "rows": rows}))

    assert len(archive()) == 2


def test_another_table_is_refused_with_what_it_lacks(bring):
    assert "missing: topic_id, post_number, title, created_at, raw" in bring("discourse", MOODLE, code=2).err


def test_dates_in_words_are_named_with_the_mend(bring, archive):
    said = bring("moodle", MOODLE.replace("1709464700", "3 marca 2024"), code=2).err

    assert "line 7: '3 marca 2024' is no date; export dates as numbers" in said
    assert len(archive()) == 3


def test_a_list_that_is_called_moodle_still_takes_mail(run, tmp_path):
    run("list", "create", "moodle", "--title", "Moodle")
    (tmp_path / "old.mbox").write_text("From a@example.org Thu Jan  1 00:00:00 1970\nFrom: a@example.org\nSubject: x\nMessage-ID: <x@example.org>\n\nwords\n")

    assert "imported 1" in run("import", "moodle", str(tmp_path / "old.mbox")).out


def test_rows_that_hold_anything_stop_nobody_elses(bring, archive):
    odd = {"id": 200, "parent": "1\r\nBcc: x@example.org", "userid": "ż/\n", "userfullname": '"<\ud800' + "ż" * 3000, "created": "1709370900", "subject": "a\r\nBcc: x@example.org\0"}
    rows = [odd | {"message": "\0\ud800 słowa", "messageformat": "1"}, odd | {"id": "9" * 5000, "message": "x"}, odd | {"id": 201, "message": "y", "parent": [1]}]

    said = bring("moodle", json.dumps(rows), code=2)

    assert "is no number of a post" in said.err
    assert [one["subject"] for one in archive()] == ["a Bcc: x@example.org"] * 2
