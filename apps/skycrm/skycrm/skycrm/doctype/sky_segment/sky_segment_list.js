frappe.listview_settings["Sky Segment"] = {
	add_fields: ["disabled"],
	hide_name_column: true,
	get_indicator(doc) {
		return doc.disabled
			? [__("Disabled"), "gray", "disabled,=,1"]
			: [__("Enabled"), "green", "disabled,=,0"];
	},
};
