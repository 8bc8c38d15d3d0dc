// The video under the keypoints: a small copy that the page itself holds.
"use strict";

class ClipFilm {
  // element: a <video>. onPicture: another picture can be drawn.
  constructor(element, onPicture) {
    this.element = element;
    this.onPicture = onPicture;
    this.wanted = null; // seconds of the copy to go to once it has arrived
    element.muted = true;
    element.addEventListener("loadeddata", onPicture);
    element.addEventListener("seeked", () => {
      const next = this.wanted;
      this.wanted = null;
      if (next !== null) element.currentTime = next;
      onPicture();
    });
  }

  // Opens a clip's video; a clip may have none.
  open(clip) {
    this.stop();
    if (this.address) URL.revokeObjectURL(this.address);
    [this.clip, this.address] = [clip, null];
    if (!clip.video) return this.element.removeAttribute("src");
    const bytes = Uint8Array.from(atob(clip.video.data), (letter) => letter.charCodeAt(0));
    this.address = URL.createObjectURL(new Blob([bytes], { type: clip.video.type }));
    this.element.src = this.address;
  }

  get isOpen() {
    return this.address !== null;
  }

  // What can be drawn now, or null.
  get picture() {
    return this.isOpen && this.element.readyState >= 2 ? this.element : null;
  }

  // Goes to the middle of the time for which a frame is shown.
  show(frame) {
    if (!this.isOpen) return;
    const { clip, element } = this;
    const begun = clip.timeOf(frame);
    const over = frame < clip.last ? clip.timeOf(frame + 1) : begun + 1 / clip.fps;
    const seconds = Math.max(0, (begun + over) / 2 - clip.video.start);
    if (element.seeking) this.wanted = seconds;
    else element.currentTime = seconds;
  }

  // Plays on from where it is; calls with the frame of each picture, until `stop`.
  play(speed, onFrame) {
    const { clip, element } = this;
    const run = (this.run = (this.run || 0) + 1);
    const end = clip.timeOf(clip.last) + 1 / clip.fps;
    const tell = (seconds) => {
      if (run !== this.run) return;
      const now = seconds + clip.video.start;
      if (now >= end - 0.5 / clip.fps || element.ended) {
        this.show(clip.first);
        onFrame(clip.first);
        if (element.paused) element.play();
      } else if (!element.seeking) onFrame(clip.frameAt(now));
      next();
    };
    // Told of each picture that is shown, where the browser can; else ask often.
    const next = () => {
      if (!element.ended && element.requestVideoFrameCallback) {
        element.requestVideoFrameCallback((_, { mediaTime }) => tell(mediaTime));
      } else requestAnimationFrame(() => tell(element.currentTime));
    };
    element.onended = () => tell(element.duration);
    element.playbackRate = speed;
    element.play()?.catch(() => {}); // Stopped before it began.
    next();
  }

  set speed(speed) {
    this.element.playbackRate = speed;
  }

  stop() {
    this.run = (this.run || 0) + 1;
    this.element.pause();
  }
}
