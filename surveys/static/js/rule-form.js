// The form of a follow-up rule: hides what has no meaning yet, and shows the next mails while one edits.
// Without this file everything is in sight, and a button shows the mails.

const form = document.querySelector("[data-rule-form]");
const place = document.getElementById("moments");
const PAUSE_MS = 500;
let timer = 0;
let asked = 0;

function value(name) {
  const field = form.elements.namedItem(name);
  return field ? field.value : "";
}

function fit() {
  for (const part of form.querySelectorAll("[data-when]")) {
    const [name, values] = part.dataset.when.split(":");
    const faulty = part.querySelector(".has-error") !== null;
    part.hidden = !faulty && !values.split(",").includes(value(name));
  }
}

async function show() {
  const number = ++asked;
  try {
    const answer = await fetch(form.dataset.moments, { method: "POST", body: new FormData(form) });
    if (answer.ok && !answer.redirected && number === asked) {
      place.innerHTML = await answer.text();
    }
  } catch {
    // The net is away: what stands there stays, and saving shows it all again.
  }
}

function changed() {
  fit();
  clearTimeout(timer);
  timer = setTimeout(show, PAUSE_MS);
}

form.addEventListener("input", changed);
for (const button of form.querySelectorAll(".no-script")) button.hidden = true;
fit();
