// The map of reach: a commune pointed at, or its line focused, shows the other; arrow keys walk the list.
// Without this the communes of the drawing are links to their rows of the table.
(() => {
  "use strict";
  const drawing = document.querySelector("[data-drawing]");
  const picked = document.querySelector("[data-picked]");
  const table = document.getElementById("tableau");
  const lines = [...document.querySelectorAll(".reach__line")];
  const line = (code) => lines.find((item) => item.dataset.code === code);
  const row = (code) => document.getElementById(`c-${code}`);

  function pick(code) {
    document.querySelectorAll(".is-picked").forEach((item) => item.classList.remove("is-picked"));
    if (!code || !row(code)) return;
    const path = drawing && drawing.querySelector(`[data-code="${code}"]`);
    if (path) path.classList.add("is-picked");
    if (line(code)) line(code).classList.add("is-picked");
    const name = row(code).querySelector("th").textContent;
    picked.textContent = `${name} : ${row(code).dataset.detail}`;
  }

  function open(code) {
    pick(code);
    const item = line(code);
    if (item) {
      const folded = item.closest("details");
      if (folded) folded.open = true;
      item.querySelector("a").focus();
      return;
    }
    table.open = true;
    row(code).scrollIntoView({ block: "center" });
    row(code).querySelector("a").focus();
  }
  window.traitdunionReach = { pick, open };

  if (drawing) {
    drawing.addEventListener("pointerover", (event) => pick(event.target.dataset.code));
    drawing.addEventListener("click", (event) => {
      const code = event.target.dataset.code;
      if (!code) return;
      event.preventDefault();
      open(code);
    });
  }

  document.querySelectorAll("[data-lines]").forEach((list) => {
    list.addEventListener("focusin", (event) => pick(event.target.closest(".reach__line").dataset.code));
    list.addEventListener("pointerover", (event) => {
      const item = event.target.closest(".reach__line");
      if (item) pick(item.dataset.code);
    });
    list.addEventListener("keydown", (event) => {
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      const shown = lines.filter((item) => item.offsetParent);
      const next = shown[shown.indexOf(event.target.closest(".reach__line")) + step];
      if (!step || !next) return;
      event.preventDefault();
      next.querySelector("a").focus();
    });
  });

  const openTable = () => { if (location.hash === "#tableau" || location.hash.startsWith("#c-")) table.open = true; };
  if (table) {
    document.querySelectorAll('a[href="#tableau"]').forEach((link) => link.addEventListener("click", () => { table.open = true; }));
    window.addEventListener("hashchange", openTable);
    openTable();
  }

  const zoom = document.querySelector("[data-zoom]");
  if (zoom) {
    zoom.hidden = false;
    zoom.querySelector("[data-open]").addEventListener("click", () => {
      const script = document.createElement("script");
      script.src = zoom.dataset.script;
      document.head.append(script);
    }, { once: true });
  }
})();
