// The map of a scenario: communes gained and lost, stops, zones and lines of its changes. With a form
// of a change open, a click fills in its place, as typing does; Enter does at the middle of the map.
(() => {
  "use strict";
  const { ground, load, token, words } = window.traitdunionMaps;
  const NEAR_PX = 14;
  const KM_DEG = 1 / 111.2;
  const STEP_MIN = 10;

  const collection = (features) => ({ type: "FeatureCollection", features });
  const point = (lat, lon, properties) => ({ type: "Feature", properties, geometry: { type: "Point", coordinates: [lon, lat] } });

  // A ring so many kilometres around a place, straight: roads are longer, people see how far at most.
  function ring({ lat, lon, km, nom }) {
    const corners = Array.from({ length: 65 }, (_, n) => {
      const turn = (n * Math.PI) / 32;
      return [lon + (km * KM_DEG * Math.cos(turn)) / Math.cos((lat * Math.PI) / 180), lat + km * KM_DEG * Math.sin(turn)];
    });
    return { type: "Feature", properties: { nom }, geometry: { type: "Polygon", coordinates: [corners] } };
  }

  function hatch() {
    const canvas = document.createElement("canvas");
    canvas.width = canvas.height = 10;
    const pen = canvas.getContext("2d");
    pen.fillStyle = token("--warm-soft") || token("--surface");
    pen.fillRect(0, 0, 10, 10);
    pen.strokeStyle = token("--warm");
    pen.lineWidth = 3;
    pen.beginPath();
    for (const d of [-10, 0, 10]) { pen.moveTo(d, 10); pen.lineTo(d + 10, 0); }
    pen.stroke();
    return pen.getImageData(0, 0, 10, 10);
  }

  function layers(map, data, contours) {
    for (const feature of contours.features) feature.properties.etat = data.etats[feature.properties.code] || "";
    map.addImage("perd", hatch());
    const source = (id, features) => map.addSource(id, { type: "geojson", data: collection(features) });
    source("contours", contours.features);
    source("zones", data.zones.map(ring));
    source("lignes", data.lignes.map((line) => ({ type: "Feature", properties: {}, geometry: { type: "LineString", coordinates: line.map(([lat, lon]) => [lon, lat]) } })));
    source("arrets", data.arrets.map(([, nom, lat, lon]) => point(lat, lon, { nom })));
    source("points", data.points.map(([nom, lat, lon]) => point(lat, lon, { nom })));
    const fill = (state, paint) => map.addLayer({ id: state, type: "fill", source: "contours", filter: ["==", ["get", "etat"], state], paint });
    fill("gagne", { "fill-color": token("--accent"), "fill-opacity": 0.75 });
    fill("ouvre", { "fill-color": token("--accent"), "fill-opacity": 0.35 });
    fill("perd", { "fill-pattern": "perd", "fill-opacity": 0.85 });
    map.addLayer({ id: "limits", type: "line", source: "contours", paint: { "line-color": token("--line-strong"), "line-width": 0.8 } });
    map.addLayer({ id: "zones", type: "line", source: "zones", paint: { "line-color": token("--ink"), "line-width": 2, "line-dasharray": [2, 1.5] } });
    map.addLayer({ id: "lignes", type: "line", source: "lignes", paint: { "line-color": token("--ink"), "line-width": 3 } });
    const dot = (id, radius, color) => map.addLayer({ id, type: "circle", source: id, paint: { "circle-radius": radius, "circle-color": color, "circle-stroke-color": token("--surface"), "circle-stroke-width": 1.5 } });
    dot("arrets", ["interpolate", ["linear"], ["zoom"], 7, 1.8, 12, 6], token("--ink-soft"));
    dot("points", 7, token("--warm"));
  }

  // Names of the largest communes, none over another.
  function names(gl, map, data) {
    let markers = [];
    function write() {
      markers.forEach((marker) => marker.remove());
      markers = [];
      const boxes = [];
      for (const [, nom, lat, lon] of data.communes) {
        const at = map.project([lon, lat]);
        const half = nom.length * 4 + 10;
        const box = [at.x - half, at.y - 12, at.x + half, at.y + 12];
        const { clientWidth, clientHeight } = map.getCanvas();
        if (box[0] < 0 || box[1] < 0 || box[2] > clientWidth || box[3] > clientHeight) continue;
        if (boxes.some((b) => box[0] < b[2] && b[0] < box[2] && box[1] < b[3] && b[1] < box[3])) continue;
        boxes.push(box);
        const text = document.createElement("span");
        text.className = "scenario-place__name";
        text.textContent = nom;
        text.setAttribute("aria-hidden", "true");
        markers.push(new gl.Marker({ element: text, anchor: "bottom" }).setLngLat([lon, lat]).addTo(map));
        text.removeAttribute("role");
        text.removeAttribute("aria-label");
        if (boxes.length >= 14) break;
      }
    }
    map.on("idle", write);
  }

  // The commune under a point: by its outline, else by the nearest centre.
  function communeAt(map, data, at) {
    const layer = map.queryRenderedFeatures(map.project(at), { layers: ["under"] })[0];
    const code = layer && layer.properties.code;
    const known = data.communes.find((one) => one[0] === code);
    if (known) return known;
    const squeeze = Math.cos((at.lat * Math.PI) / 180);
    const far = ([, , lat, lon]) => Math.hypot((lon - at.lng) * squeeze, lat - at.lat);
    return data.communes.reduce((a, b) => (far(b) < far(a) ? b : a));
  }

  // The stop pressed, else the point, written as the form reads it: « 45.04321,3.88512 Le pont ».
  function placeAt(map, data, at) {
    const pressed = map.project(at);
    let best = null;
    for (const stop of data.arrets) {
      const seen = map.project([stop[3], stop[2]]);
      const far = Math.hypot(seen.x - pressed.x, seen.y - pressed.y);
      if (far <= NEAR_PX && (!best || far < best.far)) best = { far, stop };
    }
    if (best) return { typed: best.stop[0], nom: best.stop[1] };
    const nom = communeAt(map, data, at)[1];
    return { typed: `${at.lat.toFixed(5)},${at.lng.toFixed(5)} ${nom}`, nom: `un point à ${nom}` };
  }

  function later(hour) {
    const [h, m] = hour.split(":").map(Number);
    const minutes = (h * 60 + m + STEP_MIN) % 1440;
    return `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
  }

  function placing(gl, map, data, place, field) {
    const note = place.querySelector("[data-note]");
    const hour = place.querySelector("[data-hour]");
    let pin;
    function put(at) {
      if (field.tagName === "SELECT") {
        const [code, nom] = communeAt(map, data, at);
        if (![...field.options].some((option) => option.value === code)) return;
        field.value = code;
        note.textContent = `${nom} : c'est écrit dans le formulaire.`;
      } else if (field.tagName === "TEXTAREA") {
        const { typed, nom } = placeAt(map, data, at);
        const lines = field.value.trimEnd();
        field.value = `${lines}${lines ? "\n" : ""}${hour.value} ${typed}`;
        note.textContent = `${nom}, à ${hour.value} : c'est écrit dans le formulaire. L'heure suivante est proposée.`;
        hour.value = later(hour.value);
      } else {
        const { typed, nom } = placeAt(map, data, at);
        field.value = typed;
        note.textContent = `${nom} : c'est écrit dans le formulaire.`;
      }
      field.dispatchEvent(new Event("input", { bubbles: true }));
      if (!pin || field.tagName === "TEXTAREA") {
        pin = new gl.Marker({ color: token("--warm") }).setLngLat(at).addTo(map);
        pin.getElement().setAttribute("aria-hidden", "true");
        pin.getElement().removeAttribute("aria-label");
        pin.getElement().removeAttribute("role");
      }
      pin.setLngLat(at);
    }
    map.on("click", (event) => put(event.lngLat));
    map.getCanvas().addEventListener("keydown", (event) => { if (event.key === "Enter") put(map.getCenter()); });
    window.traitdunionScenario = { put };
  }

  function bounds(gl, data, contours) {
    const box = new gl.LngLatBounds();
    const walk = (corners) => (typeof corners[0] === "number" ? box.extend(corners) : corners.forEach(walk));
    contours.features.forEach((feature) => feature.geometry && walk(feature.geometry.coordinates));
    if (box.isEmpty()) for (const [, , lat, lon] of data.communes) box.extend([lon, lat]);
    return box;
  }

  async function open(place, opener) {
    opener.disabled = true;
    const [gl, contours] = await Promise.all([load(place), fetch(place.dataset.contours).then((reply) => reply.json())]);
    const data = JSON.parse(document.getElementById("carte-du-scenario").textContent);
    const canvas = document.createElement("div");
    canvas.className = "scenario-place__canvas";
    place.append(canvas);
    const map = new gl.Map({
      container: canvas, bounds: bounds(gl, data, contours), fitBoundsOptions: { padding: 16 },
      style: place.dataset.style || ground(place), locale: words("Carte du scénario"),
      cooperativeGestures: true, dragRotate: false, fadeDuration: 0, attributionControl: { compact: false },
    });
    map.addControl(new gl.NavigationControl({ showCompass: false }), "top-right");
    map.on("load", () => {
      layers(map, data, contours);
      map.addLayer({ id: "under", type: "fill", source: "contours", paint: { "fill-opacity": 0 } });
      names(gl, map, data);
      const field = document.querySelector("[data-placed]");
      if (field) placing(gl, map, data, place, field);
      place.querySelectorAll("[data-with-map]").forEach((part) => { part.hidden = false; });
      opener.remove();
      place.dataset.drawn = "yes";
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    const place = document.querySelector("[data-scenario-map]");
    if (!place) return;
    const opener = place.querySelector("[data-open]");
    if (!opener) return;
    opener.hidden = false;
    const start = () => open(place, opener).catch(() => {
      opener.disabled = true;
      opener.textContent = "La carte ne peut pas s'afficher sur cet appareil ; le formulaire et le tableau suffisent.";
    });
    opener.addEventListener("click", start);
    if (new URLSearchParams(location.search).has("carte")) start();
  });
})();
