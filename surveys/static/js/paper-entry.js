// Typing in papers: digits choose among the answers of a question, Enter goes on to the next one.
// Without this file the arrow keys choose, Tab goes on and Enter keeps nothing.

const form = document.querySelector("[data-paper-entry]");
const questions = [...form.querySelectorAll(".question")];
const keep = form.querySelector("button[name=save]");
const TYPED = "input:not([type=radio]):not([type=checkbox]):not([type=hidden]), textarea, select";

function controls(question) {
  return [...question.querySelectorAll("input:not([type=hidden]), textarea, select")];
}

function choices(question) {
  return [...question.querySelectorAll("input[type=radio], input[type=checkbox]")];
}

function enter(question) {
  const all = controls(question);
  const first = all.find((each) => each.checked) ?? all[0];
  if (first) {
    first.focus();
    question.scrollIntoView({ block: "nearest" });
  }
}

function goOn(question) {
  const next = questions.slice(questions.indexOf(question) + 1).find((each) => controls(each).length);
  if (next) {
    enter(next);
  } else {
    keep.focus();
  }
}

function choose(question, digit) {
  const all = choices(question);
  const answers = all.filter((each) => each.value !== "");
  if (digit === 0) {
    for (const each of answers) each.checked = false;
    all.find((each) => each.value === "")?.focus();
    return;
  }
  const chosen = answers[digit - 1];
  if (!chosen) return;
  chosen.checked = chosen.type === "radio" || !chosen.checked;
  chosen.focus();
}

form.addEventListener("keydown", (event) => {
  const question = event.target.closest(".question");
  if (!question || event.altKey || event.ctrlKey || event.metaKey) return;
  if (event.key === "Enter" && event.target.tagName !== "TEXTAREA") {
    event.preventDefault();
    const all = [...question.querySelectorAll(TYPED)];
    const next = all[all.indexOf(event.target) + 1];
    if (next && event.target.matches(TYPED)) {
      next.focus();
    } else {
      goOn(question);
    }
  } else if (/^[0-9]$/.test(event.key) && !event.target.matches(TYPED) && choices(question).length) {
    event.preventDefault();
    choose(question, Number(event.key));
  }
});

if (questions.length && !document.querySelector(".error-summary")) {
  enter(questions[0]);
}
