// Counts down to each `data-until` of the page; without scripts the page says until when.
(() => {
  "use strict";
  const pad = (n) => String(n).padStart(2, "0");

  function words(left) {
    if (left <= 0) return "C'est l'heure";
    const minutes = Math.floor(left / 60);
    if (minutes >= 60) return `${Math.floor(minutes / 60)} h ${pad(minutes % 60)}`;
    return `${minutes}:${pad(left % 60)}`;
  }

  function count() {
    for (const timer of document.querySelectorAll("[data-until]")) {
      const left = Math.round((new Date(timer.dataset.until) - Date.now()) / 1000);
      timer.textContent = words(left);
      timer.classList.toggle("countdown--over", left <= 0);
    }
  }

  count();
  window.setInterval(count, 1000);
})();
