// What people with a keyboard, a reader of the screen, large letters or a telephone would meet on the page that is open. Each answers
// with sentences about faults, none when there are none.
window.look ??= (() => {
  const name = (element) => {
    const own = element.id ? `#${element.id}` : [element.localName, ...element.classList].join(".");
    const up = element.parentElement?.closest("[id], section, form, table, header, nav, main");
    const text = element.textContent.trim().replace(/\s+/g, " ").slice(0, 40);
    return `${up && !element.id ? `${up.id ? `#${up.id}` : [up.localName, ...up.classList].join(".")} ` : ""}${own} «${text}»`;
  };
  // Nobody sees it, or it is a picture's own business.
  const unseen = (element) => !element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) || element.closest(".unseen, svg");

  function sideways() {
    const wide = document.documentElement;
    if (wide.scrollWidth <= wide.clientWidth) return [];
    const over = [...document.querySelectorAll("body *")].filter((it) => !unseen(it) && it.getBoundingClientRect().right > wide.clientWidth + 1)
      .filter((it) => ![...it.children].some((child) => child.getBoundingClientRect().right > wide.clientWidth + 1))
      .filter((it) => !scrolled(it));
    return [`the page is ${wide.scrollWidth} px wide in a window of ${wide.clientWidth}: ${over.slice(0, 4).map(name).join(", ")}`];
  }

  const scrolled = (element) => {
    for (let up = element.parentElement; up && up !== document.body; up = up.parentElement) {
      if (getComputedStyle(up).overflowX !== "visible") return true;
    }
    return false;
  };

  // Text that does not fit into its box. What is shortened with an ellipsis says so and has its whole text in a title.
  function cut() {
    const found = [];
    for (const it of document.querySelectorAll("body *")) {
      if (unseen(it) || !it.clientHeight || it.matches("input, select, textarea, progress, meter")) continue;
      const style = getComputedStyle(it);
      const hides = /hidden|clip/;
      const texts = [...it.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
      const ellipsis = style.textOverflow === "ellipsis" || style.webkitLineClamp !== "none";
      if (hides.test(style.overflowX) && !ellipsis && it.scrollWidth > it.clientWidth + 1) found.push(`cut at the side: ${name(it)}`);
      if (hides.test(style.overflowY) && !ellipsis && it.scrollHeight > it.clientHeight + 2) found.push(`cut below: ${name(it)}`);
      if (texts && style.overflowY === "visible" && style.display !== "inline" && it.scrollHeight > it.clientHeight + 4 && !it.querySelector(".unseen")) found.push(`taller than its box: ${name(it)}`);
    }
    return found;
  }

  // Two texts at one place.
  function overlapping() {
    const words = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const range = document.createRange();
    while (walker.nextNode()) {
      const node = walker.currentNode;
      if (!node.data.trim() || unseen(node.parentElement)) continue;
      // What floats above the page on purpose.
      if (node.parentElement.closest("dialog, .drop[open] > form, .keys, .skip")) continue;
      range.selectNodeContents(node);
      for (const whole of range.getClientRects()) {
        const box = shown(whole, node.parentElement);
        if (box.right - box.left > 2 && box.bottom > box.top) words.push({ box, at: node.parentElement, layer: layer(node.parentElement) });
      }
    }
    const found = new Set();
    words.sort((a, b) => a.box.top - b.box.top);
    for (let i = 0; i < words.length; i++) {
      for (let j = i + 1; j < words.length && words[j].box.top < words[i].box.bottom; j++) {
        const [a, b] = [words[i], words[j]];
        const wide = Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left);
        const high = Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top);
        if (a.layer === b.layer && a.at !== b.at && wide > 3 && high > 5) found.add(`one over the other: ${name(a.at)} and ${name(b.at)}`);
      }
    }
    return [...found];
  }

  const layer = (element) => {
    for (let up = element; up; up = up.parentElement) if (/fixed|sticky/.test(getComputedStyle(up).position)) return up;
    return null;
  };

  // The part of a text that the boxes around it let be seen.
  const shown = (whole, at) => {
    const box = { left: whole.left, right: whole.right, top: whole.top, bottom: whole.bottom };
    for (let up = at; up && up !== document.body; up = up.parentElement) {
      const style = getComputedStyle(up);
      if (style.overflow === "visible" || style.display === "inline") continue;
      const frame = up.getBoundingClientRect();
      box.left = Math.max(box.left, frame.left);
      box.right = Math.min(box.right, frame.right);
      box.top = Math.max(box.top, frame.top);
      box.bottom = Math.min(box.bottom, frame.bottom);
    }
    return box;
  };

  async function axe_finds(only) {
    // What opens over the page is asked by itself: it may hide what is below.
    const [over, closed] = [".drop, .keys", ":not(.drop, .keys)"].map((which) => [...document.querySelectorAll(`details:not([open]):is(${which})`)]);
    closed.forEach((it) => { it.open = true; });
    const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
    const runOnly = only ? { type: "rule", values: only } : { type: "tag", values: tags };
    const options = { runOnly, resultTypes: ["violations"], preload: false };
    const found = (await axe.run(document, options)).violations;
    closed.forEach((it) => { it.open = false; });
    for (const it of over) {
      // A live page may have read this part anew meanwhile.
      if (!it.isConnected || !it.checkVisibility()) continue;
      it.open = true;
      found.push(...(await axe.run(it, options)).violations);
      it.open = false;
    }
    return found.flatMap((rule) => rule.nodes.slice(0, 4).map((node) =>
      `${rule.id} (${rule.impact}): ${node.target.join(" ")}: ${node.html.slice(0, 160)} ${node.any.concat(node.all, node.none).map((it) => it.message).join("; ").slice(0, 200)}`));
  }

  return { sideways, cut, overlapping, axe_finds };
})();
