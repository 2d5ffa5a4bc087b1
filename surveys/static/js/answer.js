// A form to answer: shows what is asked, saves as one goes, and keeps in this browser what cannot be sent.
// Without this file everything works by its buttons.

const form = document.querySelector("form[data-draft]");
const PREFIX = "folja-draft:";
const PAUSE_MS = 1500;
const RETRY_MS = 5000;
const LONGEST_RETRY_MS = 60000;
const KEPT_MS = 30 * 24 * 3600 * 1000;
const MOST_KEEPALIVE = 60000; // browsers let no more than 64 KiB go on after the page is left

// Expressions: the trees of surveys/domain/expressions.py, worked out as there ------------------------------

const NUMBER = /^\s*-?(?:\d+(?:\.\d*)?|\.\d+)\s*$/;
const DAY = /^\d{4}-\d{2}-\d{2}$/;

export function holds(tree, answers, own = "", today = "") {
  return truth(value(tree, { answers, own, today }));
}

function value([kind, ...parts], given) {
  if (kind === "number" || kind === "text") return parts[0];
  if (kind === "answer") return given.answers[parts[0]] ?? "";
  if (kind === "own") return given.own;
  if (kind === "today") return given.today;
  if (kind === "and") return parts.every((each) => truth(value(each, given)));
  if (kind === "or") return parts.some((each) => truth(value(each, given)));
  return OPERATORS[kind](...parts.map((each) => value(each, given)));
}

function truth(found) {
  return Array.isArray(found) ? found.length > 0 : Boolean(found);
}

function number(found) {
  if (typeof found === "boolean" || typeof found === "number") return Number(found);
  return NUMBER.test(text(found)) ? Number(text(found)) : NaN;
}

function text(found) {
  return Array.isArray(found) ? found.join(" ") : String(found);
}

function codes(found) {
  return Array.isArray(found) ? found : text(found).split(/\s+/).filter(Boolean);
}

function equal(left, right) {
  const kinds = [typeof left, typeof right];
  if (kinds.includes("boolean")) return truth(left) === truth(right);
  if (kinds.includes("number")) return number(left) === number(right);
  return text(left) === text(right);
}

function ordered(compare) {
  return (left, right) => {
    const days = [left, right].every((each) => typeof each === "string" && DAY.test(each));
    return days ? compare(left, right) : compare(number(left), number(right));
  };
}

const OPERATORS = {
  "=": equal,
  "!=": (left, right) => !equal(left, right),
  "<": ordered((left, right) => left < right),
  "<=": ordered((left, right) => left <= right),
  ">": ordered((left, right) => left > right),
  ">=": ordered((left, right) => left >= right),
  "+": (left, right) => number(left) + number(right),
  "-": (left, right) => number(left) - number(right),
  "*": (left, right) => number(left) * number(right),
  div: (left, right) => number(left) / number(right),
  mod: (left, right) => number(left) % number(right),
  not: (found) => !truth(found),
  selected: (found, code) => codes(found).includes(text(code)),
  "count-selected": (found) => codes(found).length,
  "string-length": (found) => [...text(found)].length,
  true: () => true,
  false: () => false,
};

// What is asked ---------------------------------------------------------------------------------------------

// An answer as expressions see it; what the server would not take is no answer.
function read(how, data) {
  const one = String(data.get(how.field) ?? "").trim();
  const other = String(data.get(`${how.field}.text`) ?? "").trim();
  const several = (how.fields ?? []).map((name) => String(data.get(name) ?? "").trim());
  if (how.kind === "number") return readNumber(one, how);
  if (how.kind === "one_choice") return other && one && one !== "other" ? "" : one || (other ? "other" : "");
  if (how.kind === "several_choices") {
    const chosen = [...new Set([...data.getAll(how.field), ...(other ? ["other"] : [])])];
    return how.max && chosen.length > how.max ? [] : chosen;
  }
  if (how.kind === "words") return several.some((each) => [...each].length > how.longest) ? [] : [...new Set(several.filter(Boolean))];
  if (how.kind === "ranking") return readPlaces(several, how);
  return how.longest && [...one].length > how.longest ? "" : one;
}

function readNumber(typed, how) {
  const plain = typed.replace(/\u2212/g, "-").replace(/[\s\u00a0\u2007\u2009\u202f]+/g, " ");
  if (how.decimals < 3 && /^[+-]?[1-9]\d{0,2}([.,]\d{3})+([.,]\d+)?$/.test(plain)) return "";
  const match = /^([+-]?)(\d{1,3}(?: \d{3})+|\d+)(?:[.,](\d+))?$/.exec(plain);
  if (!match || (match[3] ?? "").replace(/0+$/, "").length > how.decimals) return "";
  const found = Number(`${match[1]}${match[2].replaceAll(" ", "")}.${match[3] ?? 0}`);
  return found < Number(how.min ?? -Infinity) || found > Number(how.max ?? Infinity) ? "" : String(found);
}

