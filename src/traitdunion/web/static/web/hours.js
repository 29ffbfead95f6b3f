// What the site understands of hours being typed is written under their field, a moment after.
(() => {
  "use strict";
  const AFTER_MS = 500;
  const page = document.querySelector("[data-hours-read]");
  if (!page) return;
  page.querySelectorAll("[data-hours]").forEach((field) => {
    const shown = document.createElement("output");
    shown.className = "field__hint";
    shown.htmlFor = field.id;
    field.closest(".field__control").after(shown);
    let waiting = 0;
    const read = async () => {
      try {
        const answer = await fetch(`${page.dataset.hoursRead}?texte=${encodeURIComponent(field.value)}`);
        if (answer.ok) shown.textContent = await answer.text();
      } catch {
        // No network: the page that follows says what was understood.
      }
    };
    field.addEventListener("input", () => { window.clearTimeout(waiting); waiting = window.setTimeout(read, AFTER_MS); });
  });
})();
