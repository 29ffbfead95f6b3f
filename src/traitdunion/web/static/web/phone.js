// A phone that loses the network loses nothing: what is sent waits on the phone until it is kept.
// Each sending has its own key, so that one sent twice is kept once.
(() => {
  "use strict";
  const STORE = "trait-d-union:" + window.location.pathname;
  const AGAIN_MS = 4000;
  const SAID = STORE + ":said";
  let busy = false;

  const read = () => JSON.parse(window.localStorage.getItem(STORE) || "[]");
  const write = (queue) => window.localStorage.setItem(STORE, JSON.stringify(queue));

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

  async function flush() {
    if (busy) return;
    busy = true;
    let said = "";
    let left = false;
    try {
      while (read().length > 0) {
        const [first] = read();
        const answer = await fetch(window.location.pathname, {
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
        write(read().slice(1));
      }
    } catch {
      // No network, or an answer that is not the site's: what waits goes on waiting.
    }
    busy = false;
    count();
    const typing = [...document.querySelectorAll("textarea")].some((one) => one.value.trim() !== "");
    if (read().length === 0 && left && !typing) {
      window.sessionStorage.setItem(SAID, said);
      window.location.reload();
    } else if (said) tell(said);
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-queue]")) return;
    event.preventDefault();
    const told = new FormData(form, event.submitter);
    if (told.has("cle")) told.set("cle", key());
    write([...read(), Object.fromEntries(told)]);
    form.reset();
    flush();
  });

  window.addEventListener("online", flush);
  window.setInterval(() => { if (read().length > 0) flush(); }, AGAIN_MS);
  document.addEventListener("DOMContentLoaded", () => {
    count();
    const said = window.sessionStorage.getItem(SAID);
    window.sessionStorage.removeItem(SAID);
    if (read().length > 0) flush();
    else if (said) tell(said);
  });
})();
