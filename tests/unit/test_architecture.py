"""Keeps the direction of imports that docs/developers.md draws: outer layers know inner ones, never the reverse."""

import ast
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parents[2] / "apps" / "skycrm" / "skycrm"

# folder → what no module below it may import
FORBIDDEN = {
	"domain": (
		"frappe",
		"erpnext",
		"requests",
		"skycrm.services",
		"skycrm.api",
		"skycrm.integrations",
		"skycrm.jobs",
	),
	"services": (
		"erpnext",
		"requests",
		"smtplib",
		"skycrm.api",
		"skycrm.jobs",
		"skycrm.integrations.erpnext.events",
	),
	"skycrm/doctype": ("erpnext", "requests", "smtplib", "skycrm.api", "skycrm.jobs", "skycrm.channels"),
	"integrations/erpnext": ("requests", "smtplib", "skycrm.api", "skycrm.channels", "skycrm.jobs"),
	"api": ("erpnext", "requests", "smtplib", "skycrm.jobs"),
	"permissions": ("erpnext", "requests", "smtplib", "skycrm.api", "skycrm.jobs", "skycrm.channels"),
	"jobs": ("erpnext", "requests", "smtplib", "skycrm.api"),
	"setup": ("requests", "smtplib", "skycrm.api"),
	"channels": ("erpnext", "skycrm.api", "skycrm.jobs", "skycrm.skycrm.doctype"),
}
# The demo is a caller of the product; no product code may lean on it.
PRODUCT_FOLDERS = tuple(FORBIDDEN)


def python_files(folder: str) -> list[Path]:
	return sorted((APP / folder).rglob("*.py"))


def imported_modules(path: Path) -> set[str]:
	found: set[str] = set()
	for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
		if isinstance(node, ast.Import):
			found.update(alias.name for alias in node.names)
		elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
			found.add(node.module)
			found.update(f"{node.module}.{alias.name}" for alias in node.names)
	return found


def reaches(module: str, target: str) -> bool:
	return module == target or module.startswith(target + ".")


@pytest.mark.parametrize("folder", sorted(FORBIDDEN))
def test_layer_imports_nothing_further_out(folder):
	wrong = [
		f"{path.relative_to(APP)} imports {module}"
		for path in python_files(folder)
		for module in imported_modules(path)
		for target in FORBIDDEN[folder]
		if reaches(module, target)
	]
	assert not wrong


def test_only_the_gateway_names_erpnext_and_only_channels_name_http_or_smtp_libraries():
	wrong = []
	for path in sorted(APP.rglob("*.py")):
		place = path.relative_to(APP).as_posix()
		for module in imported_modules(path):
			if reaches(module, "erpnext") and not place.startswith("integrations/erpnext/"):
				wrong.append(f"{place} imports {module}")
			if any(
				reaches(module, name) for name in ("requests", "httpx", "smtplib", "urllib3")
			) and not place.startswith("channels/"):
				wrong.append(f"{place} imports {module}")
	assert not wrong


def test_product_code_never_imports_the_demo():
	wrong = [
		str(path.relative_to(APP))
		for folder in PRODUCT_FOLDERS
		for path in python_files(folder)
		if any(reaches(module, "skycrm.demo") for module in imported_modules(path))
	]
	assert not wrong


def test_every_public_function_of_the_api_has_typed_arguments():
	untyped = []
	for path in python_files("api"):
		for node in ast.parse(path.read_text(encoding="utf-8")).body:
			if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
				arguments = [*node.args.args, *node.args.kwonlyargs]
				untyped += [f"{path.name}:{node.name}({a.arg})" for a in arguments if a.annotation is None]
				if node.returns is None:
					untyped.append(f"{path.name}:{node.name} has no return type")
	assert not untyped


def test_no_symbolic_link_is_part_of_the_app():
	assert not [path for path in APP.rglob("*") if path.is_symlink()]
