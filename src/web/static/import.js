// Seizure lists on their way in. Without it every form works as it stands.

// A long file takes a while to be sent and read.
document.querySelector("[data-reads]")?.addEventListener("submit", () => {
  document.querySelector("[data-reading]").hidden = false;
});

// A photograph is sent as soon as it is taken, by itself: what is typed in the rows stays as it is.
for (const input of document.querySelectorAll("[data-photograph]")) {
  input.addEventListener("change", async () => {
    const row = input.dataset.photograph;
    const sending = document.getElementById("photograph");
    const form = new FormData();
    for (const it of sending.querySelectorAll("input")) form.append(it.name, it.value);
    form.append("photo_row", row);
    form.append("photograph", input.files[0]);
    const failed = input.parentElement.querySelector("[data-failed]");
    failed.hidden = true;
    try {
      const answer = await fetch(sending.action, { method: "POST", body: form, credentials: "same-origin" });
      if (!answer.ok) throw new Error(answer.status);
      const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
      const id = `photos-${row}`;
      document.getElementById(id).replaceWith(fresh.getElementById(id));
      input.value = "";
    } catch {
      failed.hidden = false;
    }
  });
}

// The rows to type into: Enter goes down and, at the end, adds a row; what is pasted from a spreadsheet fills the cells it covers.

const grid = document.querySelector("[data-grid] tbody");

const fields = (row) => [...row.querySelectorAll("input:not([type=hidden]), select")];
const rows = () => [...grid.rows];

// A row like the last one, empty, under the next number.
function addRow() {
  const last = rows().at(-1);
  const row = last.cloneNode(true);
  const number = Number(last.querySelector("[name=new]").value);
  for (const it of row.querySelectorAll("[name]")) {
    it.name = it.name.replace(/-\d+$/, `-${number + 1}`);
    if (it.name === "new") it.value = number + 1;
    else if (it.type === "checkbox") it.checked = false;
    else it.value = "";
    it.removeAttribute("aria-invalid");
    it.removeAttribute("aria-describedby");
  }
  for (const error of row.querySelectorAll(".error")) error.remove();
  const label = row.querySelector("[data-label]");
  const old = label.textContent;
  label.textContent = `+${Number(old.slice(1)) + 1}`;
  for (const it of row.querySelectorAll("[aria-label]")) it.ariaLabel = it.ariaLabel.replace(old, label.textContent);
  grid.append(row);
  return row;
}

function go(row, column) {
  const field = fields(row)[column];
  field.focus();
  field.select?.();
}

// A select takes what is written in one of its options; a box takes any text.
function fill(field, text) {
  if (field.type === "checkbox") field.checked = text !== "";
  else if (!field.matches("select")) field.value = text;
  else {
    const option = [...field.options].find((it) => it.text === text || it.value === text);
    if (option) field.value = option.value;
  }
}

// Cells of a spreadsheet as the clipboard has them: tabs and line ends, with quotation marks around a cell that holds one.
function cells(text) {
  const table = [[""]];
  let quoted = false;
  for (let at = 0; at < text.length; at += 1) {
    const c = text[at];
    const line = table.at(-1);
    if (c === '"' && quoted && text[at + 1] === '"') {
      line[line.length - 1] += c;
      at += 1;
    } else if (c === '"' && (quoted || line.at(-1) === "")) quoted = !quoted;
    else if (quoted || !"\t\r\n".includes(c)) line[line.length - 1] += c === "\n" ? " " : c;
    else if (c === "\t") line.push("");
    else if (c === "\n") table.push([""]);
  }
  if (table.at(-1).length === 1 && table.at(-1)[0] === "") table.pop();
  return table;
}

grid?.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.isComposing || !event.target.matches("input")) return;
  event.preventDefault();
  const row = event.target.closest("tr");
  const next = row.nextElementSibling;
  // Down to the same field; from the last row to the first field of a new one.
  if (next) go(next, fields(row).indexOf(event.target));
  else go(addRow(), 0);
});

grid?.addEventListener("paste", (event) => {
  const text = event.clipboardData.getData("text/plain");
  if (!/[\t\n]/.test(text.trimEnd()) || !event.target.matches("input")) return;
  event.preventDefault();
  const first = event.target.closest("tr");
  const column = fields(first).indexOf(event.target);
  let row = first;
  for (const [at, line] of cells(text).entries()) {
    if (at > 0) row = row.nextElementSibling ?? addRow();
    const own = fields(row).slice(column);
    for (const [n, cell] of line.entries()) if (own[n]) fill(own[n], cell.trim());
  }
  go(row, column);
});
