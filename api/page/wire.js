// Talking to the server, and only to the one that sent this page.

/** What went wrong, in words for people; `status` is 0 when the server does not answer at all. */
export class Trouble extends Error {
  constructor(status, kind, detail, hint) {
    super(detail);
    Object.assign(this, { status, kind, hint });
  }
}

async function request(path, options) {
  let response;
  try {
    response = await fetch(path, options);
  } catch (error) {
    if (error.name === "AbortError") throw error;
    throw new Trouble(0, "gone", "The server does not answer.", "Start it again with pincite serve, then retry.");
  }
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const kind = (problem.type || "").replace("urn:pincite:", "");
  throw new Trouble(response.status, kind, problem.detail || response.statusText, problem.hint || "");
}

export const get = async (path, signal) => (await request(path, { signal })).json();

export const search = (parameters, signal) => get(`/v1/search?${parameters}`, signal);

export const paragraphs = (id, offset, limit) =>
  get(`/v1/documents/${encodeURIComponent(id)}/paragraphs?offset=${offset}&limit=${limit}`);

export async function upload(files) {
  const body = new FormData();
  for (const file of files) body.append("files", file, file.name);
  return (await request("/v1/documents", { method: "POST", body })).json();
}

/** Ask, and hand each event to `on[event]` as it comes; resolves with the whole answer. */
export async function ask(question, on, signal) {
  const response = await request("/v1/ask", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ ...question, stream: true }),
    signal,
  });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let waiting = "";
  for (;;) {
    const { value, done } = await reader.read().catch((error) => {
      if (error.name === "AbortError") throw error;
      throw new Trouble(0, "gone", "The server stopped while it answered.", "Start it again with pincite serve, then retry.");
    });
    if (done) throw new Trouble(0, "gone", "The answer broke off.", "Ask again.");
    const events = (waiting + value).split("\n\n");
    waiting = events.pop();
    for (const event of events) {
      const [, name, data] = /^event: (\w+)\ndata: (.*)$/s.exec(event) || [];
      if (!name) continue;
      const body = JSON.parse(data);
      if (name === "error") throw new Trouble(body.status, body.type.replace("urn:pincite:", ""), body.detail, body.hint);
      if (name === "done") return body;
      on[name]?.(body);
    }
  }
}
