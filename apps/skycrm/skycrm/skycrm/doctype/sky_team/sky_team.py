from frappe.utils.nestedset import NestedSet


class SkyTeam(NestedSet):
	"""Sky Team."""

	nsm_parent_field = "parent_sky_team"
