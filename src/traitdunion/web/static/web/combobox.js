// Places or occupations suggested as one types: the ARIA 1.2 combobox with a listbox, over a plain text field.
(() => {
  "use strict";
  const PAUSE_MS = 120;
  const PLACES = "/communes/";

  function enhance(input) {
    if (input.getAttribute("role") === "combobox") return;
    const list = document.createElement("ul");
    const status = document.createElement("span");
    const address = input.dataset.combobox || PLACES;
    const noun = input.dataset.comboboxNoun || "lieu";
    const nouns = input.dataset.comboboxNoun ? `${noun}s` : "lieux";
    let timer = 0;
    let asked = null;
    let active = -1;

    list.id = `${input.id}_liste`;
    list.className = "listbox";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    list.setAttribute("aria-label", `${nouns[0].toUpperCase()}${nouns.slice(1)} proposés`);
    status.className = "visually-hidden";
    status.setAttribute("role", "status");
    input.after(list, status);
    for (const [name, value] of Object.entries({
      role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id,
    })) input.setAttribute(name, value);

    const options = () => [...list.children];

    function close() {
      clearTimeout(timer);
      if (asked) asked.abort();
      list.hidden = true;
      active = -1;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
    }

    function move(to) {
      const all = options();
      if (!all.length) return;
      active = (to + all.length) % all.length;
      all.forEach((option, at) => option.setAttribute("aria-selected", String(at === active)));
      input.setAttribute("aria-activedescendant", all[active].id);
      all[active].scrollIntoView({ block: "nearest" });
    }

    function choose(option) {
      input.value = option.textContent;
      status.textContent = `${option.textContent}, choisi.`;
      close();
    }

    function show(rows) {
      list.replaceChildren(...rows.map((row, at) => {
        const option = document.createElement("li");
        option.id = `${list.id}_${at}`;
        option.textContent = row.label;
        option.setAttribute("role", "option");
        option.setAttribute("aria-selected", "false");
        return option;
      }));
      active = -1;
      input.removeAttribute("aria-activedescendant");
      list.hidden = rows.length === 0;
      input.setAttribute("aria-expanded", String(rows.length > 0));
      status.textContent = rows.length === 0 ? `Aucun ${noun} proposé.`
        : rows.length === 1 ? `Un ${noun} proposé.` : `${rows.length} ${nouns} proposés.`;
    }

    async function ask() {
      const text = input.value.trim();
      if (text.length < 2) return close();
      if (asked) asked.abort();
      asked = new AbortController();
      try {
        const reply = await fetch(`${address}?q=${encodeURIComponent(text)}`, { signal: asked.signal });
        if (reply.ok && document.activeElement === input) show(Object.values(await reply.json())[0]);
      } catch (error) {
        if (error.name !== "AbortError") close(); // no suggestion: the server checks the name anyway
      }
    }

    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, PAUSE_MS);
    });
    input.addEventListener("blur", close);
    input.addEventListener("keydown", (event) => {
      const open = !list.hidden;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (!open) ask();
        else move(event.key === "ArrowDown" ? active + 1 : active < 0 ? -1 : active - 1);
      } else if (event.key === "Escape" && open) {
        event.preventDefault();
        close();
      } else if (event.key === "Enter" && open && active >= 0) {
        event.preventDefault();
        choose(options()[active]);
      } else if (event.key === "Tab" && open && active >= 0) {
        choose(options()[active]);
      }
    });
    list.addEventListener("pointerdown", (event) => event.preventDefault()); // keep the focus in the field
    list.addEventListener("click", (event) => {
      const option = event.target.closest('[role="option"]');
      if (!option) return;
      choose(option);
      input.dispatchEvent(new CustomEvent("place-chosen", { bubbles: true }));
    });
    if (document.activeElement === input && input.value) ask(); // typed before this script ran
  }

  const enhanceAll = (root) => root.querySelectorAll("[data-combobox]").forEach(enhance);
  document.addEventListener("DOMContentLoaded", () => enhanceAll(document));
})();
