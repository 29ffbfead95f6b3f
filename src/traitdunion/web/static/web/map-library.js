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

  window.traitdunionMaps = { load, words: (title) => ({ ...WORDS, "Map.Title": title }) };
})();
