frappe.listview_settings["Sky Customer Tier"] = {
	get_indicator(doc) {
		return doc.disabled
			? [__("Disabled"), "gray", "disabled,=,1"]
			: [__("Enabled"), "green", "disabled,=,0"];
	},
	add_fields: ["disabled"],
};
