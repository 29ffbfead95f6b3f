// The map of reach that zooms: asked for by its button, never before. Ground: the tiles of this site
// (`data-basemap`), a style that the host names (`data-style`), or the outlines of communes alone.
// Names are written as HTML: no glyph file is needed, and they take the font of the page.
(() => {
  "use strict";
  const { ground, load, token, words } = window.traitdunionMaps;
  const NAMES = { city: 5, town: 4, village: 3, suburb: 2, hamlet: 1, locality: 0 };
  const STREETS_FROM = 14;
  const place = document.querySelector("[data-zoom]");

  // Stripes, hatches and dots as in the drawing: colour is never alone.
  function pattern(kind) {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 12;
    const pen = canvas.getContext("2d");
    pen.lineWidth = 2;
    pen.strokeStyle = pen.fillStyle = token({ c4: "--reach-line", hors: "--reach-hatch" }[kind] || "--reach-dot");
    if (kind === "c4") { pen.fillStyle = token("--reach-4"); pen.fillRect(0, 0, 12, 12); pen.beginPath(); pen.moveTo(0, 6); pen.lineTo(12, 6); pen.stroke(); }
    if (kind === "hors") { pen.beginPath(); for (const d of [-12, 0, 12]) { pen.moveTo(d, 12); pen.lineTo(d + 12, 0); } pen.stroke(); }
    if (kind === "a-verifier" || kind === "sans-prix") { pen.beginPath(); pen.arc(6, 6, kind === "sans-prix" ? 3 : 1.6, 0, 7); pen.fill(); }
    return pen.getImageData(0, 0, 12, 12);
  }

  function communes(map, data) {
    map.addSource("communes", { type: "geojson", data });
    const before = map.getLayer("places") ? "places" : undefined;
    const plain = { c1: "--reach-1", c2: "--reach-2", c3: "--reach-3", domicile: "--warm" };
    for (const [kind, name] of Object.entries(plain)) map.addLayer({ id: `fill-${kind}`, type: "fill", source: "communes", filter: ["==", ["get", "classe"], kind], paint: { "fill-color": token(name), "fill-opacity": 0.6 } }, before);
    for (const kind of ["c4", "hors", "a-verifier", "sans-prix"]) {
      map.addImage(kind, pattern(kind));
      map.addLayer({ id: `fill-${kind}`, type: "fill", source: "communes", filter: ["==", ["get", "classe"], kind], paint: { "fill-pattern": kind, "fill-opacity": 0.75 } }, before);
    }
    map.addLayer({ id: "limits", type: "line", source: "communes", paint: { "line-color": token("--line-strong"), "line-width": 0.8 } }, before);
    map.addLayer({ id: "picked", type: "line", source: "communes", filter: ["==", ["get", "code_insee"], ""], paint: { "line-color": token("--ink"), "line-width": 3 } });
    const fills = [...Object.keys(plain), "c4", "hors", "a-verifier", "sans-prix"].map((kind) => `fill-${kind}`);
    const under = (event) => map.queryRenderedFeatures(event.point, { layers: fills })[0];
    map.on("mousemove", (event) => {
      const code = under(event) ? under(event).properties.code_insee : "";
      map.setFilter("picked", ["==", ["get", "code_insee"], code]);
      window.traitdunionReach.pick(code);
    });
    map.on("click", (event) => { if (under(event)) window.traitdunionReach.pick(under(event).properties.code_insee); });
  }

  // A place taken by a click, or by Enter at the middle of the map: its coordinates are typed for one.
  function choosing(gl, map) {
    const choice = document.querySelector("[data-choice]");
    if (!choice) return;
    let pin;
    function choose(at) {
      const typed = `${at.lat.toFixed(5)},${at.lng.toFixed(5)}`;
      for (const [name, field] of [["home", "domicile"], ["work", "travail"]]) {
        const link = choice.querySelector(`[data-choose="${name}"]`);
        const address = new URL(link.href);
        address.searchParams.set(field, typed);
        link.href = address.href;
      }
      choice.querySelector("[data-point]").textContent = typed.replace(",", ", ");
      choice.hidden = false;
      if (!pin) {
        pin = new gl.Marker({ color: token("--warm") }).setLngLat(at).addTo(map);
        pin.getElement().setAttribute("aria-hidden", "true");
        pin.getElement().removeAttribute("aria-label");
        pin.getElement().removeAttribute("role");
      }
      pin.setLngLat(at);
    }
    map.on("click", (event) => choose(event.lngLat));
    map.getCanvas().addEventListener("keydown", (event) => { if (event.key === "Enter") choose(map.getCenter()); });
    window.traitdunionReach.choose = choose;
  }

  // Without tiles, the names of communes; with them, those of places: the largest first, none over another.
  function names(gl, map, data) {
    let markers = [];
    function candidates() {
      if (map.getLayer("places")) {
        const places = map.queryRenderedFeatures({ layers: ["places"] }).map((f) => ({ name: f.properties.name, rank: NAMES[f.properties.kind] || 0, at: f.geometry.coordinates }));
        const streets = map.getZoom() < STREETS_FROM ? [] : map.queryRenderedFeatures({ layers: ["road-3", "road-5"] }).filter((f) => f.properties.name && f.geometry.type === "LineString");
        // Out of the extract nothing is known but the communes.
        if (places.length + streets.length) return [...places, ...streets.map((f) => ({ name: f.properties.name, rank: -1, at: f.geometry.coordinates[f.geometry.coordinates.length >> 1] }))];
      }
      return data.features.filter((f) => f.geometry).map((f) => ({ name: f.properties.commune, rank: f.properties.classe === "domicile" ? 2 : f.properties.aller_et_retour === "oui" ? 1 : 0, at: middle(f.geometry) }));
    }
    function write() {
      markers.forEach((marker) => marker.remove());
      markers = [];
      const boxes = [];
      const seen = new Set();
      for (const { name, at } of candidates().sort((a, b) => b.rank - a.rank)) {
        const point = map.project(at);
        const half = name.length * 4 + 8;
        const box = [point.x - half, point.y - 11, point.x + half, point.y + 11];
        if (seen.has(name) || boxes.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) continue;
        seen.add(name);
        boxes.push(box);
        const text = document.createElement("span");
        text.className = "reach__place";
        text.textContent = name;
        text.setAttribute("aria-hidden", "true");
        markers.push(new gl.Marker({ element: text }).setLngLat(at).addTo(map));
        text.removeAttribute("role");
        text.removeAttribute("aria-label");
      }
      place.dataset.names = String(markers.length);
    }
    map.on("idle", () => { if (place.dataset.drawn !== "moving") write(); });
    map.on("movestart", () => { place.dataset.drawn = "moving"; });
    map.on("moveend", () => { place.dataset.drawn = "still"; });
  }

  function middle(geometry) {
    const rings = geometry.type === "Polygon" ? [geometry.coordinates[0]] : geometry.coordinates.map((part) => part[0]);
    const ring = rings.reduce((a, b) => (b.length > a.length ? b : a));
    const xs = ring.map((p) => p[0]), ys = ring.map((p) => p[1]);
    return [(Math.min(...xs) + Math.max(...xs)) / 2, (Math.min(...ys) + Math.max(...ys)) / 2];
  }

  function box(gl, data) {
    const bounds = new gl.LngLatBounds();
    const walk = (points) => (typeof points[0] === "number" ? bounds.extend(points) : points.forEach(walk));
    data.features.forEach((feature) => feature.geometry && walk(feature.geometry.coordinates));
    return place.dataset.bounds ? JSON.parse(place.dataset.bounds) : bounds;
  }

  async function draw() {
    const button = place.querySelector("[data-open]");
    const canvas = document.createElement("div");
    canvas.className = "reach__canvas";
    try {
      button.disabled = true;
      const [data, gl] = await Promise.all([fetch(place.dataset.communes).then((reply) => reply.json()), load(place)]);
      place.append(canvas);
      const map = new gl.Map({
        container: canvas,
        style: place.dataset.style || ground(place),
        bounds: box(gl, data),
        fitBoundsOptions: { padding: 16 },
        locale: words("Carte des communes à portée"),
        cooperativeGestures: true,
        dragRotate: false,
        fadeDuration: 0,
        attributionControl: { compact: false },
      });
      map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
      map.on("load", () => {
        communes(map, data);
        choosing(gl, map);
        if (!place.dataset.style) names(gl, map, data);
        place.dataset.drawn = "still";
        button.remove();
        document.querySelector("[data-drawing]").setAttribute("hidden", "");
        window.traitdunionReach.map = map;
      });
    } catch {
      canvas.remove();
      button.disabled = false;
      button.textContent = "La carte ne peut pas s'agrandir sur cet appareil ; le tableau dit la même chose.";
    }
  }
  draw();
})();
