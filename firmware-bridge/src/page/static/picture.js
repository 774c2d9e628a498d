// Shows each code as soon as it is found, then goes on to the picture with its numbers. Without this the form does the same
// in one step.
const form = document.getElementById("read");
const found = document.getElementById("found");
const refusal = document.querySelector(".refusal");

function show(line) {
  const told = JSON.parse(line);
  if (told.result) {
    location.assign(told.result);
  } else if (told.refused) {
    refusal.textContent = "✕ " + told.refused;
    refusal.hidden = false;
  } else {
    const row = document.createElement("li");
    const text = document.createElement("span");
    text.className = "text";
    text.textContent = told.text;
    const kind = document.createElement("span");
    kind.className = "mark quiet";
    kind.textContent = told.kind;
    row.append(text, kind);
    found.append(row);
  }
}

form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  found.replaceChildren();
  refusal.hidden = true;
  const answer = await fetch("/picture", {
    method: "POST", body: new FormData(form), headers: { accept: "application/x-ndjson" },
  });
  if (!answer.headers.get("content-type")?.startsWith("application/x-ndjson")) {
    document.documentElement.innerHTML = await answer.text();
    return;
  }
  const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    const lines = (rest + value).split("\n");
    rest = lines.pop();
    lines.filter(Boolean).forEach(show);
  }
});
