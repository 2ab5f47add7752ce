"""A ballot as a form: what stands in it, what was typed, and what is wrong with that. Nothing typed is lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from werkzeug.datastructures import MultiDict

from listserv.i18n import N_
from listserv.mail import votes
from listserv.mail.surveykinds import Kind
from listserv.mail.votes import LONGEST_WORDS, Ask, Choice, Trouble

NOTHING = N_("Nothing is chosen or written yet. One answer is enough; the others may stay empty.")
WRONG = {
    Trouble.UNCLEAR: N_("This answer could not be understood. Please choose once more."),
    Trouble.RANGE: N_("There is no such answer. Please choose once more."),
    Trouble.TOO_MANY: N_("Only one answer can be chosen here."),
    Trouble.TWICE: N_("Two answers stand at the same place: please give each a place of its own."),
}
TOO_LONG = N_("This is too long: please shorten it to some pages.")
# Of options and places that a form can name.
MOST = 200


@dataclass(frozen=True, slots=True)
class Filled:
    """A form that somebody has filled in, by number of the question; of what is ranked the place of each option, as it was chosen."""

    choices: Mapping[int, Choice] = field(default_factory=dict)
    places: Mapping[int, Mapping[int, int]] = field(default_factory=dict)
    wrong: Mapping[int, str] = field(default_factory=dict)


def standing(asks: Sequence[Ask], choices: Mapping[int, Choice]) -> Filled:
    """The form with these answers in it."""
    ranked = {ask.number: choices[ask.number].chosen for ask in asks if ask.kind is Kind.RANKED and ask.number in choices}
    return Filled(dict(choices), {number: {option: place for place, option in enumerate(chosen, 1)} for number, chosen in ranked.items()})


def preselected(asks: Sequence[Ask], args: Mapping[str, str], already: Mapping[int, Choice]) -> Filled:
    """The form as a link in a letter asks for it (`?q1=2`, `?q2=1,3`): what stands on the ballot, and over it what the link says, where that is an answer."""
    found = dict(already)
    for ask in asks:
        chosen = _numbers(args.get(f"q{ask.number}", "").replace(",", " ").split()[:MOST])
        if chosen and ask.kind is not Kind.WORDS and votes.check(ask, Choice(chosen)) is None:
            found[ask.number] = Choice(chosen)
    return standing(asks, found)


def _numbers(typed: Sequence[str]) -> tuple[int, ...]:
    return tuple(int(one) for one in typed if one.isascii() and one.isdigit() and len(one) < 4)


def typed(asks: Sequence[Ask], form: "MultiDict[str, str]") -> Filled:
    """What was sent; questions that were left alone stand in neither."""
    choices, places, wrong = {}, {}, {}
    for ask in asks:
        key = f"q{ask.number}"
        if ask.kind is Kind.RANKED:
            places[ask.number] = _places(ask, form)
            choice, trouble = _in_order(places[ask.number])
        elif ask.kind is Kind.WORDS:
            words = form.get(key, "").replace("\r\n", "\n").strip()
            choice, trouble = Choice(words=words), ""
            trouble = TOO_LONG if len(words) > LONGEST_WORDS else ""
        else:
            choice, trouble = Choice(_numbers(form.getlist(key)[:MOST])), ""
        if choice.chosen or choice.words:
            refused = votes.check(ask, choice)
            choices[ask.number] = choice
            trouble = trouble or (WRONG[refused] if refused else "")
        if trouble:
            wrong[ask.number] = trouble
    return Filled(choices, places, wrong)


def _places(ask: Ask, form: "MultiDict[str, str]") -> dict[int, int]:
    found = {option: _numbers([form.get(f"q{ask.number}-{option}", "")]) for option in range(1, len(ask.options) + 1)}
    return {option: place[0] for option, place in found.items() if place}


def _in_order(places: Mapping[int, int]) -> tuple[Choice, str]:
    """The options by their places; a place may be left out, and is not shared."""
    taken = list(places.values())
    chosen = tuple(sorted(places, key=places.__getitem__))
    return Choice(chosen), WRONG[Trouble.TWICE] if len(set(taken)) < len(taken) else ""
