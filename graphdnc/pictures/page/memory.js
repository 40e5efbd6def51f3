"use strict";
// The memory at work. For each step the data has: what was heard and said; for each head the rows with the largest
// weights, [row, weight]; gates; for each write head its strongest link, [row before, strength]; usage that changed.

const MODES = ["backward", "content", "forward"];

const memory = {
  usage: {},
  usageAt: -1,
  changed: new Map(), // row -> [step, the step that gave it its name], in order

  build() {
    for (const [step, row, kept] of data.memory.changes) {
      if (!this.changed.has(row)) this.changed.set(row, []);
      const before = this.changed.get(row);
      before.push([step, kept && before.length ? before[before.length - 1][1] : step]);
    }
    chip.build();
    byId("tape").addEventListener("click", (event) => {
      const step = event.target.closest("[data-step]");
      if (step) timeline.go(Number(step.dataset.step));
    });
  },

  /** Return what a row held after a step, and which step wrote it; undefined for an empty row. */
  held(row, step) {
    const steps = this.changed.get(row) || [];
    let last;
    for (const one of steps) if (one[0] <= step) last = one;
    return last && { step: last[0], named: last[1], triple: data.memory.steps[last[1]].heard };
  },

  /** Return what a row holds as nodes. */
  label(held) {
    if (!held) return ["empty"];
    return isBlank(held.triple) ? [`what step ${held.named + 1} wrote`] : triple(held.triple);
  },

  show(step) {
    this.followUsage(step);
    chip.show(step);
    const now = data.memory.steps[step];
    const cards = now.writes.map((rows, head) => this.writeCard(rows, head, now, step));
    cards.push(...now.reads.map((rows, head) => this.readCard(rows, head, now, step)));
    byId("heads").replaceChildren(...cards);
    this.showTape(step);
  },

  followUsage(step) {
    if (step < this.usageAt) [this.usage, this.usageAt] = [{}, -1];
    for (let at = this.usageAt + 1; at <= step; at++) {
      for (const [row, used] of data.memory.usage[at]) this.usage[row] = used;
    }
    this.usageAt = step;
  },

  card(title, aside, colour) {
    const card = make("div", "head", make("h3", "", title, make("span", "", aside)));
    card.style.setProperty("--own", `var(--${colour})`);
    return card;
  },

  rows(card, rows, step) {
    for (const [row, weight] of rows.slice(0, 3)) {
      if (weight < 0.05) continue;
      const bar = make("span", "bar");
      bar.style.width = percent(weight);
      const held = make("span", "", `row ${row}: `, ...this.label(this.held(row, step)), bar);
      card.append(make("div", "row", make("i", "", percent(weight)), held));
    }
  },

  writeCard(rows, head, now, step) {
    const card = this.card(data.memory.writers > 1 ? `Write head ${head + 1}` : "Write head", `gate ${now.gates[head].toFixed(2)}`, "write");
    card.dataset.head = `w${head + 1}`;
    if (!rows.length || rows[0][1] < 0.05) card.append(make("p", "none", "writes next to nothing"));
    this.rows(card, rows, step);
    const link = now.links[head];
    const linked = link ? `, linked after row ${link[0]} (${link[1].toFixed(2)})` : "";
    card.append(make("p", "gates", `allocation ${now.allocation[head].toFixed(2)}${linked}`));
    return card;
  },

  readCard(rows, head, now, step) {
    const card = this.card(`${head + 1} Read head ${head + 1}`, `frees ${now.free[head].toFixed(2)}`, `head${(head % 6) + 1}`);
    card.dataset.head = String(head + 1);
    if (!rows.length) {
      card.append(make("p", "none", step < data.memory.described ? "does not read yet" : "reads nothing"));
      return card;
    }
    if (rows[0][1] < 0.05) card.append(make("p", "none", "spread over many rows"));
    this.rows(card, rows, step);
    const shares = data.memory.modes[step][head];
    const most = shares.indexOf(Math.max(...shares));
    card.dataset.mode = MODES[most];
    const modes = make("div", "modes");
    shares.forEach((share, mode) => {
      modes.append(mode ? " · " : "", make(mode === most ? "b" : "span", "", `${MODES[mode]} ${percent(share)}`));
    });
    card.append(modes);
    return card;
  },

  /** Show the rows that were written or read in the steps around this one: a column for each step. */
  showTape(step) {
    const tape = byId("tape");
    const columns = Math.max(5, Math.min(26, Math.floor((tape.clientWidth * 0.56) / 24)));
    const first = Math.max(0, Math.min(step - Math.floor(columns * 0.6), timeline.steps - columns));
    const steps = Array.from({ length: Math.min(columns, timeline.steps) }, (_, place) => first + place);
    const rows = new Map();
    steps.forEach((at) => {
      const own = data.memory.steps[at];
      const marks = [...own.writes.map((found) => ["w", "write", found]), ...own.reads.map((found, head) => [String(head + 1), `head${(head % 6) + 1}`, found])];
      for (const [letter, colour, found] of marks) {
        for (const [row, weight] of found) {
          if (weight < 0.1) continue;
          if (!rows.has(row)) rows.set(row, []);
          rows.get(row).push([at, letter, colour, weight]);
        }
      }
    });
    const cells = steps.map((at) => {
      const title = make("span", "head-step" + (at === step ? " here" : ""), String(at + 1));
      title.style.gridColumn = at - first + 2;
      title.style.gridRow = 1;
      title.dataset.step = at;
      return title;
    });
    const here = make("span", "column");
    here.style.gridColumn = step - first + 2;
    here.style.gridRow = `1 / ${rows.size + 2}`;
    let line = 2;
    for (const [row, marks] of rows) {
      const label = make("span", "label", make("small", "", String(row)), ...this.label(this.held(row, Math.max(...marks.map(([at]) => at)))));
      label.style.gridRow = line;
      cells.push(label, ...this.tapeRow(marks, first, line));
      line += 1;
    }
    tape.style.gridTemplateColumns = `minmax(120px, 1fr) repeat(${steps.length}, minmax(16px, 24px))`;
    tape.replaceChildren(here, ...cells);
  },

  tapeRow(marks, first, line) {
    const byStep = new Map();
    for (const mark of marks) byStep.set(mark[0], [...(byStep.get(mark[0]) || []), mark]);
    return [...byStep].map(([at, own]) => {
      const cell = make("span", "cell");
      cell.style.gridColumn = at - first + 2;
      cell.style.gridRow = line;
      for (const [, letter, colour, weight] of own) {
        const mark = make("b", weight < 0.5 ? "little" : "", letter);
        mark.title = `${letter === "w" ? "written" : `read by head ${letter}`}: ${percent(weight)}`;
        mark.style.background = `color-mix(in srgb, var(--${colour}) ${Math.round(20 + 80 * weight)}%, transparent)`;
        cell.append(mark);
      }
      return cell;
    });
  },
};
