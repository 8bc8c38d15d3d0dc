// Charts of a report, and those that follow its player.
"use strict";

// Its button that sends a chart to a server must not be there.
const CONFIG = { displaylogo: false, plotlyServerURL: "", responsive: true, showSendToCloud: false };
const FONT_OF_CHARTS = { family: "system-ui, sans-serif", size: 13, color: "#1f2933" };
const KINDS = { spatial: "own frame (DSG)", forward: "next frame (DTG)", backward: "previous frame (DTG)" };
// Charts follow a playing clip at most this often, in ms.
const FOLLOW_EVERY = 120;
const POSITIVE = [[0, "#ffffff"], [0.5, "#56b4a0"], [1, "#00382a"]];
const SIGNED = [[0, "#D55E00"], [0.5, "#ffffff"], [1, "#0072B2"]];

const byId = (id) => document.getElementById(id);
const page = JSON.parse(byId("data").textContent);

for (const section of document.querySelectorAll("[data-chart]")) {
  const name = section.dataset.chart;
  const chart = page.charts[name];
  if (chart) Plotly.newPlot(name, chart.data, chart.layout, { ...CONFIG, displayModeBar: false });
  else section.hidden = true;
}

function layoutOf(extra) {
  return { font: FONT_OF_CHARTS, margin: { l: 60, r: 20, t: 40, b: 45 }, ...extra };
}

function frameLine(frame) {
  return {
    type: "line", xref: "x", yref: "paper", x0: frame, x1: frame, y0: 0, y1: 1,
    line: { color: "#1f2933", width: 1.5 },
  };
}

// The charts of the player's clip. They are drawn anew for another clip.
class ClipCharts {
  constructor(player, clips) {
    Object.assign(this, { player, clips, index: null, drawn: 0, waiting: false });
    byId("affinity-frame").oninput = (event) => player.pauseAt(Number(event.target.value));
    for (const id of ["affinity-joint", "affinity-kind"]) {
      byId(id).onchange = () => this.drawNeighbours();
    }
    player.listeners.push(() => this.follow());
    this.follow();
  }

  follow() {
    if (this.index !== this.player.index) return this.show();
    const wait = this.player.playing ? this.drawn + FOLLOW_EVERY - performance.now() : 0;
    if (wait <= 0) return this.move();
    if (this.waiting) return;
    this.waiting = true;
    setTimeout(() => {
      this.waiting = false;
      this.move();
    }, wait);
  }

  show() {
    this.index = this.player.index;
    const { name, affinities } = this.clips[this.index];
    byId("clip-name").textContent = name;
    this.matrices = Object.keys(KINDS)
      .filter((kind) => affinities[kind])
      .map((kind) => ({ kind, array: new PackedArray(affinities[kind]) }));
    this.drawErrors();
    byId("affinities").hidden = !this.matrices.length;
    if (!this.matrices.length) return;
    const { first, last, joints } = this.player.clip;
    Object.assign(byId("affinity-frame"), { min: first, max: last });
    const option = (value, words) => new Option(words, value);
    byId("affinity-joint").replaceChildren(
      ...joints.map((joint, i) => option(i, joint.replaceAll("_", " "))),
    );
    byId("affinity-kind").replaceChildren(
      ...this.matrices.map(({ kind }, i) => option(i, KINDS[kind])),
    );
    this.drawMatrices();
    this.drawNeighbours();
  }

  drawErrors() {
    const { mpjpe_mm: mpjpe, p_mpjpe_mm: aligned, worst } = this.clips[this.index];
    const { first } = this.player.clip;
    const x = mpjpe.map((_, i) => first + i);
    const line = (y, name, color) => ({ x, y, name, mode: "lines", line: { color, width: 1.8 } });
    this.shapes = [frameLine(this.player.frame)];
    if (worst) {
      this.shapes.push({
        type: "rect", xref: "x", yref: "paper", y0: 0, y1: 1, layer: "below",
        x0: worst.first_frame, x1: worst.first_frame + worst.frames - 1,
        fillcolor: "#E69F00", opacity: 0.25, line: { width: 0 },
      });
    }
    const traces = [line(mpjpe, "MPJPE", COLORS.left), line(aligned, "P-MPJPE", COLORS.right)];
    const layout = layoutOf({
      height: 300, hovermode: "x unified", shapes: this.shapes,
      legend: { orientation: "h", x: 0, y: 1.02, yanchor: "bottom" },
      xaxis: { title: { text: "frame" } },
      yaxis: { title: { text: "mm" }, rangemode: "tozero" },
    });
    Plotly.react("errors", traces, layout, CONFIG);
    const chart = byId("errors");
    chart.removeAllListeners("plotly_click");
    chart.on("plotly_click", ({ points }) => this.player.pauseAt(points[0].x));
  }

