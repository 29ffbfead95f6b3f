// What a script adds to a page that works without it: focus after a swap, a print button.
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

  // htmx leaves the page as it was when the answer is a breakdown: go and see it in full.
  for (const failure of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(failure, (event) => {
      window.location.assign(event.detail.pathInfo.finalRequestPath);
    });
  }

  // After htmx has replaced the contents, read on from the answers or from the mistakes.
  document.addEventListener("htmx:afterSettle", (event) => {
    const contents = event.detail.elt;
    if (contents.id !== "contenu") return;
    prepare(contents);
    const title = contents.querySelector("[data-focus]");
    if (!title) return;
    title.focus({ preventScroll: true });
    const top = contents.querySelector(".route") || title;
    top.scrollIntoView({ block: "start" });
  });
})();
