/* global CSSStyleSheet */
// How an embedded form looks: everything lives in a shadow root, so neither page nor form can spoil the other.

const CSS_TEXT = `
:host { all: initial; display: block; }
*, *::before, *::after { box-sizing: border-box; }
form, .done, .closed {
	--accent: #1d6fb8; --on-accent: #fff; --line: #c4cad1; --red: #b42318;
	font: 16px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif;
	color: #1f272e; background: #fff; max-width: 640px; margin: 0 auto; padding: 20px;
	border: 1px solid #e2e6ea; border-top: 4px solid var(--accent); border-radius: 8px;
}
h2 { font-size: 22px; line-height: 1.3; margin: 0 0 8px; }
p { margin: 0 0 12px; white-space: pre-line; overflow-wrap: anywhere; }
.row { margin: 0 0 14px; }
label { display: block; font-weight: 600; margin: 0 0 4px; }
label .must { color: var(--red); font-weight: 400; }
label.tick { display: flex; gap: 10px; font-weight: 400; align-items: flex-start; }
label.tick input { width: 20px; height: 20px; flex: none; margin: 2px 0 0; accent-color: var(--accent); }
input:not([type="checkbox"]), select, textarea {
	width: 100%; min-height: 44px; padding: 9px 12px; font: inherit; color: inherit; background: #fff;
	border: 1px solid var(--line); border-radius: 6px;
}
textarea { min-height: 110px; resize: vertical; }
input:focus-visible, select:focus-visible, textarea:focus-visible, button:focus-visible, a:focus-visible {
	outline: 3px solid var(--accent); outline-offset: 1px;
}
[aria-invalid="true"] { border-color: var(--red) !important; }
.help { font-size: 14px; color: #525c66; margin: 4px 0 0; }
.error { font-size: 14px; color: var(--red); margin: 4px 0 0; }
.error:empty, .summary:empty { display: none; }
.summary { color: var(--red); font-weight: 600; margin: 0 0 12px; white-space: pre-line; }
.done:focus { outline: none; }
.preview { background: #fff4d6; padding: 8px 12px; border-radius: 6px; }
button, a.go {
	display: inline-block; min-height: 46px; padding: 10px 22px; font: inherit; font-weight: 600; cursor: pointer;
	color: var(--on-accent); background: var(--accent); border: 0; border-radius: 6px; text-decoration: none;
}
button[disabled] { opacity: 0.6; cursor: progress; }
.coupon { border: 2px dashed var(--accent); border-radius: 8px; padding: 14px; margin: 14px 0 0; }
.code { font: 700 22px/1.4 ui-monospace, Menlo, Consolas, monospace; letter-spacing: 1px; margin: 0 12px 0 0; }
.trap { position: absolute !important; left: -9999px !important; width: 1px; height: 1px; overflow: hidden; }
@media (max-width: 480px) { form, .done, .closed { padding: 16px; } button { width: 100%; } }
`;

// A page may forbid styles in its text; sheets made by script are not text.
export const dress = (root) => {
	try {
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(CSS_TEXT);
		root.adoptedStyleSheets = [sheet];
	} catch (error) {
		const style = document.createElement("style");
		style.textContent = CSS_TEXT;
		root.appendChild(style);
	}
};

// Dark letters on a light button, light ones on a dark button: WCAG's relative luminance, halved where both read well.
const letters_on = (color) => {
	const parts = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(color);
	if (!parts) return "#fff";
	const [red, green, blue] = parts.slice(1).map((part) => (parseInt(part, 16) / 255) ** 2.2);
	return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.4 ? "#111" : "#fff";
};

export const paint = (element, color) => {
	if (!/^#[0-9a-f]{6}$/i.test(color || "")) return;
	element.style.setProperty("--accent", color);
	element.style.setProperty("--on-accent", letters_on(color));
};
