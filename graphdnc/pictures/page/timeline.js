"use strict";
// The time line: which step is shown, and what plays, pauses and steps. Step t is shown as it was after t + 1 steps.

const MERGED = { recall: "carrying out" };
const RATES = { description: 8, query: 1.2, planning: 5, "carrying out": 2.5, answer: 1.2, way: 1.2 };
const LONGEST = { description: 7, planning: 20, "carrying out": 45, query: 15, answer: 30, way: 30 };

const timeline = {
  steps: data.memory ? data.memory.steps.length : Math.max(1, longestWay()),
  phases: phasesOf(),
  at: 0,
  playing: false,
  listeners: [],

  /** Show a step; anything out of range is the first or last one. */
  go(step) {
    this.at = Math.max(0, Math.min(this.steps - 1, Math.round(step)));
    for (const listener of this.listeners) listener(this.at);
  },

  /** Return the phase of a step. */
  phase(step) {
    return this.phases.find((phase) => step < phase.end);
  },

  /** Start or stop playing; at the end, playing starts again from the first step. */
  play(on) {
    if (on && this.at === this.steps - 1) this.go(0);
    this.playing = on;
    byId("play").querySelector("path").setAttribute("d", on ? "M3 2h4v12H3zM9 2h4v12H9z" : "M3 1v14l11-7z");
    byId("play").setAttribute("aria-label", on ? "pause" : "play");
    if (on) this.tick(performance.now(), this.at);
  },

  /** Go on by as many steps as the time since the last frame is worth. */
  tick(before, place) {
    requestAnimationFrame((now) => {
      if (!this.playing) return;
      if (Math.round(place) !== this.at && Math.floor(place) !== this.at) place = this.at; // somebody scrubbed
      const speed = Number(byId("speed").value);
      const next = place + (Math.min(now - before, 250) / 1000) * this.phase(this.at).rate * speed;
      if (Math.floor(next) !== this.at) this.go(Math.min(Math.floor(next), this.phase(this.at).end));
      if (this.at === this.steps - 1) this.play(false);
      else this.tick(now, Math.max(next > this.at + 1 ? this.at : next, this.at));
    });
  },
};

/** Return the number of triples of the longest way: the steps of a page without a memory. */
function longestWay() {
  return Math.max(0, ...data.graph.ways.map((way) => way.length));
}

/** Return the phases: name, first step, step after the last, share of the line, steps in a second. */
function phasesOf() {
  const runs = data.memory ? data.memory.phases : [["way", Math.max(1, longestWay())]];
  const phases = [];
  for (const [own, steps] of runs) {
    const called = MERGED[own] || own;
    const last = phases[phases.length - 1];
    if (last && last.name === called) last.end += steps;
    else phases.push({ name: called, first: last ? last.end : 0, end: (last ? last.end : 0) + steps });
  }
  // few steps must be as easy to hit as many
  const weights = phases.map((phase) => Math.pow(phase.end - phase.first, 0.45));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let from = 0;
  phases.forEach((phase, place) => {
    const steps = phase.end - phase.first;
    phase.from = from;
    phase.share = weights[place] / total;
    from += phase.share;
    phase.rate = Math.max(RATES[phase.name] || 1.2, steps / (LONGEST[phase.name] || 30));
  });
  return phases;
}

/** Return where a step is on the line, 0 to 1. */
function placeOf(step) {
  const phase = timeline.phase(step);
  const steps = phase.end - phase.first;
  return phase.from + phase.share * ((step - phase.first + (step === timeline.steps - 1 ? 1 : 0.5)) / steps);
}

/** Return the step at a place of the line. */
function stepAt(place) {
  const phase = timeline.phases.find((one) => place <= one.from + one.share) || timeline.phases[timeline.phases.length - 1];
  const within = (place - phase.from) / phase.share;
  return Math.min(phase.end - 1, phase.first + Math.floor(within * (phase.end - phase.first)));
}

/** Jump to the first step of the next or the previous phase. */
function jump(onwards) {
  const here = timeline.phases.indexOf(timeline.phase(timeline.at));
  if (onwards) {
    const next = timeline.phases[here + 1];
    timeline.go(next ? next.first : timeline.steps - 1);
  } else {
    const own = timeline.phases[here].first;
    timeline.go(timeline.at > own || !here ? own : timeline.phases[here - 1].first);
  }
}
