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
      count();
    } catch {
      // No network: what was shown stays.
    }
  }

  // Without scripts the screen says until when; with them it counts down.
  function count() {
    const timer = document.querySelector("[data-until]");
    if (!timer) return;
    const left = Math.round((new Date(timer.dataset.until) - Date.now()) / 1000);
    const minutes = Math.floor(left / 60);
    timer.textContent = left > 0 ? `${minutes}:${String(left % 60).padStart(2, "0")}` : "C'est l'heure";
    timer.classList.toggle("room__timer--over", left <= 0);
  }

  count();
  window.setInterval(count, 1000);
  window.setInterval(renew, EVERY_MS);
})();
