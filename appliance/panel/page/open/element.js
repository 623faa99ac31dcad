// Elements made by code. Text goes in as text nodes alone: nothing that the box says is ever read as markup.

const SVG = "http://www.w3.org/2000/svg";
const SVG_TAGS = new Set(["svg", "path", "circle", "ellipse", "line", "rect", "g", "text", "polyline", "title", "desc"]);

/** An element with attributes and children. A key that begins with "on" is a listener, `text` its text. */
export function make(tag, attributes = {}, ...children) {
  const [name, ...classes] = tag.split(".");
  const element = SVG_TAGS.has(name) ? document.createElementNS(SVG, name) : document.createElement(name || "div");
  if (classes.length) element.classList.add(...classes);
  for (const [key, value] of Object.entries(attributes)) put(element, key, value);
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

function put(element, key, value) {
  if (value === undefined || value === null) return;
  if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
  else if (key === "text") element.textContent = value;
  else if (key === "data") Object.assign(element.dataset, value);
  else if (value === false && !key.startsWith("aria-")) element.removeAttribute(key);
  else element.setAttribute(key, value === true && !key.startsWith("aria-") ? "" : String(value));
}

/** Put a text where another stands, and touch nothing when it is the same: readers read what changes. */
export function say(element, text) {
  const words = String(text ?? "");
  if (element.textContent !== words) element.textContent = words;
}

/** Put an attribute where it differs. */
export function mark(element, key, value) {
  const words = String(value);
  if (element.getAttribute(key) !== words) element.setAttribute(key, words);
}

/**
 * One child for each item, kept from one call to the next by its key: what has the focus keeps it.
 * `born` makes a child of an item, and `shown` puts the item's news into it.
 */
export function keyed(parent, items, key, born, shown = () => {}) {
  const old = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let place = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = old.get(name);
    old.delete(name);
    if (!child) {
      child = born(item);
      child.dataset.key = name;
    }
    shown(child, item);
    if (child === place) place = place.nextElementSibling;
    else parent.insertBefore(child, place);
  }
  for (const child of old.values()) child.remove();
}
