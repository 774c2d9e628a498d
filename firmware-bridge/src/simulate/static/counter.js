// Forms act without leaving the page; what changed is exchanged in place.
const parts = ["printer", "scanner", "scale", "reader", "locks"];

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (!form.classList.contains("act")) return;
  event.preventDefault();
  const values = Object.fromEntries(new FormData(form, event.submitter));
  const answer = await fetch(form.action, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(values),
  });
  const said = await answer.json();
  if (said.error) form.setAttribute("title", said.error);
  const text = form.querySelector("#text");
  if (text && answer.ok) { text.value = ""; text.focus(); }
});

async function refresh() {
  const answer = await fetch(location.href);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of parts) exchange(document.getElementById(id), fresh.getElementById(id));
}

// What a person has typed, and where, survives.
function exchange(now, next) {
  if (!now || !next) return;
  const focused = document.activeElement?.id;
  const typed = Object.fromEntries([...now.querySelectorAll("input[id]")].map((field) => [field.id, field.value]));
  now.replaceWith(document.importNode(next, true));
  for (const [id, value] of Object.entries(typed)) document.getElementById(id).value = value;
  if (focused) document.getElementById(focused)?.focus();
}

const changes = new EventSource("/counter/events");
changes.addEventListener("changed", refresh);
changes.addEventListener("open", refresh);
