// What the page says, and how numbers, dates and languages are written: the words are in words.en.js and words.ru.js.

/** The reader's language: first.js has chosen it. */
export const language = document.documentElement.lang;
const { default: WORDS, SAID = {} } = await import(`./words.${language}.js`);

const unstored = new Map(); // what is remembered until the page is closed, where the browser stores nothing for it

/** What is remembered under a name: in every tab, or, in "sessionStorage", in this one; null if nothing is. */
export function remembered(name, store = "localStorage") {
  try {
    return window[store].getItem(name);
  } catch {
    return unstored.get(name) ?? null;
  }
}

/** Remember a value; says whether the browser stored it: it may store nothing, or have no room. */
export function remember(name, value, store = "localStorage") {
  try {
    window[store].setItem(name, value);
    return true;
  } catch {
    unstored.set(name, value);
    return false;
  }
}

/** Whether the browser lets the page store anything. */
export function stores() {
  try {
    return Boolean(window.localStorage);
  } catch {
    return false;
  }
}

const locale = language === "en" ? "en-GB" : language;
const rules = new Intl.PluralRules(locale);
const FORMS = { en: ["one", "other"], ru: ["one", "few", "many"] }[language];
const names = new Intl.DisplayNames(locale, { type: "language", fallback: "code" });

/** Say a phrase; `{name}` in it stands for a value, and `n` chooses one of `{one|few|many}`. */
export function t(key, values = {}) {
  const form = FORMS.indexOf(rules.select(values.n));
  const value = (given) => (typeof given === "number" ? given.toLocaleString(locale) : given ?? "");
  return WORDS[key].replace(/\{([^}]+)\}/g, (_, name) => (name.includes("|") ? name.split("|")[Math.max(0, form)] : value(values[name])));
}

const escaped = (text) => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const heard = Object.entries(SAID).map(([theirs, ours]) => [new RegExp(`^${theirs.split("{}").map(escaped).join("(.*?)")}$`, "su"), ours]);

/** What the server says in English, in the reader's language where the catalogue has it. */
export function said(text) {
  for (const [like, ours] of heard) {
    const parts = like.exec(text);
    let next = 1;
    if (parts) return ours.replace(/\{(!?)(\d?)\}/g, (_, too, at) => (too ? said : String)(parts[at ? Number(at) + 1 : next++]));
  }
  return text;
}

/** What a problem of the server is called here, or what the server itself says of it. */
export const troubleText = (kind, part, words) => (WORDS[`t:${kind}${part}`] ? t(`t:${kind}${part}`) : said(words));

export function languageName(tag) {
  try {
    const name = names.of(tag);
    return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
  } catch {
    return tag;
  }
}

const dates = (day) => new Intl.DateTimeFormat(locale, { year: "numeric", month: "long", day, timeZone: "UTC" });
const [days, months] = [dates("numeric"), dates()];

/** Write an ISO date, as precise as it is, the way people do. */
export function dateName(date) {
  if (!date || date.length < 7) return date || "";
  const time = new Date(date);
  return Number.isNaN(time.getTime()) ? date : (date.length < 10 ? months : days).format(time);
}

export function switchLanguage() {
  remember("language", language === "en" ? "ru" : "en");
  location.reload();
}
