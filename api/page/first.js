// Run before anything is painted: the reader's language, and which layout the address asks for, so that nothing moves once the page is there.
{
  const [root, known] = [document.documentElement, ["en", "ru"]];
  let kept = null;
  try {
    kept = localStorage.getItem("language");
  } catch {
    // a browser that keeps nothing has a language all the same
  }
  root.lang = [kept, ...(navigator.languages || [navigator.language]).map((tag) => tag.slice(0, 2))].find((tag) => known.includes(tag)) || "en";
  const early = document.createElement("link");
  Object.assign(early, { rel: "modulepreload", href: `/page/words.${root.lang}.js` });
  document.head.append(early);
  root.classList.toggle("start", location.pathname === "/" && !new URLSearchParams(location.search).get("q"));
  root.classList.add("undressed"); // the words are not yet in the reader's language
}
