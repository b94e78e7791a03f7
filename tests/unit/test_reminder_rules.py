"""When a reminder comes, when it comes back, and when nobody is to be disturbed."""

from datetime import date, datetime, time

import pytest

from skycrm.domain.errors import InvalidValue
from skycrm.domain.reminder import is_quiet, last_occurrence, next_working_day, snoozed_until, to_zone

SITE, PARIS = "Asia/Ho_Chi_Minh", "Europe/Paris"
# A Friday
NOW = datetime(2026, 11, 20, 16, 30)


@pytest.mark.parametrize(
	("choice", "until"),
	[
		("5", datetime(2026, 11, 20, 16, 35)),
		("15", datetime(2026, 11, 20, 16, 45)),
		("60", datetime(2026, 11, 20, 17, 30)),
		("tomorrow", datetime(2026, 11, 23, 8, 0)),
		("2026-11-21 09:15", datetime(2026, 11, 21, 9, 15)),
	],
)
def test_snoozing(choice, until):
	assert snoozed_until(choice, NOW, SITE, SITE) == until


def test_tomorrow_is_the_morning_of_the_user_not_of_the_site():
	# 16:30 in Hanoi is 10:30 in Paris; Monday 08:00 in Paris is 14:00 in Hanoi.
	assert snoozed_until("tomorrow", NOW, SITE, PARIS) == datetime(2026, 11, 23, 14, 0)
	assert snoozed_until("2026-11-21 09:15", NOW, SITE, PARIS) == datetime(2026, 11, 21, 15, 15)


def test_tomorrow_follows_the_holiday_list_and_the_beginning_of_the_day():
	tet = {date(2026, 11, 22), date(2026, 11, 23), date(2026, 11, 24)}
	assert snoozed_until("tomorrow", NOW, SITE, SITE, time(7, 30), tet) == datetime(2026, 11, 21, 7, 30)
	assert next_working_day(date(2026, 11, 21), tet) == date(2026, 11, 25)
	assert next_working_day(date(2026, 11, 20)) == date(2026, 11, 23)


@pytest.mark.parametrize(
	("choice", "code"),
	[
		("soon", "snooze_not_a_time"),
		("0", "snooze_in_the_past"),
		("2026-11-19 08:00", "snooze_in_the_past"),
		("2029-01-01 08:00", "snooze_too_far"),
		("9999999", "snooze_too_far"),
	],
)
def test_what_is_no_time_ahead_is_refused(choice, code):
	with pytest.raises(InvalidValue) as error:
		snoozed_until(choice, NOW, SITE, SITE)
	assert error.value.code == code


@pytest.mark.parametrize(
	("at", "quiet"), [("22:00", True), ("23:59", True), ("05:59", True), ("06:00", False), ("12:00", False)]
)
def test_quiet_hours_go_past_midnight(at, quiet):
	assert is_quiet(time.fromisoformat(at), time(22), time(6)) is quiet


def test_quiet_hours_within_a_day_and_none():
	assert is_quiet(time(12, 30), time(12), time(13)) and not is_quiet(time(13), time(12), time(13))
	assert not is_quiet(time(3), None, time(6)) and not is_quiet(time(3), time(3), time(3))


@pytest.mark.parametrize(
	("repeat_on", "starts", "days", "found"),
	[
		("Daily", datetime(2026, 11, 1, 9), (), datetime(2026, 11, 20, 9)),
		("Daily", datetime(2026, 11, 1, 17), (), datetime(2026, 11, 19, 17)),
		("Weekly", datetime(2026, 11, 2, 9), (), datetime(2026, 11, 16, 9)),
		("Weekly", datetime(2026, 11, 2, 9), ("monday", "thursday"), datetime(2026, 11, 19, 9)),
		("Monthly", datetime(2026, 1, 20, 9), (), datetime(2026, 11, 20, 9)),
		("Monthly", datetime(2026, 1, 31, 9), (), datetime(2026, 10, 31, 9)),
		("Quarterly", datetime(2026, 1, 15, 9), (), datetime(2026, 10, 15, 9)),
		("Half Yearly", datetime(2026, 1, 15, 9), (), datetime(2026, 7, 15, 9)),
		("Yearly", datetime(2024, 11, 20, 9), (), datetime(2026, 11, 20, 9)),
		("Yearly", datetime(2024, 2, 29, 9), (), datetime(2024, 2, 29, 9)),
		("Daily", datetime(2026, 12, 1, 9), (), None),
	],
)
def test_repeated_events(repeat_on, starts, days, found):
	assert last_occurrence(starts, repeat_on, NOW, None, days) == found


def test_a_series_that_has_ended():
	assert last_occurrence(datetime(2026, 11, 1, 9), "Daily", NOW, date(2026, 11, 5)) == datetime(
		2026, 11, 5, 9
	)


def test_zones_are_there_and_back_again():
	assert to_zone(to_zone(NOW, SITE, PARIS), PARIS, SITE) == NOW
