// What a page does beyond being read: it listens to the server, sounds a scan's verdict, and obeys the keyboard.
// Everything works without it. It keeps nothing: no storage, no cookie. It holds no words; those are in the page.
//
// GET /live sends four kinds of server-sent events:
//   event: hello    data: {"told": 412}
//       how much had been told when the line was opened; a page made at another number is fetched again
//   event: beat     every 2 s
//       the line is open; when it is not heard, something on the way holds it back, and short answers are asked for
//   event: change   data: {"topics": ["items", "station"]}
//       every [data-live~=topic] with an id is fetched again, from its data-href or the page's own address
//   event: scan     data: {"verdict": "accepted" | "repeated" | "unknown" | "refused", "text": "…", "href": "/items/…" | null, "topics": ["counter"]}
//       is shown and sounded; the page goes to href unless <main data-keeps-scans>; its topics have changed, too

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];

// A form that came back stands at the address that took it; the page is the one it stood on, which answers whoever reads it again.
const returned = $("main")?.dataset.returned;
if (returned) history.replaceState(null, "", returned);

// ---- Live fragments

const stale = new Set();
let fetching = false;
let pressed = false;

// Between press and release nothing is exchanged: the click would be lost.
addEventListener("pointerdown", () => { pressed = true; }, true);
for (const end of ["pointerup", "pointercancel"]) {
  addEventListener(end, () => setTimeout(() => {
    pressed = false;
    refresh();
  }), true);
}

async function refresh() {
  if (fetching) return;
  fetching = true;
  try {
    while (stale.size && !pressed) {
      const href = stale.values().next().value;
      stale.delete(href);
      const answer = await fetch(href, { headers: { accept: "text/html" }, credentials: "same-origin" });
      lost(false);
      // A redirect leads to the login: leave the page as it is, the next click will ask.
      if (!answer.ok || answer.redirected) continue;
      const text = await answer.text();
      if (pressed) {
        stale.add(href);
        continue;
      }
      const fresh = new DOMParser().parseFromString(text, "text/html");
      for (const old of $$("[data-live][id]")) {
        if (source(old) === href) replace(old, fresh.getElementById(old.id));
      }
    }
  } catch {
    lost(true);
  } finally {
    fetching = false;
  }
}

const source = (element) => new URL(element.dataset.href ?? location.href, location.href).href.split("#")[0];

// A field that is no more as the page came: typed into, ticked, chosen.
function begun(field) {
  if (field.type === "file") return field.files.length > 0;
  if (field.matches("[type=checkbox], [type=radio]")) return field.checked !== field.defaultChecked;
  if (!field.matches("select")) return field.value !== field.defaultValue;
  const given = [...field.options].findIndex((option) => option.defaultSelected);
  return field.selectedIndex !== Math.max(given, 0);
}

// What a part says. The id of the next request is made anew each time and says nothing.
const plain = (part) => part.innerHTML.replace(/(name="request" value=")[^"]*/g, "$1");

// What somebody is typing into, or has begun and not sent, is never taken away.
function replace(old, fresh) {
  const active = document.activeElement;
  const typing = old.contains(active) && active.matches("input, select, textarea");
  const fields = $$("input:not([type=hidden]), select, textarea", old);
  const kept = typing || fields.some(begun) || (returned && fields.length) || $("form[data-asking]", old);
  if (!fresh || kept || plain(old) === plain(fresh)) return;
  const row = old.contains(active) ? active.closest("tr") : null;
  const at = row ? rows().indexOf(row) : -1;
  const opened = $$("details[open] > summary", old).map((summary) => summary.textContent);
  const summary = old.contains(active) && active.matches("summary") ? active.textContent : null;
  old.replaceChildren(...fresh.childNodes);
  for (const it of $$("details > summary", old)) {
    if (opened.includes(it.textContent)) it.parentElement.open = true;
    if (it.textContent === summary) it.focus();
  }
  if (at >= 0) focusRow(at);
}

