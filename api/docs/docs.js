// Lists what the OpenAPI document holds. Everything is put in as text, never as HTML.
"use strict";

const METHODS = ["get", "post", "put", "patch", "delete"];
const root = document.getElementById("operations");
let schemas = {};

function element(tag, attributes, ...children) {
  const e = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) e.setAttribute(name, value);
  e.append(...children.filter((c) => c !== null && c !== undefined));
  return e;
}

const resolve = (schema) =>
  schema && schema.$ref ? schemas[schema.$ref.split("/").pop()] || {} : schema || {};

const nameOf = (schema) => (schema && schema.$ref ? schema.$ref.split("/").pop() : "");

// typeOf says what a value is, in a few words.
function typeOf(schema) {
  if (!schema) return "";
  if (schema.$ref) return nameOf(schema);
  if (schema.enum) return schema.enum.join(" | ");
  const type = [].concat(schema.type || "any").join(" or ");
  if (schema.type === "array" || (Array.isArray(schema.type) && schema.type.includes("array"))) return "list of " + typeOf(schema.items);
  const bounds = [];
  if (schema.format) bounds.push(schema.format);
  if (schema.minimum !== undefined) bounds.push("from " + schema.minimum);
  if (schema.maximum !== undefined) bounds.push("to " + schema.maximum);
  if (schema.maxLength !== undefined) bounds.push("at most " + schema.maxLength + " characters");
  if (schema.default !== undefined) bounds.push("default " + JSON.stringify(schema.default));
  return type + (bounds.length ? ", " + bounds.join(", ") : "");
}

function table(head, rows) {
  if (!rows.length) return null;
  const tr = (tag, cells) => element("tr", {}, ...cells.map((c) => element(tag, {}, c || "")));
  return element("table", {}, element("thead", {}, tr("th", head)), element("tbody", {}, ...rows.map((r) => tr("td", r))));
}

function fields(schema, depth) {
  const s = resolve(schema);
  if (s.type === "array") return fields(s.items, depth);
  const rows = [];
  for (const [name, field] of Object.entries(s.properties || {})) {
    const needed = (s.required || []).includes(name) ? "" : " (optional)";
    rows.push([name + needed, typeOf(field), field.description || resolve(field).description]);
    const inner = field.type === "array" ? field.items : field;
    if (depth > 0 && nameOf(inner) && nameOf(inner) !== nameOf(schema))
      for (const [n, t, d] of fields(inner, depth - 1)) rows.push([name + (field.type === "array" ? "[]." : ".") + n, t, d]);
  }
  return rows;
}

function body(title, content) {
  const out = [];
  for (const [type, media] of Object.entries(content || {})) {
    const rows = fields(media.schema, 2);
    out.push(element("p", {}, element("strong", {}, title), " ", element("span", { class: "type" }, type + (nameOf(media.schema) ? " · " + nameOf(media.schema) : ""))));
    const t = table(["Field", "Type", "Meaning"], rows);
    if (t) out.push(t);
  }
  return out;
}

function operation(path, method, op) {
  const details = element("details", { id: op.operationId || method + path },
    element("summary", {}, element("span", { class: "method" }, method.toUpperCase()), element("span", { class: "path" }, path), element("span", { class: "says" }, op.summary || "")));
  // The inside is made when it is opened first: the document is large.
  details.addEventListener("toggle", () => {
    if (!details.open || details.children.length > 1) return;
    if (op.description) details.append(element("p", {}, op.description));
    const parameters = (op.parameters || []).map((p) => [p.name + (p.required ? "" : " (optional)"), p.in + ", " + typeOf(p.schema), p.description || (p.schema || {}).description]);
    const t = table(["Parameter", "Type", "Meaning"], parameters);
    if (t) details.append(t);
    if (op.requestBody) details.append(...body("Body", op.requestBody.content));
    for (const [status, response] of Object.entries(op.responses || {})) {
      if (status === "default") continue;
      details.append(element("p", {}, element("strong", {}, "Answer " + status), " ", response.description || ""));
      details.append(...body("", response.content));
    }
    details.append(element("p", { class: "says" }, "Operation id: " + op.operationId));
  });
  details.dataset.text = [path, method, op.summary, op.operationId, op.description].join(" ").toLowerCase();
  return details;
}

function show(doc) {
  schemas = (doc.components || {}).schemas || {};
  const base = ((doc.servers || [])[0] || {}).url || "";
  const groups = new Map();
  let count = 0;
  for (const path of Object.keys(doc.paths || {}).sort()) {
    for (const method of METHODS) {
      const op = doc.paths[path][method];
      if (!op) continue;
      const tag = (op.tags || ["other"])[0];
      if (!groups.has(tag)) groups.set(tag, []);
      groups.get(tag).push(operation(base + path, method, op));
      count++;
    }
  }
  root.replaceChildren(...[...groups.keys()].sort().map((tag) => element("section", {}, element("h2", {}, tag), ...groups.get(tag))));
  document.getElementById("count").textContent = count + " operations.";
}

document.getElementById("find").addEventListener("input", (event) => {
  const words = event.target.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const section of root.querySelectorAll("section")) {
    let any = false;
    for (const d of section.querySelectorAll("details")) {
      d.hidden = !words.every((w) => d.dataset.text.includes(w));
      any = any || !d.hidden;
    }
    section.hidden = !any;
  }
});

fetch("../v1/openapi.json")
  .then((response) => {
    if (!response.ok) throw new Error("status " + response.status);
    return response.json();
  })
  .then(show)
  .catch((err) => root.replaceChildren(element("p", {}, "The document could not be read: " + err.message)));
