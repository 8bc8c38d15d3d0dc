// Plays clips: time, controls and keys; what a frame shows is drawn by its two views.
//
// #frame=120&person=2&clip=1 in the address opens that frame of that clip, with those
// people alone (`person` may be repeated); without a part, everything is shown.
"use strict";

const COLORS = {
  left: "#0072B2", right: "#D55E00", middle: "#7F7F7F",
  target: "#000000", affinity: "#009E73", uncertainty: "#CC79A7",
};

class ClipPlayer {
  // root: an element filled with clip_player.html. clips: encoded ones.
  constructor(root, clips) {
    this.root = root;
    this.clips = clips;
    this.listeners = [];
    this.drawn = { people: [], bones: 0, targets: 0, affinities: 0, halos: 0, frames: 0 };
    this.playing = false;
    this.hovered = null;
    this.asked = false;
    const redraw = () => this.redraw();
    this.space = new SpaceView(this.find(".space"), redraw, (hit) => this.hover(hit));
    this.image = new ImageView(this.find(".image"), [1, 1], redraw);
    this.film = new ClipFilm(this.find(".film"), redraw);
    this.listenToControls();
    if (clips.length > 1) {
      clips.forEach((clip, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.textContent = clip.title;
        button.onclick = () => this.show(index);
        this.find(".clips").append(button);
      });
    }
    this.show(0);
    this.followAddress();
    window.addEventListener("hashchange", () => this.followAddress());
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  // Opens a clip at its first frame.
  show(index) {
    this.index = index;
    this.clip = new ClipData(this.clips[index]);
    this.pause();
    this.shown = new Set(this.clip.people);
    [...this.find(".clips").children].forEach((button, i) => {
      button.setAttribute("aria-pressed", i === index);
    });
    this.fillControls();
    this.image.resize(this.clip.size);
    this.film.open(this.clip);
    this.space.reset();
    const { travel } = this.clip.bounds(false);
    this.find(".follow").hidden = travel < 0.01;
    this.find(".follow input").checked = travel > 1;
    this.measure();
    this.seek(this.clip.first);
  }

  measure() {
    this.follow = this.find(".follow input").checked;
    this.bounds = this.clip.bounds(this.follow);
  }

  fillControls() {
    const clip = this.clip;
    const scrub = this.find(".scrub");
    [scrub.min, scrub.max] = [clip.first, clip.last];
    const [width, height] = clip.size.map((side) => Math.round(side));
    const below = clip.video ? ", over a smaller copy of the video" : "";
    this.find(".size").textContent = `2-D input, ${width} × ${height} px${below}`;
    const apart = clip.people.some((person) => person.place.some(Boolean));
    this.find(".apart").textContent = apart ? "People stand side by side." : "";
    this.find(".target").hidden = !clip.hasTarget;
    this.find(".uncertainty").hidden = this.find(".sure").hidden = !clip.hasUncertainty;
    this.find(".affinity").hidden = this.find(".threshold").hidden = !clip.largest;
    const people = clip.people.map((person) => {
      const box = document.createElement("input");
      box.type = "checkbox";
      box.checked = true;
      box.onchange = () => {
        if (box.checked) this.shown.add(person);
        else this.shown.delete(person);
        this.redraw();
        this.writeAddress();
      };
      const label = document.createElement("label");
      label.append(box, ` ${person.name}`);
      return label;
    });
    this.find(".people").replaceChildren(...people);
    this.find(".people").hidden = people.length < 2;
    const words = ["left", "right", "middle"].map((side) => {
      const key = document.createElement("i");
      key.style.background = COLORS[side];
      const word = document.createElement("span");
      word.append(key, side);
      return word;
    });
    if (clip.hasMissing) words.push("dashed: a guess, the keypoint was missing");
    this.find(".legend").replaceChildren(...words);
  }

  listenToControls() {
    this.find(".play").onclick = () => this.toggle();
    this.find(".scrub").oninput = (event) => {
      this.pause();
      this.seek(Number(event.target.value));
    };
    this.find(".speed").onchange = (event) => {
      this.speed = this.film.speed = Number(event.target.value);
    };
    this.speed = Number(this.find(".speed").value);
    for (const name of [".target", ".affinity", ".threshold", ".uncertainty"]) {
      this.find(`${name} input`).oninput = () => this.redraw();
    }
    this.find(".follow input").onchange = () => {
      this.measure();
      this.redraw();
    };
    this.find(".reset").onclick = () => {
      this.space.reset();
      this.redraw();
    };
    this.root.addEventListener("click", (event) => {
      // So that the space bar plays after a click; the keyboard's own clicks stay.
      if (event.detail && event.target.matches("input, button")) event.target.blur();
    });
    document.addEventListener("keydown", (event) => this.press(event));
  }

  press(event) {
    const scrubbing = event.target === this.find(".scrub");
    const taken = event.target.closest?.("input, select, button, textarea, a, summary");
    if ((taken && !scrubbing) || event.ctrlKey || event.altKey || event.metaKey) return;
    const step = event.shiftKey ? 10 : 1;
    const { first, last } = this.clip;
    const actions = {
      " ": () => this.toggle(),
      ArrowLeft: () => this.pauseAt(this.frame - step),
      ArrowRight: () => this.pauseAt(this.frame + step),
      Home: () => this.pauseAt(first),
      End: () => this.pauseAt(last),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    actions[event.key]();
  }

  toggle() {
    if (this.playing) this.pauseAt(this.frame);
    else this.play();
  }

  play() {
    this.playing = true;
    this.labelPlay();
    if (this.film.isOpen) {
      return this.film.play(this.speed, (frame) => {
        if (frame !== this.frame) this.seek(frame);
      });
    }
    let [then, clock] = [null, this.frame];
    const run = ++this.run;
    const tick = (now) => {
      if (run !== this.run) return;
      if (this.frame !== Math.floor(clock)) clock = this.frame; // moved meanwhile
      // A tab that was hidden does not catch up.
      const seconds = then === null ? 0 : Math.min((now - then) / 1000, 0.25);
      then = now;
      clock += seconds * this.clip.fps * this.speed;
      if (clock >= this.clip.last + 1) clock = this.clip.first;
      if (Math.floor(clock) !== this.frame) this.seek(Math.floor(clock));
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  }

  pause() {
    this.playing = false;
    this.run = (this.run || 0) + 1;
    this.film.stop();
    this.labelPlay();
  }

  pauseAt(frame) {
    this.pause();
    this.seek(frame);
  }

  labelPlay() {
    const button = this.find(".play");
    button.textContent = this.playing ? "❚❚" : "▶";
    button.setAttribute("aria-label", this.playing ? "Pause" : "Play");
  }

  // Goes to a frame, counted as the video counts.
  seek(frame) {
    const { first, last } = this.clip;
    this.frame = Math.max(first, Math.min(last, Math.round(frame)));
    this.find(".scrub").value = this.frame;
    if (!this.playing) this.film.show(this.frame);
    const seconds = this.clip.timeOf(this.frame).toFixed(2);
    this.find(".time").textContent = `frame ${this.frame} of ${last} · ${seconds} s`;
    this.redraw();
    for (const listener of this.listeners) listener(this);
    if (!this.playing) this.writeAddress();
  }

  hover(hit) {
    const same = hit?.person === this.hovered?.person && hit?.joint === this.hovered?.joint;
    if (same) return;
    this.hovered = hit;
    this.redraw();
  }

  // Draws once before the screen's next picture, however often it is called.
  redraw() {
    if (this.asked) return;
    this.asked = true;
    requestAnimationFrame(() => {
      this.asked = false;
      this.draw();
    });
  }

  draw() {
    const { clip, frame, hovered } = this;
    if (hovered) hovered.text = described(clip, frame, hovered);
    this.find(".sure").textContent = expectedError(clip, frame, this.shown);
    const figures = figuresOf(clip, frame, {
      people: this.shown,
      target: this.find(".target input").checked,
      affinity: this.find(".affinity input").checked,
      threshold: this.threshold(),
      uncertainty: this.find(".uncertainty input").checked,
      hovered,
    });
    let center = this.bounds.center;
    if (this.follow) {
      const middle = this.clip.middle(this.frame, this.clip.people);
      center = center.map((value, axis) => value + middle[axis]);
    }
    this.space.draw(figures, { ...this.bounds, center, hovered: this.hovered });
    this.image.draw(figures, { hovered: this.hovered, picture: this.film.picture });
    const count = (kind) =>
      figures.reduce((n, f) => n + f.lines.filter((line) => line.kind === kind).length, 0);
    this.drawn = {
      frame: this.frame,
      people: figures.filter((figure) => figure.joints).map((figure) => figure.name),
      bones: count("bone"),
      targets: count("target"),
      affinities: count("affinity"),
      guesses: count("guess"),
      halos: figures.flatMap((figure) => figure.halos ?? []).filter(Boolean).length,
      frames: this.drawn.frames + 1,
    };
  }

  threshold() {
    const share = Number(this.find(".threshold input").value) / 100;
    const threshold = share * this.clip.largest;
    this.find(".threshold output").textContent = threshold.toFixed(2);
    this.find(".threshold input").disabled = !this.find(".affinity input").checked;
    return threshold;
  }

  followAddress() {
    const asked = new URLSearchParams(location.hash.slice(1));
    const index = Number(asked.get("clip")) - 1;
    if (index in this.clips && index !== this.index) this.show(index);
    const names = asked.getAll("person");
    const chosen = this.clip.people.filter((person) => names.includes(person.name));
    this.shown = new Set(chosen.length ? chosen : this.clip.people);
    const boxes = this.find(".people").querySelectorAll("input");
    this.clip.people.forEach((person, i) => (boxes[i].checked = this.shown.has(person)));
    if (/^\d+$/.test(asked.get("frame") ?? "")) this.pauseAt(Number(asked.get("frame")));
    this.redraw();
  }

  // Keeps the address a link to what is shown; browsers limit how often.
  writeAddress() {
    clearTimeout(this.writing);
    this.writing = setTimeout(() => {
      const parts = new URLSearchParams();
      if (this.clips.length > 1) parts.set("clip", this.index + 1);
      parts.set("frame", this.frame);
      if (this.shown.size < this.clip.people.length) {
        for (const person of this.shown) parts.append("person", person.name);
      }
      history.replaceState(null, "", `#${parts}`);
    }, 300);
  }
}
