// What the box is asked by HTTP. An error is a sentence to show: in this language where its code is known.
import { hasWords, words } from "/open/words/words.js";

export class Refused extends Error {
  constructor(code, text) {
    super(code && hasWords(`error.${code}`) ? words(`error.${code}`, { text: text ?? "" }) : text || words("error.unknown"));
    this.code = code;
  }
}

export class Api {
  /** `ended` is called when the session is over. */
  constructor(ended) {
    this._csrf = "";
    this._ended = ended;
  }

  async session() {
    const session = await this.get("session");
    this._csrf = session.csrf;
    return session;
  }

  get(path) {
    return this._ask("GET", path);
  }

  post(path, body = {}) {
    return this._ask("POST", path, body);
  }

  patch(path, body) {
    return this._ask("PATCH", path, body);
  }

  remove(path) {
    return this._ask("DELETE", path);
  }

  /** Send a file as it is. */
  put(path, file) {
    return this._ask("PUT", path, file, "application/octet-stream");
  }

  async _ask(method, path, body, type = "application/json") {
    const headers = method === "GET" ? {} : { "X-Ghostnote-CSRF": this._csrf, "Content-Type": type };
    const sent = body === undefined || type !== "application/json" ? body : JSON.stringify(body);
    let answer;
    try {
      answer = await fetch(`/api/${path}`, { method, headers, body: sent, cache: "no-store" });
    } catch {
      throw new Refused("unreachable");
    }
    return this._read(answer);
  }

  async _read(answer) {
    if (answer.status === 204) return null;
    const said = await answer.json().catch(() => ({}));
    if (answer.ok) return said;
    if (answer.status === 401 && said.error === "no_session") this._ended();
    throw new Refused(said.error, said.text);
  }
}
