// Settings: default access only for document types whose records belong to somebody, with what a change would do.
frappe.ui.form.on("Sky CRM Settings", {
	setup(frm) {
		frm.set_query("document_type", "access_defaults", () => ({
			filters: { name: ["in", skycrm.access.document_types] },
		}));
		// What people open about customers. ERPNext's own leads have the same label as ours, so the list is written out.
		frm.set_query("document_type", "recorded_views", () => ({
			filters: {
				name: [
					"in",
					[
						...skycrm.access.document_types,
						"Sky Form Submission",
						"Sky Consent Record",
						"Sky Lead Import",
						"Sky Personal Data Request",
						"Customer",
						"Contact",
						"Address",
						"Quotation",
						"Sales Order",
						"Delivery Note",
						"Sales Invoice",
					],
				],
			},
		}));
	},
	sandbox_mode(frm) {
		frm.trigger("refresh");
	},
	refresh(frm) {
		frm.set_intro("");
		if (frm.doc.sandbox_mode) {
			frm.set_intro(__("Sandbox mode is on: no message leaves this site."), "orange");
		}
		frm.get_field("access_preview").html(
			`<p class="text-muted">${__(
				"Choose another access in a row above: three people of this site show what it would change."
			)}</p>`
		);
	},
});

frappe.ui.form.on("Sky Access Default", {
	access: (frm, cdt, cdn) => show_preview(frm, locals[cdt][cdn]),
	document_type: (frm, cdt, cdn) => show_preview(frm, locals[cdt][cdn]),
});

async function show_preview(frm, row) {
	if (!row.document_type || !row.access) return;
	const answer = await frappe.xcall("skycrm.api.v1.access.preview_default", {
		doctype: row.document_type,
		access: row.access,
	});
	const text = frappe.utils.escape_html;
	const count = (number) =>
		number >= answer.most ? `${format_number(number)}+` : format_number(number);
	const format_number = (number) => window.format_number(number, null, 0);
	const rows = answer.people
		.map(
			(person) => `<tr data-user="${text(person.user)}">
				<td>${text(person.full_name)} <span class="text-muted">${text(person.example)}</span></td>
				<td class="text-right">${count(person.now)}</td>
				<td class="text-right"><b>${count(person.then)}</b></td>
			</tr>`
		)
		.join("");
	const people = rows
		? `<table class="table table-sm">
			<thead><tr>
				<th>${__("For example")}</th>
				<th class="text-right">${__("Sees Now")}</th>
				<th class="text-right">${__("Would See")}</th>
			</tr></thead>
			<tbody>${rows}</tbody>
		</table>`
		: `<p class="text-muted">${__(
				"Nobody on this site is limited yet: everybody who may read this sees all of it."
			)}</p>`;
	frm.get_field("access_preview").html(
		`<div class="skycrm-access-preview">
			<h5>${text(__(row.document_type))}: ${text(__(row.access))}</h5>
			<p>${text(answer.words)}</p>
			<p class="text-muted">${__("Records in all: {0}", [count(answer.total)])}</p>
			${people}
		</div>`
	);
}
