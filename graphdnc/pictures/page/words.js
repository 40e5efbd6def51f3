"use strict";
// The words: the question, what was heard and said at each step, the answer and how sure it is.

const words = {
  items: [],

  build() {
    const found = data.words;
    byId("question").textContent = found.question;
    const verdict = { agrees: ["✓ the exact check agrees", "good"], incomplete: ["✗ the exact check found more answers", "bad"], disagrees: ["✗ the exact check disagrees", "bad"], off: ["not checked", ""] }[found.check];
    byId("answer").append(make("b", "", ...this.said()), " · ", make("span", verdict[1], verdict[0]));
    byId("verdict").append(make("p", "big", ...this.said()), this.facts(verdict));
    byId("steps").append(...this.steps());
    byId("steps").addEventListener("click", (event) => {
      const item = event.target.closest("li");
      if (item) timeline.go(Number(item.dataset.step));
    });
  },

  /** Return the answer as nodes. */
  said() {
    const found = data.words;
    const nodes = found.lead ? [found.lead, " "] : [];
    found.answers.forEach((own, place) => nodes.push(...(place ? [", "] : []), name(own)));
    if (found.kind === "shortest-path") nodes.push(` in ${count(found.path.length, "step")}`);
    return nodes;
  },

  facts(verdict) {
    const found = data.words;
    const list = make("dl", "");
    const add = (title, ...nodes) => list.append(make("dt", "", title), make("dd", "", ...nodes));
    if (found.votes) add("votes", found.votes === 1 ? "one try" : `${found.agreeing} of ${found.votes} tries agree`);
    if (found.votes > 1) add("confidence", percent(found.confidence));
    const exact = ["disagrees", "incomplete"].includes(found.check) ? [": ", ...(found.exact && found.exact.length ? found.exact.flatMap((own) => [name(own), " "]) : [found.why || "there is no answer"])] : [];
    add("exact check", make("span", verdict[1], verdict[0]), ...exact);
    if (found.model) add("network", `${found.model}; ${count(found.memorised, "triple")} of ${found.triples.toLocaleString("en")} memorised; ${found.seconds} s`);
    if (found.otherwise) add("shown here", "try 1. It answered otherwise, or found another way; the last step shows the answer of all tries.");
    if (data.untraced) add("the memory", `is not shown: ${data.untraced}`);
    return list;
  },

  /** Return one item for each step after the description, or for each triple of the answer. */
  steps() {
    if (!data.memory) {
      const ways = [...data.graph.ways].sort((one, other) => other.length - one.length);
      return (ways[0] || []).map((hop, place) => this.item(place, "way", [make("q", "", ...triple([data.graph.nodes[hop[0]][0], hop[3], data.graph.nodes[hop[1]][0]]))]));
    }
    const items = [];
    const first = data.memory.described;
    items.push(this.item(first - 1, "description", [`${count(first, "triple")} written, one a step`]));
    data.memory.steps.slice(first).forEach((step, place) => {
      const nodes = [];
      if (step.instruction) nodes.push(make("span", "", step.instruction), make("br"));
      if (!isBlank(step.heard)) nodes.push(make("span", "heard", "heard ", ...triple(step.heard)), " ");
      if (step.said) nodes.push("said ", make("q", "", ...(isBlank(step.said) ? ["the end"] : triple(step.said))));
      items.push(this.item(first + place, timeline.phase(first + place).name, nodes));
    });
    return items;
  },

  item(step, phase, nodes) {
    const item = make("li", "", make("span", "number", String(step + 1)), make("span", "phase", phase), make("span", "", ...nodes));
    item.dataset.step = step;
    this.items.push(item);
    return item;
  },

  show(step) {
    let here = null;
    for (const item of this.items) {
      const own = Number(item.dataset.step);
      if (own <= step) here = item;
      item.classList.toggle("ahead", own > step);
    }
    if (!here && this.items.length && data.memory) here = this.items[0];
    if (this.here) this.here.classList.remove("here");
    this.here = here;
    if (!here) return;
    here.classList.add("here");
    const box = byId("words-scroll");
    const [top, bottom] = [here.offsetTop, here.offsetTop + here.offsetHeight];
    if (step === timeline.steps - 1) box.scrollTop = 0; // the answer stands at the top
    else if (top < box.scrollTop || bottom > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 2;
  },

  /** Return in one line what happens in a step. */
  now(step) {
    const where = `Step ${step + 1} of ${timeline.steps}, ${timeline.phase(step).name}`;
    if (!data.memory) return [where];
    const own = data.memory.steps[step];
    if (step < data.memory.described) return [`${where}: writes `, ...triple(own.heard)];
    if (own.said) return [`${where}: says `, ...(isBlank(own.said) ? ["the end"] : triple(own.said))];
    if (!isBlank(own.heard)) return [`${where}: hears `, ...triple(own.heard)];
    return [where];
  },
};
