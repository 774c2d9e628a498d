// Inspecting without a mouse: j and k go from line to line, a accepts, r refuses (and asks for the reason first). A page
// whose handover has passed into another state is loaded again as a whole. Everything works without it.

const $ = (selector) => document.querySelector(selector);

const live = $("#handover");
const state = live?.dataset.state;
if (live) {
  new MutationObserver(() => {
    const now = $("#state-now")?.dataset.state;
    if (now && now !== state) location.reload();
  }).observe(live, { childList: true });
}

// What Enter in the note means: the answer that was begun with a key.
let wanted = "accepted";
const note = () => $("#note");
const button = (answer) => $(`button[name="answer"][value="${answer}"]`);

const KEYS = {
  j: () => $("a[rel=next]")?.click(),
  k: () => $("a[rel=prev]")?.click(),
  a: () => button("accepted")?.click(),
  r: () => {
    wanted = "refused";
    if (note()?.value.trim()) button("refused")?.click();
    else note()?.focus();
  },
};

addEventListener("keydown", (event) => {
  // The viewer of photographs has keys of its own.
  if (!button("accepted") || $("dialog[open]") || event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.target === note()) {
    if (event.key === "Enter") {
      event.preventDefault();
      button(wanted)?.click();
    }
    if (event.key === "Escape") wanted = "accepted";
    return;
  }
  if (event.target.matches?.("input, select, textarea") || !Object.hasOwn(KEYS, event.key)) return;
  KEYS[event.key]();
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);
