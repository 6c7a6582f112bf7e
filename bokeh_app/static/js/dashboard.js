// The page's side of the bridge: shows what the session sends, tells it what the
// advisor does. What is shown and decided is made in the session; here is only view.
(() => {
  "use strict";

  const RECENT_KEY = "credit-file-recent";
  const RECENT_LIMIT = 6;
  const TYPING_PAUSE = 120;

  const byId = (id) => document.getElementById(id);
  const language = () => document.body.dataset.lang;

  let bridge = null;
  let requestCount = 0;
  let selected = -1;
  let isGoingBack = false;
  let isTyping = false; // a number not yet sent, which no reply may overwrite

  // -- to the session ---------------------------------------------------------------

  function ask(action, values = {}) {
    if (bridge === null) {
      return false;
    }
    requestCount += 1;
    bridge.request = { action, ...values, number: requestCount };
    return true;
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
    if (view.is_empty) {
      document.body.dataset.state = "empty";
      byId("filters").open = true;
    }
    if (view.client !== undefined) {
      showClient(view.client, view.title);
    }
    if (view.announcement !== undefined) {
      byId("announcement").textContent = view.announcement;
    }
    if (asObject(view.fragments).suggestions !== undefined) {
      openSuggestions(view.suggestion_count);
    }
    // What the parts with scripts of their own make of it.
    document.dispatchEvent(new CustomEvent("creditfile:view", { detail: view }));
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

  function showClient(client, title) {
    const isFirst = document.body.dataset.state !== "client";
    document.body.dataset.state = "client";
    document.title = title;
    if (!isTyping) {
      byId("client-number").value = client;
    }
    byId("filters").open = false;
    const address = `?client=${client}&lang=${language()}`;
    if (isGoingBack || location.search === address) {
      history.replaceState({ client }, "", address);
    } else {
      history.pushState({ client }, "", address);
    }
    isGoingBack = false;
    pointLanguage(client);
    remember(client);
    if (isFirst) {
      // Figures that were hidden until now have to measure themselves.
      window.dispatchEvent(new Event("resize"));
    }
    window.scrollTo({ top: 0 });
  }

  function pointLanguage(client) {
    const other = byId("language").hreflang;
    byId("language").href = `?client=${client}&lang=${other}`;
  }

  // -- recent clients: kept in this tab only, gone when it closes --------------------

  function recent() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(RECENT_KEY) ?? "[]");
      return kept.filter(Number.isInteger);
    } catch {
      return [];
    }
  }

  function remember(client) {
    const kept = [client, ...recent().filter((one) => one !== client)];
    try {
      sessionStorage.setItem(RECENT_KEY, JSON.stringify(kept.slice(0, RECENT_LIMIT)));
    } catch {
      // A browser without storage has no list of recent clients.
    }
    listRecent(client);
  }

  function listRecent(current) {
    const others = recent().filter((one) => one !== current);
    const items = others.map((client) => {
      const link = document.createElement("a");
      link.href = `?client=${client}&lang=${language()}`;
      link.dataset.client = String(client);
      link.textContent = String(client);
      const item = document.createElement("li");
      item.append(link);
      return item;
    });
    byId("recent-list").replaceChildren(...items);
    byId("recent").hidden = items.length === 0;
  }

  // -- completion -------------------------------------------------------------------

  function options() {
    return [...byId("suggestions").querySelectorAll("[role=option]")];
  }

  function openSuggestions(announcement) {
    const isAwaited = isTyping && document.activeElement === byId("client-number");
    const isOpen = isAwaited && options().length > 0;
    byId("suggestions").hidden = !isOpen;
    byId("client-number").setAttribute("aria-expanded", String(isOpen));
    select(-1);
    if (isOpen && announcement !== undefined) {
      byId("announcement").textContent = announcement;
    }
  }

  function closeSuggestions() {
    byId("suggestions").replaceChildren();
    openSuggestions();
  }

  function select(index) {
    const all = options();
    selected = index < all.length ? index : -1;
    all.forEach((option, at) =>
      option.setAttribute("aria-selected", String(at === selected)),
    );
    const field = byId("client-number");
    if (selected >= 0) {
      field.setAttribute("aria-activedescendant", all[selected].id);
    } else {
      field.removeAttribute("aria-activedescendant");
    }
  }

  function moveInSuggestions(event) {
    const all = options();
    if (event.key === "Escape") {
      closeSuggestions();
    } else if (all.length > 0 && event.key === "ArrowDown") {
      event.preventDefault();
      select(selected + 1);
    } else if (all.length > 0 && event.key === "ArrowUp") {
      event.preventDefault();
      select(selected < 0 ? all.length - 1 : selected - 1);
    } else if (event.key === "Enter" && selected >= 0) {
      event.preventDefault();
      openClient(all[selected].dataset.client);
    }
  }

  // -- what the advisor does --------------------------------------------------------

  function openClient(client) {
    isTyping = false;
    isGoingBack = false;
    closeSuggestions();
    return ask("open", { client: String(client) });
  }

  function chosen(form) {
    return Object.fromEntries(new FormData(form));
  }

  function listen() {
    const field = byId("client-number");
    let pause = 0;
    field.addEventListener("input", () => {
      isTyping = true;
      clearTimeout(pause);
      pause = setTimeout(() => ask("complete", { text: field.value }), TYPING_PAUSE);
    });
    field.addEventListener("keydown", moveInSuggestions);
    field.addEventListener("blur", closeSuggestions);
    byId("suggestions").addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      if (option !== null) {
        event.preventDefault();
        openClient(option.dataset.client);
      }
    });
    byId("finder").addEventListener("submit", (event) => {
      clearTimeout(pause);
      if (openClient(field.value)) {
        event.preventDefault();
      }
    });

    const filters = byId("filter-form");
    filters.addEventListener("change", () => ask("filter", chosen(filters)));
    filters.addEventListener("submit", (event) => {
      event.preventDefault();
      ask("filter", chosen(filters));
    });
    filters.addEventListener("reset", () => {
      // The form is empty after this event; a list still under way is dropped then.
      setTimeout(() => ask("filter", chosen(filters)));
    });

    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[data-client]");
      if (link !== null && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
        if (openClient(link.dataset.client)) {
          event.preventDefault();
        }
      }
      const retry = event.target.closest("[data-retry]");
      if (retry !== null) {
        ask("retry", { region: retry.dataset.retry });
      }
      const more = event.target.closest("[data-after]");
      if (more !== null) {
        ask("filter", { ...chosen(filters), after: more.dataset.after });
      }
    });
    byId("stay").addEventListener("click", () => ask("stay"));
    byId("reload").addEventListener("click", (event) => {
      event.preventDefault();
      location.reload();
    });
    window.addEventListener("popstate", () => {
      const client = new URLSearchParams(location.search).get("client");
      if (client === null) {
        location.reload();
      } else {
        openClient(client);
        isGoingBack = true;
      }
    });
  }

  window.creditFile = {
    ask,
    asObject,
    chosen,
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

  document.addEventListener("DOMContentLoaded", () => {
    listen();
    listRecent(null);
  });
})();
