// What the page shows when the server cannot answer, and what to do about it.
import { announce, control, el, show, tell } from "./dom.js";
import { addFiles } from "./uploads.js";
import { said, t } from "./words.js";
import * as wire from "./wire.js";

export function troubleView(trouble, retry) {
  announce(trouble.message);
  if (trouble.kind === "no-index") return show(emptyView(retry));
  if (trouble.kind === "loading") setTimeout(retry, 1000);
  const again = control({ onclick: () => retry() }, t("again"));
  show(el("section", { class: "notice", role: "alert" }, el("h2", {}, trouble.message), el("p", {}, trouble.hint || ""), trouble.status === 422 || trouble.status === 404 ? "" : again));
}

/** The first run: there are no documents yet. */
export function emptyView(retry) {
  return el("section", { class: "notice empty" },
    el("h2", {}, t("firstHead")),
    el("p", {}, t("firstFolder")),
    el("pre", { tabindex: 0 }, el("code", {}, "pincite index FOLDER")),
    el("p", {}, t("firstFiles")),
    addFiles(() => {}, { done: retry }),
    el("p", {}, t("firstSample")),
    sampleButton(retry));
}

function sampleButton(retry) {
  const button = control({ class: "quiet" }, t("sample"));
  button.addEventListener("click", async () => {
    button.disabled = true;
    button.textContent = t("sampleDoing");
    announce(t("sampleDoing"));
    try {
      for (let job = await wire.addSample(); job.state !== "done"; job = await wire.get(`/v1/jobs/${job.id}`)) {
        if (job.state === "failed") throw new Error(said(job.reason));
        await new Promise((resume) => setTimeout(resume, 300));
      }
      retry();
    } catch (trouble) {
      button.disabled = false;
      button.textContent = t("sample");
      tell(`${trouble.message} ${trouble.hint || ""}`);
    }
  });
  return button;
}
