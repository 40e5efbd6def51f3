"use strict";
// The graph: drawn once; each step only changes which parts are lit. One edge is UNIT long.

const UNIT = { lines: 74, graph: 120, family: 150 }[data.graph.kind];
const DOWN = data.graph.kind === "family" ? 132 : UNIT;
const PILL = { width: 116, height: 38 };
const GAP = 9; // between lines that run side by side
const NAMES = 700; // names that are drawn at most

const graph = {
  map: byId("map"),
  nodes: data.graph.nodes.map(([called, x, y]) => ({ called, x: x * UNIT, y: y * DOWN })),
  index: new Map(data.graph.nodes.map(([called], place) => [called, place])),
  edges: [],
  view: { x: 0, y: 0, scale: 1 },

  /** Draw everything that does not change. */
  build() {
    const kind = data.graph.kind;
    this.world = draw("g", {});
    this.layers = {};
    for (const layer of ["edges", "lit", "nodes", "pulse"]) {
      this.layers[layer] = this.world.appendChild(draw("g", { class: `layer-${layer}` }));
    }
    this.labels = draw("g", {});
    this.map.append(this.world, this.labels);
    this.drawEdges(kind);
    for (const node of this.nodes) node.lines = new Set();
    for (const edge of this.edges) for (const end of [edge.source, edge.target]) this.nodes[end].lines.add(edge.line);
    this.nodes.forEach((node) => this.drawNode(node, kind));
    for (const place of data.graph.asked) this.nodes[place].on = true;
    for (const way of [...data.graph.ways, ...data.graph.tried]) {
      for (const [source, target] of way) this.nodes[source].on = this.nodes[target].on = true;
    }
    for (const place of data.graph.ends) this.nodes[place].end = this.nodes[place].on = true;
    for (const place of [...data.graph.asked, ...data.graph.ends]) this.nodes[place].named = true;
    const rank = (node) => 100 * Boolean(node.named) + 50 * Boolean(node.on) + (node.degree || 0);
    this.order = [...this.nodes].sort((one, other) => rank(other) - rank(one));
    this.prepareTimes();
    this.drawLegend();
    if (data.graph.nodes.length < data.graph.whole) {
      const shown = data.graph.nodes.length.toLocaleString("en");
      byId("part").textContent = `The ${shown} of ${count(data.graph.whole, "node")} nearest to the answer are shown.`;
    }
    this.moveByHand();
    this.fit("at first");
    new ResizeObserver(() => this.fit(this.fitted)).observe(this.map);
  },

  drawEdges(kind) {
    const sides = new Map();
    data.graph.edges.forEach(([source, target]) => {
      const pair = Math.min(source, target) + "-" + Math.max(source, target);
      sides.set(pair, (sides.get(pair) || 0) + 1);
    });
    const taken = new Map();
    for (const [source, target, line, oneWay] of data.graph.edges) {
      const pair = Math.min(source, target) + "-" + Math.max(source, target);
      const side = taken.get(pair) || 0;
      taken.set(pair, side + 1);
      const offset = (side - (sides.get(pair) - 1) / 2) * GAP * (source < target ? 1 : -1);
      const look = data.graph.lines[line];
      const path = kind === "family" ? this.familyPath(source, target, line) : this.straight(source, target, offset);
      const element = draw("path", {
        class: "edge", d: path, stroke: look.colour, "stroke-width": kind === "lines" ? 7 : kind === "family" ? 3 : 2.5,
        "stroke-dasharray": look.dash,
      });
      this.layers.edges.append(element);
      const arrow = kind === "graph" && oneWay ? this.arrow(source, target, offset, look.colour) : null;
      if (arrow) element.after(arrow);
      this.edges.push({ source, target, line, offset, element, arrow, path, written: Infinity }); // not yet known
    }
  },

  straight(source, target, offset) {
    const [a, b, nx, ny] = this.between(source, target);
    const [dx, dy] = [nx * offset, ny * offset];
    return `M${r(a.x + dx)} ${r(a.y + dy)}L${r(b.x + dx)} ${r(b.y + dy)}`;
  },

  /** Return two nodes and the direction across the way between them. */
  between(source, target) {
    const [a, b] = [this.nodes[source], this.nodes[target]];
    const away = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    return [a, b, -(b.y - a.y) / away, (b.x - a.x) / away];
  },

  arrow(source, target, offset, colour) {
    const [a, b, nx, ny] = this.between(source, target);
    const [x, y] = [a.x + (b.x - a.x) * 0.62 + nx * offset, a.y + (b.y - a.y) * 0.62 + ny * offset];
    const [tx, ty] = [ny, -nx];
    const points = [[9, 0], [-5, 5], [-5, -5]].map(([along, across]) => `${r(x + tx * along + nx * across)},${r(y + ty * along + ny * across)}`);
    return draw("polygon", { class: "arrow", points: points.join(" "), fill: colour });
  },

  /** Return the way from a parent, or from between two parents, down to a child; across for a couple. */
  familyPath(source, target, line) {
    const [a, b] = [this.nodes[source], this.nodes[target]];
    if (line !== 0) { // a couple side by side, or an arc above or below the others
      if (Math.abs(a.x - b.x) < PILL.width * 1.6 && line === 1) return `M${r(a.x)} ${r(a.y)}L${r(b.x)} ${r(b.y)}`;
      const lift = line === 1 ? PILL.height * 0.9 : -PILL.height * 0.9;
      return `M${r(a.x)} ${r(a.y)}C${r(a.x)} ${r(a.y + lift * 1.6)} ${r(b.x)} ${r(b.y + lift * 1.6)} ${r(b.x)} ${r(b.y)}`;
    }
    const parents = data.graph.edges.filter(([, child, own]) => child === target && own === 0).map(([parent]) => this.nodes[parent]);
    const near = parents.length === 2 && Math.abs(parents[0].x - parents[1].x) < UNIT * 1.3 && parents[0].y === parents[1].y;
    const x = near ? (parents[0].x + parents[1].x) / 2 : a.x;
    const from = near ? a.y : a.y + PILL.height / 2;
    const turn = b.y - DOWN * 0.36;
    const bend = Math.min(12, Math.abs(b.x - x) / 2);
    const to = Math.sign(b.x - x);
    if (!to) return `M${r(x)} ${r(from)}V${r(b.y - PILL.height / 2)}`;
    return `M${r(x)} ${r(from)}V${r(turn - bend)}Q${r(x)} ${r(turn)} ${r(x + to * bend)} ${r(turn)}H${r(b.x - to * bend)}Q${r(b.x)} ${r(turn)} ${r(b.x)} ${r(turn + bend)}V${r(b.y - PILL.height / 2)}`;
  },

  drawNode(node, kind) {
    if (kind === "family") {
      const width = Math.min(PILL.width, Math.max(64, 26 + node.called.length * 10));
      node.element = draw("rect", { class: "pill", x: r(node.x - width / 2), y: r(node.y - PILL.height / 2), width, height: PILL.height, rx: PILL.height / 2 });
      node.text = draw("text", { class: "pilltext", x: r(node.x), y: r(node.y) }, node.called);
      if (node.called.length > 12) node.text.setAttribute("textLength", width - 16);
      if (node.called.length > 12) node.text.setAttribute("lengthAdjust", "spacingAndGlyphs");
      this.layers.nodes.append(node.element, node.text);
      return;
    }
    node.degree = node.lines.size;
    node.element = draw("circle", { class: "node", cx: r(node.x), cy: r(node.y), r: kind === "graph" ? 9 : Math.min(15, 5 + 2 * node.degree) });
    this.layers.nodes.append(node.element);
  },

  /** Find for each edge the step that wrote it, and for each step the nodes that it speaks of. */
  prepareTimes() {
    const memory = data.memory;
    this.speaks = new Map();
    if (!memory) return;
    const between = new Map();
    for (const edge of this.edges) {
      for (const key of [`${edge.source} ${edge.target}`, `${edge.target} ${edge.source}`]) {
        if (!between.has(key)) between.set(key, []);
        between.get(key).push(edge);
      }
    }
    memory.steps.forEach((step, number) => {
      const said = step.said && !isBlank(step.said) ? step.said : step.heard;
      this.speaks.set(number, [said[0], said[2]].map((own) => this.index.get(own)).filter((place) => place !== undefined));
      if (number >= memory.described) return;
      const [source, relation, target] = step.heard;
      const line = data.graph.relations[relation];
      for (const edge of between.get(`${this.index.get(source)} ${this.index.get(target)}`) || []) {
        if (edge.written === Infinity && (line === undefined || data.graph.kind === "family" || edge.line === line)) edge.written = number;
      }
    });
  },

  /** Show the graph as it was after a step. */
  show(step) {
    const memory = data.memory;
    const describing = memory && step < memory.described;
    const last = step === timeline.steps - 1;
    this.layers.edges.classList.toggle("faint", !describing && data.graph.ways.some((way) => way.length));
    for (const edge of this.edges) {
      for (const part of [edge.element, edge.arrow]) if (part) part.classList.toggle("unwritten", Boolean(describing) && edge.written > step);
      edge.element.classList.toggle("fresh", Boolean(describing) && edge.written <= step && edge.written > step - 3);
    }
    const found = new Set();
    if (memory && !describing) {
      for (let at = memory.described; at <= step; at++) {
        if (memory.steps[at].said && timeline.phase(at).name !== "answer") for (const place of this.speaks.get(at)) found.add(place);
      }
    }
    this.nodes.forEach((node, place) => {
      node.element.classList.toggle("found", found.has(place) && !last);
      node.element.classList.toggle("on", Boolean(node.on) && !describing);
      node.element.classList.toggle("end", Boolean(node.end) && last);
      if (node.text) node.text.classList.toggle("end", Boolean(node.end) && last);
    });
    this.light(step, last);
    this.layers.pulse.replaceChildren();
    if (memory && !last) for (const place of this.speaks.get(step)) this.pulse(this.nodes[place]);
    if (data.graph.kind !== "lines") this.place(); // relations are written along the way
  },

  pulse(node) {
    const element = node.text
      ? draw("rect", { class: "pulse", x: node.x - PILL.width / 2 - 5, y: node.y - PILL.height / 2 - 5, width: PILL.width + 10, height: PILL.height + 10, rx: 24 })
      : draw("circle", { class: "pulse", cx: node.x, cy: node.y, r: 20 });
    this.layers.pulse.append(element);
  },

  /** Light the way as far as it has been said. */
  light(step, last) {
    this.layers.lit.replaceChildren();
    this.hops = [];
    const tried = data.graph.tried.length > 0;
    data.graph.ways.forEach((way, number) => way.forEach((hop, place) => {
      const said = data.memory ? (tried ? null : hop[4]) : place;
      if (last || (said !== null && said <= step)) this.lightHop(hop, place, number, "");
    }));
    if (last) return;
    data.graph.tried.forEach((way) => way.forEach((hop, place) => {
      if (hop[4] !== null && hop[4] <= step) this.lightHop(hop, place, 0, " tried");
    }));
  },

  lightHop([source, target, line, relation], place, number, how) {
    const edge = this.edges.find((one) => one.line === line && ((one.source === source && one.target === target) || (one.source === target && one.target === source)))
      || this.edges.find((one) => (one.source === source && one.target === target) || (one.source === target && one.target === source));
    const path = this.hopPath(edge, source, target);
    this.layers.lit.append(draw("path", { class: "lit" + how, d: path }), draw("path", { class: "casing", d: path }));
    const look = data.graph.lines[edge ? edge.line : line];
    this.layers.lit.append(draw("path", { class: "litcore", d: path, stroke: look.colour, "stroke-dasharray": look.dash }));
    this.hops.push({ source, target, relation, place, number });
  },

  /** Return the way of a hop: that of its edge, from node to node. */
  hopPath(edge, source, target) {
    if (data.graph.kind !== "family") return edge ? edge.path : this.straight(source, target, 0);
    if (!edge) return this.familyPath(source, target, 2);
    if (edge.line !== 0) return edge.path;
    const parent = this.nodes[edge.source];
    return edge.path.replace(/^M(\S+) (\S+)/, `M${r(parent.x)} ${r(parent.y)}L$1 $2`);
  },

  drawLegend() {
    const used = new Set(data.graph.ways.flat().map((hop) => hop[2]));
    data.graph.lines.forEach((line, place) => {
      if (!this.edges.some((edge) => edge.line === place)) return;
      const swatch = draw("svg", { viewBox: "0 0 26 8", "aria-hidden": "true" });
      swatch.append(draw("path", { d: "M2 4H24", stroke: line.colour, "stroke-width": 5, "stroke-linecap": "round", "stroke-dasharray": line.dash }));
      byId("legend").append(make("li", used.has(place) ? "on" : "", swatch, name(line.name)));
    });
  },

  /** Show all, or the way, in the middle of the panel. */
  fit(what) {
    this.fitted = what;
    const { width, height } = this.map.getBoundingClientRect();
    if (!width || !height) return;
    const on = this.nodes.filter((node) => node.on);
    const nodes = what === "way" && on.length ? on : this.nodes;
    const xs = nodes.map((node) => node.x), ys = nodes.map((node) => node.y);
    const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
    const room = this.nodes[0] && this.nodes[0].text ? 90 : 60;
    const scale = Math.min(1.05, (width - 20) / (right - left + 2 * room), (height - 20) / (bottom - top + 2 * room));
    this.view = { scale, x: width / 2 - scale * (left + right) / 2, y: height / 2 - scale * (top + bottom) / 2 };
    if (what === "at first" && data.graph.kind === "family" && scale < 0.5) this.fit("way"); // names could not be read
    else this.place();
  },

  zoom(factor, x, y) {
    const scale = Math.max(0.03, Math.min(6, this.view.scale * factor));
    const by = scale / this.view.scale;
    this.view = { scale, x: x - (x - this.view.x) * by, y: y - (y - this.view.y) * by };
    this.place();
  },

  moveByHand() {
    const pointers = new Map();
    this.map.addEventListener("wheel", (event) => {
      event.preventDefault();
      const box = this.map.getBoundingClientRect();
      this.zoom(Math.exp(-event.deltaY / 500), event.clientX - box.left, event.clientY - box.top);
    }, { passive: false });
    this.map.addEventListener("pointerdown", (event) => {
      this.map.setPointerCapture(event.pointerId);
      pointers.set(event.pointerId, event);
    });
    this.map.addEventListener("pointermove", (event) => {
      const before = pointers.get(event.pointerId);
      if (!before) return;
      const others = [...pointers.values()].filter((one) => one.pointerId !== event.pointerId);
      pointers.set(event.pointerId, event);
      if (!others.length) {
        this.view.x += event.clientX - before.clientX;
        this.view.y += event.clientY - before.clientY;
        this.place();
      } else {
        const away = (one) => Math.hypot(one.clientX - others[0].clientX, one.clientY - others[0].clientY) || 1;
        const box = this.map.getBoundingClientRect();
        this.zoom(away(event) / away(before), (event.clientX + others[0].clientX) / 2 - box.left, (event.clientY + others[0].clientY) / 2 - box.top);
      }
    });
    for (const end of ["pointerup", "pointercancel"]) this.map.addEventListener(end, (event) => pointers.delete(event.pointerId));
  },

  /** Move the drawing to where the view is, and write the names that have room. */
  place() {
    const { x, y, scale } = this.view;
    this.world.setAttribute("transform", `translate(${x} ${y}) scale(${scale})`);
    this.world.style.setProperty("--thick", Math.max(1, 0.5 / scale)); // the way is seen from afar
    if (this.waiting) return;
    this.waiting = requestAnimationFrame(() => {
      this.waiting = 0;
      this.writeNames();
    });
  },

  /** Write the names that have room, those of the answer first, and what is said on the way. */
  writeNames() {
    const { x, y, scale } = this.view;
    const { width, height } = this.map.getBoundingClientRect();
    if (!width) return;
    const elements = [];
    if (!this.nodes[0] || !this.nodes[0].text) {
      const room = new Room();
      for (const node of this.nodes) room.take([x + node.x * scale - 3, y + node.y * scale - 3, x + node.x * scale + 3, y + node.y * scale + 3]);
      for (const node of this.order) {
        const [sx, sy] = [x + node.x * scale, y + node.y * scale];
        if (sx < 0 || sy < 0 || sx > width || sy > height || elements.length >= NAMES) continue;
        const size = node.on ? 13 : 11;
        const long = node.called.length * size * 0.56;
        const away = Math.max(7, 12 * scale);
        const spots = [[sx + away, sy], [sx - away - long, sy], [sx - long / 2, sy - away - size * 0.7], [sx - long / 2, sy + away + size * 0.7]];
        const box = ([left, middle]) => [left - 2, middle - size * 0.6, left + long + 2, middle + size * 0.6];
        let spot = spots.find((one) => one[0] > 2 && one[0] + long < width - 2 && room.free(box(one)));
        if (!spot && node.named) spot = spots[0];
        if (!spot) continue;
        room.take(box(spot));
        elements.push(draw("text", { class: "name halo" + (node.on ? " on" : ""), x: r(spot[0]), y: r(spot[1]), "dominant-baseline": "central" }, node.called));
      }
    }
    if (data.graph.kind !== "lines") {
      for (const hop of this.hops || []) {
        const [a, b] = [this.nodes[hop.source], this.nodes[hop.target]];
        elements.push(draw("text", { class: "hop halo", x: r(x + scale * (a.x + b.x) / 2), y: r(y + scale * (a.y + b.y) / 2) }, `${hop.place + 1}. ${hop.relation}`));
      }
    }
    this.labels.replaceChildren(...elements);
  },
};

/** Which parts of the panel are taken by names: boxes of left, top, right, bottom, found by squares of the panel. */
class Room {
  constructor() {
    this.squares = new Map();
  }

  *near([left, top, right, bottom]) {
    for (let column = Math.floor(left / 60); column <= Math.floor(right / 60); column++) {
      for (let row = Math.floor(top / 60); row <= Math.floor(bottom / 60); row++) yield `${column} ${row}`;
    }
  }

  take(box) {
    for (const square of this.near(box)) {
      if (!this.squares.has(square)) this.squares.set(square, []);
      this.squares.get(square).push(box);
    }
  }

  free(box) {
    for (const square of this.near(box)) {
      for (const one of this.squares.get(square) || []) {
        if (box[0] < one[2] && one[0] < box[2] && box[1] < one[3] && one[1] < box[3]) return false;
      }
    }
    return true;
  }
}

const r = (value) => Math.round(value * 10) / 10;
