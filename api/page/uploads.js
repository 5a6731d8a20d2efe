// Adding files: chosen or dropped, followed until each is indexed or refused with its reason.
import { announce, el, icon, plural } from "./dom.js";
import * as wire from "./wire.js";

const WORDS = { queued: "waiting", indexed: "indexed", unchanged: "already there", refused: "refused" };
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

/** A button and a place to drop files; `done` is called when something new was indexed. */
export function addFiles(done) {
  const input = el("input", { type: "file", multiple: true, id: "files", class: "hidden" });
  const report = el("ul", { class: "files", "aria-live": "polite" });
  const zone = el("div", { class: "drop" },
    el("label", { for: "files", class: "button" }, icon("add"), "Add files"), input,
    el("span", { class: "meta" }, "or drop them here"), report);
  input.addEventListener("change", () => send(input.files, report, done));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    send(event.dataTransfer.files, report, done);
  });
  return zone;
}

async function send(files, report, done) {
  if (!files.length) return;
  report.replaceChildren(el("li", {}, `Sending ${plural(files.length, "file", "files")} …`));
  try {
    let job = await wire.upload(files);
    while (job.state === "queued" || job.state === "running") {
      list(job, report);
      await pause(400);
      job = await wire.get(`/v1/jobs/${job.id}`);
    }
    list(job, report);
    const indexed = job.files.filter((file) => file.state === "indexed").length;
    announce(`${plural(indexed, "file", "files")} indexed.`);
    if (indexed && indexed === job.files.length) done();
  } catch (trouble) {
    report.replaceChildren(el("li", { class: "refused" }, `${trouble.message} ${trouble.hint || ""}`));
  }
}

function list(job, report) {
  const progress = job.progress;
  const bar = progress?.passages ? el("progress", { max: progress.passages, value: progress.passages_done, "aria-label": "Passages" }) : "";
  report.replaceChildren(
    ...job.files.map((file) => {
      const at = progress?.doing === file.source && file.state === "queued" ? "reading" : WORDS[file.state];
      return el("li", { class: file.state }, el("b", { dir: "auto" }, file.source), ` ${at}`, file.reason ? `: ${file.reason}` : "");
    }),
    ...(bar ? [el("li", {}, bar)] : []),
    ...(job.reason ? [el("li", { class: "meta" }, job.reason)] : []));
}
