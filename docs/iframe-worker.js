// Browsers start no worker from a file. Where the site is opened as files, the search runs
// in an empty frame instead, which gets and gives the same messages.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.documentElement.append(frame);
      const inner = frame.contentWindow;
      inner.postMessage = (data) =>
        this.dispatchEvent(new MessageEvent("message", { data }));
      this.loaded = new Promise((resolve) => {
        const script = inner.document.createElement("script");
        script.onload = () => resolve(inner);
        script.src = url;
        inner.document.body.append(script);
      });
    }

    postMessage(data) {
      this.loaded.then((inner) =>
        inner.dispatchEvent(new inner.MessageEvent("message", { data })),
      );
    }
  };
}
