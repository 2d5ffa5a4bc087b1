// A page about long work: shows how far it has come, and when it is done, what has come of it.
// Without this file the page loads itself anew.

const place = document.getElementById("progress");
const PAUSE_MS = 3000;
const LONGEST_MS = 30 * 60 * 1000; // every look keeps the sign-in alive, and the page may be left open
const began = Date.now();

// Whether there is reason to look again.
async function look() {
  try {
    const answer = await fetch(location.href);
    if (!answer.ok) return answer.status >= 500;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("progress");
    if (!next) {
      location.reload();
      return false;
    }
    if (next.textContent !== place.textContent) place.replaceChildren(...next.childNodes);
  } catch {
    // The net is away: what stands there stays.
  }
  return true;
}

async function again() {
  if (Date.now() - began > LONGEST_MS) return;
  if (document.hidden || (await look())) setTimeout(again, PAUSE_MS);
}

setTimeout(again, PAUSE_MS);
