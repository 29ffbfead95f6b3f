// A map of places or of an area, opened on request; the list beside it says the same.
(() => {
  "use strict";
  const { load, words } = window.traitdunionMaps;

  async function contents(place) {
    if (place.dataset.placesInline) return JSON.parse(document.getElementById(place.dataset.placesInline).textContent);
    return (await fetch(place.dataset.places)).json();
  }

  function mark(feature) {
    const url = feature.properties.url;
    const made = document.createElement(url ? "a" : "span");
    if (url) made.href = url;
    else made.setAttribute("role", "img");
    made.className = "places__mark";
    made.setAttribute("aria-label", feature.properties.nom);
    made.title = feature.properties.nom;
    return made;
  }

  function corners(geometry) {
    if (geometry.type === "Point") return [geometry.coordinates];
    return geometry.coordinates.flat(geometry.type === "Polygon" ? 1 : 2);
  }

  async function draw(place, opener) {
    const gl = await load(place);
    const data = await contents(place);
    const reply = await fetch(place.dataset.contours).catch(() => null);
    const contours = reply && reply.ok ? await reply.json() : { type: "FeatureCollection", features: [] };
    const canvas = document.createElement("div");
    canvas.className = "map__canvas";
    place.append(canvas);
    const box = new gl.LngLatBounds();
    for (const feature of data.features) for (const corner of corners(feature.geometry)) box.extend(corner);
    if (box.isEmpty()) for (const feature of contours.features) for (const corner of corners(feature.geometry)) box.extend(corner);
    const map = new gl.Map({
      container: canvas,
      bounds: box.isEmpty() ? [[-5, 41.3], [9.6, 51.1]] : box,
      fitBoundsOptions: { padding: 48, maxZoom: 12 },
      attributionControl: false,
      locale: words("Carte des lieux"),
      cooperativeGestures: true,
      dragRotate: false,
      fadeDuration: 0,
      style: {
        version: 8,
        sources: { contours: { type: "geojson", data: contours }, area: { type: "geojson", data: { type: "FeatureCollection", features: data.features.filter((one) => one.geometry.type !== "Point") } } },
        layers: [
          { id: "ground", type: "background", paint: { "background-color": "#efe6d6" } },
          { id: "communes", type: "fill", source: "contours", paint: { "fill-color": "#f8f2e7" } },
          { id: "limits", type: "line", source: "contours", paint: { "line-color": "#d3c5ad", "line-width": 1 } },
          { id: "area", type: "fill", source: "area", paint: { "fill-color": "#0f4a4f", "fill-opacity": 0.3 } },
          { id: "edge", type: "line", source: "area", paint: { "line-color": "#0f4a4f", "line-width": 2 } },
        ],
      },
    });
    map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
    for (const feature of data.features) {
      if (feature.geometry.type === "Point") new gl.Marker({ element: mark(feature) }).setLngLat(feature.geometry.coordinates).addTo(map);
    }
    opener.hidden = true;
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-places], [data-places-inline]")) {
      const opener = document.createElement("button");
      opener.type = "button";
      opener.className = "button button--quiet";
      opener.textContent = "Voir sur une carte";
      place.append(opener);
      opener.addEventListener("click", () => draw(place, opener).catch(() => {
        for (const canvas of place.querySelectorAll(".map__canvas")) canvas.remove();
        opener.textContent = "La carte ne peut pas s'afficher sur cet appareil";
        opener.disabled = true;
      }));
    }
  });
})();
