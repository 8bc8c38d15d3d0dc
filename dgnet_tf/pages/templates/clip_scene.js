// Draws the people of one frame: SpaceView in 3-D with orbit and zoom, ImageView in 2-D.
//
// A figure is {color of each bone, points, ...}; see ClipPlayer.figures. Scene axes are
// x right, y away from the camera, z up, in metres.
"use strict";

const PITCH_LIMIT = 1.5; // radians, a little less than straight from above
const HOVER_PX = 12;
const START = [0.44, 0.2]; // yaw and pitch
const SHOWN = 0.9; // of the canvas, for what must be in sight

// The directions of the screen at a yaw and a pitch.
function axesOf(yaw, pitch) {
  const [sy, cy] = [Math.sin(yaw), Math.cos(yaw)];
  const [sp, cp] = [Math.sin(pitch), Math.cos(pitch)];
  return {
    right: [cy, sy, 0],
    ahead: [-sy * cp, cy * cp, -sp],
    up: [-sy * sp, cy * sp, cp],
  };
}

function focalOf(width, height) {
  return 1.45 * Math.min(width, height);
}

// A canvas as sharp as the screen, in units of CSS pixels.
class SharpCanvas {
  constructor(canvas, onResize) {
    this.canvas = canvas;
    this.context = canvas.getContext("2d");
    new ResizeObserver(onResize).observe(canvas);
  }

  clear() {
    const ratio = window.devicePixelRatio || 1;
    const { clientWidth: width, clientHeight: height } = this.canvas;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== w || this.canvas.height !== h) {
      this.canvas.width = w;
      this.canvas.height = h;
    }
    this.context.setTransform(ratio, 0, 0, ratio, 0, 0);
    this.context.clearRect(0, 0, width, height);
    return { context: this.context, width, height };
  }
}

function strokeLine(context, a, b, { color, width, alpha = 1, dash = [] }) {
  context.globalAlpha = alpha;
  context.strokeStyle = color;
  context.lineWidth = width;
  context.setLineDash(dash);
  context.beginPath();
  context.moveTo(a[0], a[1]);
  context.lineTo(b[0], b[1]);
  context.stroke();
}

// The lines of a figure between its points on the screen, with the depth of each.
function linesOf(figure, screen) {
  const lines = [];
  for (const line of figure.lines) {
    const [a, b] = [screen[line.from], screen[line.to]];
    if (a && b) lines.push({ a, b, depth: ((a[2] ?? 0) + (b[2] ?? 0)) / 2, line });
  }
  return lines;
}

function drawLabel(context, screen, text) {
  const points = screen.filter(Boolean);
  if (!points.length) return;
  const top = points.reduce((best, p) => (p[1] < best[1] ? p : best));
  context.globalAlpha = 1;
  context.fillStyle = "#333";
  context.textAlign = "center";
  context.fillText(text, top[0], top[1] - 12);
}

function drawHovered(context, place, text, width) {
  context.globalAlpha = 1;
  context.setLineDash([]);
  context.strokeStyle = "#000";
  context.lineWidth = 1.5;
  context.beginPath();
  context.arc(place[0], place[1], 6, 0, 2 * Math.PI);
  context.stroke();
  const long = context.measureText(text).width;
  const right = place[0] + 12 + long < width;
  context.textAlign = right ? "left" : "right";
  context.lineWidth = 3;
  context.strokeStyle = "#fff";
  const x = right ? place[0] + 11 : Math.max(place[0] - 11, long + 2);
  context.strokeText(text, x, place[1] - 8);
  context.fillStyle = "#000";
  context.fillText(text, x, place[1] - 8);
}

const FONT = "13px system-ui, sans-serif";

class SpaceView {
  // onChange: the view must be drawn again. onHover: ({person, joint} or null).
  constructor(canvas, onChange, onHover) {
    this.sharp = new SharpCanvas(canvas, onChange);
    this.onChange = onChange;
    this.onHover = onHover;
    this.reset();
    this.places = []; // of the joints on the screen, for hovering
    let last = null;
    canvas.addEventListener("pointerdown", (event) => {
      canvas.setPointerCapture(event.pointerId);
      if (event.pointerType !== "mouse") this.hover(event); // A finger never hovers.
      last = [event.clientX, event.clientY];
    });
    canvas.addEventListener("pointermove", (event) => {
      if (last === null) return this.hover(event);
      this.yaw -= 0.01 * (event.clientX - last[0]);
      this.pitch += 0.01 * (event.clientY - last[1]);
      this.pitch = Math.max(-PITCH_LIMIT, Math.min(PITCH_LIMIT, this.pitch));
      last = [event.clientX, event.clientY];
      this.onChange();
    });
    for (const name of ["pointerup", "pointercancel"]) {
      canvas.addEventListener(name, () => (last = null));
    }
    canvas.addEventListener("pointerleave", () => this.onHover(null));
    canvas.addEventListener(
      "wheel",
      (event) => {
        event.preventDefault();
        this.zoomBy(Math.exp(-0.001 * event.deltaY));
      },
      { passive: false },
    );
  }

  // From the camera, a little to its right and above.
  reset() {
    [this.yaw, this.pitch, this.zoom] = [...START, 1];
  }

