// Clips as `clip_json.encode` wrote them.
"use strict";

const MISSING = -32768;
const MOST_FRAMES = 20000; // that are looked at for what must be in sight
const EARLY = 0.3; // frames: times of a frame may be rounded down by so much

// Whole numbers of an array, taken back to numbers one at a time.
class PackedArray {
  constructor({ type, shape, scale, offset, data }) {
    const bytes = Uint8Array.from(atob(data), (letter) => letter.charCodeAt(0));
    this.values = type === "uint8" ? bytes : new Int16Array(bytes.buffer);
    Object.assign(this, { shape, scale, offset });
  }

  at(index) {
    const value = this.values[index];
    return value === MISSING ? NaN : value * this.scale + this.offset;
  }

  // The lowest and the highest number.
  extremes() {
    let [low, high] = [Infinity, -Infinity];
    for (let i = 0; i < this.values.length; i++) {
      const value = this.at(i);
      if (value < low) low = value;
      if (value > high) high = value;
    }
    return [low, high];
  }

  // The vectors of one frame of (F, N, K); null in place of a missing one.
  vectors(frame) {
    const [, joints, size] = this.shape;
    const found = [];
    for (let joint = 0; joint < joints; joint++) {
      const start = (frame * joints + joint) * size;
      const vector = [];
      for (let i = 0; i < size; i++) vector.push(this.at(start + i));
      found.push(vector.some(Number.isNaN) ? null : vector);
    }
    return found;
  }
}

class PersonData {
  constructor(encoded) {
    this.name = encoded.name;
    this.first = encoded.first_frame;
    this.place = encoded.place; // metres, camera axes, added to all positions
    const fields = ["keypoints", "positions", "target", "affinity", "uncertainty", "missing"];
    for (const field of fields) {
      this[field] = encoded[field] && new PackedArray(encoded[field]);
    }
    this.frames = this.positions.shape[0];
  }

  has(frame) {
    return frame >= this.first && frame < this.first + this.frames;
  }

  // Joints of "positions" or "target" in scene axes: x right, y away, z up.
  space(field, frame) {
    const [dx, dy, dz] = this.place;
    return this[field]
      .vectors(frame - this.first)
      .map((p) => p && [p[0] + dx, p[2] + dz, -(p[1] + dy)]);
  }

  image(frame) {
    return this.keypoints.vectors(frame - this.first);
  }

  // How far off each joint is expected to be, millimetres; null where it is not known.
  uncertaintyAt(frame) {
    return this.uncertainty && this.numbers(this.uncertainty, frame);
  }

  // Whether each joint's keypoint was not there and was filled in.
  missingAt(frame) {
    return this.missing ? this.numbers(this.missing, frame).map(Boolean) : [];
  }

  // One number for each joint of a frame.
  numbers(array, frame) {
    const joints = array.shape[1];
    const start = (frame - this.first) * joints;
    return Array.from({ length: joints }, (_, joint) => array.at(start + joint));
  }

  // [{i, j, weight}] of the pairs of different joints that weigh at least so much.
  neighbours(frame, threshold) {
    const joints = this.affinity.shape[1];
    const start = (frame - this.first) * joints * joints;
    const found = [];
    for (let i = 0; i < joints; i++) {
      for (let j = 0; j < joints; j++) {
        const weight = this.affinity.at(start + i * joints + j);
        if (i !== j && weight > 0 && weight >= threshold) found.push({ i, j, weight });
      }
    }
    return found;
  }
}

class ClipData {
  constructor(encoded) {
    const { title, fps, image_size, joints, root, bones, first_frame, frames } = encoded;
    Object.assign(this, { title, fps, joints, root, bones, frames });
    this.size = image_size;
    this.times = encoded.times; // seconds of each frame, where fps does not tell them
    this.video = encoded.video; // {type, start: seconds of its first frame, data}
    this.first = first_frame;
    this.last = first_frame + frames - 1;
    this.people = encoded.people.map((person) => new PersonData(person));
    const packed = this.people.map((person) => person.affinity).filter(Boolean);
    this.largest = Math.max(0, ...packed.map((affinity) => 255 * affinity.scale));
    this.hasUncertainty = this.people.some((person) => person.uncertainty);
    this.hasMissing = this.people.some((person) => person.missing);
    this.hasTarget = this.people.some((person) => person.target);
  }

  // When the video shows a frame, seconds.
  timeOf(frame) {
    return this.times ? this.times[frame - this.first] : frame / this.fps;
  }

  // The frame that is shown at a time, the first or the last beyond them.
  frameAt(seconds) {
    if (!this.times) {
      const frame = Math.floor(seconds * this.fps + EARLY);
      return Math.max(this.first, Math.min(this.last, frame));
    }
    let [low, high] = [0, this.times.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (this.times[middle] <= seconds + EARLY / this.fps) low = middle;
      else high = middle - 1;
    }
    return this.first + low;
  }

  // Where the shown people are: the mean of their roots, [0, 0, 0] for nobody.
  middle(frame, people) {
    const roots = people
      .filter((person) => person.has(frame))
      .map((person) => person.space("positions", frame)[this.root])
      .filter(Boolean);
    return [0, 1, 2].map(
      (axis) => roots.reduce((sum, p) => sum + p[axis], 0) / (roots.length || 1),
    );
  }

  // The box of almost all joints, around each frame's middle if they are followed; the
  // floor; how far anybody's root goes; and the points that must be in sight, around
  // the box's middle.
  bounds(follow) {
    const axes = [[], [], []];
    const heights = [];
    const roots = new Map(this.people.map((person) => [person, []]));
    const step = Math.ceil(this.frames / MOST_FRAMES);
    for (let frame = this.first; frame <= this.last; frame += step) {
      const people = this.people.filter((person) => person.has(frame));
      if (!people.length) continue;
      const middle = this.middle(frame, this.people);
      for (const person of people) {
        const points = person.space("positions", frame);
        if (points[this.root]) roots.get(person).push(points[this.root]);
        for (const point of points) {
          if (!point) continue;
          heights.push(point[2]);
          axes.forEach((values, axis) => {
            values.push(point[axis] - (follow ? middle[axis] : 0));
          });
        }
      }
    }
    const extents = axes.map((values) => middleRange(values, 0.005));
    const reaches = [...roots.values()].flatMap((places) =>
      [0, 1, 2].map((axis) => middleRange(places.map((place) => place[axis]), 0)),
    );
    const center = extents.map(([low, high]) => (low + high) / 2);
    const travel = Math.max(...reaches.map(([low, high]) => high - low));
    // A root that jumps for a moment takes nobody out of sight.
    const all = follow || travel <= 1;
    const points = axes[0]
      .map((_, i) => axes.map((values, axis) => values[i] - center[axis]))
      .filter((point) => all || point.every((value, axis) => {
        const [low, high] = extents[axis];
        return Math.abs(value) <= (high - low) / 2;
      }));
    return {
      center,
      points,
      radius: Math.max(0.1, ...extents.map(([low, high]) => (high - low) / 2)),
      floor: middleRange(heights, 0.005)[0],
      travel,
    };
  }
}

// The range of numbers without this share at either end; [0, 0] of none.
function middleRange(values, share) {
  if (!values.length) return [0, 0];
  const sorted = Float64Array.from(values).sort();
  const cut = Math.floor(share * sorted.length);
  return [sorted[cut], sorted[sorted.length - 1 - cut]];
}
