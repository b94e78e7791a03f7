// Form of a lead: what matters first, the next step as a button, hints about people known already.

const OPEN_STATUSES = ["New", "Contacted", "Nurturing", "Qualified"];

frappe.ui.form.on("Sky Lead", {
	setup(frm) {
		frm.set_query("source", () => ({ filters: { enabled: 1 } }));
		frm.set_query("item_code", "items", () => ({
			filters: { disabled: 0, has_variants: 0, is_sales_item: 1 },
		}));
		frm.set_query("lead_owner", () => ({ filters: { enabled: 1, user_type: "System User" } }));
	},

	refresh(frm) {
		frm.skycrm_steps = {};
		add_shortcuts(frm);
		skycrm.duplicate_hints.watch_form(frm);
		// With a workflow the status moves by its buttons; picking another one would only be refused on saving.
		frm.set_df_property("status", "read_only", frappe.model.has_workflow(frm.doctype) ? 1 : 0);
		if (frm.is_new()) return;
		if (frm.doc.status === "Converted") {
			show_converted(frm);
		} else {
			add_next_steps(frm);
		}
		frm.trigger("show_reminder");
	},

	// An overdue next contact is the first thing to see.
	show_reminder(frm) {
		if (
			frm.doc.status === "Converted" ||
			frm.doc.status === "Unqualified" ||
			!frm.doc.next_contact_on
		)
			return;
		if (moment(frm.doc.next_contact_on).isBefore(frappe.datetime.now_datetime())) {
			// The form is refreshed more than once after a save; it is said once.
			frm.set_intro("");
			frm.set_intro(
				__("The next contact was due {0}.", [
					frappe.datetime.comment_when(frm.doc.next_contact_on),
				]),
				"orange"
			);
		}
	},

	before_workflow_action(frm) {
		const take_over = {
			Converted: () => skycrm.lead_conversion.open(frm),
			Unqualified: () => skycrm.unqualify.one(frm),
		};
		return frappe.workflow.get_transitions(frm.doc).then((transitions) => {
			const chosen = transitions.find((row) => row.action === frm.selected_workflow_action);
			const instead = chosen && take_over[chosen.next_state];
			if (!instead) return;
			// The page was frozen for the action; a dialog takes its place.
			frappe.dom.unfreeze();
			frm.selected_workflow_action = null;
			instead();
			// Never settled: the framework goes on with the action when this is fulfilled, and logs an error when not.
			return new Promise(() => {});
		});
	},

	lead_name: check_duplicates,
	organization: check_duplicates,
	email_id: check_duplicates,
	mobile_no: check_duplicates,
	phone: check_duplicates,
	tax_id: check_duplicates,
});

function check_duplicates(frm) {
	if (frm.is_new()) frm.skycrm_watcher?.check();
}

function show_converted(frm) {
	frm.set_read_only();
	// One reason is enough: the framework would add that the workflow allows no change.
	frm.set_intro("");
	frm.set_intro(
		__("This lead is converted. Work goes on in customer {0}.", [
			frappe.utils.get_form_link(
				"Customer",
				frm.doc.customer,
				true,
				frappe.utils.escape_html(frm.doc.customer || "")
			),
		]),
		"blue"
	);
	if (frm.doc.opportunity) {
		frm.add_custom_button(__("Open Opportunity"), () =>
			frappe.set_route("Form", "Sky Opportunity", frm.doc.opportunity)
		).addClass("btn-primary");
	}
	if (frm.doc.customer) {
		frm.add_custom_button(__("Open Customer"), () =>
			frappe.set_route("Form", "Customer", frm.doc.customer)
		);
	}
	if (frappe.model.can_write("Sky Lead")) {
		frm.add_custom_button(__("Undo Conversion"), () => skycrm.lead_conversion.undo(frm));
	}
}

// The shortcut stays on the page while the documents on it change: it does what the button of the document does now.
function add_shortcuts(frm) {
	frappe.ui.keys.add_shortcut({
		shortcut: "alt+c",
		action: () => frm.skycrm_steps?.convert?.(),
		description: __("Convert this lead"),
		page: frm.page,
		condition: () => Boolean(frm.skycrm_steps?.convert),
		ignore_inputs: true,
	});
}

// Only what the workflow allows this user now; a status beyond it needs no button.
async function add_next_steps(frm) {
	if (!frm.perm[0]?.write) return;
	const steps = frm.skycrm_steps;
	const states = await next_states(frm);
	// Another document, or the same one saved meanwhile: its own refresh adds the buttons.
	if (frm.skycrm_steps !== steps) return;
	if (states.includes("Converted")) {
		steps.convert = () => save_then(frm, () => skycrm.lead_conversion.open(frm));
		frm.add_custom_button(__("Convert"), steps.convert);
	}
	if (OPEN_STATUSES.includes(frm.doc.status)) {
		const plan = __("Next Contact");
		[
			[__("In One Hour"), { hours: 1 }],
			[__("Tomorrow Morning"), { days: 1, at: 9 }],
			[__("In Three Days"), { days: 3, at: 9 }],
			[__("Next Week"), { days: 7, at: 9 }],
		].forEach(([label, when]) =>
			frm.add_custom_button(label, () => plan_contact(frm, when), plan)
		);
	}
}

async function next_states(frm) {
	if (!frappe.model.has_workflow(frm.doctype)) {
		return OPEN_STATUSES.includes(frm.doc.status) ? ["Converted"] : [];
	}
	const transitions = await frappe.workflow.get_transitions(frm.doc);
	return transitions
		.filter(
			(row) =>
				frappe.user_roles.includes(row.allowed) || frappe.session.user === "Administrator"
		)
		.map((row) => row.next_state);
}

function save_then(frm, action) {
	return frm.is_dirty() ? frm.save().then(action) : action();
}

function plan_contact(frm, { hours, days, at }) {
	let when = moment(frappe.datetime.now_datetime());
	if (hours) when = when.add(hours, "hours");
	if (days) when = when.add(days, "days").hour(at).minute(0).second(0);
	frm.set_value("next_contact_on", when.locale("en").format(frappe.defaultDatetimeFormat)).then(
		() => frm.save()
	);
}
