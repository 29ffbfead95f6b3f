// Drawing the area of a service on a map; the text field beside it holds the same and suffices.
(() => {
  "use strict";
  const { load, words } = window.traitdunionMaps;

  const button = (text) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "button button--quiet";
    made.textContent = text;
    return made;
  };

  function geometryOf(text) {
    try {
      const content = JSON.parse(text);
      return content.geometry || content;
    } catch {
      return null;
    }
  }

  // Corners of an outline in one piece; null for what a click would spoil: several parts, holes.
  function points(text) {
    const geometry = geometryOf(text);
    if (!geometry) return [];
    return geometry.type === "Polygon" && geometry.coordinates.length === 1 ? geometry.coordinates[0].slice(0, -1) : null;
  }

  function shown(corners) {
    const features = [];
    if (corners.length > 2) features.push({ type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...corners, corners[0]]] } });
    for (const corner of corners) features.push({ type: "Feature", properties: {}, geometry: { type: "Point", coordinates: corner } });
    return { type: "FeatureCollection", features };
  }

  async function open(place, area, opener) {
    const gl = await load(place);
    opener.hidden = true;
    const canvas = document.createElement("div");
    canvas.className = "map__canvas";
    canvas.setAttribute("role", "application");
    canvas.setAttribute("aria-label", "Carte : chaque clic ajoute un sommet au contour");
    const back = button("Effacer le dernier sommet");
    const again = button("Tout effacer");
    const bar = document.createElement("p");
    bar.className = "form__actions";
    bar.append(back, again);
    place.append(canvas, bar);
    const drawn = points(area.value);
    let corners = drawn || [];
    let whole = drawn ? null : geometryOf(area.value);
    const note = document.createElement("p");
    note.setAttribute("role", "status");
    note.textContent = whole ? "Ce contour a plusieurs parties, ou des trous : il se modifie dans le texte. « Tout effacer » permet d'en dessiner un autre." : "";
    bar.after(note);
    const reply = await fetch(place.dataset.contours).catch(() => null);
    const contours = reply && reply.ok ? await reply.json() : { type: "FeatureCollection", features: [] };
    // Without a corner yet, a commune from the middle of the list, else the whole of France.
    const shownFirst = contours.features[Math.floor(contours.features.length / 2)];
    const middle = shownFirst ? shownFirst.geometry.coordinates.flat(Infinity).slice(0, 2) : [2.5, 46.6];
    const map = new gl.Map({
      container: canvas,
      center: corners[0] || middle,
      zoom: corners.length ? 9.5 : shownFirst ? 8 : 5,
      attributionControl: false,
      dragRotate: false,
      locale: words("Carte du contour"),
      fadeDuration: 0,
      style: {
        version: 8,
        sources: { contours: { type: "geojson", data: contours }, area: { type: "geojson", data: whole ? { type: "Feature", properties: {}, geometry: whole } : shown(corners) } },
        layers: [
          { id: "ground", type: "background", paint: { "background-color": "#efe6d6" } },
          { id: "communes", type: "fill", source: "contours", paint: { "fill-color": "#f8f2e7" } },
          { id: "limits", type: "line", source: "contours", paint: { "line-color": "#d3c5ad", "line-width": 1 } },
          { id: "area", type: "fill", source: "area", filter: ["!=", ["geometry-type"], "Point"], paint: { "fill-color": "#0f4a4f", "fill-opacity": 0.3 } },
          { id: "edge", type: "line", source: "area", filter: ["!=", ["geometry-type"], "Point"], paint: { "line-color": "#0f4a4f", "line-width": 2 } },
          { id: "corners", type: "circle", source: "area", filter: ["==", ["geometry-type"], "Point"], paint: { "circle-radius": 6, "circle-color": "#a3401a", "circle-stroke-color": "#fffdf8", "circle-stroke-width": 2 } },
        ],
      },
    });
    map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
    function keep(changed) {
      corners = changed;
      whole = null;
      note.textContent = "";
      const source = map.getSource("area");
      if (source) source.setData(shown(corners));
      area.value = corners.length > 2 ? JSON.stringify({ type: "Polygon", coordinates: [[...corners, corners[0]]] }) : "";
    }
    const rounded = (degrees) => Math.round(degrees * 1e5) / 1e5;
    map.on("click", (event) => whole || keep([...corners, [rounded(event.lngLat.lng), rounded(event.lngLat.lat)]]));
    back.addEventListener("click", () => whole || keep(corners.slice(0, -1)));
    again.addEventListener("click", () => keep([]));
  }

  document.addEventListener("DOMContentLoaded", () => {
    for (const place of document.querySelectorAll("[data-area]")) {
      const area = place.querySelector("textarea");
      const opener = button("Dessiner sur une carte");
      place.append(opener);
      opener.addEventListener("click", () => open(place, area, opener).catch(() => { opener.textContent = "La carte ne peut pas s'afficher sur cet appareil"; }));
    }
  });
})();
