frappe.ui.form.on("Sky Inbound Webhook", {
	async setup(frm) {
		const targets = await frappe.xcall("skycrm.api.v1.webhooks.targets");
		const labels = Object.fromEntries(targets.map((target) => [target.value, target.label]));
		const field = frappe.meta.docfield_map["Sky Inbound Webhook Field"].lead_field;
		field.formatter = (value) => frappe.utils.escape_html(labels[value] || value || "");
		const grid = frm.fields_dict.mapping.grid;
		grid.update_docfield_property("lead_field", "options", targets);
		grid.update_docfield_property("lead_field", "formatter", field.formatter);
		frm.refresh_field("mapping");
	},

	refresh(frm) {
		show_address(frm);
		if (frm.is_new()) return;
		frm.add_custom_button(__("Try Mapping"), () => try_mapping(frm));
		frm.add_custom_button(__("New Secret"), () => new_secret(frm));
	},
});

function show_address(frm) {
	const endpoint = (frm.doc.__onload || {}).endpoint;
	const html =
		frm.is_new() || !endpoint
			? `<p class="text-muted">${__("The address shows here once this is saved.")}</p>`
			: `<p>${__("Send events with POST to")}<br><code>${frappe.utils.escape_html(endpoint)}</code></p>
			<p class="text-muted small">${__(
				"Headers: X-Timestamp (seconds), X-Event-Id, X-Signature (HMAC-SHA256 of timestamp, a dot and the body)"
			)}</p>`;
	frm.get_field("address_html").$wrapper.html(html);
}

async function try_mapping(frm) {
	if (!frm.doc.sample_payload) {
		frappe.msgprint(__("Paste what the other program sends into Sample Payload first."));
		return;
	}
	if (frm.is_dirty()) await frm.save();
	const { message } = await frappe.call({
		method: "skycrm.api.v1.webhooks.try_mapping",
		args: { hook: frm.doc.name, payload: frm.doc.sample_payload },
		freeze: true,
	});
	const rows = message.values
		.map(
			(row) =>
				`<tr><td>${frappe.utils.escape_html(row.label)}</td><td>${frappe.utils.escape_html(
					String(row.value)
				)}</td></tr>`
		)
		.join("");
	const problem = message.problem ? `<p class="text-danger">${message.problem}</p>` : "";
	frappe.msgprint({
		title: __("A Lead Made of This"),
		message: `${problem}<table class="table table-bordered"><tbody>${rows}</tbody></table><p class="text-muted">${__(
			"Nothing was saved."
		)}</p>`,
		indicator: message.problem ? "red" : "green",
		wide: true,
	});
}

function new_secret(frm) {
	frappe.confirm(
		__(
			"Make a new secret? The present one stays valid for 24 hours, so that you can change the other program."
		),
		async () => {
			const { message } = await frappe.call({
				method: "skycrm.api.v1.webhooks.rotate_secret",
				args: { hook: frm.doc.name },
				freeze: true,
			});
			await frm.reload_doc();
			frappe.msgprint({
				title: __("New Secret"),
				message: `<p>${__(
					"Copy it into the other program now. It is not shown again."
				)}</p><pre>${frappe.utils.escape_html(message.secret)}</pre>`,
			});
		}
	);
}
