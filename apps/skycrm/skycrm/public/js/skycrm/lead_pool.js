// Who has a lead: Claim, Give Back and Hand On in its form, until when it is held, and why it was given to whom.
frappe.provide("skycrm.lead_pool");

frappe.ui.form.on("Sky Lead", {
	refresh(frm) {
		frm.page.$title_area?.find(".skycrm-held").remove();
		if (frm.is_new()) return;
		skycrm.lead_pool.show_hold(frm);
		skycrm.lead_pool.add_buttons(frm);
	},
});

// How long the owner may keep it, beside the status.
skycrm.lead_pool.show_hold = (frm) => {
	if (!frm.doc.held_until) return;
	// Without the year: the title of the page needs the room.
	const local = frappe.datetime.convert_to_user_tz(frm.doc.held_until);
	const until = moment(local).format("DD-MM HH:mm");
	const soon = moment(frm.doc.held_until).diff(frappe.datetime.now_datetime(), "hours") < 24;
	$(`<span class="skycrm-held small ml-2 text-nowrap"></span>`)
		.addClass(soon ? "text-warning" : "text-muted")
		.text(__("Held until {0}", [until]))
		.attr("title", __("Goes back to the pool then, unless it is worked on"))
		.appendTo(frm.page.$title_area.find(".flex").first());
};

skycrm.lead_pool.add_buttons = async (frm) => {
	const name = frm.doc.name;
	const state = await frappe.xcall("skycrm.api.v1.assignment.claim_state", { lead: name });
	// Another document meanwhile: its own refresh adds the buttons.
	if (frm.doc.name !== name) return;
	const group = __("Owner");
	if (state.may_claim) {
		frm.add_custom_button(__("Claim"), () => skycrm.lead_pool.claim(frm)).addClass(
			"btn-primary"
		);
	}
	if (state.may_release) {
		frm.add_custom_button(__("Give Back"), () => skycrm.lead_pool.release(frm), group);
	}
	if (state.may_hand_on) {
		frm.add_custom_button(__("Hand On"), () => skycrm.lead_pool.hand_on(frm), group);
	}
	frm.add_custom_button(__("Why This Owner?"), () => skycrm.lead_pool.explain(frm), group);
};

skycrm.lead_pool.claim = async (frm) => {
	try {
		await frappe.xcall("skycrm.api.v1.leads.claim", { lead: frm.doc.name });
		frappe.show_alert({ message: __("This lead is yours now."), indicator: "green" });
	} catch {
		// The desk has shown why not: somebody else was faster, mostly. The form shows who.
	}
	frm.reload_doc();
};

skycrm.lead_pool.release = (frm) =>
	frappe.confirm(
		__("Give this lead back to the pool? You may claim it again only after some days."),
		async () => {
			await frappe.xcall("skycrm.api.v1.leads.release", { lead: frm.doc.name });
			frappe.show_alert({ message: __("The lead is back in the pool."), indicator: "blue" });
			frm.reload_doc();
		}
	);

skycrm.lead_pool.hand_on = (frm) => {
	const dialog = new frappe.ui.Dialog({
		title: __("Hand On"),
		fields: [
			{
				fieldname: "user",
				fieldtype: "Link",
				options: "User",
				label: __("New Owner"),
				reqd: 1,
				get_query: () => ({ filters: { enabled: 1, user_type: "System User" } }),
			},
			{
				fieldname: "note",
				fieldtype: "Small Text",
				label: __("Note"),
				description: __("What the new owner should know"),
			},
		],
		primary_action_label: __("Hand On"),
		async primary_action({ user, note }) {
			dialog.hide();
			await frappe.xcall("skycrm.api.v1.assignment.hand_on", {
				lead: frm.doc.name,
				user,
				note,
			});
			frappe.show_alert({ message: __("The lead has a new owner."), indicator: "green" });
			frm.reload_doc();
		},
	});
	dialog.show();
};

// Every decision about this lead, with those who were passed over.
skycrm.lead_pool.explain = async (frm) => {
	const decisions = await frappe.xcall("skycrm.api.v1.assignment.explain", {
		lead: frm.doc.name,
	});
	frappe.msgprint({
		title: __("Why This Owner?"),
		wide: true,
		message: decisions.length
			? decisions.map(skycrm.assignment_answer).join("<hr>")
			: __("No rule decided about this lead: its owner was chosen by a person."),
	});
};
