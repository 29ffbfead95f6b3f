// The question: an editor for each of its parts, one question at a time, and those asked lately.
(() => {
  "use strict";
  const KEPT = "traitdunion.questions";
  const ASKED = "traitdunion.asked";
  const MOST = 6;
  const KEPT_MS = 7 * 86_400_000;
  const PATIENCE_MS = 300;

  const form = document.querySelector("[data-question]");

  // -- Back keeps the form: what was typed stays with this entry of the history, in this tab. -------

  function remember() {
    const pairs = [...new FormData(form)].filter(([, value]) => typeof value === "string");
    history.replaceState({ ...history.state, question: pairs, at: form.dataset.at }, "");
  }

  function restore() {
    const kept = history.state && history.state.question;
    if (!kept) return;
    const values = new Map();
    for (const [name, value] of kept) values.set(name, [...(values.get(name) || []), value]);
    for (const field of form.elements) {
      if (!field.name) continue;
      const said = values.get(field.name) || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = said.includes(field.value);
      else if (said.length) field.value = said[0];
    }
    if (form.dataset.at && history.state.at) go(Number(history.state.at), false);
  }

  // -- one question at a time -------------------------------------------------------------------

  const steps = () => document.querySelectorAll("[data-step-list] li");
  const value = (name) => form.elements[name].value.trim();

  function said(step) {
    if (step === 1) return value("domicile");
    if (step === 2) return value("travail");
    return `${value("debut")} – ${value("fin")}`;
  }

  function go(step, focus = true) {
    form.dataset.at = String(step);
    steps().forEach((item, number) => {
      if (number + 1 === step) item.setAttribute("aria-current", "step");
      else item.removeAttribute("aria-current");
    });
    const line = document.querySelector("[data-asked]");
    line.replaceChildren();
    line.hidden = step === 1;
    for (let before = 1; before < step; before += 1) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = said(before);
      button.setAttribute("aria-label", `${said(before)} : changer`);
      button.addEventListener("click", () => go(before));
      if (before > 1) line.append(before === 2 ? " → " : " · ");
      line.append(button);
    }
    if (!focus) return;
    const first = form.querySelector(`[data-step="${step}"] :is(input, select)`);
    if (first) first.focus();
  }

  function next() {
    const at = Number(form.dataset.at);
    const field = at < 3 ? form.elements[at === 1 ? "domicile" : "travail"] : null;
    if (field && !field.value.trim()) {
      field.setCustomValidity("Indiquez une commune, par son nom ou son code postal.");
      field.reportValidity();
      field.addEventListener("input", () => field.setCustomValidity(""), { once: true });
      return;
    }
    go(at + 1);
  }

  // -- editors ----------------------------------------------------------------------------------

  function edit(part) {
    const editor = document.getElementById("editeur");
    if (!editor) return false;
    editor.hidden = false;
    if (part) form.dataset.only = part;
    else delete form.dataset.only;
    const first = form.querySelector(part ? `[data-part="${part}"] :is(input, select)` : "input");
    first.focus();
    return true;
  }

  // Lines of hours that were not asked for are not sent: the address stays short.
  function folding() {
    const roster = form.querySelector("[data-roster]");
    if (!roster) return;
    const grid = roster.querySelector("[data-roster-grid]");
    const follow = () => { grid.disabled = !roster.open; };
    roster.addEventListener("toggle", follow);
    follow();
  }

  // -- questions asked lately, on this device only ------------------------------------------------

  function lately() {
    try {
      return JSON.parse(localStorage.getItem(KEPT) || "[]").filter((one) => Date.now() - one.at < KEPT_MS);
    } catch {
      return []; // storage is refused: nothing is kept
    }
  }

  function keep() {
    const title = document.querySelector(".verdict__title");
    if (!title) return;
    const parts = [...document.querySelectorAll(".question-line__part")].map((part) => part.firstChild.textContent);
    const query = new URLSearchParams(location.search);
    for (const name of ["modifier", "page"]) query.delete(name);
    const url = `/?${query}`;
    const one = { url, ends: parts.slice(0, 2).join(" → "), when: parts.slice(2, 4).join(", "), verdict: title.textContent, at: Date.now() };
    try {
      localStorage.setItem(KEPT, JSON.stringify([one, ...lately().filter((other) => other.url !== url)].slice(0, MOST)));
    } catch {
      // storage is refused: nothing is kept
    }
  }

  function showLately() {
    const place = document.querySelector("[data-recent]");
    if (!place) return;
    const asked = lately().filter((one) => typeof one.url === "string" && one.url.startsWith("/?"));
    if (!asked.length) return;
    place.querySelector("[data-recent-list]").replaceChildren(...asked.map((one) => {
      const item = document.createElement("li");
      const link = document.createElement("a");
      const small = document.createElement("small");
      link.href = one.url;
      link.textContent = one.ends;
      small.textContent = `${one.when} · ${one.verdict}`;
      link.append(small);
      item.append(link);
      return item;
    }));
    place.hidden = false;
    place.querySelector("[data-forget]").addEventListener("click", () => {
      localStorage.removeItem(KEPT);
      place.hidden = true;
    });
  }

  // ---------------------------------------------------------------------------------------------

  if (form) {
    form.addEventListener("submit", (event) => {
      const at = Number(form.dataset.at || 4);
      if (at < 4) {
        event.preventDefault();
        next();
        return;
      }
      remember();
      sessionStorage.setItem(ASKED, "1");
      // An answer comes in less: only then is it said that it is being computed.
      setTimeout(() => {
        const main = document.getElementById("contenu");
        main.setAttribute("aria-busy", "true");
        form.querySelector("[data-wait]").textContent = `Calcul en cours : ${value("domicile")} – ${value("travail")}…`;
      }, PATIENCE_MS);
    });
    const button = form.querySelector("[data-next]");
    if (button) button.addEventListener("click", next);
    // Asked one at a time, a place taken from the list is an answer: the next question comes.
    form.addEventListener("place-chosen", () => {
      if (Number(form.dataset.at || 4) < 4) next();
    });
    for (const link of document.querySelectorAll("[data-edit]")) {
      link.addEventListener("click", (event) => {
        if (edit(link.dataset.edit)) event.preventDefault();
      });
    }
    folding();
    if (form.dataset.at) restore();
  }
  // Who has just asked reads on from the verdict.
  if (sessionStorage.getItem(ASKED)) {
    sessionStorage.removeItem(ASKED);
    const title = document.querySelector(".verdict__title");
    if (title) title.focus({ preventScroll: true });
  }
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) document.getElementById("contenu").removeAttribute("aria-busy");
  });
  keep();
  showLately();
})();
