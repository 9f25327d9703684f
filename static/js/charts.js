// Charts that answer: drawn again where they stand when they come into view, so that marks can be pointed at and legends
// picked from. Until then, and without scripts, the drawing of the report is there; its words stay for screen readers.

const holder = document.getElementById("chart-specs");
const specs = holder ? JSON.parse(holder.textContent) : {};
const library = document.querySelector('meta[name="vega"]')?.content;
const french = { decimal: ",", thousands: "\u202f", grouping: [3], currency: ["", "\u00a0€"] };
let loading;

const load = () => (loading ??= import(library).then(() => window.vegaEmbed));

const draw = async (still) => {
  const embed = await load();
  const live = document.createElement("div");
  live.className = "chart chart--live";
  live.setAttribute("aria-hidden", "true");
  const inFrench = still.closest("[lang]")?.lang.startsWith("fr");
  await embed(live, specs[still.dataset.chart], {
    actions: false,
    ast: true,
    defaultStyle: false,
    renderer: "svg",
    tooltip: { disableDefaultStyle: true },
    ...(inFrench ? { formatLocale: french } : {}),
  });
  for (const node of live.querySelectorAll("[tabindex]")) node.removeAttribute("tabindex");
  still.after(live);
  still.classList.add("visually-hidden");
};

const seen = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    seen.unobserve(target);
    draw(target).catch((error) => console.warn("A chart stays as it was drawn:", error));
  }
});

if (library) {
  for (const still of document.querySelectorAll("svg[data-chart]")) {
    if (specs[still.dataset.chart]) seen.observe(still);
  }
}

// The flow of electricity: a slider that leaves thin ribbons out.
for (const flow of document.querySelectorAll("svg.sankey")) {
  const ribbons = [...flow.querySelectorAll("[data-share]")];
  const control = document.querySelector("[data-cut-off]");
  if (!ribbons.length || !control) continue;
  const [slider, said] = [control.querySelector("input"), control.querySelector("output")];
  const apply = () => {
    for (const ribbon of ribbons) ribbon.toggleAttribute("hidden", Number(ribbon.dataset.share) * 100 < slider.valueAsNumber);
    said.textContent = `${slider.valueAsNumber.toLocaleString(control.closest("[lang]")?.lang)}\u202f%`;
  };
  slider.addEventListener("input", apply);
  control.hidden = false;
  apply();
}