function readPlaces(places, how) {
  const chosen = how.codes.map((code, at) => [Number(places[at]), code]).filter(([place]) => place);
  chosen.sort((left, right) => left[0] - right[0]);
  return chosen.every(([place], at) => place === at + 1) ? chosen.map(([, code]) => code) : [];
}

function fit() {
  if (!form.dataset.conditions) return;
  const { today, given, conditions, answers, groups } = JSON.parse(form.dataset.conditions);
  const data = new FormData(form);
  const known = { ...given };
  for (const [code, how] of Object.entries(answers)) {
    const found = read(how, data);
    if (truth(found)) known[code] = found;
  }
  const shut = new Set();
  for (const [code, trees] of conditions) {
    if (trees.every((tree) => holds(tree, known, "", today))) continue;
    shut.add(code);
    delete known[code];
  }
  for (const part of form.querySelectorAll("[data-asked]")) {
    part.hidden = shut.has(part.dataset.asked);
    part.querySelector("[name^='seen-']").disabled = part.hidden;
  }
  for (const part of form.querySelectorAll("[data-group]")) {
    const members = groups[part.dataset.group];
    if (members) part.hidden = members.every((code) => shut.has(code));
  }
}

// What cannot be sent ---------------------------------------------------------------------------------------

// Each page keeps its own under PREFIX, the form's public id, and the address it is sent to.
function keysOf(id) {
  try {
    return Object.keys(localStorage).filter((each) => each.startsWith(id === undefined ? PREFIX : `${PREFIX}${id}:`));
  } catch {
    return []; // the browser keeps nothing for pages
  }
}

