// The search runs in a worker, and browsers start none from a page opened from a disk.
// There a hidden frame takes its place: the same script, the same messages. Material would
// load such a thing from elsewhere; by this file's name it knows that it need not.
class FrameWorker extends EventTarget {
  constructor(url) {
    super()
    const frame = document.createElement("iframe")
    frame.hidden = true
    document.body.append(frame)
    this.inside = frame.contentWindow
    const page = this.inside.document
    page.open()
    this.inside.postMessage = data =>
      this.dispatchEvent(new MessageEvent("message", { data }))
    this.ready = new Promise((resolve, reject) => {
      const script = page.createElement("script")
      script.onload = resolve
      script.onerror = reject
      script.src = new URL(url, document.baseURI).href
      page.append(page.createElement("html"))
      page.documentElement.append(script)
    })
    page.close()
  }

  postMessage(data) {
    this.ready.then(() =>
      this.inside.dispatchEvent(new MessageEvent("message", { data })))
  }
}

if (location.protocol === "file:") window.Worker = FrameWorker
