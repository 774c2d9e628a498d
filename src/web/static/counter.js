// The counter's conveniences: keys for its buttons ([data-hotkey]), the line in hand in view, and the PC's camera. Without them everything is
// done by mouse, scanner and file.

const $ = (selector, from = document) => from.querySelector(selector);

addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.repeat) return;
  if (event.target.matches?.("input, select, textarea, video")) return;
  const button = $(`[data-hotkey="${CSS.escape(event.key)}"]:not([hidden])`);
  if (!button) return;
  event.preventDefault();
  button.click();
});

// The list scrolls with the line in hand, when the page opens and each time it is read anew.
const follow = () => $("#lines tr.picked")?.scrollIntoView({ block: "nearest" });
const lines = $("#lines");
if (lines) {
  follow();
  new MutationObserver(follow).observe(lines, { childList: true });
}

// The camera stays on while lines come and go; each picture belongs to the line that is in hand when it is taken.
const panel = $("[data-camera]");
if (panel && navigator.mediaDevices?.getUserMedia) {
  const video = $("video", panel), start = $("[data-start]", panel), take = $("[data-take]", panel);
  const failed = $("[data-failed]", panel);
  panel.hidden = false;

  start.addEventListener("click", async () => {
    try {
      const wish = { width: { ideal: 1920 }, facingMode: "environment" };
      video.srcObject = await navigator.mediaDevices.getUserMedia({ video: wish, audio: false });
      await video.play();
      start.hidden = true;
      video.hidden = take.hidden = false;
      failed.hidden = true;
    } catch {
      failed.hidden = false;
    }
  });

  take.addEventListener("click", async () => {
    const item = $("#hand input[name=item]")?.value;
    if (!item) return;
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [video.videoWidth, video.videoHeight];
    canvas.getContext("2d").drawImage(video, 0, 0);
    const picture = await new Promise((done) => canvas.toBlob(done, "image/jpeg", 0.9));
    const form = new FormData();
    form.append("csrf", panel.dataset.csrf);
    form.append("item", item);
    form.append("photograph", picture, "camera.jpg");
    try {
      const answer = await fetch(panel.dataset.camera, { method: "POST", body: form, credentials: "same-origin" });
      failed.hidden = answer.ok;
    } catch {
      failed.hidden = false;
    }
  });
}
