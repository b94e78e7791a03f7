"""Counters of calls in Redis: at most so many in a window of time, then 429."""

import frappe
from frappe import _


def count_call(what: str, who: str, calls: int, seconds: int) -> None:
	"""Count one call.

	Args:
		what: what is limited, the same text for every caller.
		who: whose allowance is used.
		calls: how many there are in a window.
		seconds: length of the window, from its first call on.

	Raises:
		frappe.RateLimitExceededError (429): the allowance is used up.
	"""
	wait = over_limit(what, who, calls, seconds)
	if wait:
		frappe.throw(
			_("This was asked for too often. Wait {0} seconds, then try again.").format(wait),
			frappe.RateLimitExceededError,
			title=_("Too Many Requests"),
		)


def over_limit(what: str, who: str, calls: int, seconds: int) -> int:
	"""Count one call; 0 while it is allowed, else the seconds to wait."""
	key = frappe.cache.make_key(f"skycrm_calls:{what}:{who}")
	# One round trip. Set with its time limit first and only if absent: a counter without one would lock somebody out for
	# ever. make_key has put the site into the key, and set_value knows no "only if absent".
	counter = frappe.cache.pipeline()
	counter.set(key, 0, ex=seconds, nx=True)
	counter.incrby(key, 1)
	if counter.execute()[-1] <= calls:
		return 0
	return max(frappe.cache.ttl(key), 1)
