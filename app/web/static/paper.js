// Checks a credential, pasted or chosen as a file, in the browser itself: it is not sent. Only the number of the certificate is asked of
// the register. A PDF goes to the register, as everything does without a script or where the browser lacks what is needed.

const place = document.querySelector("[data-browser]");
const form = document.querySelector("[name=credential]")?.form;
const able = Boolean(globalThis.crypto?.subtle && globalThis.DecompressionStream);
const NUMBERS = /(?<![A-Z0-9])[A-Z]{2,6}-[0-9]{6}-[0-9A-Z](?![A-Z0-9])/g;
const kept = (name) => place.querySelector(`[data-${name}]`).content;
const put = (name) => document.querySelector(`[data-put=${name}]`);
const part = (name) => document.querySelector(`[data-part=${name}]`);
let checking = false;

/** A sentence of the page by its name, with its places filled in. */
function say(name, values = {}) {
  const words = kept("words").querySelector(`[data-word=${name}]`).textContent;
  return words.replaceAll(/\{(\w+)\}/g, (all, one) => String(values[one] ?? all));
}

/** 2028-06-30 as every page of ours writes it. */
function spoken(day) {
  const [year, month, date] = day.split("-").map(Number);
  return `${date} ${say(`month_${month}`)} ${year}`;
}

/** The name of the sentence that the grammar of the language has for so many. */
const counted = (name, count) => `${name}_${new Intl.PluralRules(document.documentElement.lang).select(count)}`;

/** What this register publishes at a path, null when it cannot be had. Nothing is ever fetched from elsewhere. */
async function fetched(path) {
  if (!/^[A-Za-z0-9._:-][A-Za-z0-9._:/-]*$/.test(path) || path.includes("..")) return null;
  try {
    const answer = await fetch(`/${path}`, { mode: "same-origin", credentials: "omit", redirect: "error", cache: "no-store" });
    return answer.ok ? new Uint8Array(await answer.arrayBuffer()) : null;
  } catch {
    return null;
  }
}

/** The register's own answer about a number, today or on a day: with what it says when there is no such day. */
async function asked(number, on = "") {
  try {
    const answer = await fetch(`/api/v1/verify/${number}${on && `?on=${encodeURIComponent(on)}`}`, { credentials: "omit", cache: "no-store" });
    const said = await answer.json();
    return answer.ok ? said : { sentence: said.detail };
  } catch {
    return null;
  }
}

/** The one certificate number that a token gives, whether anything about it is true or not; nothing for none or several. */
function named(token) {
  let said = token;
  try {
    said += atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"));
  } catch {
    // no second part, or one that cannot be read
  }
  const numbers = new Set(said.match(NUMBERS));
  return numbers.size === 1 ? [...numbers][0] : "";
}

const isToken = (text) => /^[A-Za-z0-9_=+/-]+\.[A-Za-z0-9_=+/-]+\.[A-Za-z0-9_=+/-]*$/.test(text);

