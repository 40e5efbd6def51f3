"use strict";
// The whole memory at a glance: one cell for each row. Drawn on a canvas, because there may be thousands.

const chip = {
  canvas: byId("chip"),
  said: byId("chip-said"),

  build() {
    const hover = (event) => {
      const box = this.canvas.getBoundingClientRect();
      const row = Math.floor((event.clientY - box.top) / this.size) * this.columns + Math.floor((event.clientX - box.left) / this.size);
      if (row >= 0 && row < data.memory.rows) this.tell(row);
    };
    this.canvas.addEventListener("pointermove", hover);
    this.canvas.addEventListener("pointerdown", hover);
    new ResizeObserver(() => this.show(timeline.at)).observe(this.canvas.parentElement);
  },

  /** Say what a row holds. */
  tell(row) {
    const held = memory.held(row, timeline.at);
    const used = memory.usage[row] || 0;
    this.said.replaceChildren(`Row ${row}: `, ...(held ? [...memory.label(held), `, written in step ${held.step + 1}, usage ${used.toFixed(2)}`] : ["empty"]));
  },

  show(step) {
    const width = this.canvas.parentElement.clientWidth;
    if (!width) return;
    const rows = data.memory.rows;
    this.size = Math.max(6, Math.min(22, Math.floor(Math.sqrt((width * 150) / rows))));
    this.columns = Math.max(1, Math.floor(width / this.size));
    const height = Math.ceil(rows / this.columns) * this.size;
    const ratio = window.devicePixelRatio || 1;
    this.canvas.width = width * ratio;
    this.canvas.height = height * ratio;
    this.canvas.style.height = `${height}px`;
    const pen = this.canvas.getContext("2d");
    pen.scale(ratio, ratio);
    const colours = getComputedStyle(document.documentElement);
    const colour = (called) => colours.getPropertyValue(`--${called}`).trim();
    const [empty, used, asked] = [colour("empty"), colour("used"), colour("asked")];
    for (let row = 0; row < rows; row++) {
      this.cell(pen, row, empty, 1);
      if (memory.usage[row]) this.cell(pen, row, row < data.memory.described ? used : asked, memory.usage[row]);
    }
    const now = data.memory.steps[step];
    now.writes.forEach((found) => found.forEach(([row, weight]) => this.mark(pen, row, weight, colour("write"), "w", colour("panel"))));
    now.reads.forEach((found, head) => found.forEach(([row, weight]) => this.mark(pen, row, weight, colour(`head${(head % 6) + 1}`), String(head + 1), colour("panel"))));
    this.tellCount(step);
  },

  tellCount(step) {
    const written = Object.values(memory.usage).filter((value) => value > 0.5).length;
    this.said.textContent = `${count(data.memory.rows, "row")}, ${written.toLocaleString("en")} in use after step ${step + 1}. Point at one to see what it holds.`;
  },

  cell(pen, row, colour, share) {
    const [x, y] = [(row % this.columns) * this.size, Math.floor(row / this.columns) * this.size];
    pen.globalAlpha = share;
    pen.fillStyle = colour;
    pen.fillRect(x, y, this.size - 1, this.size - 1);
    pen.globalAlpha = 1;
  },

  mark(pen, row, weight, colour, letter, paper) {
    this.cell(pen, row, colour, 0.25 + 0.75 * weight);
    if (weight < 0.3) return;
    const [x, y] = [(row % this.columns) * this.size, Math.floor(row / this.columns) * this.size];
    if (this.size < 11) { // too small for a letter: a frame around the cell
      pen.strokeStyle = colour;
      pen.lineWidth = 2;
      pen.strokeRect(x - 2, y - 2, this.size + 3, this.size + 3);
      return;
    }
    pen.fillStyle = paper;
    pen.font = `700 ${Math.round(this.size * 0.62)}px system-ui, sans-serif`;
    pen.textAlign = "center";
    pen.textBaseline = "middle";
    pen.fillText(letter, x + (this.size - 1) / 2, y + this.size / 2);
  },
};
