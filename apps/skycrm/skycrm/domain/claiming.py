"""How long a lead that somebody has claimed stays theirs."""

from datetime import datetime, timedelta


def held_until(
	last_activity: datetime,
	hold_days: int,
	next_contact_on: datetime | None = None,
	longest_days: int = 0,
) -> datetime | None:
	"""Until when a lead is held.

	It is held for `hold_days` after the last thing that happened with it. A contact that is planned for later holds it
	until then, but no longer than `longest_days` after the last activity: a date alone is no work.

	Args:
		last_activity: when it was claimed, or worked on since.
		hold_days: 0 for ever, then None is returned.
		next_contact_on: when the next contact is planned.
		longest_days: limit for planned contacts; 0 leaves them out.
	"""
	if hold_days <= 0:
		return None
	end = last_activity + timedelta(days=hold_days)
	if next_contact_on and longest_days > hold_days:
		end = max(end, min(next_contact_on, last_activity + timedelta(days=longest_days)))
	return end


def may_claim_again_on(ended_on: datetime | None, cooldown_days: int) -> datetime | None:
	"""When somebody who gave a lead back, or lost it, may claim it again; None for at once."""
	if not ended_on or cooldown_days <= 0:
		return None
	return ended_on + timedelta(days=cooldown_days)
