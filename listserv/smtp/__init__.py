"""DOOR: mail comes in by SMTP and LMTP. It translates, calls `intake`, and answers 250 only after the commit."""
