// The page: the address says what to show, the box and the keyboard change the address.
import { documentIn, documentView, goToCited, notePlace } from "./document.js";
import { cameBack, leave } from "./history.js";
import { homeView } from "./home.js";
import { help } from "./keys.js";
import { libraryView } from "./library.js";
import { resultsView, stop } from "./results.js";
import { addressOf, changed, searchOf } from "./state.js";
import { timelineView } from "./timeline.js";
import * as tray from "./tray.js";
import { trayView } from "./trayview.js";
import * as wire from "./wire.js";
import { remember, switchLanguage, t } from "./words.js";

const box = document.getElementById("q");
const TYPING = 120; // milliseconds of rest before a search while typing
let typing = 0;
let shown = "";

const here = () => location.pathname + location.search;

function render({ asked = true, back = false } = {}) {
  clearTimeout(typing);
  stop();
  const typed = !shown && box.value; // before this script was there
  shown = here();
  const { pathname } = location;
  const id = documentIn(pathname);
  const parameters = pathname === "/" ? searchOf(location.href) : new URLSearchParams();
  const question = parameters.get("q") || "";
  document.documentElement.classList.toggle("start", pathname === "/" && !question);
  for (const link of document.querySelectorAll("#places a")) link.toggleAttribute("aria-current", link.getAttribute("href") === pathname);
  document.title = question ? `${question} – Pincite` : "Pincite";
  if (pathname === "/" && box.value.trim() !== question && (question || !typed)) box.value = question;
  if (pathname !== "/" && document.activeElement === box) box.blur(); // here the keyboard is for reading
  if (id) return documentView(id, { retry: render });
  if (pathname === "/documents") return libraryView({ retry: render });
  if (pathname === "/timeline") return timelineView({ go, retry: render });
  if (pathname === "/tray") return trayView();
  if (!question) {
    if (typed) box.dispatchEvent(new Event("input"));
    return homeView({ retry: render });
  }
  remember("search", addressOf(parameters), "sessionStorage");
  if (back && cameBack(shown)) return tray.repaint();
  return resultsView(parameters, { asked, go: (next) => go(addressOf(next)), retry: render });
}

function go(address, { replace = false, ...options } = {}) {
  if (replace) history.replaceState(history.state, "", address);
  else push(address);
  if (!replace) scrollTo(0, 0);
  render(options);
}

/** Put an address on top of the history; the way back leads to what is shown now, where the reader is in it. */
function push(address, state = {}) {
  if (shown !== address) leave(shown);
  notePlace();
  history.pushState({ ...history.state, place: null, ...state }, "", address);
}

document.getElementById("ask").addEventListener("submit", (event) => {
  event.preventDefault();
  const q = box.value.trim();
  if (!q) return;
  const base = location.pathname === "/" ? searchOf(location.href) : new URLSearchParams();
  const address = addressOf(changed(base, { q }));
  go(address, { replace: address === here() });
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

document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
  const link = event.target.closest("a[href]");
  if (!link || event.defaultPrevented || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const url = new URL(link.href);
  const ours = url.origin === location.origin && (["/", "/documents", "/timeline", "/tray"].includes(url.pathname) || documentIn(url.pathname));
  if (!ours || link.hasAttribute("download")) return;
  const inside = url.hash && url.pathname === location.pathname;
  if (inside && documentIn(url.pathname) && /^#p\d+$/.test(url.hash)) return within(event, url);
  event.preventDefault();
  if (inside && url.search === location.search) return document.getElementById(url.hash.slice(1))?.focus(); // what is shown stays as it is
  if (link.classList.contains("back") && history.state?.from === "results") return history.go(-(history.state.steps || 1));
  push(url, { from: document.querySelector(".results") ? "results" : "", steps: 1 });
  scrollTo(0, 0);
  render();
});

/** A link to another paragraph of the document that is shown. */
function within(event, url) {
  event.preventDefault();
  push(url.pathname + url.hash, { steps: (history.state?.steps || 1) + 1 }); // as many lie between here and the results
  shown = here();
  goToCited();
}

history.scrollRestoration = "manual";
addEventListener("popstate", () => {
  if (here() === shown) return goToCited();
  leave(shown);
  render({ back: true });
});
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => event.preventDefault());
document.getElementById("help").addEventListener("click", help);
document.getElementById("language").addEventListener("click", switchLanguage);

/** Say in the reader's language what stands on the page from the start. */
function dress() {
  for (const node of document.querySelectorAll("[data-t]")) node.textContent = t(node.dataset.t);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  box.placeholder = t("askThese");
  const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(location.hostname);
  const privacy = document.getElementById("privacy");
  const { kept, model, host, where } = privacy.dataset; // there if the index is kept elsewhere, or a writer is on
  const sent = [kept && t("elsewhere", { kept }), model && t("writer", { model, host, where: t(`writer_${where}`) })];
  const between = !local && t(kept || model ? "between" : "remote", { host: location.host });
  privacy.textContent = [between, ...sent].filter(Boolean).join(" ") || t("local");
  const count = document.getElementById("kept");
  const paint = () => {
    const n = tray.items().length;
    count.textContent = n || "";
    count.parentElement.setAttribute("aria-label", n ? t("trayHas", { n }) : t("tray"));
  };
  tray.watch(count, paint);
  paint();
  document.documentElement.classList.remove("undressed");
  if (location.pathname === "/") box.focus();
}

async function measure() {
  const ready = await wire.get("/ready").catch(() => null);
  if (!ready) return;
  const [documents, paragraphs] = [t("nDocuments", { n: ready.documents }), t("nParagraphs", { n: ready.paragraphs })];
  document.getElementById("size").textContent = t("size", { documents, paragraphs });
}

dress();
measure();
render();