function keptAt(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function forgetAll(keys) {
  for (const key of keys) localStorage.removeItem(key);
}

// What other pages of this form have kept: each to be opened, or removed.
function listKept(place) {
  const list = place.querySelector("ul");
  for (const key of keysOf(place.dataset.kept)) {
    const address = key.slice(key.indexOf("/"));
    if (form && address === form.getAttribute("action")) continue;
    const { title } = keptAt(key);
    const line = document.createElement("li");
    const remove = Object.assign(document.createElement("button"), { type: "button", className: "plain-button", textContent: place.dataset.remove });
    remove.setAttribute("aria-label", `${place.dataset.remove}: ${title}`);
    remove.addEventListener("click", () => {
      forgetAll([key]);
      line.remove();
      place.hidden = !list.children.length;
      document.getElementById("main").focus();
    });
    line.append(opener(address, title), " ", remove);
    list.append(line);
    place.hidden = false;
  }
}

// All questions on one page have no address of their own: on the first screen they are asked for by a button.
function opener(address, title) {
  const layout = address === location.pathname && document.getElementById("layout");
  const made = document.createElement(layout ? "button" : "a");
  if (layout) Object.assign(made, { className: "plain-button", name: "layout", value: "one_page" }).setAttribute("form", "layout");
  else made.href = address;
  made.textContent = title;
  return made;
}

function saving() {
  const state = document.getElementById("save-state");
  const offer = document.getElementById("kept-here");
  const address = form.getAttribute("action");
  const key = `${PREFIX}${form.dataset.draft}:${address}`;
  let saved = "unsaved" in form.dataset ? null : typed(); // as the server has it
  let failed = null; // what was sent last, without an answer
  let told = ""; // what was said last
  let stopped = ""; // why nothing more can be sent from this page
  let keeping = false; // though it may be later, from another
  let leaving = false;
  let busy = 0;
  let wait = RETRY_MS;
  let timer = 0;
  let queue = Promise.resolve();

  function typed() {
    return JSON.stringify([...new FormData(form)].filter(([name, each]) => name.startsWith("q-") && each !== ""));
  }

  function hiddenField(name) {
    return form.querySelector(`input[type=hidden][name=${name}]`);
  }

  // A screen reader speaks of what is new: not that the clock has moved on, nor, of one question at a time,
  // that it is kept as was promised.
  function say(words, promised = false) {
    const news = words.replace(/\d+[.:]\d+/, "");
    state.setAttribute("aria-live", news === told || (promised && !told) ? "off" : "polite");
    told = news;
    if (state.textContent !== words) state.textContent = words;
  }

  function keep() {
    const title = document.querySelector("h1").textContent.trim();
    const [edition, was] = ["edition", "was"].map((name) => hiddenField(name)?.value);
    const content = { at: Date.now(), title, edition, was, typed: typed() };
    try {
      localStorage.setItem(key, JSON.stringify(content));
      return true;
    } catch {
      return false;
    }
  }

  function forget() {
    if (offer.hidden) forgetAll(keysOf(form.dataset.draft).filter((each) => each === key));
  }

  async function post(body, content) {
    failed = { body, content };
    const answer = await fetch(address, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/x-www-form-urlencoded" },
      body,
      keepalive: body.length < MOST_KEEPALIVE,
    });
    if (answer.status >= 500) throw new Error("not now");
    const now = await answer.json();
    failed = null;
    wait = RETRY_MS;
    if (now.state === "saved" || now.state === "incomplete") saved = content;
    else stop(now.state);
    if (now.state === "saved") {
      hiddenField("edition").value = now.edition;
      if (hiddenField("was")) hiddenField("was").value = now.was;
      forget();
    }
    say(now.said, now.state === "saved" && Boolean(hiddenField("was")));
    if (now.choose) addChoice(now.choose);
  }

  function stop(reason) {
    stopped = reason;
    keeping = !["closed", "withdrawn_link", "conflict", "form_changed"].includes(reason);
    if (keeping) keep();
    else if (["closed", "withdrawn_link"].includes(reason)) forgetAll(keysOf(form.dataset.draft));
  }

  // On to the page that shows what is not as one thought: what is typed comes along.
  function addChoice(words) {
    const button = document.createElement("button");
    Object.assign(button, { className: "plain-button", name: "save", value: "1", textContent: words });
    state.append(" ", button);
  }

  async function saveOnce() {
    try {
      // The same once more before anything else: it may have arrived, and then it is nothing new.
      if (failed && !stopped) await post(failed.body, failed.content);
      if (!stopped && typed() !== saved) {
        const body = new URLSearchParams(new FormData(form));
        body.set("save", "1");
        await post(body.toString(), typed());
      }
    } catch {
      say(keep() ? form.dataset.offline : form.dataset.unkept);
      clearTimeout(timer);
      timer = setTimeout(save, wait);
      wait = Math.min(2 * wait, LONGEST_RETRY_MS);
      return "offline";
    }
    return stopped || "saved";
  }

  function save() {
    clearTimeout(timer);
    busy += 1;
    queue = queue.then(saveOnce).finally(() => (busy -= 1));
    return queue;
  }

  function isUnsaved() {
    return !stopped && (failed !== null || typed() !== saved);
  }

  function takeBack({ typed: content, edition, was }) {
    const pairs = JSON.parse(content);
    for (const field of form.elements) {
      if (!field.name.startsWith("q-")) continue;
      const mine = pairs.filter(([name]) => name === field.name).map(([, each]) => each);
      if (["radio", "checkbox"].includes(field.type)) field.checked = mine.includes(field.value);
      else field.value = mine[0] ?? "";
    }
    // What it was written on: has something else been saved since, both are shown.
    hiddenField("edition").value = edition;
    if (hiddenField("was")) hiddenField("was").value = was ?? "";
    fit();
    save();
  }

  function offerKept() {
    const kept = keptAt(key);
    if (!kept.typed || kept.typed === saved) return forget();
    if (kept.typed === typed()) return; // on the page, and not yet sent
    offer.hidden = false;
    offer.querySelector("[data-take-back]").addEventListener("click", () => {
      offer.hidden = true;
      takeBack(kept);
      document.getElementById("main").focus();
    });
    offer.querySelector("[data-remove]").addEventListener("click", () => {
      offer.hidden = true;
      forget();
      document.getElementById("main").focus();
    });
  }

  form.addEventListener("input", () => {
    fit();
    if (failed || keeping) keep();
    clearTimeout(timer);
    timer = setTimeout(save, PAUSE_MS);
  });
  form.addEventListener("focusout", () => isUnsaved() && !failed && save());
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && isUnsaved() && !leaving) {
      keep();
      save();
    }
  });
  window.addEventListener("online", () => isUnsaved() && save());
  window.addEventListener("pageshow", (event) => {
    leaving = false;
    if (event.persisted) location.reload(); // what it shows may have been changed since
  });
  form.addEventListener("submit", async (event) => {
    if (leaving || stopped || (!busy && !isUnsaved() && navigator.onLine)) return;
    event.preventDefault();
    if ((await save()) === "offline" || !navigator.onLine) {
      say(keep() ? form.dataset.stopped : form.dataset.unkept);
      return;
    }
    leaving = true;
    form.requestSubmit(event.submitter);
  });
  offerKept();
}

forgetAll(keysOf().filter((key) => !(keptAt(key).at > Date.now() - KEPT_MS)));
if (form) {
  fit();
  saving();
}
// Of what is sent in, what was written since then stays.
for (const { dataset: { ended, edition } } of document.querySelectorAll("[data-ended]")) {
  forgetAll(keysOf(ended).filter((key) => !edition || keptAt(key).edition !== edition));
}
for (const place of document.querySelectorAll("[data-kept]")) listKept(place);
