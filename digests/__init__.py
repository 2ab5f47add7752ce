"""PURE: given what was written on a list, the digest of it. No database, no network, no clock.

`schedule` says when one is owed, `entries` what is in it, `rendering` words it (`html`, `plain`), `mime` makes the letter.
"""
