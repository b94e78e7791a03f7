// Moving opportunities to another stage: a lost one is asked for the reason first.
frappe.provide("skycrm.stage_move");

skycrm.stage_move.stages = () =>
	frappe.db.get_list("Sky Sales Stage", {
		filters: { enabled: 1 },
		fields: ["name", "type", "sequence", "probability", "is_proposal_stage"],
		order_by: "sequence asc",
		limit: 100,
	});

// Resolves to {stage, lost_reason, lost_note}; `fixed` is a stage that is chosen already.
skycrm.stage_move.ask = (title, stages, fixed) =>
	new Promise((resolve) => {
		const is_lost = (name) =>
			stages.some((stage) => stage.name === name && stage.type === "Lost");
		const dialog = new frappe.ui.Dialog({
			title,
			fields: [
				{
					fieldname: "stage",
					fieldtype: "Select",
					label: __("Stage"),
					options: stages.map((stage) => ({ value: stage.name, label: __(stage.name) })),
					default: fixed,
					reqd: 1,
					hidden: fixed ? 1 : 0,
					onchange: () => toggle(),
				},
				{
					fieldname: "lost_reason",
					fieldtype: "Link",
					label: __("Lost Reason"),
					options: "Sky Lost Reason",
					get_query: () => ({ filters: { enabled: 1 } }),
				},
				{
					fieldname: "lost_note",
					fieldtype: "Small Text",
					label: __("What can be learnt from it"),
				},
			],
			primary_action_label: __("Move"),
			primary_action(values) {
				dialog.hide();
				resolve(values);
			},
		});
		const toggle = () => {
			const lost = is_lost(dialog.get_value("stage"));
			dialog.set_df_property("lost_reason", "reqd", lost ? 1 : 0);
			dialog.set_df_property("lost_reason", "hidden", lost ? 0 : 1);
			dialog.set_df_property("lost_note", "hidden", lost ? 0 : 1);
		};
		dialog.show();
		toggle();
	});

skycrm.stage_move.one = async (frm, stage) => {
	const stages = await skycrm.stage_move.stages();
	const target = stages.find((row) => row.name === stage);
	const title = frappe.utils.escape_html(frm.doc.title);
	let values = { stage };
	if (!target || target.type === "Lost") {
		values = await skycrm.stage_move.ask(
			target ? __("Why was {0} lost?", [title]) : __("Move {0}", [title]),
			stages.filter((row) => row.name !== frm.doc.stage),
			target && target.name
		);
	}
	const state = await frappe.xcall("skycrm.api.v1.opportunities.move", {
		opportunity: frm.doc.name,
		...values,
	});
	frappe.show_alert({
		message: __("{0} is in stage {1} now.", [
			title,
			frappe.utils.escape_html(__(state.stage)),
		]),
		indicator: { Won: "green", Lost: "gray" }[state.status] || "blue",
	});
	frm.reload_doc();
};

skycrm.stage_move.many = async (listview) => {
	const opportunities = listview.get_checked_items(true);
	const stages = await skycrm.stage_move.stages();
	const values = await skycrm.stage_move.ask(
		__("Move {0} opportunities", [opportunities.length]),
		stages
	);
	await skycrm.outcomes.run(listview, "skycrm.api.v1.bulk.move_stage", {
		opportunities,
		...values,
	});
};
