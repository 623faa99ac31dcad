// The door: the password that the box printed at its first start, or the one that was chosen since.
import { make, say } from "/open/element.js";
import { LANGUAGES, firstLanguage, hasWords, speak, spoken, words } from "/open/words/words.js";

function door() {
  const password = make("input", { id: "password", type: "password", autocomplete: "current-password", required: true, "aria-describedby": "said" });
  const said = make("p.refusal", { id: "said", role: "alert" });
  const button = make("button", { type: "submit", text: words("login.go") });
  const tried = async (event) => {
    event.preventDefault();
    button.disabled = true;
    say(said, "");
    const text = await enter(password.value);
    button.disabled = false;
    if (text === null) location.assign("/");
    else {
      say(said, text);
      password.select();
      password.focus();
    }
  };
  const languages = Object.entries(LANGUAGES).map(([code, { name }]) => make("button", {
    type: "button", lang: code, text: name, "aria-pressed": String(code === spoken()), onclick: () => {
      speak(code);
      door();
    },
  }));
  document.getElementById("login").replaceChildren(
    make("h1", {}, make("img", { src: "/open/icon.svg", alt: "" }), "Ghostnote"),
    make("form", { onsubmit: tried },
      make("input.unseen", { type: "text", autocomplete: "username", value: "ghostnote", tabindex: "-1", "aria-hidden": "true", readonly: true }),
      make("label", { for: "password", text: words("login.password") }), password, said, button),
    make("p.soft", { text: words("login.hint") }),
    make("div.languages", { role: "group", "aria-label": words("screen.language") }, languages));
  document.title = `${words("login.name")} – Ghostnote`;
  password.focus();
}

/** Try a password: null when the door is open, else what is wrong, in words. */
async function enter(password) {
  let answer;
  try {
    answer = await fetch("/api/login", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ password }) });
  } catch {
    return words("error.unreachable");
  }
  if (answer.ok) return null;
  const refused = await answer.json().catch(() => ({}));
  const seconds = Math.ceil(refused.retry_after ?? Number(answer.headers.get("Retry-After")) ?? 0);
  return hasWords(`error.${refused.error}`) ? words(`error.${refused.error}`, { seconds, text: refused.text ?? "" }) : refused.text || words("error.unknown");
}

speak(firstLanguage());
door();
