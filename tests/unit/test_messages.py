"""Every code that a rule can raise has a sentence, read from the source: no site is needed for that."""

import ast
import re
from pathlib import Path

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"
IDENTITY = ("text", "email_address", "phone", "tax_code", "person_name")


def table() -> dict[str, tuple[str, tuple[str, ...]]]:
	tree = ast.parse((APP / "services" / "messages.py").read_text(encoding="utf-8"))
	function = next(n for n in tree.body if isinstance(n, ast.FunctionDef) and n.name == "sentences")
	rows = next(n.value for n in function.body if isinstance(n, ast.Return))
	found = {}
	for key, value in zip(rows.keys, rows.values, strict=True):
		sentence = value.elts[0].body.args[0].value
		found[key.value] = (sentence, tuple(name.value for name in value.elts[1].elts))
	return found


def raised_codes(module: str) -> set[str]:
	source = (APP / "domain" / f"{module}.py").read_text(encoding="utf-8")
	return set(re.findall(r'"((?:value|email|phone|tax_code|name)_[a-z_]+)"', source)) - {"name_key"}


def test_every_code_of_the_identity_rules_has_a_sentence():
	codes = set().union(*(raised_codes(module) for module in IDENTITY))
	assert len(codes) > 15
	assert codes <= set(table())


def test_every_sentence_has_a_place_for_each_of_its_parameters_and_ends_like_one():
	for code, (sentence, names) in table().items():
		places = {int(number) for number in re.findall(r"\{(\d+)\}", sentence)}
		assert places == set(range(len(names) + 1)), code
		assert sentence.endswith("."), code
