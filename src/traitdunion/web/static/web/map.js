// The map of an answer, drawn when it comes into view; the table beside it says the same.
// Colours of the ground and of the lines: `style`, a layer each, by day and by night. A ride takes the
// colour of its line in the feed, if it has one. Colours of the two ends: `.map__mark` in style.css.
(() => {
  "use strict";
  const { load, words } = window.traitdunionMaps;
  const INK = "#262119";

  function mark(end) {
    const element = document.createElement("div");
    element.className = `map__mark map__mark--${end.kind}`;
    element.setAttribute("role", "img");
    element.setAttribute("aria-label", `${end.title} : ${end.name}`);
    const name = document.createElement("span");
    name.className = "map__mark-name";
    name.textContent = end.name;
    const dot = document.createElement("span");
    dot.className = "map__mark-dot";
    element.append(...(end.kind === "home" ? [name, dot] : [dot, name]));
    return element;
  }

  const dark = () => matchMedia("(prefers-color-scheme: dark)").matches;

  function style(data, contours) {
    const night = dark();
    return {
      version: 8,
      sources: {
        contours: { type: "geojson", data: contours || { type: "FeatureCollection", features: [] } },
        lines: { type: "geojson", data: data.lines },
      },
      layers: [
        { id: "ground", type: "background", paint: { "background-color": night ? "#2d2821" : "#efe6d6" } },
        { id: "communes", type: "fill", source: "contours", paint: { "fill-color": night ? "#37312a" : "#f8f2e7" } },
        { id: "limits", type: "line", source: "contours", paint: { "line-color": night ? "#5b5244" : "#d3c5ad", "line-width": 1 } },
        { id: "casing", type: "line", source: "lines", filter: ["!=", ["get", "kind"], "walk"], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": night ? "#f3ecdf" : INK, "line-width": 7 } },
        { id: "rides", type: "line", source: "lines", filter: ["!=", ["get", "kind"], "walk"], layout: { "line-cap": "round", "line-join": "round" }, paint: { "line-color": ["case", ["!=", ["get", "color"], ""], ["get", "color"], "#a3401a"], "line-width": 4.5 } },
        { id: "walks", type: "line", source: "lines", filter: ["==", ["get", "kind"], "walk"], layout: { "line-cap": "round" }, paint: { "line-color": night ? "#f3ecdf" : INK, "line-width": 3, "line-dasharray": [0.1, 2] } },
      ],
    };
  }

  function bounds(gl, data) {
    const box = new gl.LngLatBounds();
    for (const end of data.ends) box.extend(end.lngLat);
    for (const line of data.lines.features) for (const point of line.geometry.coordinates) box.extend(point);
    return box;
  }

  async function draw(place) {
    const canvas = place.querySelector("[data-canvas]");
    const note = place.querySelector("[data-note]");
    const data = JSON.parse(document.getElementById(place.dataset.map).textContent);
    try {
      const gl = await load(place);
      canvas.hidden = false;
      const reply = await fetch(place.dataset.contours).catch(() => null);
      const contours = reply && reply.ok ? await reply.json() : null;
      const map = new gl.Map({
        container: canvas,
        style: style(data, contours),
        bounds: bounds(gl, data),
        fitBoundsOptions: { padding: { top: 60, bottom: 40, left: 72, right: 72 }, maxZoom: 13 },
        locale: words("Carte du trajet"),
        attributionControl: false,
        cooperativeGestures: true,
        dragRotate: false,
        fadeDuration: 0,
      });
      map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
      for (const end of data.ends) new gl.Marker({ element: mark(end), anchor: end.kind === "home" ? "bottom" : "top", offset: [0, end.kind === "home" ? 9 : -9] }).setLngLat(end.lngLat).addTo(map);
      note.textContent = "Le trajet en traits, les communes en fond ; le tableau dit la même chose.";
    } catch {
      canvas.hidden = true;
      note.textContent = "La carte ne peut pas s'afficher sur cet appareil : le tableau dit la même chose.";
    }
    note.hidden = false;
  }

  const seen = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      draw(entry.target);
    }
  }, { rootMargin: "200px" });

  const watch = (root) => root.querySelectorAll("[data-map]").forEach((place) => seen.observe(place));
  document.addEventListener("DOMContentLoaded", () => watch(document));
})();