function changed(topics) {
  for (const element of $$("[data-live][id]")) {
    const own = element.dataset.live.split(/\s+/);
    if (!topics || topics.some((topic) => own.includes(topic))) stale.add(source(element));
  }
  refresh();
}

// ---- The line to the server. Only a visible page listens: browsers allow six connections to a server, and one scan
// should sound once.

let live = null;
let grace = 0;
let told = $("main")?.dataset.told;

// What the line may leave unsaid: at first, later, and a short answer, which takes 4 s. How long short answers are asked for
// before the line is tried again.
const FIRST = 2500, LATER = 5000, ANSWER = 10000, SHORT_FOR = 300000;
let watch = 0;
let short_since = 0;

// Nothing was heard, and no error either: something between has taken the bytes and not passed them on.
function unheard() {
  if (short_since) return lost(true);
  live?.close();
  live = null;
  short_since = Date.now();
  $("#asking").hidden = false;
  listen();
}

function heard(patience) {
  clearTimeout(watch);
  watch = setTimeout(unheard, short_since ? ANSWER : patience);
}

// away.js keeps from the browser's error page.
const tell = (is) => dispatchEvent(new CustomEvent("line", { detail: { lost: is } }));

function lost(is) {
  tell(is);
  clearTimeout(grace);
  const bar = $("#lost");
  if (!bar) return;
  if (!is) bar.hidden = true;
  else grace = setTimeout(() => { bar.hidden = false; }, 3000);
}

function listen() {
  if (live || document.hidden || !$("#lost")) return;
  if (short_since && Date.now() - short_since > SHORT_FOR) short_since = 0;
  let was_lost = false;
  let answered = false;
  live = new EventSource(short_since ? "/live?short=true" : "/live");
  heard(FIRST);
  live.onopen = () => {
    lost(false);
    if (was_lost && !short_since) changed(null);
    was_lost = false;
    heard(LATER);
  };
  live.onerror = () => {
    clearTimeout(watch);
    // A short answer that has said something has merely ended.
    if (short_since && answered) {
      heard(LATER);
    } else {
      was_lost = true;
      lost(true);
    }
    answered = false;
    // After a while the line is tried again.
    if (short_since && Date.now() - short_since > SHORT_FOR) {
      live.close();
      live = null;
      return listen();
    }
    // The browser tries again by itself, unless the server answered something else than a stream.
    if (live?.readyState === EventSource.CLOSED) {
      live = null;
      setTimeout(listen, 10000);
    }
  };
  // Something was told between the making of the page and this line: it may have been about the page.
  live.addEventListener("hello", (event) => {
    const now = String(JSON.parse(event.data).told);
    if (now !== told) changed(null);
    told = now;
    answered = true;
    lost(false);
    if (!short_since) $("#asking").hidden = true;
    heard(LATER);
  });
  live.addEventListener("beat", () => {
    tell(false);
    heard(LATER);
  });
  live.addEventListener("change", (event) => {
    heard(LATER);
    changed(JSON.parse(event.data).topics);
  });
  live.addEventListener("scan", (event) => {
    heard(LATER);
    const scan = JSON.parse(event.data);
    scanned(scan);
    changed(scan.topics);
  });
}

document.addEventListener("visibilitychange", () => {
  if (document.hidden) {
    clearTimeout(watch);
    live?.close();
    live = null;
  } else {
    listen();
    changed(null);
  }
});

// ---- Scans: tone, colour, symbol and word

// Pairs of pitch (Hz) and length (s); told apart by rhythm as well as by pitch.
const TONES = {
  accepted: [[880, 0.08], [1320, 0.12]],
  repeated: [[880, 0.06], [0, 0.04], [880, 0.06]],
  unknown: [[440, 0.12], [0, 0.05], [440, 0.12], [0, 0.05], [440, 0.12]],
  refused: [[220, 0.45]],
};
let audio = null;

