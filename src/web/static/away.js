// When the server cannot be reached: the lamp of the network says so, what was typed stays on the page, and no press ends at the
// browser's own error page. hufu.js tells by the event `line` whether the server is heard; a press asks first only when it is not.

const $ = (selector) => document.querySelector(selector);

// How long somebody who pressed waits for an answer; after what silence there is doubt: the line beats every 2 s.
const PATIENCE = 4000, SILENCE = 3500;
let lost = false;
let heard = Date.now();

const doubtful = () => lost || (!document.hidden && Date.now() - heard > SILENCE);

addEventListener("line", ({ detail }) => {
  lost = detail.lost;
  if (!lost) {
    heard = Date.now();
    $("#again").hidden = $("#again").hidden && $("#unsent").hidden;
    $("#unsent").hidden = true;
    return;
  }
  const lamp = $('#station [data-lamp="link"]');
  lamp?.replaceWith($("#lamp-away").content.cloneNode(true));
});

// The smallest thing that the server has, from itself and not from what was kept.
async function reached() {
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), PATIENCE);
  try {
    await fetch($("link[rel=icon]").href, { method: "HEAD", cache: "no-store", signal: patience.signal });
    return true;
  } catch {
    $("#unsent").hidden = false;
    $("#again").hidden = true;
    return false;
  } finally {
    clearTimeout(timer);
  }
}

// The form that goes out now: the server has just answered.
let sure = null;

document.addEventListener("submit", async (event) => {
  const form = event.target;
  if (form === sure || !doubtful()) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if ("asking" in form.dataset) return;
  form.dataset.asking = "";
  if (await reached()) {
    sure = form;
    form.requestSubmit(event.submitter);
    sure = null;
  }
  delete form.dataset.asking;
}, true);

addEventListener("click", async (event) => {
  const link = event.target.closest?.("a[href]");
  const elsewhere = event.button || event.ctrlKey || event.metaKey || event.shiftKey || link?.target;
  if (!link || elsewhere || event.defaultPrevented || !doubtful()) return;
  if (link.origin !== location.origin || link.getAttribute("href").startsWith("#")) return;
  event.preventDefault();
  if (await reached()) location.assign(link.href);
});
