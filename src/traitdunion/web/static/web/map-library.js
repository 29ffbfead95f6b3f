// MapLibre, for every map that zooms: loaded once, when the first map of the page asks for it, and its
// words in French. `place`: the element whose `data-library` and `data-stylesheet` give its addresses.
(() => {
  "use strict";
  const WORDS = {
    "NavigationControl.ZoomIn": "Agrandir",
    "NavigationControl.ZoomOut": "Réduire",
    "NavigationControl.ResetBearing": "Remettre le nord en haut",
    "Marker.Title": "Repère",
    "AttributionControl.ToggleAttribution": "Sources",
    "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + molette pour zoomer",
    "CooperativeGesturesHandler.MacHelpText": "⌘ + molette pour zoomer",
    "CooperativeGesturesHandler.MobileHelpText": "Deux doigts pour déplacer la carte",
  };
  let library = null;

  function element(tag, fields) {
    return new Promise((done, failed) => {
      const made = Object.assign(document.createElement(tag), fields);
      made.onload = done;
      made.onerror = () => failed(new Error("maplibre"));
      document.head.append(made);
    });
  }

  function load(place) {
    library ||= Promise.all([
      element("link", { rel: "stylesheet", href: place.dataset.stylesheet }),
      element("script", { src: place.dataset.library }),
    ]).then(() => window.maplibregl);
    // A network that failed may be back at the next press.
    library.catch(() => { library = null; });
    return library;
  }

  const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

  // The style of a ground: the tiles of this site (`data-basemap`), else a plain colour.
  function ground(place) {
    const night = matchMedia("(prefers-color-scheme: dark)").matches;
    const style = { version: 8, sources: {}, layers: [{ id: "ground", type: "background", paint: { "background-color": token("--surface") } }] };
    if (!place.dataset.basemap) return style;
    style.sources.base = { type: "vector", tiles: [new URL(place.dataset.basemap, location.href).href.replace(/%7B/g, "{").replace(/%7D/g, "}")], minzoom: 6, maxzoom: 13, attribution: "© les contributeurs d'OpenStreetMap" };
    const fill = (layer, kind, color) => ({ id: `${layer}-${kind}`, type: "fill", source: "base", "source-layer": layer, filter: ["==", ["get", "kind"], kind], paint: { "fill-color": color } });
    const line = (layer, color, width, filter) => ({ id: `${layer}-${width}`, type: "line", source: "base", "source-layer": layer, ...(filter ? { filter } : {}), layout: { "line-cap": "round" }, paint: { "line-color": color, "line-width": ["interpolate", ["exponential", 1.5], ["zoom"], 7, width / 4, 13, width] } });
    const main = ["in", ["get", "kind"], ["literal", ["motorway", "trunk", "primary"]]];
    style.layers.push(
      fill("landuse", "wood", night ? "#26301f" : "#dfe6cf"),
      fill("landuse", "built", night ? "#332c24" : "#ebe1d0"),
      fill("building", "building", night ? "#463d31" : "#d8cab2"),
      fill("water", "water", night ? "#22404a" : "#bcd7de"),
      line("waterway", night ? "#2b515d" : "#a8cad3", 2),
      line("rail", night ? "#8b7f6c" : "#8a7d69", 1.5),
      line("road", night ? "#5b5244" : "#cfc0a6", 3, ["!", main]),
      line("road", night ? "#8a7d69" : "#b79f78", 5, main),
      { id: "places", type: "circle", source: "base", "source-layer": "place", paint: { "circle-opacity": 0 } },
    );
    return style;
  }

  window.traitdunionMaps = { ground, load, token, words: (title) => ({ ...WORDS, "Map.Title": title }) };
})();
