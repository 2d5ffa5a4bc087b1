// A page about long work: shows how far it has come, and when it is done, what has come of it.
// Without this file the page loads itself anew.

const place = document.getElementById("progress");
const PAUSE_MS = 3000;

async function look() {
  try {
    const answer = await fetch(location.href);
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const next = page.getElementById("progress");
    if (answer.ok && !next) {
      location.reload();
      return;
    }
    if (next && next.textContent !== place.textContent) place.replaceChildren(...next.childNodes);
  } catch {
    // The net is away: what stands there stays.
  }
  setTimeout(look, PAUSE_MS);
}

setTimeout(look, PAUSE_MS);
