// What changed in the index since this browser last looked at the list of documents.
import { dateName, remember, remembered, t } from "./words.js";
import * as wire from "./wire.js";

const NAME = "documents-seen";
const MOST = 5_000; // documents that are compared; of a larger index only a new version is noticed
const PART = 1_000;

/** Return `{text, of(document)}`: what changed in all, and "isNew", "isChanged" or null for one document. */
export async function changesSince() {
  const ready = await wire.get("/ready").catch(() => null);
  const before = read();
  const nothing = { text: "", of: () => null };
  if (!ready || ready.documents > MOST || before?.version === ready.index_version) return nothing;
  const now = await listed();
  write({ version: ready.index_version, date: new Date().toISOString().slice(0, 10), documents: now });
  if (!before) return nothing;
  const of = ({ id, sha256 }) => (!before.documents[id] ? "isNew" : before.documents[id] !== sha256.slice(0, 12) ? "isChanged" : null);
  const all = Object.entries(now).map(([id, sha256]) => of({ id, sha256 }));
  const counts = { nNew: all.filter((x) => x === "isNew").length, nChanged: all.filter((x) => x === "isChanged").length,
    nGone: Object.keys(before.documents).filter((id) => !now[id]).length };
  const what = Object.entries(counts).filter(([, n]) => n).map(([key, n]) => t(key, { n })).join(", ");
  return { text: what ? t("sinceLast", { date: dateName(before.date), what }) : "", of };
}

async function listed() {
  const found = {};
  for (let offset = 0; ; offset += PART) {
    const part = await wire.documents("", offset, PART);
    for (const { id, sha256 } of part.documents) found[id] = sha256.slice(0, 12);
    if (offset + PART >= part.total) return found;
  }
}

function read() {
  try {
    const kept = JSON.parse(remembered(NAME));
    return kept?.version && kept.documents ? kept : null;
  } catch {
    return null;
  }
}

const write = (seen) => remember(NAME, JSON.stringify(seen));
