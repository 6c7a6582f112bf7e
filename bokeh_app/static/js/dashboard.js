// The client's page: which client is shown, how one is found, what the advisor chooses.
(() => {
  "use strict";

  const RECENT_KEY = `credit-file-recent-${document.currentScript.dataset.login}`;
  const RECENT_LIMIT = 6;
  const TYPING_PAUSE = 120;

  const { ask, asObject, byId, chosen } = window.creditFile;
  const language = () => document.body.dataset.lang;

  let selected = -1;
  let shown = null; // the client on the page, as its address writes them
  let isGoingBack = false;
  let isTyping = false; // a number not yet sent, which no reply may overwrite

  window.creditFile.onView((view) => {
    if (view.is_empty) {
      document.body.dataset.state = "empty";
      byId("filters").open = true;
    }
    if (view.client !== undefined) {
      showClient(view.client, view.title);
    }
    if (asObject(view.fragments).suggestions !== undefined) {
      openSuggestions(view.suggestion_count);
    }
  });

  function showClient(client, title) {
    const isFirst = document.body.dataset.state !== "client";
    document.body.dataset.state = "client";
    document.title = title;
    if (!isTyping) {
      byId("client-number").value = client;
    }
    byId("filters").open = false;
    shown = String(client);
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
      const turn = event.target.closest("[data-after], [data-before]");
      if (turn !== null) {
        const { after = "", before = "" } = turn.dataset;
        ask("filter", { ...chosen(filters), after, before });
      }
    });
    window.addEventListener("popstate", () => {
      const client = new URLSearchParams(location.search).get("client");
      if (client === null) {
        location.reload();
      } else if (client !== shown) {
        // A link to a section comes here too: the client is the same, and stays.
        openClient(client);
        isGoingBack = true;
      }
    });
  }

  document.addEventListener("DOMContentLoaded", () => {
    listen();
    listRecent(null);
  });
})();
