"""PURE: what Mailman 2 and 3 have written, read into values. Nothing of theirs is imported, run or changed."""
