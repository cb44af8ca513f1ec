// Pan, zoom, find and filter the picture of the graph. Without this script, it scrolls, and the form asks the server.

const [READABLE, LARGEST] = [0.6, 1.25]; // the scales between which the picture begins

const view = document.getElementById("view");
if (view) start(view.querySelector("svg"));

function start(graph) {
  const [form, status, find] = ["filters", "status", "find"].map(id => document.getElementById(id));
  const nodes = [...graph.querySelectorAll(".node")], ties = [...graph.querySelectorAll(".tie")];
  const rows = [...document.querySelectorAll(".pairs li")]; // in the order of the ties
  const ends = tie => tie.dataset.ends.split(" ").map(number => nodes[number]);
  const kind = tie => tie.parentElement.classList[1];
  const name = node => node.firstElementChild.textContent.replace(/: [^:]*$/, "");
  const { x, y, width, height } = graph.viewBox.baseVal;
  const all = { x, y, width, height }, box = { ...all };

  // What is in view

  function show(changes = {}) {
    Object.assign(box, changes);
    graph.setAttribute("viewBox", [box.x, box.y, box.width, box.height].join(" "));
  }

  function fit() {
    show(all);
    const by = Math.max(1, pixels() / LARGEST);
    show({ x: all.x - all.width * (by - 1) / 2, y: all.y - all.height * (by - 1) / 2, width: all.width * by, height: all.height * by });
  }

  function zoom(factor, at = { x: box.x + box.width / 2, y: box.y + box.height / 2 }) {
    const width = Math.min(2 * all.width, Math.max(200, box.width * factor));
    const by = width / box.width;
    show({ x: at.x + (box.x - at.x) * by, y: at.y + (box.y - at.y) * by, width, height: box.height * by });
  }

  const pixels = () => graph.getScreenCTM().a;
  const place = event => new DOMPoint(event.clientX, event.clientY).matrixTransform(graph.getScreenCTM().inverse());
  const move = (right, down) => show({ x: box.x + right * box.width, y: box.y + down * box.height });

  function reveal(mark) {
    const { x, y, width, height } = mark.getBBox();
    const [right, down] = [x + width / 2, y + height / 2];
    if (right < box.x || right > box.x + box.width || down < box.y || down > box.y + box.height)
      show({ x: right - box.width / 2, y: down - box.height / 2 });
  }

  const keys = {
    ArrowLeft: () => move(-0.1, 0), ArrowRight: () => move(0.1, 0), ArrowUp: () => move(0, -0.1),
    ArrowDown: () => move(0, 0.1), "+": () => zoom(0.75), "=": () => zoom(0.75), "-": () => zoom(1 / 0.75),
    0: fit,
  };
  view.addEventListener("keydown", event => {
    if (event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  });
  view.addEventListener("wheel", event => {
    if (!event.ctrlKey && !event.metaKey) return; // a plain wheel scrolls the page
    event.preventDefault();
    zoom(Math.exp(event.deltaY / 300), place(event));
  }, { passive: false });
  for (const button of document.querySelectorAll("[data-zoom]"))
    button.addEventListener("click", () => (Number(button.dataset.zoom) ? zoom(Number(button.dataset.zoom)) : fit()));
  addEventListener("beforeprint", fit);

  const pointers = new Map();
  let dragged = false;
  view.addEventListener("pointerdown", event => {
    if (event.button) return;
    dragged = dragged && pointers.size > 0;
    pointers.set(event.pointerId, event);
  });
  view.addEventListener("pointermove", event => {
    const before = pointers.get(event.pointerId);
    if (!before) return;
    const [right, down] = [event.clientX - before.clientX, event.clientY - before.clientY];
    if (!dragged && Math.hypot(right, down) < 5) return; // still a click
    dragged = true;
    view.setPointerCapture(event.pointerId);
    const apart = () => {
      const [one, other] = pointers.values();
      return Math.hypot(one.clientX - other.clientX, one.clientY - other.clientY);
    };
    if (pointers.size === 2) {
      const distance = apart();
      pointers.set(event.pointerId, event);
      zoom(distance / Math.max(1, apart()), place(event));
    } else {
      pointers.set(event.pointerId, event);
      show({ x: box.x - right / pixels(), y: box.y - down / pixels() });
    }
  });
  for (const end of ["pointerup", "pointercancel"]) view.addEventListener(end, event => pointers.delete(event.pointerId));
  view.addEventListener("click", event => { if (dragged) event.preventDefault(); dragged = false; }, true);
  view.addEventListener("dragstart", event => event.preventDefault());

  // What stands out: the neighbours of a node, and what is searched

  function light(marks) {
    graph.classList.toggle("lit", marks.length > 0);
    for (const mark of [...nodes, ...ties]) mark.classList.toggle("on", marks.includes(mark));
  }

  function neighbourhood(mark) {
    const near = mark.matches(".tie") ? [mark] : ties.filter(tie => ends(tie).includes(mark) && !tie.matches(".gone"));
    return [mark, ...near, ...near.flatMap(ends)];
  }

  const found = () => {
    const words = find.value.trim().toLocaleLowerCase();
    return words ? nodes.filter(node => name(node).toLocaleLowerCase().includes(words)) : [];
  };
  for (const event of ["pointerover", "focusin"])
    graph.addEventListener(event, ({ target }) => {
      const mark = target.closest(".node, .tie");
      light(mark ? neighbourhood(mark) : found());
      if (mark && event === "focusin") reveal(mark);
    });
  for (const event of ["pointerleave", "focusout"]) graph.addEventListener(event, () => light(found()));
  find.addEventListener("input", () => {
    light(found());
    status.textContent = find.value ? `${found().length} of ${nodes.length} actors match.` : "";
    if (found().length) reveal(found()[0]);
  });
  find.addEventListener("keydown", event => { if (event.key === "Enter") found()[0]?.focus(); });

  // What is drawn: filters within what the server sent

  const chosen = name => [...form.querySelectorAll(`[name=${name}]:checked`)].map(field => field.value);
  const date = name => (form.elements[name].validity.valid ? form.elements[name].value : "");

  function passes(edge, modalities, from, to) {
    const [modality, earliest, latest] = edge.split("/");
    if (modality && modalities.length && !modalities.includes(modality)) return false;
    if (!from && !to) return true;
    return Boolean(earliest || latest) && (!earliest || !to || earliest <= `${to}~`) && (!latest || latest >= from);
  }

  function filter() {
    const [kinds, modalities, from, to] = [chosen("kind"), chosen("modality"), date("date_from"), date("date_to")];
    const used = new Set();
    let drawn = 0, sent = 0;
    ties.forEach((tie, number) => {
      const edges = tie.dataset.edges.split(" ");
      const kept = kinds.length && !kinds.includes(kind(tie))
        ? 0 : edges.filter(edge => passes(edge, modalities, from, to)).length;
      sent += edges.length;
      drawn += kept;
      tie.classList.toggle("gone", !kept);
      const count = tie.querySelector("text");
      if (count) count.textContent = kept;
      rows[number].hidden = !kept;
      if (kept) for (const node of ends(tie)) used.add(node);
    });
    for (const node of nodes) node.classList.toggle("gone", !used.has(node) && drawn < sent);
    return `${used.size} of ${nodes.length} actors and ${drawn} of ${sent} ties are drawn.`;
  }

  const sent = ["kind", "modality"].filter(name => form.querySelector(`[name=${name}][checked]`));
  const isWider = () =>
    sent.some(name => !chosen(name).length || form.querySelector(`[name=${name}]:checked:not([checked])`))
    || ["date_from", "date_to"].some(name => form.elements[name].defaultValue && form.elements[name].value !== form.elements[name].defaultValue)
    || [...form.querySelectorAll("select")].some(field => [...field.options].some(option => option.selected !== option.defaultSelected));
  form.addEventListener("input", () => {
    status.textContent = filter() + (isWider() ? " Press Show to load what is not in this picture." : "");
  });

  for (const tie of ties) { // thin lines are hard to point at
    const line = tie.querySelector("path").cloneNode();
    line.setAttribute("class", "hit");
    tie.prepend(line);
  }
  view.classList.add("live");
  document.getElementById("tools").hidden = false;
  graph.setAttribute("width", "100%");
  graph.setAttribute("height", "100%");
  view.style.height = `min(75vh, ${Math.max(360, height * LARGEST)}px)`;
  fit();
  if (pixels() < READABLE) { // too small to read: begin around the actor with the most ties
    const [width, height] = [box.width, box.height].map(size => size * pixels() / READABLE);
    const { x, y } = nodes.reduce((one, other) => (Number(other.dataset.ties) > Number(one.dataset.ties) ? other : one)).getBBox();
    show({ x: x - width / 2, y: y - height / 2, width, height });
  }
  filter(); // a browser that goes back keeps the form
}
