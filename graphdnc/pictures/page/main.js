"use strict";
// The page is put together, and buttons, keys and the scrubber are connected to the time line.

const VIEWS = ["graph", "memory", "words"];

/** Open a view where there is room for one only. */
function open(view) {
  for (const own of VIEWS) {
    byId(own).classList.toggle("open", own === view);
    byId(`tab-${own}`).setAttribute("aria-selected", String(own === view));
  }
  timeline.go(timeline.at);
}

function buildTimeline() {
  for (const phase of timeline.phases) {
    phase.element = make("span", "", `${phase.name} ${phase.end - phase.first}`);
    phase.element.style.flex = `${phase.share} 1 0`;
    byId("phases").append(phase.element);
  }
  const scrub = byId("scrub");
  scrub.addEventListener("input", () => timeline.go(stepAt(scrub.value / 1000)));
  const moves = { first: () => timeline.go(0), back: () => timeline.go(timeline.at - 1), on: () => timeline.go(timeline.at + 1), last: () => timeline.go(timeline.steps - 1) };
  for (const button of document.querySelectorAll("[data-go]")) button.addEventListener("click", () => {
    timeline.play(false);
    moves[button.dataset.go]();
  });
  byId("play").addEventListener("click", () => timeline.play(!timeline.playing));
  timeline.listeners.push((step) => {
    scrub.value = 1000 * placeOf(step);
    scrub.setAttribute("aria-valuetext", `step ${step + 1}, ${timeline.phase(step).name}`);
    for (const phase of timeline.phases) phase.element.classList.toggle("here", phase === timeline.phase(step));
    byId("now").replaceChildren(...words.now(step));
    document.body.dataset.step = step + 1;
  });
}

function onKey(event) {
  if (event.target.matches("select") || event.ctrlKey || event.altKey || event.metaKey) return;
  const keys = {
    " ": () => timeline.play(!timeline.playing),
    ArrowLeft: () => event.shiftKey ? jump(false) : timeline.go(timeline.at - 1),
    ArrowRight: () => event.shiftKey ? jump(true) : timeline.go(timeline.at + 1),
    Home: () => timeline.go(0),
    End: () => timeline.go(timeline.steps - 1),
    1: () => open("graph"), 2: () => open("memory"), 3: () => open("words"),
  };
  if (!keys[event.key] || (event.key === " " && event.target.matches("button"))) return;
  event.preventDefault();
  if (event.key !== " ") timeline.play(false);
  keys[event.key]();
}

function zoomButtons() {
  const middle = () => {
    const { width, height } = graph.map.getBoundingClientRect();
    return [width / 2, height / 2];
  };
  const zooms = { in: () => graph.zoom(1.4, ...middle()), out: () => graph.zoom(1 / 1.4, ...middle()), way: () => graph.fit("way"), all: () => graph.fit("all") };
  for (const button of document.querySelectorAll("[data-zoom]")) button.addEventListener("click", () => zooms[button.dataset.zoom]());
}

function theme() {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const set = (dark) => {
    document.documentElement.dataset.theme = dark ? "dark" : "light";
    byId("theme").textContent = dark ? "☀ light" : "☾ dark";
  };
  const change = (dark) => {
    set(dark);
    timeline.go(timeline.at); // what is drawn on a canvas has the colours of before
  };
  byId("theme").addEventListener("click", () => change(document.documentElement.dataset.theme !== "dark"));
  system.addEventListener("change", () => change(system.matches));
  set(system.matches);
}

document.body.dataset.first = data.first;
buildTimeline();
graph.build();
zoomButtons();
words.build();
if (data.memory) {
  memory.build();
  timeline.listeners.push((step) => memory.show(step));
} else {
  byId("memory").replaceChildren(make("p", "none", `The memory is not shown: ${data.untraced || "no network was needed"}.`));
}
timeline.listeners.push((step) => graph.show(step), (step) => words.show(step));
timeline.at = timeline.steps - 1;
theme();
for (const view of VIEWS) byId(`tab-${view}`).addEventListener("click", () => open(view));
open(data.first);
document.addEventListener("keydown", onKey);
document.body.dataset.ready = "yes";
