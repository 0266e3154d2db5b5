// Charts are drawn from specifications the server answers; without script the sentences and tables beside them tell the same.
"use strict";
const NARROW = 600;
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

// The inks of insight/charts.py, which knows no dark mode, and what they are called here.
const INKS = { "#1f6f5c": "--chart-ink", "#9fc9bd": "--chart-soft", "#8a9690": "--chart-quiet", "#66736d": "--chart-text", "#12312a": "--chart-on-heat" };

function inked(part, key) {
  if (key === "data" || key === "datasets") return part;
  if (part === "#ffffff") return colour(key === "value" ? "--chart-on-heat" : "--paper");
  if (typeof part === "string") return part in INKS ? colour(INKS[part]) : part;
  if (Array.isArray(part)) return part.map((item) => inked(item, key));
  if (part === null || typeof part !== "object") return part;
  const found = Object.fromEntries(Object.entries(part).map(([name, value]) => [name, inked(value, name)]));
  if (!found.scheme) return found;
  delete found.scheme;
  return { ...found, range: [colour("--chart-low"), colour("--chart-high")] };
}

async function draw(place) {
  const address = place.dataset.chart + (place.clientWidth < NARROW ? "?narrow" : "");
  const answer = await fetch(address, { headers: { Accept: "application/json" } });
  if (!answer.ok || !answer.headers.get("Content-Type").startsWith("application/json")) return;
  const spec = inked(await answer.json());
  for (const part of ["axis", "legend"]) {
    spec.config[part] = { ...spec.config[part], labelFontSize: 12, titleFontSize: 12 };
  }
  await window.vegaEmbed(place, spec, { ast: true, actions: false, renderer: "svg" });
  place.querySelector("svg").setAttribute("aria-hidden", "true");
}

document.querySelectorAll("[data-chart]").forEach((place) => {
  const seen = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    seen.disconnect();
    draw(place);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => draw(place));
  }, { rootMargin: "200px" });
  seen.observe(place);
});

document.querySelectorAll(".drop").forEach((zone) => {
  const input = zone.querySelector("input[type=file]");
  for (const kind of ["dragover", "dragleave", "drop"]) {
    zone.addEventListener(kind, (event) => { event.preventDefault(); zone.classList.toggle("over", kind === "dragover"); });
  }
  zone.addEventListener("drop", (event) => { input.files = event.dataTransfer.files; });
});

document.querySelectorAll("form[data-confirm]").forEach((form) => {
  form.addEventListener("submit", (event) => { if (!window.confirm(form.dataset.confirm)) event.preventDefault(); });
});