  drawMatrices() {
    const joints = this.player.clip.joints.map((joint) => joint.replaceAll("_", " "));
    const sizes = this.matrices.map(({ array }) => array.extremes());
    const lowest = Math.min(...sizes.map(([low]) => low), 0);
    const highest = Math.max(...sizes.map(([, high]) => high));
    const reach = Math.max(-lowest, highest);
    const range = lowest < 0 ? [-reach, reach] : [0, highest];
    this.coloring = { zmin: range[0], zmax: range[1], colorscale: lowest < 0 ? SIGNED : POSITIVE };
    const layout = layoutOf({ margin: { l: 105, r: 10, t: 40, b: 105 }, annotations: [] });
    const narrow = byId("matrices").clientWidth < 700;
    const count = this.matrices.length;
    layout.height = narrow ? 60 + 400 * count : 470;
    layout.grid = { rows: narrow ? count : 1, columns: narrow ? 1 : count, pattern: "independent", xgap: 0.06, ygap: narrow ? 0.45 : 0.3 };
    const traces = this.matrices.map(({ kind }, i) => {
      const axis = i ? String(i + 1) : "";
      const last = narrow ? i === count - 1 : true;
      layout[`xaxis${axis}`] = { tickangle: -90, automargin: last, title: { text: KINDS[kind], standoff: 8 } };
      layout[`yaxis${axis}`] = { autorange: "reversed", automargin: true, showticklabels: narrow || i === 0 };
      return {
        type: "heatmap", x: joints, y: joints, z: this.matrixAt(i), xaxis: `x${axis}`, yaxis: `y${axis}`,
        ...this.coloring, showscale: i === count - 1, xgap: 1, ygap: 1,
        colorbar: { thickness: 12 },
        hovertemplate: "%{y} takes %{z:.3f} from %{x}<extra></extra>",
      };
    });
    Plotly.react("matrices", traces, layout, CONFIG);
  }

  // Rows of one matrix in the player's frame.
  matrixAt(index) {
    return this.matrices[index].array.vectors(this.player.frame - this.player.clip.first);
  }

  drawNeighbours() {
    const joint = Number(byId("affinity-joint").value);
    const { array } = this.matrices[Number(byId("affinity-kind").value)];
    const { joints, first } = this.player.clip;
    const [frames, count] = array.shape;
    const z = joints.map((_, j) => {
      const row = new Array(frames);
      for (let f = 0; f < frames; f++) row[f] = array.at((f * count + joint) * count + j);
      return row;
    });
    const trace = {
      type: "heatmap", z, x0: first, dx: 1, y: joints.map((name) => name.replaceAll("_", " ")),
      ...this.coloring, colorbar: { thickness: 12 },
      hovertemplate: "frame %{x}: %{z:.3f} from %{y}<extra></extra>",
    };
    const layout = layoutOf({
      height: 400, shapes: [frameLine(this.player.frame)],
      xaxis: { title: { text: "frame" } }, yaxis: { autorange: "reversed", automargin: true },
    });
    Plotly.react("neighbours", [trace], layout, CONFIG);
  }

  move() {
    this.drawn = performance.now();
    const { frame } = this.player;
    const line = { "shapes[0].x0": frame, "shapes[0].x1": frame };
    Plotly.relayout("errors", line);
    if (!this.matrices.length) return;
    byId("affinity-frame").value = frame;
    byId("affinity-time").textContent = `${frame}`;
    Plotly.restyle("matrices", { z: this.matrices.map((_, i) => this.matrixAt(i)) });
    Plotly.relayout("neighbours", line);
  }
}

if (page.clips.length) {
  window.player = new ClipPlayer(
    document.querySelector(".player"),
    page.clips.map((entry) => entry.clip),
  );
  window.charts = new ClipCharts(player, page.clips);
  for (const link of document.querySelectorAll("a.play-link")) {
    link.addEventListener("click", (event) => {
      event.preventDefault();
      location.hash = link.hash;
      player.followAddress();
      byId("clips").scrollIntoView({ block: "start" });
    });
  }
} else {
  byId("clips").hidden = true;
}
