// What a script adds to a page that works without it: focus on mistakes, a print button, folds.
(() => {
  "use strict";

  function prepare(root) {
    for (const button of root.querySelectorAll("[data-print]")) {
      button.hidden = false;
      button.addEventListener("click", () => window.print());
    }
    for (const button of root.querySelectorAll("[data-copy]")) {
      button.hidden = !navigator.clipboard;
      button.addEventListener("click", async () => {
        await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
        button.textContent = button.dataset.done;
      });
    }
    const summary = root.querySelector(".error-summary[data-focus]");
    if (summary) summary.focus();
  }

  document.addEventListener("DOMContentLoaded", () => prepare(document));

  // A part that the server takes longer to work out: asked for by the link, or the form, that stands
  // in its place and stays where it fails. Nothing else of the page it comes from is taken.
  async function load(place) {
    const into = place.querySelector("[data-loaded]");
    const status = place.querySelector("[role=status]");
    const form = into.querySelector("form");
    const asked = form ? { method: "post", body: new URLSearchParams(new FormData(form)) } : {};
    place.setAttribute("aria-busy", "true");
    into.hidden = true;
    status.textContent = "Recherche en cours…";
    let said = "";
    try {
      const response = await fetch(form ? form.action : into.querySelector("a").href, asked);
      const page = new DOMParser().parseFromString(await response.text(), "text/html");
      const part = page.querySelector(place.dataset.load);
      into.replaceChildren(document.adoptNode(part));
      said = part.dataset.said;
    } catch {
      said = "La recherche n'a pas abouti.";
    }
    into.hidden = false;
    status.textContent = said;
    place.removeAttribute("aria-busy");
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-load]")) load(place);
  });

  // A link to something folded unfolds it.
  function open(id) {
    const target = document.getElementById(id);
    for (let part = target; part; part = part.parentElement) if (part.matches("details")) part.open = true;
    return target;
  }

  // What a style sheet hides beside a button that is not expanded.
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-unfold]");
    if (!button) return;
    button.setAttribute("aria-expanded", button.getAttribute("aria-expanded") === "false");
  });

  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (!link) return;
    const target = open(link.dataset.open || link.hash.slice(1));
    if (!link.dataset.open || !target) return;
    event.preventDefault();
    target.querySelector("summary").focus({ preventScroll: true });
    target.scrollIntoView({ block: "start", behavior: "instant" });
  });
  document.addEventListener("DOMContentLoaded", () => {
    if (location.hash) open(location.hash.slice(1));
  });
})();
