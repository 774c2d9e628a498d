// Keeps the page up to date. It re-reads the page and exchanges the parts that changed; a request somebody may be
// typing into stays as it is.
const parts = ["link", "devices", "scans", "jobs", "blanks", "got", "taken"];

// A form that came back stands at the address that took it; what can be read again is the page.
const page = document.body.dataset.page + "?lang=" + (document.documentElement.lang === "en" ? "en" : "zh");
if (location.pathname !== document.body.dataset.page) history.replaceState(null, "", page);

async function refresh() {
  const answer = await fetch(page);
  if (!answer.ok) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const id of parts) {
    const now = document.getElementById(id);
    const next = fresh.getElementById(id);
    if (now && next && now.innerHTML !== next.innerHTML) now.replaceWith(document.importNode(next, true));
  }
  document.querySelector(".tally")?.replaceWith(document.importNode(fresh.querySelector(".tally"), true));
  requests(fresh.getElementById("requests"));
}

function requests(fresh) {
  const here = document.getElementById("requests");
  if (!here || !fresh) return;
  for (const old of here.querySelectorAll(".request")) {
    if (!fresh.querySelector("#" + CSS.escape(old.id))) old.remove();
  }
  for (const next of fresh.querySelectorAll(".request")) {
    if (!document.getElementById(next.id)) here.append(document.importNode(next, true));
  }
  here.querySelector("h2").textContent = fresh.querySelector("h2").textContent;
  here.querySelector(".empty")?.remove();
  const empty = fresh.querySelector(".empty");
  if (empty) here.append(document.importNode(empty, true));
}

const changes = new EventSource("/events");
changes.addEventListener("changed", refresh);
changes.addEventListener("open", refresh);
