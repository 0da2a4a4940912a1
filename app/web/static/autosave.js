// Saves a long form a moment after the last word was typed, by sending it as its button does. Without a script, or
// without a connection, the button still does the same. What stands in the fields is never changed from here.

const place = document.querySelector("[data-autosave]");
const form = place?.querySelector("form");
const MOMENT = 2500; // milliseconds of quiet
const LATER = 10000; // until a connection that failed is tried again
let waiting; // the timer
let sending; // the promise of what is under way
let unsaved = false;

function tell(words) {
  document.querySelector("[data-live] [role=status]").textContent = words;
}

/** What the answer says about the form: when it was saved, what is still missing, and what the next one has to bring. */
function take(answer) {
  for (const name of ["version", "once", "csrf"]) {
    const own = form.elements[name];
    const next = answer.querySelector(`[data-autosave] input[name=${name}]`);
    if (own && next) own.value = next.value;
  }
  for (const part of document.querySelectorAll("[data-live]")) {
    const next = answer.querySelector(`[data-live="${part.dataset.live}"]`);
    if (next && next.innerHTML !== part.innerHTML) part.innerHTML = next.innerHTML;
  }
}

async function send() {
  unsaved = false;
  try {
    const given = await fetch(form.action, { method: "POST", body: new FormData(form) });
    const answer = new DOMParser().parseFromString(await given.text(), "text/html");
    const saved = given.ok && answer.querySelector("[data-autosave]");
    if (saved) take(answer);
    else {
      unsaved = true; // until something is changed or the button is pressed, which shows the reason
      tell(place.dataset.refused);
    }
  } catch {
    unsaved = true;
    tell(place.dataset.offline);
    plan(LATER);
  }
}

function plan(after) {
  clearTimeout(waiting);
  waiting = setTimeout(async () => {
    await sending;
    sending = send();
    await sending;
    sending = undefined;
  }, after);
}

function changed() {
  unsaved = true;
  plan(MOMENT);
}

/** The button brings the newest version, so it waits for what is under way. */
async function press(event) {
  clearTimeout(waiting);
  unsaved = false;
  if (!sending) return;
  event.preventDefault();
  await sending;
  unsaved = false;
  form.requestSubmit(event.submitter);
}

if (form) {
  form.addEventListener("input", changed);
  form.addEventListener("submit", press);
  window.addEventListener("online", () => unsaved && plan(0));
  window.addEventListener("beforeunload", (event) => unsaved && event.preventDefault());
}
