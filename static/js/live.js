// Keeps the changing part of a page up to date by server-sent events; without them the page shows what was known when it loaded.

const region = document.querySelector("[data-live]");
const status = document.querySelector("[data-live-status]");

const say = (text) => {
  if (status && status.textContent !== text) status.textContent = text;
};

if (region && "EventSource" in window) {
  const source = new EventSource(region.dataset.live);
  let fades;
  source.addEventListener("state", (event) => {
    clearTimeout(fades);
    region.innerHTML = event.data; // rendered by our own template, which escapes what it shows
    say("live");
  });
  source.addEventListener("error", () => {
    // Streams end and begin again by themselves; only a longer silence is worth telling.
    clearTimeout(fades);
    fades = setTimeout(() => say("no connection; what you see may be old"), 10_000);
  });
  addEventListener("pagehide", () => source.close());
}
