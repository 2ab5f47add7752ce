"""A Mailman 3 as far as we read it: its tables (facts about the schema of 3.3), and rows that say what a test is about."""

import json
import pickle
from datetime import datetime

from sqlalchemy import create_engine, text

TABLES = """
CREATE TABLE mailinglist (id INTEGER PRIMARY KEY, list_name VARCHAR, mail_host VARCHAR, list_id VARCHAR, display_name VARCHAR, description VARCHAR, info TEXT,
    preferred_language VARCHAR, subject_prefix VARCHAR, archive_policy INTEGER, max_message_size INTEGER, reply_goes_to_list INTEGER, reply_to_address VARCHAR,
    emergency BOOLEAN, default_member_action INTEGER, default_nonmember_action INTEGER, subscription_policy INTEGER, anonymous_list BOOLEAN,
    filter_content BOOLEAN, autorespond_postings INTEGER, gateway_to_news BOOLEAN, accept_these_nonmembers {blob}, topics {blob}, created_at {moment});
CREATE TABLE preferences (id INTEGER PRIMARY KEY, preferred_language VARCHAR, delivery_mode INTEGER, delivery_status INTEGER, hide_address BOOLEAN);
CREATE TABLE address (id INTEGER PRIMARY KEY, email VARCHAR, _original VARCHAR, display_name VARCHAR, verified_on {moment}, registered_on {moment}, user_id INTEGER,
    preferences_id INTEGER);
CREATE TABLE "user" (id INTEGER PRIMARY KEY, display_name VARCHAR, password VARCHAR, _preferred_address_id INTEGER, preferences_id INTEGER);
CREATE TABLE member (id INTEGER PRIMARY KEY, role INTEGER, list_id VARCHAR, moderation_action INTEGER, address_id INTEGER, user_id INTEGER, preferences_id INTEGER);
CREATE TABLE ban (id INTEGER PRIMARY KEY, email VARCHAR, list_id VARCHAR);
CREATE TABLE acceptablealias (id INTEGER PRIMARY KEY, mailing_list_id INTEGER, alias VARCHAR);
CREATE TABLE headermatch (id INTEGER PRIMARY KEY, mailing_list_id INTEGER, header VARCHAR, pattern VARCHAR);
CREATE TABLE _request (id INTEGER PRIMARY KEY, "key" VARCHAR, request_type INTEGER, data_hash VARCHAR, mailing_list_id INTEGER);
CREATE TABLE pended (id INTEGER PRIMARY KEY, token VARCHAR, expiration_date {moment});
CREATE TABLE pendedkeyvalue (id INTEGER PRIMARY KEY, "key" VARCHAR, value VARCHAR, pended_id INTEGER);
CREATE TABLE message (id INTEGER PRIMARY KEY, message_id VARCHAR, message_id_hash VARCHAR, path VARCHAR);
"""
KINDS = {"sqlite": {"blob": "BLOB", "moment": "DATETIME"}, "postgresql": {"blob": "BYTEA", "moment": "TIMESTAMP"}}
MEMBER, OWNER, MODERATOR, NONMEMBER = 1, 2, 3, 4
HOLD, REJECT, DISCARD, ACCEPT, DEFER = range(5)
LONG_AGO, FAR_OFF = datetime(2020, 5, 6, 7, 8, 9), datetime(2099, 1, 1)
# What an empty list of Mailman's looks like in a column of pickles.
NOTHING = pickle.dumps([])


class Mailman:
    """Writes rows. Numbers of lists, addresses and people are given back."""

    def __init__(self, url: str, var=None) -> None:
        self.url, self.var = url, var
        self.engine = create_engine(url)
        self.count = 0
        with self.engine.begin() as db:
            for statement in TABLES.format(**KINDS[self.engine.dialect.name]).strip().split(";\n"):
                db.execute(text(statement.rstrip(";")))

    def add(self, table: str, **row) -> int:
        self.count += 1
        row = {"id": self.count, **row}
        names = {name: f'"{name}"' for name in row}
        with self.engine.begin() as db:
            db.execute(text(f'INSERT INTO "{table}" ({", ".join(names.values())}) VALUES ({", ".join(f":{name}" for name in row)})'), row)
        return self.count

    def list(self, name="siecibp", host="lists.example.net", **more) -> int:
        usual = {
            "display_name": name.capitalize(), "description": "", "info": "", "preferred_language": "pl", "subject_prefix": f"[{name.capitalize()}] ", "archive_policy": 1,
            "max_message_size": 40, "reply_goes_to_list": 1, "reply_to_address": "", "emergency": False, "default_member_action": DEFER, "default_nonmember_action": HOLD,
            "subscription_policy": 1, "anonymous_list": False, "filter_content": False, "autorespond_postings": 0, "gateway_to_news": False,
            "accept_these_nonmembers": NOTHING, "topics": NOTHING,
        }  # fmt: skip
        return self.add("mailinglist", list_name=name, mail_host=host, list_id=f"{name}.{host}", **{**usual, **more})

    def preferences(self, mode=None, status=None, language=None) -> int:
        return self.add("preferences", delivery_mode=mode, delivery_status=status, preferred_language=language)

    def user(self, name="", preferred=None, **preferences) -> int:
        return self.add("user", display_name=name, _preferred_address_id=preferred, preferences_id=self.preferences(**preferences))

    def address(self, email, name="", user=None, verified=True, **preferences) -> int:
        written = email if email != email.lower() else None
        more = {"_original": written, "display_name": name, "user_id": user, "preferences_id": self.preferences(**preferences)}
        return self.add("address", email=email.lower(), verified_on=LONG_AGO if verified else None, registered_on=LONG_AGO, **more)

    def member(self, address=None, role=MEMBER, on="siecibp.lists.example.net", action=None, user=None, **preferences) -> int:
        numbers = {"address_id": address, "user_id": user, "preferences_id": self.preferences(**preferences)}
        return self.add("member", role=role, list_id=on, moderation_action=action, **numbers)

    def person(self, email, name="", role=MEMBER, **member) -> int:
        """A person with one address, on a list."""
        address = self.address(email, name, user=self.user(name))
        self.member(address, role, **member)
        return address

    def pend(self, until=FAR_OFF, **values) -> str:
        token = f"token{self.count}"
        pended = self.add("pended", token=token, expiration_date=until)
        for key, value in values.items():
            self.add("pendedkeyvalue", key=key, value=value if key == "type" else json.dumps(value), pended_id=pended)
        return token

    def hold(self, mlist, message, hits=(), *, stored=True) -> None:
        """A post that waits for a moderator, as an object in the message store."""
        message_id = message["Message-ID"]
        rules = pickle.dumps(list(hits)).decode("raw-unicode-escape")
        token = self.pend(
            type="data", _mod_message_id=message_id, _mod_sender=message["From"], _mod_subject=str(message["Subject"]), _mod_hold_date="2026-03-01T10:00:00", _pck_rule_hits=rules
        )
        self.add("_request", key=message_id, request_type=1, data_hash=token, mailing_list_id=mlist)
        path = f"AA/BB/{message_id.strip('<>')}"
        self.add("message", message_id=message_id, message_id_hash="x", path=path)
        if stored:
            (self.var / "messages" / path).parent.mkdir(parents=True, exist_ok=True)
            (self.var / "messages" / path).write_bytes(pickle.dumps(message))

    def close(self) -> None:
        self.engine.dispose()
