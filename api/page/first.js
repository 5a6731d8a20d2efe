// Run before anything is painted: which layout the address asks for, so that nothing moves once the page is there.
{
  const marks = document.documentElement.classList;
  marks.toggle("start", location.pathname === "/" && !new URLSearchParams(location.search).get("q"));
  marks.add("undressed"); // the words are not yet in the reader's language
}
