"""A stamp that says when a web form was shown: signed, for one form and one purpose, and only good for a while."""

import base64
import hashlib
import hmac
from dataclasses import dataclass
from enum import Enum

PURPOSE = b"skycrm web form shown"
# Characters; longer text is not looked at.
LONGEST = 120


class Verdict(str, Enum):
	"""What a token is worth."""

	GOOD = "good"
	FALSE = "false"
	TOO_SOON = "too_soon"
	EXPIRED = "expired"


@dataclass(frozen=True)
class Reading:
	"""A token read: its verdict, and how many seconds are still to wait when it was too soon."""

	verdict: Verdict
	wait: int = 0


def stamp(secret: str, form: str, moment: float, nonce: str) -> str:
	"""Make a token.

	Args:
		secret: key of the site.
		form: name of the form; the token is worth nothing for another one.
		moment: now, in seconds.
		nonce: random letters and digits, so that two tokens of one second differ.
	"""
	body = f"{int(moment)}.{nonce}"
	return f"{body}.{_signature(secret, form, body)}"


def read(secret: str, token: str | None, form: str, now: float, least: int, longest: int) -> Reading:
	"""Judge a token in constant time.

	Args:
		least: seconds that must have passed since the form was shown.
		longest: seconds after which it is too old.
	"""
	body, _dot, signature = (token or "").rpartition(".")
	if not body or len(token or "") > LONGEST or not token.isascii():
		return Reading(Verdict.FALSE)
	if not hmac.compare_digest(_signature(secret, form, body), signature):
		return Reading(Verdict.FALSE)
	# Signed by us, so it has our shape.
	age = now - int(body.partition(".")[0])
	if age < 0 or age > longest:
		return Reading(Verdict.EXPIRED)
	if age < least:
		return Reading(Verdict.TOO_SOON, wait=max(int(least - age + 0.999), 1))
	return Reading(Verdict.GOOD)


def fingerprint(secret: str, text: str) -> str:
	"""A text as a keyed hash that nobody without the key can try out: tells "the same again" and nothing else."""
	key = _derived(secret, b"skycrm web form sender")
	return hmac.new(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()[:32]


def _signature(secret: str, form: str, body: str) -> str:
	message = f"{form}\x1f{body}".encode("utf-8", "surrogatepass")
	digest = hmac.new(_derived(secret, PURPOSE), message, hashlib.sha256).digest()
	return base64.urlsafe_b64encode(digest).decode().rstrip("=")


def _derived(secret: str, purpose: bytes) -> bytes:
	"""A key of its own for each purpose, so that a signature made for one is worth nothing for another."""
	return hmac.new(secret.encode("utf-8"), purpose, hashlib.sha256).digest()
