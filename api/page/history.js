// The views that were left, so that going back shows them at once, where the reader was.
const KEPT = 6;
const left = new Map();

/** Keep what is shown under its address, with how far it was scrolled. */
export function leave(address) {
  const view = document.getElementById("view");
  if (!view.querySelector(".results .passage") || view.querySelector("[aria-busy], .skeleton")) return;
  left.delete(address);
  left.set(address, { nodes: [...view.childNodes], at: scrollY });
  if (left.size > KEPT) left.delete(left.keys().next().value);
}

/** Show again what was kept under this address; say whether there was any. */
export function cameBack(address) {
  const kept = left.get(address);
  if (!kept) return false;
  document.getElementById("view").replaceChildren(...kept.nodes);
  scrollTo(0, kept.at);
  return true;
}

/** The documents changed: what was found before may no longer be there. */
export const forgetResults = () => left.clear();
