frappe.listview_settings["Sky Form Submission"] = {
	add_fields: ["status"],
	hide_name_column: true,
	get_indicator(doc) {
		const colors = {
			"New Lead": "green",
			"Known Person": "blue",
			Refused: "gray",
			Failed: "red",
		};
		return [__(doc.status), colors[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
