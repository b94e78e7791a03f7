frappe.ui.form.on("Sky Sharing Rule", {
	setup(frm) {
		frm.set_query("document_type", () => ({
			filters: { name: ["in", skycrm.access.document_types] },
		}));
		frm.set_query("share_to", () => {
			if (frm.doc.share_to_type === "User") {
				return { filters: { enabled: 1, user_type: "System User" } };
			}
			return frm.doc.share_to_type === "Role"
				? { filters: { disabled: 0, desk_access: 1 } }
				: {};
		});
		frm.set_query("share_from", () =>
			frm.doc.share_from_type === "User"
				? { filters: { enabled: 1, user_type: "System User" } }
				: {}
		);
	},
	refresh(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
		preview(frm);
	},
	document_type(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
		preview(frm);
	},
	share_from_type(frm) {
		frm.set_value("share_from", null);
	},
	share_to_type(frm) {
		frm.set_value("share_to", null);
	},
	access: preview,
	share_from: preview,
	share_to: preview,
});

// What the rule would open, as long as it is complete enough to say so.
async function preview(frm) {
	const field = frm.get_field("preview");
	const needed = ["document_type", "share_from", "share_to", "share_from_type", "share_to_type"];
	if (needed.some((name) => !frm.doc[name])) {
		field.html(
			`<p class="text-muted">${__(
				"Say whose records are shared with whom: what the rule opens is shown here."
			)}</p>`
		);
		return;
	}
	const answer = await frappe.xcall("skycrm.api.v1.access.preview_rule", { rule: frm.doc });
	const count = (number) =>
		`${format_number(number, null, 0)}${number >= answer.most ? "+" : ""}`;
	field.html(
		`<div class="skycrm-rule-preview">
			<p>${frappe.utils.escape_html(answer.words)}</p>
			<p class="text-muted">${__("Records today: {0}. People: {1}.", [
				count(answer.records),
				count(answer.people),
			])}</p>
		</div>`
	);
}

frappe.ui.form.on("Sky Sharing Rule Filter", {
	filters_add(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
	},
	form_render(frm) {
		skycrm.filter_fields.offer(frm, "filters", () => frm.doc.document_type);
	},
});
