"""Errors that the rules raise: a code and plain parameters, never a sentence for the user.

The sentence belongs to services/messages.py, where a translator can reach it. Codes are snake_case and stable:
tests and other programs compare them.
"""

from typing import Any


class RuleError(ValueError):
	"""A rule says no.

	Args:
		code: stable snake_case name of the reason, for example "phone_too_short".
		params: plain values that the sentence shows, for example {"expected": 10}.
	"""

	def __init__(self, code: str, params: dict[str, Any] | None = None) -> None:
		self.code = code
		self.params: dict[str, Any] = dict(params or {})
		super().__init__(code)

	def __str__(self) -> str:
		return f"{self.code} {self.params}" if self.params else self.code


class InvalidValue(RuleError):
	"""A value cannot be what its field says it is.

	Args:
		code: why, as in RuleError.
		value: the text as it was given; also put into `params` as "value" so that a sentence can show it.
		params: further values for the sentence.
	"""

	def __init__(self, code: str, value: Any = None, params: dict[str, Any] | None = None) -> None:
		self.value = value
		super().__init__(code, {"value": "" if value is None else str(value), **(params or {})})


class Conflict(RuleError):
	"""Somebody or something else got there first: a duplicate, a change meanwhile, a key used twice."""


class KeyReused(Conflict):
	"""An idempotency key that stands for one request came with another one."""


class NotPossible(RuleError):
	"""The step is not open from the present state, for example converting an unqualified lead."""


class NotAllowed(RuleError):
	"""The caller may not do this."""


class NotFound(RuleError):
	"""The thing that the rule was asked about does not exist, or the caller may not know that it does."""


class Blocked(RuleError):
	"""Later records stand in the way.

	Args:
		code: why, as in RuleError.
		blockers: (doctype, name) of each record that stands in the way, in the order in which to remove them.
		params: further values for the sentence.
	"""

	def __init__(
		self, code: str, blockers: list[tuple[str, str]] | None = None, params: dict[str, Any] | None = None
	) -> None:
		self.blockers = list(blockers or [])
		super().__init__(code, params)
