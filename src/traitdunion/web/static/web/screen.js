// The screen of the room renews its contents every three seconds; without network it keeps them.
(() => {
  "use strict";
  const EVERY_MS = 3000;
  let shown = document.querySelector("[data-renew]")?.innerHTML;

  async function renew() {
    const held = document.querySelector("[data-renew]");
    if (!held || document.hidden || held.contains(document.activeElement)) return;
    try {
      const answer = await fetch(window.location.href, { credentials: "same-origin" });
      if (!answer.ok || answer.redirected) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-renew]");
      if (!fresh || fresh.innerHTML === shown) return;
      shown = fresh.innerHTML;
      held.replaceWith(fresh);
    } catch {
      // No network: what was shown stays.
    }
  }

  window.setInterval(renew, EVERY_MS);
})();
