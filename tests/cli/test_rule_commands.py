"""`rule` and `topic set` at the console."""


def test_rules_at_the_console(run):
    run("list", "create", "siecibp", "--title", "Sieć BP")
    assert run("rule", "add", "siecibp", "hold", "subject", "loteria, wygrana").out == (
        "rule 1: hold if the subject has: loteria, wygrana\nthere are no messages in the archive yet to try it on\n"
    )
    assert run("rule", "add", "siecibp", "hold", "larger", "2,5", "--dry-run").out == "there are no messages in the archive yet to try it on\n"
    assert run("rule", "add", "siecibp", "hold", "larger", "2 B").code == 2
    assert run("rule", "add", "siecibp", "discard", "capitals").code == 0
    assert [(row["does"], row["asks"], row["value"]) for row in run("rule", "ls", "siecibp", "--json").json] == [
        ("hold", "subject", "loteria, wygrana"),
        ("discard", "capitals", ""),
    ]
    assert run("rule", "add", "siecibp", "discard", "capitals").code == 6
    assert run("rule", "add", "siecibp", "shout", "capitals").code == 2
    assert run("rule", "add", "siecibp", "hold", "links", "many").code == 2
    assert run("rule", "remove", "siecibp", "1").code == 0
    assert run("rule", "remove", "siecibp", "1").code == 3
    assert run("rule", "ls", "nothing").code == 3


def test_topics_and_first_messages_at_the_console(run):
    run("list", "create", "siecibp", "--title", "Sieć BP")
    run("topic", "add", "siecibp", "tik", "Lekcje TIK", "--moderated")
    assert run("topic", "ls", "siecibp", "--json").json[0]["moderated"] is True
    assert run("topic", "set", "siecibp", "tik", "moderated=no", "title=TIK").code == 0
    told = run("topic", "ls", "siecibp", "--json").json[0]
    assert (told["title"], told["moderated"]) == ("TIK", False)
    assert run("topic", "set", "siecibp", "nic", "moderated=yes").code == 3
    assert run("topic", "set", "siecibp", "tik", "moderated=maybe").code == 2
    assert run("list", "set", "siecibp", "first_post=hold", "certain_spam=discard").code == 0
    shown = run("list", "show", "siecibp", "--json").json
    assert (shown["first_post"], shown["certain_spam"]) == ("hold", "discard")
    assert run("list", "set", "siecibp", "first_post=maybe").code == 2