/** A text without what mail and word processors put around and into a token: white space, marks nobody sees, quotation marks. */
const bare = (text) => text.replaceAll(/[\s\u200b-\u200d\u2060\u00ad]/g, "").replaceAll(/^["'`<>‘’‚“”„«»‹›]+|["'`<>‘’‚“”„«»‹›]+$/g, "");

/** A day besides today, as it was typed into its three boxes. */
function dayTyped() {
  const [year, month, day] = ["year", "month", "day"].map((one) => form.elements[`on-${one}`].value.trim());
  return year || month || day ? `${year.padStart(4, "0")}-${month.padStart(2, "0")}-${day.padStart(2, "0")}` : "";
}

/** Of something that is none of a certificate: that nothing was looked at, and why. */
function unsure(name, more) {
  const sentence = say(name);
  const looks = [{ what: "kind", found: "cannot_tell", sentence }];
  return { answer: "cannot_tell", sentence, title: "title_unsure", tone: "unknown", advice: "advice_unsure", looks, ...more };
}

async function looksAt(token) {
  const [tokens, logged, shapes, { Looks }] = await Promise.all(["tokens", "logged", "shapes", "looks"].map((name) => import(place.dataset[name])));
  const number = named(token);
  if (!isToken(token) || token.length > tokens.LONGEST) return unsure("kind_other", { number, today: number && (await asked(number)) });
  const had = remembering(fetched);
  const witnesses = place.dataset.witnesses.split(" ").filter(Boolean);
  const looks = new Looks({ tokens, logged, shapes, had, say, spoken, counted, witnesses, now: new Date() });
  if (!(await looks.begin())) return unsure("kind_no_keys");
  if (!looks.names(token)) return unsure("kind_strange", { number, today: number && (await asked(number)) });
  const other = looks.kind(token);
  if (other) return unsure(`other_${other}`, { advice: "", send: true });
  await looks.look(token);
  return summed(looks, looks.statement?.number ?? number);
}

/** Nothing is fetched twice for one answer, so that no two looks rest on different states of the register. */
function remembering(get) {
  const before = new Map();
  return (path) => before.get(path) ?? before.set(path, get(path)).get(path);
}

/** The answer of all looks, and what the register itself says of the same number. */
async function summed(looks, number) {
  const today = number && (await asked(number));
  await lookAtBody(looks, number, today);
  let { answer, sentence } = looks.answer();
  const advice = looks.advice(answer);
  // The lists are signed some seconds after a change; the register itself knows it at once.
  if (answer === "certified" && today.answer !== "certified") ({ answer, sentence } = today);
  const [title, tone] = looks.headed(answer, today);
  const genuine = looks.statement && answer !== "cannot_tell" && looks.found("log") === "yes";
  const on = dayTyped();
  const then = on && number ? await asked(number, on) : null;
  return { answer, sentence, title, tone, advice, number, today, then, genuine, version: looks.statement?.version, newest: looks.newest, looks: looks.items, send: looks.unable }; // prettier-ignore
}

/** What RRN's licence let the certification body do on the day it decided: the register alone knows it. */
async function lookAtBody(looks, number, today) {
  const said = looks.statement;
  if (!said) return;
  const day = said.decision.decided_on;
  const then = today?.answer ? await asked(number, day) : null;
  if (!then?.body) looks.tell("body", "cannot_tell", "body_unseen");
  else looks.tell("body", then.body.in_order ? "yes" : "aside", "body_told", { day: spoken(day), sentence: then.body.standing });
}

/** A sentence whose certificate numbers are not broken at their hyphens. */
function unbroken(sentence) {
  return sentence.split(/([A-Z]{3}-\d{6}-[0-9A-Z])/).map((piece, at) => {
    if (at % 2 === 0) return piece;
    const number = document.createElement("span");
    number.className = "number";
    number.textContent = piece;
    return number;
  });
}

function fill(name, text) {
  put(name).textContent = text;
  (part(name) ?? put(name)).hidden = !text;
}

function showVerdict({ tone, title, sentence }) {
  const card = kept(`verdict-${tone}`).cloneNode(true);
  const heading = card.querySelector(".verdict__title");
  [heading.textContent, heading.tabIndex] = [say(title), -1];
  card.querySelector(".verdict__sentence").replaceChildren(...unbroken(sentence));
  put("verdict").replaceChildren(card);
  document.title = [heading.textContent, ...document.title.split(" · ").slice(1)].join(" · ");
  return heading;
}

function showAdvice({ tone, advice, newest, number }) {
  if (!advice) return;
  const note = kept({ no: "advice-no", pause: "advice-pause" }[tone] ?? "advice-plain").cloneNode(true);
  const link = note.querySelector("a");
  note.querySelector("[data-said]").textContent = say(advice);
  if (newest) [link.href, link.textContent] = [`/certificates/${number}/${newest}/certificate.pdf`, say("newest", { number })];
  else link.parentElement.remove();
  put("advice").replaceChildren(note);
}

function showRegister({ number, today, then, genuine, version }) {
  if (!today?.sentence) return;
  part("register").hidden = false;
  put("about").textContent = say("about", { number });
  part("untrue").hidden = Boolean(genuine);
  put("today").textContent = today.sentence;
  fill("then", then?.sentence ?? "");
  put("then-day").textContent = then?.on ? spoken(then.on) : say("that_day");
  fill("version", version ? say("version", { version }) : "");
  [put("history").textContent, put("history").href] = [say("history", { number }), `/verify/${number}`];
}

function showLooks(looks) {
  const table = kept("looks").cloneNode(true);
  const like = (found) => table.querySelector(`[data-found=${found}]`).closest("tr").cloneNode(true);
  const rows = looks.map(({ what, found, sentence }) => {
    const row = like(found);
    const [label, , words] = row.querySelectorAll(".table__value");
    [label.textContent, words.textContent] = [say(`look_${what}`), sentence];
    return row;
  });
  table.querySelector("tbody").replaceChildren(...rows);
  put("looks").replaceChildren(table);
}

/** The answer takes the place of the question, as it does when the register gives it, and is what is read next. */
function show(found, token) {
  const heading = showVerdict(found);
  showAdvice(found);
  showRegister(found);
  showLooks(found.looks);
  if (found.number) put("report").href = `/report?number=${found.number}`;
  part("here").hidden = !found.number;
  part("send").hidden = !found.send;
  part("send").querySelector("button").addEventListener("click", () => send(token));
  for (const one of document.querySelectorAll("[data-question]")) one.hidden = true;
  for (const one of document.querySelectorAll("[data-answer]")) one.hidden = false;
  heading.focus();
  window.scrollTo(0, 0);
}

/** Only after somebody said so. */
function send(token) {
  form.elements.document.value = "";
  form.elements.credential.value = token;
  form.submit();
}

async function check(token) {
  if (checking) return;
  [checking, put("said").textContent] = [true, say("checking")];
  try {
    show(await looksAt(token), token);
    put("said").textContent = "";
  } catch {
    put("said").textContent = say("broken");
  }
  checking = false;
}

/** The text of a chosen file when it is a credential, nothing when it is anything else. */
async function tokenIn(file) {
  const text = file.size <= 1024 * 1024 ? bare(await file.text()) : "";
  return isToken(text) ? text : "";
}

/** What was typed stays here. What is neither pasted nor a credential goes to the register, as the page says. */
async function press(event) {
  const [file] = form.elements.document.files;
  const pasted = bare(form.elements.credential.value);
  if (!file && !pasted) return;
  event.preventDefault();
  if (file && pasted) return void (put("said").textContent = say("both"));
  const token = pasted || (await tokenIn(file));
  if (token) await check(token);
  else form.submit();
}

if (place && form && able) {
  for (const [name, hidden] of [["without", true], ["within", false]]) part(name).hidden = hidden;
  form.addEventListener("submit", press);
}
