"""Rules on one filter row of a segment or a sharing rule, on plain values."""

from skycrm.domain.rows import comma_separated

VALUE_MISSING = "value_missing"
LIST_EMPTY = "list_empty"
BETWEEN_NEEDS_TWO = "between_needs_two"
IS_NEEDS_SET = "is_needs_set"
NOT_A_NUMBER = "not_a_number"

IS_VALUES = ("set", "not set")
NUMBER_FIELDS = frozenset({"Int", "Float", "Currency", "Percent", "Check", "Rating", "Duration"})
COMPARISONS = frozenset({"=", "!=", ">", ">=", "<", "<=", "in", "not in", "between"})


def filter_problem(operator: str, value: str | None, fieldtype: str) -> str | None:
	"""Say what is wrong with a condition, or None when it can be evaluated.

	In: the operator as the framework spells it, the value as typed, and the type of the field that
	it is compared with. Out: one of the codes above.
	"""
	text = (value or "").strip()
	if operator == "is":
		return None if text.lower() in IS_VALUES else IS_NEEDS_SET
	if not text:
		return VALUE_MISSING
	values = comma_separated(text) if operator in ("in", "not in", "between") else [text]
	if not values:
		return LIST_EMPTY
	if operator == "between" and len(values) != 2:
		return BETWEEN_NEEDS_TWO
	if (
		fieldtype in NUMBER_FIELDS
		and operator in COMPARISONS
		and not all(_is_number(value) for value in values)
	):
		return NOT_A_NUMBER
	return None


def filter_value(operator: str, value: str | None) -> str | list[str]:
	"""The value of a checked condition as the framework's filters take it: a list where several are compared.

	A text to be contained is looked for anywhere, unless the person wrote a pattern with % of their own.
	"""
	text = (value or "").strip()
	if operator in ("in", "not in", "between"):
		return comma_separated(text)
	if operator in ("like", "not like") and "%" not in text:
		return f"%{text}%"
	return text


def _is_number(text: str) -> bool:
	try:
		float(text)
	except ValueError:
		return False
	return True
