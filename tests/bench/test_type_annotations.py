"""The block of types in each controller says what its DocType says.

Saving a DocType in a bench in developer mode writes the block anew; this is the same exporter.
"""

import ast
import json
import textwrap
from pathlib import Path

import pytest

import frappe
from frappe.types.exporter import TypeExporter, end_block, start_block

DOCTYPES = sorted(Path(frappe.get_app_path("skycrm", "skycrm", "doctype")).glob("*/*.json"))


def declared(block: str) -> dict[str, str]:
	"""Field → type, and imported class → its module; how the lines are broken does not count."""
	found = {}
	for node in ast.walk(ast.parse(textwrap.dedent(block))):
		if isinstance(node, ast.AnnAssign):
			found[ast.unparse(node.target)] = ast.unparse(node.annotation)
		elif isinstance(node, ast.ImportFrom):
			found.update({f"import of {alias.name}": node.module for alias in node.names})
	return found


@pytest.mark.parametrize("path", DOCTYPES, ids=lambda path: path.stem)
def test_types_in_the_controller_are_those_of_the_doctype(path):
	exporter = TypeExporter(frappe.get_doc(json.loads(path.read_text(encoding="utf-8"))))
	wanted = exporter._generate_code()
	source = exporter.controller_path.read_text(encoding="utf-8")
	assert f"\t{start_block}\n" in source, f"{exporter.controller_path.name} has no block of types:\n{wanted}"
	block = source[source.index(f"\t{start_block}") : source.index(end_block)]
	assert declared(block) == declared(wanted), f"the block should be:\n{wanted}"
