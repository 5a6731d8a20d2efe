// Talking to the server, and only to the one that sent this page.
import { t, troubleText } from "./words.js";

/** What went wrong, in words for people; `status` is 0 when the server does not answer at all. */
export class Trouble extends Error {
  constructor(status, kind, detail, hint) {
    super(troubleText(kind, "", detail));
    Object.assign(this, { status, kind, hint: troubleText(kind, ":hint", hint) });
  }
}

const gone = (words = t("gone")) => new Trouble(0, "gone", words, t("goneHint"));
const kindOf = (problem) => (problem.type || "").replace("urn:pincite:", "");
const troubleOf = (status, problem, otherwise) => new Trouble(status, kindOf(problem), problem.detail || otherwise, problem.hint || "");

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    throw error.name === "AbortError" ? error : gone();
  }
  if (response.ok) return response;
  throw troubleOf(response.status, await response.json().catch(() => ({})), response.statusText);
}

const sent = (method, body) => ({ method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
const part = encodeURIComponent;

export const get = async (path, signal) => (await request(path, { signal })).json();
export const search = (parameters, signal) => get(`/v1/search?${parameters}`, signal);
export const timeline = (parameters, signal) => get(`/v1/timeline?${parameters}`, signal);
export const documents = (q, offset, limit, signal) => get(`/v1/documents?${new URLSearchParams({ q, offset, limit })}`, signal);
export const outline = (id) => get(`/v1/documents/${part(id)}/outline`);
export const find = (id, q, where, signal) => get(`/v1/documents/${part(id)}/find?${new URLSearchParams({ q, ...where })}`, signal);
export const paragraphs = (id, offset, limit) => get(`/v1/documents/${part(id)}/paragraphs?offset=${offset}&limit=${limit}`);
export const references = (id, offset, limit) => get(`/v1/documents/${part(id)}/references?offset=${offset}&limit=${limit}`);
export const original = async (id) => (await request(`/v1/documents/${part(id)}/original`)).arrayBuffer();
export const remove = async (id) => (await request(`/v1/documents/${part(id)}`, { method: "DELETE" })).json();
export const addSample = async () => (await request("/v1/documents/sample", { method: "POST" })).json();
export const exported = async (body) => (await request("/v1/export", sent("POST", body))).blob();

export const cite = (document, start, end) =>
  get(`/v1/cite?${new URLSearchParams({ document, char_start: start, char_end: end })}`);

/** Send files; `progress` is told how much of them has left, from 0 to 1. (fetch cannot say that.) */
export function upload(files, progress) {
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  return new Promise((resolve, reject) => {
    const sending = new XMLHttpRequest();
    sending.open("POST", "/v1/documents");
    sending.responseType = "json";
    sending.upload.onprogress = (event) => event.lengthComputable && progress(event.loaded / event.total);
    sending.onerror = () => reject(gone());
    sending.onload = () =>
      sending.status < 300 ? resolve(sending.response) : reject(troubleOf(sending.status, sending.response || {}, sending.statusText));
    sending.send(body);
  });
}

/** Ask, and hand each event to `on[event]` as it comes; resolves with the whole answer. */
export async function ask(question, on, signal) {
  const response = await request("/v1/ask", { ...sent("POST", { ...question, stream: true }), signal });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      throw error.name === "AbortError" ? error : gone(t("broke"));
    });
    if (done) throw gone(t("broke"));
    const events = (waiting + value).split("\n\n");
    waiting = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) || [];
      if (!name) continue;
      const body = JSON.parse(data);
      if (name === "error") throw troubleOf(body.status, body, body.title);
      if (name === "done") return body;
      on[name]?.(body);
    }
  }
}
