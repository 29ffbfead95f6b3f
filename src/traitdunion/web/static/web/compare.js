// Two maps laid one over the other, with a handle between them; without it, one above the other.
(() => {
  "use strict";
  for (const pair of document.querySelectorAll("[data-compare]")) {
    const handle = document.createElement("input");
    const label = document.createElement("label");
    const show = () => {
      pair.style.setProperty("--at", `${handle.value}%`);
      handle.setAttribute("aria-valuetext", `${handle.value} % de la carte d'avant`);
    };
    Object.assign(handle, { type: "range", min: 0, max: 100, step: 5, value: 50, id: "glisser" });
    label.htmlFor = handle.id;
    label.className = "field__label";
    label.textContent = "Glissez entre avant et après, ou utilisez les flèches du clavier";
    handle.className = "zone-handle";
    handle.addEventListener("input", show);
    pair.classList.add("zone-slide");
    pair.after(label, handle);
    show();
  }
})();
