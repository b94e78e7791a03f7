"""When leads are given out: hours per weekday, and days off."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, time, timedelta

from skycrm.domain.send_window import Window

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
# A year and a bit: whoever is closed for longer than that is closed.
DAYS_AHEAD = 370


def is_open(hours: Sequence[Window], moment: datetime, days_off: Collection[date] = ()) -> bool:
	"""Whether leads are given out at this moment. No hours at all means every hour of every day that is no day off."""
	if moment.date() in days_off:
		return False
	if not hours:
		return True
	since_midnight = moment - datetime.combine(moment.date(), time.min)
	weekday = WEEKDAYS[moment.weekday()]
	return any(window.weekday == weekday and window.start <= since_midnight < window.end for window in hours)


def next_opening(
	hours: Sequence[Window], moment: datetime, days_off: Collection[date] = ()
) -> datetime | None:
	"""When leads are given out again: `moment` itself while they are, None if never within DAYS_AHEAD days."""
	if is_open(hours, moment, days_off):
		return moment
	windows = list(hours) or [Window(weekday, timedelta(0), timedelta(days=1)) for weekday in WEEKDAYS]
	midnight = datetime.combine(moment.date(), time.min)
	for ahead in range(DAYS_AHEAD):
		day = midnight + timedelta(days=ahead)
		if day.date() in days_off:
			continue
		starts = [day + window.start for window in windows if window.weekday == WEEKDAYS[day.weekday()]]
		coming = [start for start in starts if start > moment]
		if coming:
			return min(coming)
	return None
