// Charts are drawn from specifications the server answers; without script the tables below them tell the same.
"use strict";
const style = getComputedStyle(document.documentElement);
const colour = (name) => style.getPropertyValue(name).trim();

async function draw(place) {
  const answer = await fetch(place.dataset.chart, { headers: { Accept: "application/json" } });
  if (!answer.ok) return;
  const spec = await answer.json();
  spec.config = spec.config || {};
  for (const part of ["axis", "legend"]) {
    spec.config[part] = { ...(spec.config[part] || {}), labelColor: colour("--chart-text"), titleColor: colour("--chart-text") };
  }
  await window.vegaEmbed(place, spec, { ast: true, actions: false, renderer: "svg" });
  const picture = place.querySelector("svg");
  if (picture) picture.setAttribute("aria-hidden", "true");
}

document.querySelectorAll("[data-chart]").forEach((place) => {
  const seen = new IntersectionObserver((entries) => {
    if (entries.some((entry) => entry.isIntersecting)) { seen.disconnect(); draw(place); }
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

document.querySelectorAll("select[data-submit]").forEach((select) => {
  select.addEventListener("change", () => select.form.requestSubmit());
});
