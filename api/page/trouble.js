// What the page shows when the server cannot answer, and what to do about it.
import { announce, el, show } from "./dom.js";
import { addFiles } from "./uploads.js";

export function troubleView(trouble, retry) {
  announce(trouble.message);
  if (trouble.kind === "no-index") return show(emptyView(retry));
  if (trouble.kind === "loading") setTimeout(retry, 1000);
  const again = el("button", { type: "button", onclick: retry }, "Try again");
  show(el("section", { class: "notice", role: "alert" }, el("h2", {}, trouble.message), el("p", {}, trouble.hint || ""), trouble.status === 422 ? "" : again));
}

/** The first run: there are no documents yet. */
export function emptyView(retry) {
  return el("section", { class: "notice empty" },
    el("h2", {}, "No documents yet"),
    el("p", {}, "Index a folder where this server runs; its files stay where they are:"),
    el("pre", {}, el("code", {}, "pincite index FOLDER")),
    el("p", {}, "Or add some files here:"),
    addFiles(retry));
}
