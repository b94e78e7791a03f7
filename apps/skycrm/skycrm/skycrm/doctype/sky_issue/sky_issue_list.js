frappe.listview_settings["Sky Issue"] = {
	add_fields: ["status", "priority"],
	filters: [["status", "not in", ["Resolved", "Closed"]]],
	get_indicator(doc) {
		const colours = {
			Open: "red",
			Replied: "blue",
			"On Hold": "orange",
			Resolved: "green",
			Closed: "gray",
		};
		return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
