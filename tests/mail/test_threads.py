from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from listserv.mail.threads import Node, arrange

DAY = datetime(2026, 3, 3, tzinfo=UTC)


def nodes(*rows):
    """(message id, refs) in the order of their dates."""
    return [Node(n, name, tuple(refs.split()), DAY + timedelta(minutes=n)) for n, (name, refs) in enumerate(rows, 1)]


def parents(made):
    return arrange(made).parents


def threads(*rows):
    made = nodes(*rows)
    names = {node.id: node.message_id for node in made}
    return ["".join(names[row] for row in thread) for thread in arrange(made).threads]


def test_an_answer_hangs_under_what_it_answers():
    assert parents(nodes(("a", ""), ("b", "a"), ("c", "a b"))) == {1: None, 2: 1, 3: 2}


def test_a_message_that_has_not_come_is_passed_through():
    assert parents(nodes(("a", ""), ("c", "a b"))) == {1: None, 2: 1}


def test_two_answers_to_a_message_that_has_not_come_stay_at_the_top():
    assert parents(nodes(("b", "x"), ("c", "x"))) == {1: None, 2: None}


def test_what_others_know_of_a_ghost_helps_those_who_know_less():
    # c knows only the ghost x; d knows that x answered a.
    assert parents(nodes(("a", ""), ("c", "x"), ("d", "a x"))) == {1: None, 2: 1, 3: 1}


def test_an_answer_dated_before_its_parent_still_hangs_under_it():
    assert parents(nodes(("b", "a"), ("a", ""))) == {1: 2, 2: None}


def test_a_circle_of_references_ends_somewhere():
    assert sorted(parents(nodes(("a", "b"), ("b", "a"))).values(), key=str) == [1, None] or sorted(
        parents(nodes(("a", "b"), ("b", "a"))).values(), key=str
    ) == [2, None]


def test_answers_to_a_message_that_has_not_come_are_one_thread():
    assert threads(("b", "x"), ("c", "x"), ("d", "")) == ["bc", "d"]


def test_a_message_that_refers_to_two_conversations_goes_to_one_and_leaves_them_apart():
    # e answers d and names a beside it: d itself says that it answers c.
    assert threads(("a", ""), ("b", "a"), ("c", ""), ("d", "c"), ("e", "a d")) == ["ab", "cde"]


def test_two_beginnings_are_not_joined_by_who_names_both():
    assert threads(("a", ""), ("b", ""), ("c", "a b")) == ["a", "bc"]


def test_long_chains_take_no_long_time():
    ids = [f"m{n}" for n in range(30_000)]
    made = [Node(n, name, tuple(ids[max(0, n - 3) : n]), DAY) for n, name in enumerate(ids)]
    ghosts = [Node(100_000 + n, f"g{n}", tuple(f"x{k}" for k in range(n * 90, n * 90 + 100)), DAY) for n in range(300)]

    assert len(arrange(made).threads) == 1
    assert len(arrange(ghosts).threads) == 1


NAMES = st.sampled_from("abcdefgh")
GRAPHS = st.dictionaries(NAMES, st.lists(NAMES, max_size=4), min_size=1)


@given(GRAPHS, st.randoms(use_true_random=False))
def test_the_order_of_arrival_plays_no_part_and_nobody_is_their_own_ancestor(graph, chance):
    made = nodes(*[(name, " ".join(ref for ref in refs if ref != name)) for name, refs in graph.items()])
    arranged = arrange(made)
    tree = arranged.parents
    shuffled = made[:]
    chance.shuffle(shuffled)

    assert arrange(shuffled) == arranged
    for row in tree:
        seen, at = set(), row
        while at is not None:
            assert at not in seen
            seen.add(at)
            at = tree[at]
    assert sorted(row for thread in arranged.threads for row in thread) == sorted(tree)
    of = {row: number for number, thread in enumerate(arranged.threads) for row in thread}
    assert all(of[row] == of[parent] for row, parent in tree.items() if parent)
