// Next contacts on a calendar; dragging one plans it anew.
frappe.views.calendar["Sky Lead"] = {
	field_map: {
		id: "name",
		start: "next_contact_on",
		end: "ends_on",
		title: "title",
		allDay: "all_day",
		tooltip: "tooltip",
	},
	get_css_class: ({ status }) =>
		({
			New: "blue",
			Contacted: "orange",
			Nurturing: "yellow",
			Qualified: "green",
			Unqualified: "gray",
		})[status],
	get_events_method: "skycrm.api.v1.calendar.get_lead_contacts",
	update_event_method: "skycrm.api.v1.calendar.move",
};
