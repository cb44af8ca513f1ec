// Suggestions under each search box: the combobox pattern of the ARIA Authoring Practices, with manual selection.
// https://www.w3.org/WAI/ARIA/apg/patterns/combobox/
const WAIT = 120; // ms without a key before the server is asked

for (const input of document.querySelectorAll("input[data-suggest]")) suggest(input);

function suggest(input) {
  const list = document.createElement("ul");
  list.id = `${input.id}-suggestions`;
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", "Suggestions");
  input.after(list);
  const attributes = { role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id };
  for (const [name, value] of Object.entries(attributes)) input.setAttribute(name, value);
  let timer;
  let request = new AbortController();
  let active = -1;

  function choose(at) {
    active = at;
    [...list.children].forEach((option, index) => option.setAttribute("aria-selected", index === at));
    if (at < 0) input.removeAttribute("aria-activedescendant");
    else {
      input.setAttribute("aria-activedescendant", list.children[at].id);
      list.children[at].scrollIntoView({ block: "nearest" });
    }
  }

  function close() {
    clearTimeout(timer);
    request.abort();
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    choose(-1);
  }

  function show(items) {
    list.replaceChildren(...items.map(({ kind, name, alias, url }, at) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${at}`;
      option.className = kind;
      option.dataset.path = url.replace(/\/v1(?=\/[^/]+\/[^/]+$)/, "");
      option.setAttribute("role", "option");
      for (const [className, text] of [["", name], ["quiet", alias], ["kind", kind]]) {
        if (text) option.append(Object.assign(document.createElement("span"), { className, textContent: text, dir: "auto" }), " ");
      }
      return option;
    }));
    list.hidden = items.length === 0;
    input.setAttribute("aria-expanded", String(!list.hidden));
    choose(-1);
  }

  async function ask() {
    request = new AbortController();
    try {
      const path = new URL("v1/suggest", input.form.action); // beside the search page, also under a base path
      path.searchParams.set("prefix", input.value.trim().slice(0, 100));
      const response = await fetch(path, { signal: request.signal });
      if (response.ok) show((await response.json()).items);
    } catch {
      // Without suggestions, the search still works.
    }
  }

  input.addEventListener("input", () => {
    clearTimeout(timer);
    request.abort();
    if (input.value.trim()) timer = setTimeout(ask, WAIT);
    else close();
  });
  input.addEventListener("keydown", (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === "Escape" && count) close();
    else if (event.key === "ArrowDown" && count) choose((active + 1) % count);
    else if (event.key === "ArrowUp" && count) choose(active > 0 ? active - 1 : count - 1);
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.path);
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
  list.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option) location.assign(option.dataset.path);
  });
}
