// The tree of teams, as record visibility follows it.
frappe.treeview_settings["Sky Team"] = {
	breadcrumb: "SkyCRM",
	title: __("Teams"),
	fields: [
		{ fieldtype: "Data", fieldname: "team_name", label: __("Team Name"), reqd: 1 },
		{ fieldtype: "Link", fieldname: "manager", label: __("Manager"), options: "User" },
		{ fieldtype: "Check", fieldname: "is_group", label: __("Has Teams Below"), default: 1 },
	],
	ignore_fields: ["parent_sky_team"],
	onload(treeview) {
		treeview.page.add_inner_button(__("List"), () =>
			frappe.set_route("List", "Sky Team", "List")
		);
	},
};
