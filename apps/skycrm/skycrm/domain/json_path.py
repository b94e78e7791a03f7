"""Where a value stands in what another program sent: `contact.email`, `items[0].name`, `field_data[name=email].values[0]`."""

import re
from typing import Any

from skycrm.domain.errors import InvalidValue

LONGEST_PATH = 300
DEEPEST = 20

# A key up to the next sign; ["a.b"] for a key that holds such signs; [0]; [name=email] for the first row in which it holds.
_STEP = re.compile(
	r'\.?(?P<key>[^.\[\]"]+)|\["(?P<quoted>[^"]+)"\]|\[(?P<index>-?[0-9]{1,6})\]|\[(?P<name>[^=\[\]"]+)=(?P<value>[^\[\]]*)\]'
)


class Missing:
	"""There is nothing at the path; None is a value that was sent."""

	def __repr__(self) -> str:
		return "MISSING"

	def __bool__(self) -> bool:
		return False


MISSING = Missing()
Step = tuple[str, Any]


def parse(path: str) -> tuple[Step, ...]:
	"""The steps of a path.

	Raises:
		InvalidValue: json_path_wrong.
	"""
	text = path.strip().removeprefix("$").lstrip(".")
	steps: list[Step] = []
	place = 0
	while place < len(text):
		match = _STEP.match(text, place)
		if not match or (match.group("key") and place and text[place] != "."):
			raise InvalidValue("json_path_wrong", path)
		place = match.end()
		if match.group("key"):
			steps.append(("key", match.group("key").strip()))
		elif match.group("quoted"):
			steps.append(("key", match.group("quoted")))
		elif match.group("index"):
			steps.append(("index", int(match.group("index"))))
		else:
			steps.append(("row", (match.group("name").strip(), match.group("value").strip().strip("\"'"))))
	if not steps or len(steps) > DEEPEST or len(path) > LONGEST_PATH:
		raise InvalidValue("json_path_wrong", path)
	return tuple(steps)


def find(payload: Any, path: str) -> Any:
	"""The value at a path, MISSING when the payload has none there.

	Raises:
		InvalidValue: as in parse.
	"""
	found = payload
	for kind, what in parse(path):
		found = _taken(found, kind, what)
		if found is MISSING:
			return MISSING
	return found


def _taken(value: Any, kind: str, what: Any) -> Any:
	if kind == "key":
		return value.get(what, MISSING) if isinstance(value, dict) else MISSING
	if not isinstance(value, list):
		return MISSING
	if kind == "index":
		return value[what] if -len(value) <= what < len(value) else MISSING
	name, wanted = what
	rows = (row for row in value if isinstance(row, dict))
	return next((row for row in rows if str(row.get(name, MISSING)) == wanted), MISSING)