  // How far away the eye is where it starts: as near as all points are in sight.
  startDistance({ points, radius }, width, height) {
    if (this.fitted?.points === points && this.fitted.size === `${width} ${height}`) {
      return this.fitted.distance;
    }
    const { right, ahead, up } = axesOf(...START);
    const focal = focalOf(width, height);
    // Shares of the focal length that half the canvas is, less a margin.
    const [across, down] = [width, height].map((side) => (2 * focal) / (SHOWN * side));
    let distance = 1.2 * radius;
    for (const point of points) {
      const along = (axis) =>
        point[0] * axis[0] + point[1] * axis[1] + point[2] * axis[2];
      const near = -along(ahead);
      distance = Math.max(
        distance,
        near + across * Math.abs(along(right)),
        near + down * Math.abs(along(up)),
      );
    }
    this.fitted = { points, size: `${width} ${height}`, distance };
    return distance;
  }

  zoomBy(factor) {
    this.zoom = Math.max(0.2, Math.min(8, this.zoom * factor));
    this.onChange();
  }

  hover(event) {
    const box = event.target.getBoundingClientRect();
    const [x, y] = [event.clientX - box.left, event.clientY - box.top];
    let [nearest, best] = [null, HOVER_PX];
    for (const { place, person, joint } of this.places) {
      const distance = Math.hypot(place[0] - x, place[1] - y);
      if (distance < best) [nearest, best] = [{ person, joint }, distance];
    }
    this.onHover(nearest);
  }

  // Returns scene point -> [x, y, depth] on the screen, or null behind the eye.
  projection(width, height, center, radius, distance) {
    const { right, ahead, up } = axesOf(this.yaw, this.pitch);
    const focal = focalOf(width, height);
    return (point) => {
      const p = [point[0] - center[0], point[1] - center[1], point[2] - center[2]];
      const along = (axis) => p[0] * axis[0] + p[1] * axis[1] + p[2] * axis[2];
      const depth = distance + along(ahead);
      if (!(depth > 0.02 * radius)) return null; // Not for NaN either.
      const scale = focal / depth;
      return [width / 2 + scale * along(right), height / 2 - scale * along(up), depth];
    };
  }

  draw(figures, { center, points, radius, floor, hovered }) {
    const { context, width, height } = this.sharp.clear();
    const near = this.startDistance({ points, radius }, width, height) / this.zoom;
    const project = this.projection(width, height, center, radius, near);
    context.lineCap = "round";
    context.font = FONT;
    this.drawFloor(context, project, center, radius, floor);
    const lines = [];
    this.places = [];
    for (const figure of figures) {
      const screen = figure.space.map((point) => point && project(point));
      lines.push(...linesOf(figure, screen));
      if (figure.joints) {
        screen.forEach((place, joint) => {
          if (place) this.places.push({ place, person: figure.person, joint });
        });
      }
      if (figure.halos) drawHalos(context, screen, figure.halos, focalOf(width, height));
      if (figure.label) drawLabel(context, screen, figure.label);
    }
    lines.sort((one, other) => other.depth - one.depth);
    for (const { a, b, depth, line } of lines) {
      const width = (line.width * near) / depth;
      strokeLine(context, a, b, { ...line, width });
    }
    const found = hovered && this.places.find(
      ({ person, joint }) => person === hovered.person && joint === hovered.joint,
    );
    if (found) drawHovered(context, found.place, hovered.text, width);
    return lines.length;
  }

  // Squares of half a metre under the lowest joint.
  drawFloor(context, project, center, radius, floor) {
    const cell = 0.5;
    const count = Math.min(Math.ceil((1.3 * radius) / cell), 40);
    const middle = [0, 1].map((axis) => cell * Math.round(center[axis] / cell));
    const half = cell * count;
    const style = { color: "#c9d0d6", width: 1 };
    for (let i = -count; i <= count; i++) {
      for (const axis of [0, 1]) {
        const ends = [-half, half].map((end) => {
          const point = [0, 0, floor];
          point[axis] = middle[axis] + cell * i;
          point[1 - axis] = middle[1 - axis] + end;
          return project(point);
        });
        if (ends[0] && ends[1]) strokeLine(context, ends[0], ends[1], style);
      }
    }
  }
}

class ImageView {
  constructor(canvas, size, onChange) {
    this.sharp = new SharpCanvas(canvas, onChange);
    this.resize(size);
  }

  // size: width and height of the image, pixels.
  resize(size) {
    this.size = size;
    this.sharp.canvas.style.aspectRatio = `${size[0]} / ${size[1]}`;
  }

  draw(figures, { hovered, picture }) {
    const { context, width, height } = this.sharp.clear();
    const scale = Math.min(width / this.size[0], height / this.size[1]);
    context.globalAlpha = 1;
    if (picture) {
      context.drawImage(picture, 0, 0, this.size[0] * scale, this.size[1] * scale);
    }
    context.lineCap = "round";
    context.font = FONT;
    let count = 0;
    for (const figure of figures) {
      if (!figure.image) continue;
      const screen = figure.image.map(
        (point) => point && [point[0] * scale, point[1] * scale],
      );
      for (const { a, b, line } of linesOf(figure, screen)) {
        strokeLine(context, a, b, { ...line, width: Math.min(line.width, 3) });
        count++;
      }
      if (figure.label) drawLabel(context, screen, figure.label);
      if (hovered && figure.joints && figure.person === hovered.person) {
        const place = screen[hovered.joint];
        if (place) drawHovered(context, place, hovered.text, width);
      }
    }
    return count;
  }
}
