"""What every step gets: settings, memory, screen, and the environment of the bench's commands."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from .config import Config
from .report import Report
from .runner import run
from .state import State


@dataclass
class Context:
	"""One run. Everything here already belongs to the bench's own user."""

	config: Config
	report: Report
	state: State = field(init=False)

	def __post_init__(self) -> None:
		self.state = State(self.config.private / "state.json")

	@property
	def bench(self) -> Path:
		"""The bench folder."""
		return self.config.bench

	@property
	def sites(self) -> Path:
		"""The folder every frappe command runs in."""
		return self.bench / "sites"

	@property
	def python(self) -> Path:
		"""Python of the bench's environment."""
		return self.bench / "env" / "bin" / "python"

	def env(self) -> dict[str, str]:
		"""Environment for commands: the caller's own, with our tools first on PATH."""
		tools = self.config.tools
		first = [self.bench / "env" / "bin", tools / "venv" / "bin", tools / "node" / "bin"]
		path = os.environ.get("PATH", "/usr/bin:/bin").split(":")
		for folder in ("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"):
			if folder not in path:
				path.append(folder)
		env = {name: value for name, value in os.environ.items() if name not in UNWANTED}
		env.update(
			PATH=":".join([*map(str, first), *path]),
			HOME=str(self.config.home),
			PYTHONUNBUFFERED="1",
			LC_ALL="C.UTF-8",
			LANG="C.UTF-8",
		)
		return env

	def run(self, *argv: str | Path, what: str = "", cwd: Path | None = None, **more) -> str:
		"""Run a command of the bench; see runner.run."""
		return run(
			self.report,
			[str(part) for part in argv],
			cwd=cwd or self.bench,
			env=self.env(),
			what=what,
			own_session=True,
			**more,
		)

	def frappe(self, site: str, *argv: str, what: str = "") -> str:
		"""Run a frappe command (`migrate`, `install-app`, ...) on a site without the bench wrapper."""
		head = ["--site", site] if site else []
		return self.run(
			self.python,
			"-m",
			"frappe.utils.bench_helper",
			"frappe",
			*head,
			*argv,
			cwd=self.sites,
			what=what or f"bench {' '.join([*head, *argv[:2]])}",
		)

	def inside(self, script: str, *argv: str, what: str = "") -> str:
		"""Run one of the scripts of tools/stack/inside with the bench's Python."""
		folder = Path(__file__).parent / "inside"
		return self.run(self.python, folder / script, *argv, cwd=self.sites, what=what or script)


# Would make the bench's Python look into another environment, or bench believe it runs elsewhere
UNWANTED = (
	"VIRTUAL_ENV",
	"PYTHONHOME",
	"PYTHONPATH",
	"PYENV_VERSION",
	"FRAPPE_SITE",
	"FRAPPE_BENCH_ROOT",
	"DB_ROOT_PASSWORD",
)
