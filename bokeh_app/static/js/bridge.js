// The bridge between a page and its session: shows what the session sends, tells it
// what the person does. What is shown and decided is made in the session.
window.creditFile = (() => {
  "use strict";

  const byId = (id) => document.getElementById(id);
  const listeners = [];

  // A socket that is lost before its first word would leave the page without a session
  // for ever: it is loaded again, a few times, before the person is asked to.
  const BEGINS_WITHIN = 8000; // milliseconds
  const TRIES = "tries-to-begin";

  let bridge = null;
  let requestCount = 0;

  // -- to the session ---------------------------------------------------------------

  // Returns the request's number, or 0 where nothing can be asked yet.
  function ask(action, values = {}) {
    if (bridge === null) {
      return 0;
    }
    requestCount += 1;
    bridge.request = { action, ...values, number: requestCount };
    return requestCount;
  }

  function chosen(form) {
    return Object.fromEntries(new FormData(form));
  }

  // -- from the session -------------------------------------------------------------

  function asObject(value) {
    return value instanceof Map ? Object.fromEntries(value) : (value ?? {});
  }

  function show() {
    const view = asObject(bridge.view);
    if (view.is_signed_out) {
      // Nothing of a client stays on the screen; the server asks who is there.
      document.body.replaceChildren();
      location.reload();
      return;
    }
    if (view.idle_warning !== undefined) {
      byId("idle").hidden = !view.idle_warning;
    }
    for (const [id, html] of Object.entries(asObject(view.fragments))) {
      replace(byId(id), html);
    }
    for (const [region, html] of Object.entries(asObject(view.problems))) {
      replace(byId(`problem-${region}`), html);
      eachRegion(region, (element) =>
        element.classList.toggle("has-problem", html !== ""),
      );
    }
    for (const [id, value] of Object.entries(asObject(view.selected))) {
      byId(id).value = value;
    }
    for (const [id, isHidden] of Object.entries(asObject(view.hidden))) {
      byId(id).hidden = isHidden;
    }
    for (const region of view.busy ?? []) {
      eachRegion(region, (element) => element.setAttribute("aria-busy", "true"));
    }
    for (const region of view.idle ?? []) {
      eachRegion(region, (element) => element.setAttribute("aria-busy", "false"));
    }
    for (const listener of listeners) {
      listener(view);
    }
    if (view.announcement !== undefined) {
      byId("announcement").textContent = view.announcement;
    }
    // From here on the page knows which of its regions are still loading.
    document.body.dataset.ready = "true";
  }

  function replace(element, html) {
    const hadFocus = element.contains(document.activeElement);
    const chosen = element instanceof HTMLSelectElement ? element.value : null;
    const isOpen = element.querySelector("details")?.open ?? false;
    element.innerHTML = html;
    if (chosen !== null && element.querySelector("[selected]") === null) {
      element.value = chosen;
    }
    const details = element.querySelector("details");
    if (details !== null) {
      details.open = isOpen;
    }
    if (hadFocus && chosen === null && html === "") {
      const region = element.closest("section");
      const heading = region?.querySelector("h2") ?? byId("main");
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    }
  }

  function eachRegion(region, change) {
    document.querySelectorAll(`[data-region="${region}"]`).forEach(change);
  }

  function loadAgainUnlessBegun() {
    const tries = Number(sessionStorage.getItem(TRIES));
    if (bridge !== null) {
      sessionStorage.removeItem(TRIES);
    } else if (tries < 3) {
      sessionStorage.setItem(TRIES, String(tries + 1));
      location.reload();
    } else {
      sessionStorage.removeItem(TRIES);
      byId("connection").hidden = false;
    }
  }

  // -- what every page's person does ------------------------------------------------

  document.addEventListener("DOMContentLoaded", () => {
    setTimeout(loadAgainUnlessBegun, BEGINS_WITHIN);
    document.addEventListener("click", (event) => {
      const retry = event.target.closest("[data-retry]");
      if (retry !== null) {
        ask("retry", { region: retry.dataset.retry });
      }
    });
    byId("stay").addEventListener("click", () => ask("stay"));
    byId("reload").addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
  });

  return {
    ask,
    asObject,
    byId,
    chosen,
    onView(listener) {
      listeners.push(listener);
    },
    start(model) {
      bridge = model;
      bridge.properties.view.change.connect(show);
      bridge.document.on_event("connection_lost", () => {
        byId("connection").hidden = false;
      });
      bridge.document.on_event("client_reconnected", () => {
        byId("connection").hidden = true;
      });
    },
  };
})();
