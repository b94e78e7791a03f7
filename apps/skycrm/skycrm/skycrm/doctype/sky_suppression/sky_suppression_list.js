frappe.listview_settings["Sky Suppression"] = {
	add_fields: ["reason"],
	hide_name_column: true,
	get_indicator(doc) {
		const colours = {
			Unsubscribed: "orange",
			"Hard Bounce": "red",
			Complaint: "red",
			Manual: "gray",
		};
		return [__(doc.reason), colours[doc.reason] || "gray", `reason,=,${doc.reason}`];
	},
};
