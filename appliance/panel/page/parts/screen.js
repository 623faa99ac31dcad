// What concerns this screen alone: its language and theme; and the password, which concerns all of them.
import { make, say } from "/open/element.js";
import { LANGUAGES, speak, spoken, words } from "/open/words/words.js";
import { Choice, push } from "./switches.js";

const KEPT = "ghostnote.theme";

export function screenCard(panel) {
  const language = new Choice((name) => {
    speak(name);
    panel.house.build();
  });
  language.named(words("screen.language"), Object.entries(LANGUAGES).map(([code, { name }]) => [code, name]));
  language.stand(spoken());
  for (const button of language.element.querySelectorAll("[data-value]")) button.lang = button.dataset.value;
  const theme = new Choice((name) => {
    localStorage.setItem(KEPT, name);
    wear(name);
    theme.stand(name);
  });
  theme.named(words("screen.theme"), ["dark", "light", "system"].map((name) => [name, words(`screen.${name}`)]));
  theme.stand(localStorage.getItem(KEPT) ?? "dark");
  const logout = push(words("screen.logout"), async () => {
    await panel.attempt(() => panel.api.post("logout"));
    location.assign("/login");
  });
  return { element: make("section.card", {}, make("h2", { text: words("screen.name") }), language.element, theme.element, make("div.row", {}, logout)) };
}

function wear(name) {
  const system = matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark";
  document.documentElement.dataset.theme = name === "system" ? system : name;
}

export function passwordCard(panel) {
  const field = (id, complete) => make("input", { id, type: "password", autocomplete: complete, required: true });
  const [old, fresh] = [field("old-password", "current-password"), field("new-password", "new-password")];
  const status = make("p", { role: "status" });
  const changed = async (event) => {
    event.preventDefault();
    try {
      await panel.api.post("password", { old: old.value, new: fresh.value });
      panel.session.initial_password = false;
      event.target.reset();
      say(status, words("password.done"));
      status.className = "";
    } catch (error) {
      say(status, error.message);
      status.className = "refusal";
    }
  };
  const element = make("form.card", { onsubmit: changed }, make("h2", { text: words("password.name") }),
    make("p.soft", { text: words(panel.session.initial_password ? "password.initial" : "password.hint") }),
    make("input.unseen", { type: "text", autocomplete: "username", value: "ghostnote", tabindex: "-1", "aria-hidden": "true", readonly: true }),
    make("div.field", {}, make("label", { for: old.id, text: words("password.old") }), old),
    make("div.field", {}, make("label", { for: fresh.id, text: words("password.new") }), fresh),
    make("div.row", {}, make("button.button", { type: "submit", text: words("password.change") }), status));
  return { element };
}
