// Adding files: chosen or dropped, a folder too, each followed until it is indexed or refused with its reason.
import { announce, control, el, icon } from "./dom.js";
import { said, t } from "./words.js";
import * as wire from "./wire.js";

const MOST_FILES = 20; // in one request
const MOST_BYTES = 32 << 20;
const pause = (ms) => new Promise((resume) => setTimeout(resume, ms));

/** Buttons and a place to drop files; `each` is called after each batch, `done` when all went in. */
export function addFiles(each, { done = () => {} } = {}) {
  const head = el("p", { class: "meta", "aria-live": "polite" });
  const report = el("ul", { class: "files" });
  const take = async (files) => {
    if (await sendAll([...files], head, report, each)) done();
  };
  const picker = (id, text, folder) => {
    const input = el("input", { type: "file", multiple: true, id, class: "hidden", webkitdirectory: folder });
    input.addEventListener("change", () => take(input.files).finally(() => (input.value = "")));
    return [input, el("label", { for: id, class: folder ? "button plain" : "button" }, icon(folder ? "folder" : "add"), text)];
  };
  const zone = el("div", { class: "drop" }, picker("files", t("addFiles"), false), picker("folder", t("addFolder"), true),
    el("span", { class: "meta" }, t("dropHere")), head, report);
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(await filesOf(event.dataTransfer));
  });
  return zone;
}

/** Every file that was dropped, with those inside folders. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...transfer.files];
  return entries.some((entry) => entry.isDirectory) ? (await Promise.all(entries.map(walked))).flat() : files;
}

async function walked(entry) {
  if (entry.isFile) return new Promise((resolve) => entry.file((file) => resolve([file]), () => resolve([])));
  const reader = entry.createReader();
  const found = [];
  for (;;) {
    const some = await new Promise((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (!some.length) return (await Promise.all(found.map(walked))).flat();
    found.push(...some);
  }
}

/** One line of the report: a file, what became of it, and a way to try again. */
class Line {
  constructor(file) {
    this.file = file;
    this.what = el("span", {});
    this.end = el("span", {});
    this.node = el("li", {}, el("b", { dir: "auto" }, file.name), " ", this.what, this.end);
    this.say("waiting");
  }

  say(state, values = {}, retry = null) {
    const bad = state === "refused" || state === "failed";
    this.state = state;
    this.node.className = bad ? "refused" : state;
    this.what.textContent = t(state, values);
    this.end.replaceChildren(...(retry ? [control({ class: "quiet", "aria-label": t("retryLong", { name: this.file.name }), onclick: retry }, t("retry"))] : []));
  }
}

async function sendAll(files, head, report, each) {
  if (!files.length) return false;
  const lines = files.map((file) => new Line(file));
  report.replaceChildren(...lines.map((line) => line.node));
  for (const batch of batches(lines)) {
    await send(batch, each);
    head.textContent = t("progress", { done: lines.filter((line) => line.state !== "waiting").length, n: lines.length });
  }
  const failed = lines.filter((line) => line.node.className === "refused").length;
  const added = lines.filter((line) => line.state === "indexed" || line.state === "unchanged").length;
  head.textContent = t("uploadDone", { added, failed });
  announce(head.textContent);
  return failed === 0;
}

function batches(lines) {
  const made = [[]];
  let bytes = 0;
  for (const line of lines) {
    bytes += line.file.size;
    if (made.at(-1).length && (made.at(-1).length >= MOST_FILES || bytes > MOST_BYTES)) {
      made.push([]);
      bytes = line.file.size;
    }
    made.at(-1).push(line);
  }
  return made;
}

async function send(lines, each) {
  const again = (line) => () => send([line], each);
  try {
    for (const line of lines) line.say("sending", { n: 0 });
    let job = await wire.upload(lines.map((line) => line.file), (part) => lines.forEach((line) => line.say("sending", { n: Math.round(part * 100) })));
    while (job.state === "queued" || job.state === "running") {
      paint(job, lines, again);
      await pause(300);
      job = await wire.get(`/v1/jobs/${job.id}`);
    }
    paint(job, lines, again);
    each();
  } catch (trouble) {
    for (const line of lines) if (!["indexed", "unchanged", "refused"].includes(line.state)) line.say("failed", { why: `${trouble.message} ${trouble.hint || ""}` }, again(line));
  }
}

/** The job lists its files in the order in which they were sent. */
function paint(job, lines, again) {
  const { progress } = job;
  job.files.forEach((file, i) => {
    if (file.state === "refused") return lines[i].say("refused", { why: said(file.reason) }, again(lines[i]));
    if (file.state !== "queued") return lines[i].say(file.state);
    if (job.state === "failed") return lines[i].say("failed", { why: said(job.reason || "") }, again(lines[i]));
    if (job.state === "queued" || !progress) return lines[i].say("queued");
    const percent = progress.passages ? Math.round((100 * progress.passages_done) / progress.passages) : 0;
    return percent ? lines[i].say("embedding", { n: percent }) : lines[i].say(progress.doing === file.source ? "reading" : "queued");
  });
}
