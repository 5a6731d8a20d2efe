// The views that were left, so that going back shows them where the reader was: results at once, documents at their place.
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

/** Where the reader was in the document of this entry, `{paragraph, top}`: with it a reload or the way back begins. */
export const placeKept = () => history.state?.place;

/** Write into this entry where the reader is in its document. */
export function keepPlace(place) {
  const kept = placeKept();
  if (place.paragraph !== kept?.paragraph || place.top !== kept.top) history.replaceState({ ...history.state, place }, "");
}

/** The documents changed: what was found before may no longer be there. */
export const forgetResults = () => left.clear();
