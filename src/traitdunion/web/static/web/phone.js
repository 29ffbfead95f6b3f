// A phone that loses the network loses nothing: what is sent waits on the phone until it is kept,
// and what is refused stays on the page with its reason. Each sending has its own key, so that one
// sent twice is kept once. The page follows the room: it reloads when the room moves on.
(() => {
  "use strict";
  const PAGE = window.location.pathname;
  const STORE = "trait-d-union:" + PAGE;
  const KEPT = STORE + ":kept";
  const SAID = STORE + ":said";
  const AGAIN_MS = 4000;
  const FOLLOW_MS = 6000;
  const TYPED = ["texte", "vu", "levier", "organisation"];
  let busy = false;

  const list = (name) => JSON.parse(window.localStorage.getItem(name) || "[]");
  const keep = (name, value) => window.localStorage.setItem(name, JSON.stringify(value));
  const read = () => list(STORE);
  const write = (queue) => keep(STORE, queue);

  // crypto.randomUUID asks for HTTPS, which a room on its own network has not.
  function key() {
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  function tell(text) {
    const place = document.querySelector("[data-waiting]");
    if (!place) return;
    place.textContent = text;
    place.hidden = text === "";
  }

  function count() {
    const n = read().length;
    tell(n === 0 ? "" : n === 1 ? "Un envoi attend le réseau : gardez cette page ouverte, il partira."
      : `${n} envois attendent le réseau : gardez cette page ouverte, ils partiront.`);
  }

  const words = (sent) => TYPED.map((name) => sent[name]).filter(Boolean).join(" – ");
  const typing = () => [...document.querySelectorAll("textarea, input[type=text]")].some((one) => one.value !== one.defaultValue);

  // The form that a sending came from, where the page still has it.
  function formOf(sent) {
    const name = sent.axe ? "axe" : "situation";
    return [...document.querySelectorAll("form[data-queue]")].find(
      (form) => sent[name] && form.elements[name] && form.elements[name].value === sent[name]);
  }

  function putBack(sent) {
    const form = formOf(sent);
    if (!form) return false;
    const box = form.closest("details");
    if (box) box.open = true;
    TYPED.forEach((name) => { if (form.elements[name] && sent[name]) form.elements[name].value = sent[name]; });
    return true;
  }

  // What was refused: its reason, its words, and what to do of them.
  function showKept() {
    const place = document.querySelector("[data-kept]");
    if (!place) return;
    place.replaceChildren(...list(KEPT).map((one, n) => {
      const box = document.createElement("div");
      box.className = "alert alert--no";
      const why = document.createElement("p");
      why.className = "alert__title";
      why.textContent = "Pas envoyé : " + one.message;
      const said = document.createElement("p");
      said.textContent = words(one.sent);
      const actions = document.createElement("p");
      actions.className = "form__actions";
      const drop = () => { keep(KEPT, list(KEPT).filter((_, place) => place !== n)); showKept(); };
      const choices = [["Abandonner ces mots", drop]];
      if (formOf(one.sent)) choices.unshift(["Reprendre ces mots", () => { putBack(one.sent); drop(); }]);
      choices.forEach(([label, act]) => {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "button button--quiet";
        button.textContent = label;
        button.addEventListener("click", act);
        actions.append(button);
      });
      box.append(why, said, actions);
      return box;
    }));
  }

  async function flush() {
    if (busy) return;
    busy = true;
    let said = "";
    let left = false;
    try {
      while (read().length > 0) {
        const [first] = read();
        const answer = await fetch(PAGE, {
          method: "POST",
          credentials: "same-origin",
          headers: { Accept: "application/json" },
          body: new URLSearchParams(first),
        });
        if (answer.status >= 500 || answer.status === 429) break;
        const told = answer.headers.get("Content-Type") === "application/json" ? await answer.json() : null;
        if (!told) throw new Error("not ours");
        said = told.message;
        left = left || answer.ok;
        if (!answer.ok && words(first)) keep(KEPT, [...list(KEPT), { message: said, sent: first }]);
        write(read().slice(1));
      }
    } catch {
      // No network, or an answer that is not the site's: what waits goes on waiting.
    }
    busy = false;
    count();
    showKept();
    if (read().length === 0 && left && !typing()) {
      window.sessionStorage.setItem(SAID, said);
      window.location.reload();
    } else if (said) tell(said);
  }

  async function follow() {
    const page = document.querySelector("[data-follow]");
    if (!page || document.hidden || busy || read().length > 0) return;
    try {
      const answer = await fetch(page.dataset.follow, { credentials: "same-origin" });
      if (!answer.ok) return;
      const { version } = await answer.json();
      if (version === page.dataset.version) return;
      if (!typing()) window.location.reload();
      else tell("La salle est passée à la suite : envoyez vos mots, la page suivra.");
    } catch {
      // No network: what was shown stays.
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-queue]")) return;
    event.preventDefault();
    const told = new FormData(form, event.submitter);
    if (told.has("cle")) told.set("cle", key());
    write([...read(), Object.fromEntries(told)]);
    // The choice is seen at once; the server's page confirms it.
    if (event.submitter && event.submitter.hasAttribute("aria-pressed")) {
      form.querySelectorAll("[aria-pressed]").forEach((one) => {
        const mine = one === event.submitter;
        one.setAttribute("aria-pressed", String(mine));
        one.classList.toggle("button--quiet", !mine);
      });
    }
    form.reset();
    flush();
  });

  window.addEventListener("online", flush);
  window.setInterval(() => { if (read().length > 0) flush(); }, AGAIN_MS);
  window.setInterval(follow, FOLLOW_MS);
  document.addEventListener("DOMContentLoaded", () => {
    count();
    showKept();
    const said = window.sessionStorage.getItem(SAID);
    window.sessionStorage.removeItem(SAID);
    if (read().length > 0) flush();
    else if (said) tell(said);
  });
})();
