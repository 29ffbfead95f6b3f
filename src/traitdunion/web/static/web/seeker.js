// Keeps on this device the answers it has read, for want of a network, and erases them when asked.
(() => {
  "use strict";
  const place = document.querySelector("[data-offline]");
  if (!place || !navigator.serviceWorker) return;
  navigator.serviceWorker.register(place.dataset.offline).then(
    () => { place.hidden = false; },
    () => {},
  );
  place.querySelector("button").addEventListener("click", async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => name.startsWith("mon-trajet")).map((name) => caches.delete(name)));
    place.querySelector("[role=status]").textContent = place.dataset.erased;
  });
})();
