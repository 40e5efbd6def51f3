"use strict";
// What all views share: the data, and elements made of text. Names are data: they are only ever set as text.

const data = JSON.parse(document.getElementById("data").textContent);
const byId = (id) => document.getElementById(id);

/** Return a new HTML element with a class and children, which are nodes or texts. */
function make(tag, className, ...children) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  element.append(...children);
  return element;
}

/** Return a new SVG element with attributes. */
function draw(tag, attributes, text) {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Return a name as an element in which its direction of writing changes nothing around it. */
function name(text) {
  const element = make("bdi", "", text);
  element.dir = "auto";
  return element;
}

/** Return a triple as nodes: its parts, with a dash for a blank part. */
function triple(parts) {
  const nodes = [];
  parts.forEach((part, place) => {
    if (place) nodes.push(" · ");
    nodes.push(part === null ? "–" : name(part));
  });
  return nodes;
}

const isBlank = (parts) => parts.every((part) => part === null);
const percent = (share) => `${Math.round(100 * share)}%`;
const count = (number, what) => `${number.toLocaleString("en")} ${what}${number === 1 ? "" : "s"}`;
