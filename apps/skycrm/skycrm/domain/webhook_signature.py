"""Whether a request was signed by somebody who knows the secret, just now.

The scheme of Standard Webhooks and Stripe: HMAC-SHA256 over the time and the bytes of the body as they came. The time is
signed too, so an old request cannot be sent again with a new one.
"""

import hashlib
import hmac
from collections.abc import Sequence

# Seconds by which the clocks of two computers may differ, and a request may be on its way.
TOLERANCE = 300
PREFIX = "sha256="


def sign(secret: str, timestamp: str, body: bytes) -> str:
	"""The signature of a body, in hexadecimal digits.

	Args:
		timestamp: seconds since 1970 as text.
	"""
	return hmac.new(secret.encode(), timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()


def is_genuine(
	secrets: Sequence[str], signature: str | None, timestamp: str | None, body: bytes, now: float
) -> bool:
	"""Whether one of the secrets made the signature, within TOLERANCE seconds of now.

	Takes the same time whichever part is wrong, and with the same number of secrets.

	Args:
		secrets: valid ones; two while a secret is being changed.
		signature: hexadecimal digits, "sha256=" before them or not.
		now: seconds since 1970.
	"""
	given = (signature or "").strip().removeprefix(PREFIX).lower().encode()
	time = (timestamp or "").strip()
	# Every comparison is made: the answer's time tells neither which secret it was nor how much of it was right.
	matches = [hmac.compare_digest(sign(secret, time, body).encode(), given) for secret in secrets]
	return any(matches) and _is_recent(time, now)


def _is_recent(timestamp: str, now: float) -> bool:
	return (
		timestamp.isascii()
		and timestamp.isdigit()
		and len(timestamp) <= 11
		and abs(int(timestamp) - now) <= TOLERANCE
	)
