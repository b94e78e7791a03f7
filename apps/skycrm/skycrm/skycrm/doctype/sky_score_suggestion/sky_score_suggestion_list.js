frappe.listview_settings["Sky Score Suggestion"] = {
	get_indicator(doc) {
		const colors = { Open: "blue", Accepted: "green", Dismissed: "gray" };
		return [__(doc.status), colors[doc.status], `status,=,${doc.status}`];
	},
};
