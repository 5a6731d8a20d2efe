// The reference of the interface, drawn from the same description that programs read.
import { el } from "./dom.js";

const api = await (await fetch("/openapi.json")).json();
const nameOf = (schema) => schema?.$ref?.split("/").pop();

function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return el("a", { href: `#${nameOf(schema)}` }, nameOf(schema));
  if (schema.anyOf) return el("span", {}, schema.anyOf.flatMap((s, i) => [i ? " or " : "", typeOf(s)]));
  if (schema.type === "array") return el("span", {}, "list of ", typeOf(schema.items));
  if (schema.enum) return schema.enum.join(" | ");
  if ("const" in schema) return String(schema.const);
  return schema.type || "";
}

const row = (name, schema, required, text) =>
  el("tr", {}, el("th", { scope: "row" }, el("code", {}, name), required ? "" : el("small", {}, " optional")), el("td", {}, typeOf(schema)), el("td", {}, text || ""));

const table = (rows) => (rows.length ? el("div", { class: "scroll" }, el("table", {}, rows)) : "");

function operation(path, method, about) {
  const body = Object.entries(about.requestBody?.content || {});
  const answers = Object.entries(about.responses).map(([status, response]) => {
    const [[type, content] = []] = Object.entries(response.content || {});
    return row(status, content?.schema, true, `${response.description}${type && type !== "application/json" ? ` (${type})` : ""}`);
  });
  return el("section", { class: "card operation", id: about.operationId },
    el("h2", {}, el("b", {}, method.toUpperCase()), " ", el("code", {}, path)),
    el("p", {}, about.description || about.summary),
    table((about.parameters || []).map((p) => row(p.name, p.schema, p.required, p.description || p.schema.description))),
    body.length ? el("p", {}, "Body: ", body.flatMap(([type, { schema }]) => [typeOf(schema), ` (${type})`])) : "",
    el("h3", {}, "Answers"), table(answers));
}

const schema = (name, about) =>
  el("section", { class: "card", id: name }, el("h2", {}, name), el("p", {}, about.description || ""),
    table(Object.entries(about.properties || {}).map(([field, of]) => row(field, of, (about.required || []).includes(field), of.description))),
    about.enum ? el("p", {}, about.enum.join(", ")) : "");

document.getElementById("view").append(
  ...Object.entries(api.paths).flatMap(([path, methods]) => Object.entries(methods).map(([method, about]) => operation(path, method, about))),
  el("h1", {}, "Types"),
  ...Object.entries(api.components.schemas).map(([name, about]) => schema(name, about)));
