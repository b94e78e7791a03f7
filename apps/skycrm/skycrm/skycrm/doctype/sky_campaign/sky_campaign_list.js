frappe.listview_settings["Sky Campaign"] = {
	add_fields: ["status", "channel"],
	get_indicator(doc) {
		const colours = {
			Draft: "gray",
			"Pending Approval": "orange",
			Approved: "cyan",
			Running: "blue",
			Paused: "yellow",
			Completed: "green",
			Cancelled: "red",
		};
		return [__(doc.status), colours[doc.status] || "gray", `status,=,${doc.status}`];
	},
};
