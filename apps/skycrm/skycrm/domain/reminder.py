"""When a reminder comes, and when it comes back: plain times, no clock of its own.

Moments are naive and in the site's time zone, as the database keeps them; hours that a person chose (quiet hours, the
beginning of the day) are in that person's own zone.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from skycrm.domain.errors import InvalidValue

MINUTES = (5, 15, 60)
TOMORROW = "tomorrow"
# Reminders older than this are for the overdue list, not for a panel.
LOOK_BACK_DAYS = 30
# A meeting that was two days ago needs no reminder any more.
EVENT_LOOK_BACK_DAYS = 2
LONGEST_SNOOZE_DAYS = 366
WEEKEND = (5, 6)
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def to_zone(moment: datetime, from_zone: str, to_zone_name: str) -> datetime:
	"""A naive moment of one time zone as a naive moment of another."""
	aware = moment.replace(tzinfo=ZoneInfo(from_zone))
	return aware.astimezone(ZoneInfo(to_zone_name)).replace(tzinfo=None)


def is_quiet(local: time, quiet_from: time | None, quiet_until: time | None) -> bool:
	"""Whether a time of day lies in the quiet hours, which may go past midnight; none are set when either is empty."""
	if quiet_from is None or quiet_until is None or quiet_from == quiet_until:
		return False
	if quiet_from < quiet_until:
		return quiet_from <= local < quiet_until
	return local >= quiet_from or local < quiet_until


def next_working_day(after: date, holidays: Collection[date] | None = None) -> date:
	"""The first working day after a day.

	Args:
		holidays: every day off, weekends included, as a holiday list has them; without one Saturday and Sunday are off.
	"""
	day = after
	for _ in range(60):
		day += timedelta(days=1)
		off = day in holidays if holidays else day.weekday() in WEEKEND
		if not off:
			return day
	return after + timedelta(days=1)


def snoozed_until(
	choice: str,
	now: datetime,
	site_zone: str,
	user_zone: str,
	day_start: time = time(8),
	holidays: Collection[date] | None = None,
) -> datetime:
	"""When a reminder comes back.

	Args:
		choice: minutes as digits, "tomorrow" (the next working day at `day_start`), or a moment of the user's zone as
			"YYYY-MM-DD HH:MM[:SS]".
		now: in the site's zone.

	Returns:
		A moment in the site's zone.

	Raises:
		InvalidValue: snooze_not_a_time, snooze_in_the_past, snooze_too_far.
	"""
	text = choice.strip()
	if text.isdigit():
		until = now + timedelta(minutes=int(text[:7]))
	elif text == TOMORROW:
		day = next_working_day(to_zone(now, site_zone, user_zone).date(), holidays)
		until = to_zone(datetime.combine(day, day_start), user_zone, site_zone)
	else:
		try:
			until = to_zone(datetime.fromisoformat(text).replace(tzinfo=None), user_zone, site_zone)
		except ValueError:
			raise InvalidValue("snooze_not_a_time", text)
	if until <= now:
		raise InvalidValue("snooze_in_the_past", text)
	if until > now + timedelta(days=LONGEST_SNOOZE_DAYS):
		raise InvalidValue("snooze_too_far", text, {"days": LONGEST_SNOOZE_DAYS})
	return until


def last_occurrence(
	starts_on: datetime,
	repeat_on: str,
	until: datetime,
	repeat_till: date | None = None,
	days: Iterable[str] = (),
) -> datetime | None:
	"""The latest beginning of a repeated event that is not after `until`; None when there is none yet.

	Args:
		repeat_on: Daily, Weekly, Monthly, Quarterly, Half Yearly or Yearly, as the framework's Event has them.
		repeat_till: last day of the series.
		days: names of weekdays of a weekly event; none means the weekday of its first time.
	"""
	end = until
	if repeat_till is not None:
		end = min(end, datetime.combine(repeat_till, time.max))
	if end < starts_on:
		return None
	if repeat_on in ("Daily", "Weekly"):
		wanted = {WEEKDAYS.index(day.lower()) for day in days} or {starts_on.weekday()}
		for back in range(8):
			moment = datetime.combine(end.date() - timedelta(days=back), starts_on.time())
			if starts_on <= moment <= end and (repeat_on == "Daily" or moment.weekday() in wanted):
				return moment
		return starts_on
	step = {"Monthly": 1, "Quarterly": 3, "Half Yearly": 6, "Yearly": 12}.get(repeat_on)
	if not step:
		return starts_on
	months = (end.year - starts_on.year) * 12 + end.month - starts_on.month
	months -= months % step
	while months > 0:
		year, month = divmod(starts_on.year * 12 + starts_on.month - 1 + months, 12)
		try:
			moment = starts_on.replace(year=year, month=month + 1)
		except ValueError:  # the 31st of a month that has 30 days: the framework leaves it out too
			moment = None
		if moment and moment <= end:
			return moment
		months -= step
	return starts_on
