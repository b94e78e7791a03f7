frappe.listview_settings["Sky Price List"] = {
	add_fields: ["status", "valid_from", "valid_upto"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			"Pending Approval": "orange",
			Active: "green",
			Retired: "darkgrey",
		};
		return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
