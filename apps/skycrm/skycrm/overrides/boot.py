"""What the desk is told when somebody opens it."""

from typing import Any

from skycrm.domain.jobs import OUR_MODULE


def extend_bootinfo(bootinfo: Any) -> None:
	"""Hook: the way back above our lists and forms leads to the user's own workspace.

	The framework takes the first workspace of the module, whether the user may see it or not.
	"""
	allowed = [
		page["name"] for page in bootinfo.get("allowed_workspaces") or [] if page["module"] == OUR_MODULE
	]
	home = (bootinfo.user.get("default_workspace") or {}).get("name")
	bootinfo.module_wise_workspaces[OUR_MODULE] = sorted(allowed, key=lambda name: name != home)
