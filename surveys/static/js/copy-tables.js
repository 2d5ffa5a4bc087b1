// A button under each table of results that copies it, so that Word and Excel get it as a table.
// Without this file, or without a clipboard to write to, there are no buttons.

const words = document.getElementById("copy-words").dataset;

// What a cell says, without what is only there for screen readers or to be pressed.
function textOf(cell) {
  const copy = cell.cloneNode(true);
  for (const left of copy.querySelectorAll(".hidden-text:not(.copied), .generated-note, button, script, style")) left.remove();
  for (const line of copy.querySelectorAll("br, div, p")) line.append(" ");
  for (const line of copy.querySelectorAll("br")) line.replaceWith(" ");
  return copy.textContent.replace(/[^\S\u00a0\u202f]+/g, " ").trim();
}

const escaped = (text) => text.replace(/[&<>]/g, (letter) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[letter]);

function asHtml(table) {
  const rows = [...table.rows].map((row) => {
    const cells = [...row.cells].map((cell) => {
      const name = cell.tagName.toLowerCase();
      const spans = ["colspan", "rowspan"]
        .filter((span) => cell.hasAttribute(span))
        .map((span) => ` ${span}="${Number(cell.getAttribute(span))}"`);
      return `<${name}${spans.join("")}>${escaped(textOf(cell))}</${name}>`;
    });
    return `<tr>${cells.join("")}</tr>`;
  });
  const caption = table.caption ? `<caption>${escaped(textOf(table.caption))}</caption>` : "";
  return `<table border="1">${caption}${rows.join("")}</table>`;
}

// Tab-separated: a cell that spans several columns leaves the rest of them empty, so that the others stay in line.
function asText(table) {
  const rows = [...table.rows].map((row) =>
    [...row.cells].flatMap((cell) => [textOf(cell), ...Array(cell.colSpan - 1).fill("")]).join("\t"),
  );
  return rows.join("\n");
}

async function copy(table, state) {
  try {
    await navigator.clipboard.write([
      new ClipboardItem({
        "text/html": new Blob([asHtml(table)], { type: "text/html" }),
        "text/plain": new Blob([asText(table)], { type: "text/plain" }),
      }),
    ]);
    state.textContent = words.copied;
  } catch {
    state.textContent = words.failed;
  }
}

function offer(place) {
  const table = place.querySelector("table");
  const row = document.createElement("p");
  const button = document.createElement("button");
  const state = document.createElement("span");
  const name = place.getAttribute("aria-label");
  row.className = "copy-table";
  button.type = "button";
  button.className = "plain-button small";
  button.textContent = words.copy;
  if (name) button.setAttribute("aria-label", `${words.copy}: ${name}`);
  state.className = "small muted";
  state.setAttribute("role", "status");
  button.addEventListener("click", () => copy(table, state));
  row.append(button, " ", state);
  place.after(row);
}

if (navigator.clipboard?.write && window.ClipboardItem) document.querySelectorAll("main .table-scroll:has(table)").forEach(offer);
