// What the address says: the question, the filters and the order. Everything a search needs is in it.

export const FIELDS = ["source", "publisher", "language", "media_type"];
export const SORTS = ["relevance", "newest", "oldest"];
const KNOWN = ["q", ...FIELDS, "date_from", "date_to", "sort"];

/** Read the search from the address, dropping what is not ours. */
export function searchOf(address) {
  const kept = new URLSearchParams();
  for (const [name, value] of new URL(address, location.origin).searchParams) {
    if (!KNOWN.includes(name) || !value || (name === "sort" && !SORTS.slice(1).includes(value))) continue;
    kept.append(name, value);
  }
  return kept;
}

/** The same search with `value` of a field put in or taken out. */
export function toggled(parameters, field, value) {
  const next = new URLSearchParams(parameters);
  const values = next.getAll(field);
  next.delete(field);
  const left = values.includes(value) ? values.filter((v) => v !== value) : [...values, value];
  for (const v of left) next.append(field, v);
  return next;
}

/** The same search with some fields set, or taken out where the value is empty. */
export function changed(parameters, values) {
  const next = new URLSearchParams(parameters);
  for (const [name, value] of Object.entries(values)) {
    if (value) next.set(name, value);
    else next.delete(name);
  }
  return next;
}

export const addressOf = (parameters) => (parameters.size ? `/?${parameters}` : "/");

/** The filters as the body of a question. */
export function filtersOf(parameters) {
  const filters = Object.fromEntries(FIELDS.map((field) => [field, parameters.getAll(field)]));
  for (const name of ["date_from", "date_to"]) if (parameters.get(name)) filters[name] = parameters.get(name);
  return filters;
}
