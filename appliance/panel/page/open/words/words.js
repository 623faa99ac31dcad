// The texts, in the language in force. A language is one file with the keys of en.js, and a line in LANGUAGES.
import { EN } from "./en.js";
import { ET } from "./et.js";

export const LANGUAGES = { en: { name: "English", texts: EN }, et: { name: "Eesti", texts: ET } };

const KEPT = "ghostnote.language";
let language = "en";

/** A text by its key; {name} in it stands for a value. A key without a text is shown itself, so that it is seen. */
export function words(key, values = {}) {
  const text = LANGUAGES[language].texts[key] ?? EN[key] ?? key;
  return text.replace(/\{(\w+)\}/g, (whole, name) => (Object.hasOwn(values, name) ? String(values[name]) : whole));
}

/** Whether there is a text of its own for a key. */
export const hasWords = (key) => Object.hasOwn(LANGUAGES[language].texts, key);

/** The words for a name that the box uses itself, such as a control's; the name where there is none. */
export const wordFor = (kind, name) => (hasWords(`${kind}.${name}`) ? words(`${kind}.${name}`) : String(name).replaceAll("_", " "));

/** A number as the language writes it, with so many decimals. */
export function number(value, decimals = 0) {
  if (value === null || value === undefined || !Number.isFinite(Number(value))) return "–";
  const digits = { minimumFractionDigits: decimals, maximumFractionDigits: decimals };
  return new Intl.NumberFormat(language, digits).format(value).replace("-", "\u2212");
}

/** A date and time of day, from seconds since 1970. */
export const moment = (seconds) =>
  new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(new Date(seconds * 1000));

/** A length of time in words: 72 is "1 min 12 s". */
export function span(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60)];
  if (hours) return words("span.hours", { hours, minutes });
  return minutes ? words("span.minutes", { minutes, seconds: whole % 60 }) : words("span.seconds", { seconds: whole });
}

/** A file's size. */
export function size(bytes) {
  if (bytes < 1000) return `${number(bytes)} B`;
  return bytes >= 1e6 ? `${number(bytes / 1e6, 1)} MB` : `${number(bytes / 1e3)} kB`;
}

export const spoken = () => language;

/** Take a language, and keep it for this browser. */
export function speak(chosen) {
  language = Object.hasOwn(LANGUAGES, chosen) ? chosen : "en";
  localStorage.setItem(KEPT, language);
  document.documentElement.lang = language;
}

/** The language that was chosen here before, else the browser's first that there is. */
export function firstLanguage() {
  const asked = [localStorage.getItem(KEPT), ...navigator.languages.map((tag) => tag.slice(0, 2))];
  return asked.find((tag) => Object.hasOwn(LANGUAGES, tag ?? "")) ?? "en";
}
