from datetime import UTC, datetime, timedelta

from listserv.mail.dating import Claim, place

NOW = datetime(2026, 3, 3, tzinfo=UTC)
DAY = timedelta(days=1)
BEGIN = datetime(2001, 5, 1, tzinfo=UTC)


def month(days=30):
    return [BEGIN + DAY * n for n in range(days)]


def sent(claims, before=()):
    return [times.sent for times in place(claims, before, NOW)]


def with_one(claim, at=15):
    claims = [Claim(day) for day in month()]
    claims[at] = claim
    return sent(claims)[at]


def test_dates_that_agree_are_believed():
    assert sent([Claim(day) for day in month()]) == month()


def test_a_clock_of_1979_or_2038_stands_beside_its_neighbours():
    for wrong in (datetime(1979, 12, 31, tzinfo=UTC), datetime(2038, 1, 19, tzinfo=UTC), datetime(1994, 1, 1, tzinfo=UTC), datetime(2020, 1, 1, tzinfo=UTC)):
        assert month()[14] < with_one(Claim(wrong)) < month()[16]


def test_what_the_servers_say_goes_before_a_wrong_clock():
    received = month()[15] + timedelta(hours=3)

    assert with_one(Claim(datetime(1980, 1, 1, tzinfo=UTC), received)) == received
    assert with_one(Claim(month()[15] - 30 * DAY, received)) == received
    assert with_one(Claim(None, received)) == received


def test_mail_may_have_waited_for_some_days():
    assert with_one(Claim(month()[15], month()[18])) == month()[15]


def test_the_separator_speaks_where_nothing_else_does_and_an_export_of_today_does_not():
    assert with_one(Claim(None, None, month()[15])) == month()[15]
    assert month()[14] < with_one(Claim(None, None, NOW)) < month()[16]
    assert with_one(Claim(month()[15], None, NOW)) == month()[15]


def test_a_separator_among_its_neighbours_goes_before_a_date_far_from_them():
    years = [BEGIN + 40 * DAY * n for n in range(60)]
    claims = [Claim(day, None, day) for day in years]
    claims[50] = Claim(BEGIN, None, years[50])

    assert sent(claims)[50] == years[50]


def test_no_date_at_all_stands_beside_its_neighbours():
    assert month()[14] < with_one(Claim(None)) < month()[16]
    assert with_one(Claim(None), at=0) == month()[1]


def test_an_archive_that_is_handed_over_years_later_keeps_its_dates():
    claims = [Claim(day, NOW - DAY) for day in month()]

    assert sent(claims) == month()


def test_many_wrong_ones_in_a_row_do_not_win():
    claims = [Claim(day) for day in month()]
    for n in (10, 11, 12):
        claims[n] = Claim(datetime(1990, 1, 1, tzinfo=UTC))

    assert all(BEGIN <= at <= month()[-1] for at in sent(claims))


def test_a_new_batch_goes_on_from_the_one_before():
    assert month()[-1] < sent([Claim(None)], before=month())[0] < month()[-1] + DAY


def test_a_slow_list_may_sleep_for_months():
    days = [BEGIN + 80 * DAY * n for n in range(10)]

    assert sent([Claim(day) for day in days]) == days


def test_a_mail_alone_is_believed_as_far_as_it_is_possible():
    assert sent([Claim(BEGIN)]) == [BEGIN]
    assert sent([Claim(datetime(2038, 1, 1, tzinfo=UTC))]) == [NOW]
    assert sent([Claim(None)]) == [NOW]
