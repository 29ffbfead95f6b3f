// Served as /mon-trajet/hors-ligne.js, so that it answers for the pages of /mon-trajet/ alone.
// The network first; without one, what this device has already read. Pages of those who sign in
// say "no-store" and are never kept.
"use strict";

const CACHE = "mon-trajet-1";
const MOST = 40;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

async function keep(request, response) {
  if (!response.ok || response.redirected || response.type !== "basic") return;
  if ((response.headers.get("Cache-Control") || "").includes("no-store")) return;
  const cache = await caches.open(CACHE);
  await cache.put(request, response);
  const kept = await cache.keys();
  await Promise.all(kept.slice(0, Math.max(kept.length - MOST, 0)).map((old) => cache.delete(old)));
}

async function answer(event) {
  try {
    const response = await fetch(event.request);
    event.waitUntil(keep(event.request, response.clone()));
    return response;
  } catch (failure) {
    const kept = await caches.match(event.request, { cacheName: CACHE, ignoreVary: true });
    if (kept) return kept;
    throw failure;
  }
}

self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== self.location.origin) return;
  const page = event.request.mode === "navigate" &&
    (pathname === "{% url 'desk:seeker' %}" || pathname === "{% url 'desk:seeker-sheet' %}");
  if (page || pathname.startsWith("{{ static_prefix }}")) event.respondWith(answer(event));
});
