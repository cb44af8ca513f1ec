// The reader: shows the records that rest on the chosen words, and filters without a reload.
const form = document.querySelector(".marking");
const card = document.querySelector("#card");
let chosen; // the words that the card is about
let asked; // the address of the newest choice of filters

const all = (selector, within = document) => [...within.querySelectorAll(selector)];
const beside = (node, selector) => all(selector, node.closest(".passage"));

/** The quotes of a record in the list beside a passage, each as its start, its end, and what it supports. */
const quotes = item => item.dataset.at.split("|").map(quote => quote.match(/^(\d+)-(\d+) (.*)$/).slice(1));
const covers = run => ([start, end]) => +start <= run.dataset.at && run.dataset.at < +end;

/** Highlights some records and their quotes, or only those that cover a run of the text. */
function highlight(items, run) {
  for (const on of all(".on")) on.classList.remove("on");
  for (const item of items) {
    const shown = quotes(item).filter(quote => !run || covers(run)(quote));
    for (const other of beside(item, ".words [data-at]")) if (shown.some(covers(other))) other.classList.add("on");
    item.classList.add("on");
  }
}

function show(run) {
  const items = beside(run, "li").filter(item => quotes(item).some(covers(run)));
  highlight(items, run);
  card.querySelector("ul").replaceChildren(...items.map(item => {
    const line = document.createElement("li");
    const kind = Object.assign(document.createElement("span"), { className: `kind ${item.parentElement.className}` });
    kind.textContent = item.parentElement.className;
    const parts = quotes(item).filter(covers(run)).map(([, , part]) => part);
    line.append(kind, " ", item.querySelector("a").cloneNode(true), parts.includes("") ? "" : ` (${parts.join(", ")})`);
    return line;
  }));
  card.querySelector("a").href = `#${run.id}`;
  card.querySelector("a").hidden = !run.id;
  card.hidden = !items.length;
  chosen = run;
}

function hide() {
  card.hidden = true;
  highlight([]);
}

document.addEventListener("focusin", ({ target }) => {
  if (target.matches(".words a")) return show(target);
  if (card.contains(target)) return;
  hide();
  if (target.matches(".beside li a")) highlight([target.parentElement]);
});
document.addEventListener("mouseover", ({ target }) => {
  const item = target.closest(".beside li");
  if (item) highlight([item]);
});
document.addEventListener("click", event => {
  const run = event.target.closest(".words [data-at]");
  if (!run) return card.contains(event.target) || hide();
  show(run);
  // Names lead to their actor, and Enter leads to a record: a click by the keyboard has no `detail`.
  if (event.detail && !event.ctrlKey && !event.metaKey && !run.matches(".name")) event.preventDefault();
});
document.addEventListener("keydown", event => {
  if (event.key === "Escape" && !card.hidden) {
    if (card.contains(event.target)) chosen.focus();
    hide();
  } else if (event.key === "ArrowDown" && event.target === chosen && !card.hidden) {
    event.preventDefault();
    card.querySelector("li a").focus();
  }
});

form.classList.add("live");
form.addEventListener("change", async () => {
  const url = asked = `${location.pathname}?${new URLSearchParams(new FormData(form))}`;
  const answer = await (await fetch(url)).text();
  if (url !== asked) return; // another choice is already loading
  const top = node => node.getBoundingClientRect().top;
  const here = all(".passage").find(passage => passage.getBoundingClientRect().bottom > form.offsetHeight);
  const before = top(here);
  document.querySelector("#text").replaceWith(new DOMParser().parseFromString(answer, "text/html").querySelector("#text"));
  scrollBy(0, top(document.getElementById(here.id)) - before);
  history.replaceState(null, "", url);
  hide();
  fold();
});

/** Closes the lists of records where they would separate the passages. */
function fold() {
  if (matchMedia("(width < 60rem)").matches) for (const list of all(".beside")) list.open = false;
}
fold();
addEventListener("beforeprint", () => { for (const list of all(".beside")) list.open = true; });
