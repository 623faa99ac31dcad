// What the panel knows of the box: one tree, changed by merge patches, and who wants to hear of changes.

/** A tree with a patch merged into it, as RFC 7396 has it; what did not change keeps its identity. */
export function merged(tree, patch) {
  if (patch === null || typeof patch !== "object" || Array.isArray(patch)) return patch;
  const result = tree !== null && typeof tree === "object" && !Array.isArray(tree) ? { ...tree } : {};
  for (const [key, value] of Object.entries(patch)) {
    // A key such as __proto__ is a name like another here, never the object's parent.
    if (value === null) delete result[key];
    else Object.defineProperty(result, key, { value: merged(result[key], value), enumerable: true, writable: true, configurable: true });
  }
  return result;
}

export class Store {
  constructor() {
    this.state = {};
    this._hearers = new Set();
    this._due = false;
  }

  replace(state) {
    this.state = state;
    this._tell();
  }

  patch(patch) {
    this.state = merged(this.state, patch);
    this._tell();
  }

  /** Call `hear(state)` now, and once a frame in which something changed. Returns what ends it. */
  watch(hear) {
    this._hearers.add(hear);
    hear(this.state);
    return () => this._hearers.delete(hear);
  }

  _tell() {
    if (this._due) return;
    this._due = true;
    // A hidden page has no frames; a timer serves there too, and thirty a second are enough.
    setTimeout(() => {
      this._due = false;
      for (const hear of [...this._hearers]) hear(this.state);
    }, 16);
  }
}
