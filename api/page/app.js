// The page: the address says what to show, the box and the keyboard change the address.
import { plural } from "./dom.js";
import { documentView, goToCited } from "./document.js";
import { homeView } from "./home.js";
import { resultsView, stop } from "./results.js";
import { addressOf, changed, searchOf } from "./state.js";
import * as wire from "./wire.js";

const box = document.getElementById("q");
const TYPING = 180; // milliseconds of rest before a search while typing
let typing = 0;
let shown = "";

function render({ asked = true } = {}) {
  clearTimeout(typing);
  stop();
  shown = location.pathname + location.search;
  const id = /^\/documents\/([^/]+)$/.exec(location.pathname)?.[1];
  const parameters = searchOf(location.href);
  const question = parameters.get("q") || "";
  document.body.classList.toggle("home", !id && !question);
  document.title = question ? `${question} – Pincite` : "Pincite";
  if (!id && box.value.trim() !== question) box.value = question;
  if (id) return documentView(decodeURIComponent(id), { retry: render });
  if (!question) return homeView(render);
  sessionStorage.setItem("search", addressOf(parameters));
  return resultsView(parameters, { asked, go: (next) => go(addressOf(next)), retry: render });
}

function go(address, options = {}) {
  const { replace, ...rest } = options;
  history[replace ? "replaceState" : "pushState"]({}, "", address);
  if (!replace) scrollTo(0, 0);
  render(rest);
}

document.getElementById("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const q = box.value.trim();
  if (!q) return;
  const base = location.pathname === "/" ? searchOf(location.href) : new URLSearchParams();
  const address = addressOf(changed(base, { q }));
  go(address, { replace: address === location.pathname + location.search });
});

box.addEventListener("input", () => {
  clearTimeout(typing);
  const q = box.value.trim();
  if (q.length < 3) return;
  typing = setTimeout(() => {
    const onResults = location.pathname === "/" && searchOf(location.href).has("q");
    const base = location.pathname === "/" ? searchOf(location.href) : new URLSearchParams();
    go(addressOf(changed(base, { q })), { replace: onResults, asked: false });
  }, TYPING);
});

document.addEventListener("keydown", (event) => {
  const inField = event.target.closest("input, textarea, select");
  if ((event.key === "/" && !inField) || (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey))) {
    event.preventDefault();
    box.focus();
    box.select();
  } else if (event.key === "Escape" && event.target === box) {
    box.blur();
  } else if ((event.key === "j" || event.key === "k") && !inField && !event.ctrlKey && !event.metaKey && !event.altKey) {
    const links = [...document.querySelectorAll(".passage h3 a")];
    const at = links.indexOf(document.activeElement) + (event.key === "j" ? 1 : -1);
    links[Math.min(Math.max(at, 0), links.length - 1)]?.focus();
  }
});

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const url = new URL(link.href);
  const ours = url.origin === location.origin && (url.pathname === "/" || url.pathname.startsWith("/documents/"));
  if (!ours || link.hasAttribute("download")) return;
  if (url.pathname + url.search === shown && url.hash) return; // within the page: the browser moves, `hashchange` marks
  event.preventDefault();
  if (link.classList.contains("back") && history.state?.from === "results") history.back();
  else {
    history.pushState({ from: document.querySelector(".results") ? "results" : "" }, "", url);
    scrollTo(0, 0);
    render();
  }
});

addEventListener("popstate", () => {
  if (location.pathname + location.search !== shown) render();
});
addEventListener("hashchange", goToCited);
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => event.preventDefault());

wire.get("/ready").then(
  (ready) => {
    document.getElementById("size").textContent = `${plural(ready.documents, "document", "documents")}, ${plural(ready.paragraphs, "paragraph", "paragraphs")}`;
  },
  () => {},
);
render();
