// The viewer of photographs: without it a photograph opens as a page of its own.
// [data-photo] is a link to a photograph; all of a page are one row, in the order of the page. The viewer is the page's
// <dialog id="viewer">, whose buttons say what they do in [data-do].

const $ = (selector, from = document) => from.querySelector(selector);
const viewer = $("#viewer");
const photos = () => [...document.querySelectorAll("[data-photo]")];

let at = 0;
let beside = null;
let turned = 0;
let scale = 1;

function show() {
  const all = photos();
  at = (at + all.length) % all.length;
  const put = (frame, photo) => {
    frame.hidden = !photo;
    if (!photo) return;
    const picture = $("img", frame);
    picture.src = photo.href;
    picture.alt = $("img", photo)?.alt ?? "";
    picture.style.transform = `rotate(${turned}deg) scale(${scale})`;
    $("figcaption", frame).textContent = picture.alt;
  };
  put($("[data-frame=one]", viewer), all[at]);
  put($("[data-frame=two]", viewer), beside === null ? null : all[beside]);
  $("[data-count]", viewer).textContent = `${at + 1} / ${all.length}`;
  for (const button of viewer.querySelectorAll("[data-many]")) button.hidden = all.length < 2;
}

function step(by) {
  at += by;
  turned = 0;
  show();
}

const DO = {
  next: () => step(1),
  previous: () => step(-1),
  turn: () => { turned = (turned + 90) % 360; show(); },
  larger: () => { scale = Math.min(scale * 1.5, 8); show(); },
  smaller: () => { scale = Math.max(scale / 1.5, 1); show(); },
  beside: () => { beside = beside === null ? at : null; if (beside !== null) at += 1; show(); },
  close: () => viewer.close(),
};
const KEYS = { ArrowRight: "next", ArrowLeft: "previous", r: "turn", "+": "larger", "=": "larger", "-": "smaller", s: "beside" };

if (viewer) {
  addEventListener("click", (event) => {
    const photo = event.target.closest?.("[data-photo]");
    if (!photo || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    [at, beside, turned, scale] = [photos().indexOf(photo), null, 0, 1];
    show();
    viewer.showModal();
  });
  viewer.addEventListener("click", (event) => {
    if (event.target === viewer) viewer.close();
    const act = event.target.closest("[data-do]")?.dataset.do;
    if (act) DO[act]();
  });
  viewer.addEventListener("keydown", (event) => {
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation();
    DO[act]();
  });
}
