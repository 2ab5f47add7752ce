"""Patches are found in letters, whole, and nothing else is taken for one."""


import pytest
from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.patches import find, kinds, may_hold
from tests.growth import takes

GIT = """Words.

Signed-off-by: Ewa <ewa@example.org>
---
 catalogue.py | 3 ++-
 1 file changed, 2 insertions(+), 1 deletion(-)

diff --git a/catalogue.py b/catalogue.py
index 0a1b2c3..4d5e6f7 100644
--- a/catalogue.py
+++ b/catalogue.py
@@ -1,3 +1,4 @@
 import csv
-x = 1
+x = 2
+y = 3
\x20
--\x20
2.39.0"""


def found(text):
    lines = text.split("\n")
    return ["\n".join(lines[patch.start : patch.end]) for patch in find(lines)]


def test_a_patch_begins_with_what_it_changes_and_ends_where_its_hunks_say():
    assert found(GIT) == [GIT[GIT.index("---\n") : GIT.index("\n-- \n")]]


@pytest.mark.parametrize(
    "text",
    [
        "- one\n- two\n+ three",
        "--- a line\n+++ another\nno hunk",
        "@@ -1,2 +1,2 @@",
        "@@ -1,2 +1,2 @@\n nothing\n changes",
        "+ pro\n- contra\n\n@@ is an operator",
        "---\nEwa\nLibrary",
        "Index: of the book\n\n- page 1",
        "diff --git is a command",
        "3 files changed",
    ],
)
def test_lists_signatures_and_sentences_are_no_patches(text):
    assert found(text) == []


def test_a_removed_line_of_dashes_and_an_added_heading_belong_to_the_patch():
    text = "@@ -1,3 +1,3 @@\n a\n-- \n+--- b\n c\n-- \nEwa"

    assert found(text) == [text[: text.index("\n-- \nEwa")]]
    assert list(kinds(text.split("\n")[:5])) == ["at", "", "cut", "add", ""]


def test_several_files_are_one_patch_with_renamed_and_binary_ones():
    renamed = "diff --git a/x b/y\nsimilarity index 100%\nrename from x\nrename to y"
    binary = "diff --git a/p.png b/p.png\nindex 0a1b2c3..4d5e6f7 100644\nGIT binary patch\nliteral 5\nMcmZQzU|?imU|?iq0ssI200961\n"
    text = f"{renamed}\n{binary}\nIndex: z\n===================================================================\n--- z\n+++ z\n@@ -1 +1 @@\n-a\n+b\n\nEwa"

    (patch,) = find(text.split("\n"))

    assert patch.files == 3
    assert patch.start == 0
    assert text.split("\n")[patch.end :] == ["", "Ewa"]


def test_what_somebody_left_out_ends_the_patch_and_their_words_go_on():
    text = "@@ -1,40 +1,40 @@\n-a\n+b\n\n\nWhy not c?"

    assert found(text) == ["@@ -1,40 +1,40 @@\n-a\n+b"]


def test_hunks_with_gaps_between_them_are_about_one_file():
    (patch,) = find(["--- a", "+++ b", "@@ -1,9 +1,9 @@", "-a", "+b", " ", "", "@@ -20 +20 @@", "-c", "+d"])

    assert (patch.start, patch.end, patch.files) == (0, 10, 1)


def test_a_line_that_a_mail_program_has_broken_does_not_end_it():
    broken = "+" + "x" * 70
    text = f"@@ -1,2 +1,2 @@\n-a\n{broken}\nyyy\n b\nEwa"

    assert found(text) == [text.removesuffix("\nEwa")]


def test_blank_lines_that_lost_their_space_are_lines_of_the_patch():
    assert found("@@ -1,3 +1,3 @@\n-a\n+b\n\n c\nrest") == ["@@ -1,3 +1,3 @@\n-a\n+b\n\n c"]


HUNK_LINES = st.lists(st.tuples(st.sampled_from(" +-"), st.text(st.characters(blacklist_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"), max_size=20)), min_size=1, max_size=12)


@given(st.lists(HUNK_LINES, min_size=1, max_size=4), st.sampled_from(["Words.\n\n", ""]), st.sampled_from(["\n\nWords.", "", "\n-- \nEwa"]))
def test_whatever_changes_a_hunk_tells_it_is_found_whole(hunks, before, after):
    hunks = [[*lines, ("+", "x")] for lines in hunks]
    text = "--- a/x\n+++ b/x"
    for lines in hunks:
        old, new = (sum(mark in marks for mark, _ in lines) for marks in (" -", " +"))
        text += f"\n@@ -1,{old} +1,{new} @@\n" + "\n".join(mark + line for mark, line in lines)

    assert found(before + text + after) == [text]


@given(st.lists(st.sampled_from(["@@ -1,2 +1,2 @@", "--- a", "+++ b", "+x", "-x", " x", "", "diff --git a b", "---", " a | 2 +-", "words", "GIT binary patch", "rename to x", "===="]), max_size=25))
def test_any_lines_are_cut_without_overlaps_or_faults(lines):
    at = 0
    for patch in find(lines):
        assert at <= patch.start < patch.end <= len(lines)
        assert len(list(kinds(lines[patch.start : patch.end]))) == patch.end - patch.start
        at = patch.end


@pytest.mark.parametrize(
    "lines",
    [["@@ -1,2 +1,2 @@"] * 20_000, ["--- a", "+++ b"] * 10_000, ["diff --git a b"] * 20_000, [" a | 2 +-"] * 20_000 + ["@@ -1 +1 @@", "+a"], ["@@ -1,9999999 +1,9999999 @@", *["+x"] * 50_000]]
    + [["diff --git a b", "index 0000..1111"] * 10_000, ["@@ -1 +1 @@", "-a", "+b", " a | 2 +-"] * 5_000, ["@@ -1,9 +1,9 @@", " x"] * 10_000],
    ids=range(8),
)
def test_hostile_lines_cost_little(lines):
    assert takes(lambda: list(find(lines)), 1) < 1


def test_ordinary_letters_are_not_looked_through():
    assert not may_hold("Dzień dobry,\n- raz\n- dwa\n")