function sound(verdict) {
  audio ??= new AudioContext();
  const silent = audio.state !== "running";
  $("#sound").hidden = !silent;
  if (silent) return;
  let at = audio.currentTime;
  for (const [pitch, length] of TONES[verdict] ?? []) {
    if (pitch) {
      const tone = new OscillatorNode(audio, { type: verdict === "refused" ? "square" : "sine", frequency: pitch });
      const volume = new GainNode(audio, { gain: 0 });
      volume.gain.setTargetAtTime(0.2, at, 0.005);
      volume.gain.setTargetAtTime(0, at + length, 0.01);
      tone.connect(volume).connect(audio.destination);
      tone.start(at);
      tone.stop(at + length + 0.08);
    }
    at += length;
  }
}

function scanned({ verdict, text, href }) {
  sound(verdict);
  const bar = $("#heard");
  const badge = $(`template[data-verdict="${verdict}"]`);
  if (!bar || !badge) return;
  const words = document.createElement(href ? "a" : "span");
  words.textContent = text;
  if (href) words.href = href;
  bar.className = `bar ${verdict}`;
  // Where the page has a place of its own for the answer, this bar is for when that is not read anew: somebody types in it.
  const own = $("[data-says]");
  bar.hidden = Boolean(own);
  if (own) setTimeout(() => { bar.hidden = own.textContent.includes(text); }, 800);
  bar.replaceChildren(badge.content.cloneNode(true), words);
  // The code of a list opens its case wherever one is at the counter.
  const goes = !$("main[data-keeps-scans]") || href?.startsWith("/counter/");
  if (href && verdict === "accepted" && goes) location.assign(href);
}

function wake() {
  if (audio?.state === "suspended") audio.resume().then(() => { $("#sound").hidden = true; });
}
addEventListener("pointerdown", wake);

// ---- Keyboard

let going = 0;
const rows = () => $$("table.rows tbody tr");

function focusRow(at) {
  const all = rows();
  const row = all[Math.min(Math.max(at, 0), all.length - 1)];
  if (!row) return;
  row.tabIndex = -1;
  row.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

const step = (by) => focusRow(rows().indexOf(document.activeElement.closest("tr")) + by);

const KEYS = {
  "/": () => $("#code")?.select(),
  "?": () => { $("#keys").open = !$("#keys").open; },
  g: () => { going = Date.now(); },
  j: () => step(1),
  k: () => step(-1),
};

addEventListener("keydown", (event) => {
  wake();
  const at = event.target;
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
  if (event.key === "Escape") {
    for (const open of $$("details.drop[open], #keys[open]")) open.open = false;
    at.blur?.();
    return;
  }
  if (at.matches?.("input:not([type=checkbox], [type=radio]), select, textarea")) return;
  if (event.key === "Enter" && at.matches?.("tr")) {
    $("a[href], button", at)?.click();
    return;
  }
  const goes = Date.now() - going < 1500;
  going = 0;
  const room = goes && $(`[data-key="${CSS.escape(event.key)}"]`);
  if (room) room.click();
  else if (Object.hasOwn(KEYS, event.key)) KEYS[event.key]();
  else return;
  event.preventDefault();
});

addEventListener("beforeprint", () => {
  for (const it of $$("details.sums")) it.open = true;
  for (const it of $$(".printed time")) it.textContent = new Date().toLocaleString("sv", { timeZone: "Asia/Shanghai" }).slice(0, 16);
});

for (const button of $$("[data-print]")) {
  button.hidden = false;
  button.addEventListener("click", () => print());
}

// A click beside an open list of columns closes it.
addEventListener("click", (event) => {
  for (const open of $$("details.drop[open]")) if (!open.contains(event.target)) open.open = false;
});

// The clocks are told by the server; once a minute they are asked again.
setInterval(() => document.hidden || changed(["deadline", "station"]), 60000);
listen();
