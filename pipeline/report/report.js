"use strict";
(() => {
  const root = document.documentElement;
  const data = JSON.parse(document.getElementById("data").textContent);
  root.classList.add("js");

  // Language: Chinese until the reader chooses.
  const button = document.getElementById("language");
  const inChinese = () => root.classList.contains("show-zh");
  const speak = (language) => {
    root.className = `js show-${language}`;
    root.lang = language === "zh" ? "zh-CN" : "en";
    button.textContent = language === "zh" ? "English" : "中文";
    button.lang = language === "zh" ? "en" : "zh";
    try { localStorage.setItem("juesuan-language", language); } catch { /* file: without storage */ }
    if (chosen >= 0) tell(chosen);
  };
  let chosen = -1;
  if (button) {
    button.hidden = false;
    button.addEventListener("click", () => speak(inChinese() ? "en" : "zh"));
    let stored = null;
    try { stored = localStorage.getItem("juesuan-language"); } catch { /* as above */ }
    if (stored === "en") speak("en");
  }
  if (!data) return;

  const body = document.body;
  const main = document.querySelector("main");
  const detail = document.getElementById("detail");
  const wide = matchMedia("(min-width: 1000px)");
  const word = (pair) => (pair ? pair[inChinese() ? 0 : 1] : "");
  const named = (table, name) => word(data.words[table][name]) || name;
  main.classList.add("split");

  const show = (tab) => {
    body.dataset.tab = tab;
    for (const link of document.querySelectorAll(".tabs a")) {
      if (link.dataset.tab === tab) link.setAttribute("aria-current", "true");
      else link.removeAttribute("aria-current");
    }
  };
  const shown = () => body.dataset.tab;
  show("findings");
  const reachable = () => {
    for (const pane of document.querySelectorAll(".pane")) {
      if (wide.matches) pane.tabIndex = 0;
      else pane.removeAttribute("tabindex");
    }
  };
  wide.addEventListener("change", reachable);
  reachable();

  const make = (tag, text, kind) => {
    const element = document.createElement(tag);
    if (text !== undefined) element.textContent = text;
    if (kind) element.className = kind;
    return element;
  };
  const linkTo = (fact) => {
    const [statement, row, column, value, unit] = data.facts[fact];
    const link = make("a", `${named("statements", statement)} ${row} ${named("columns", column)} ${value}${unit}`);
    link.href = `#F${fact}`;
    link.dataset.f = fact;
    return link;
  };
  const identity = (number, fact) => {
    const [check, status, facts, note] = data.outcomes[number];
    const item = make("li");
    item.append(make("span", word(data.words.statuses[status]), `status ${status}`), " ", make("code", check));
    if (data.checks[check]) item.append(make("p", word(data.checks[check])));
    if (note) item.append(make("p", note));
    for (const other of facts.slice(0, 24)) {
      if (other === fact) continue;
      const line = make("p");
      line.append(linkTo(other));
      item.append(line);
    }
    return item;
  };
  function tell(fact) {
    const [statement, row, column, value, unit, raw, line, reader, placed, section, page, outcomes] = data.facts[fact];
    const close = make("button", "×");
    close.type = "button";
    close.setAttribute("aria-label", inChinese() ? "关闭" : "close");
    close.addEventListener("click", forget);
    const place = make("a", `${inChinese() ? "第" : "line "}${line}${inChinese() ? "行" : ""}`, "place");
    place.href = `#L${line}`;
    const where = make("p");
    const sheet = document.getElementById(`P${page}`);
    const onPage = make(sheet ? "a" : "span", page ? (inChinese() ? `第${page}页` : `page ${page}`) : "");
    if (sheet) {
      onPage.href = `#P${page}`;
      onPage.className = "place";
    }
    where.append(place, " ", onPage, ` “${raw}” · ${named("readers", reader)}${placed ? ` · ${named("placed", placed)}` : ""}`);
    const order = { fail: 0, rounding_hint: 1, pass: 2 };
    const sorted = [...outcomes].sort((a, b) => (order[data.outcomes[a][1]] ?? 3) - (order[data.outcomes[b][1]] ?? 3));
    const list = make("ul");
    for (const number of sorted.slice(0, 30)) list.append(identity(number, fact));
    detail.replaceChildren(
      close,
      make("p", [named("statements", statement), section, row, named("columns", column)].filter(Boolean).join(" › "), "meta"),
      make("p", `${value} ${unit}`, "value"),
      where,
      sorted.length ? list : make("p", inChinese() ? "没有勾稽关系涉及此数。" : "No identity concerns this number.", "meta"),
    );
    detail.hidden = false;
  }
  const clear = () => {
    for (const old of document.querySelectorAll(".chosen, .here")) old.classList.remove("chosen", "here");
  };
  function forget() {
    clear();
    chosen = -1;
    detail.hidden = true;
  }
  const into = (element) => {
    if (!element) return;
    for (let fold = element.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    const go = () => element.scrollIntoView({ block: "center", inline: "nearest" });
    go();
    requestAnimationFrame(go); // heights beyond the view are estimates until then
  };
  const marks = (fact) => [...document.querySelectorAll(`#source [data-f~="${fact}"]`)];
  const boxes = (fact) => [...document.querySelectorAll(`#pages [data-f~="${fact}"]`)];
  const choose = (fact, from) => {
    clear();
    chosen = fact;
    const cell = document.getElementById(`F${fact}`);
    const found = marks(fact);
    for (const element of [cell, ...found, ...boxes(fact)]) if (element) element.classList.add("chosen");
    const row = document.getElementById(`L${data.facts[fact][6]}`);
    if (row) row.classList.add("here");
    if (from !== "source" && (wide.matches || shown() === "source")) into(found[0] || row);
    if (from === "source" || from === "address") {
      if (wide.matches || from === "address") show("statements");
      if (shown() === "statements") into(cell);
    }
    tell(fact);
  };
  const goLine = (id) => {
    const row = document.getElementById(id);
    if (!row) return;
    if (!wide.matches) show("source");
    for (const old of document.querySelectorAll(".here")) old.classList.remove("here");
    row.classList.add("here");
    into(row);
  };
  const goPage = (id) => {
    const sheet = document.getElementById(id);
    if (!sheet) return;
    show("pages");
    into(sheet.querySelector(".chosen") || sheet);
  };
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (!link || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    const address = link.getAttribute("href");
    if (link.dataset.tab) show(link.dataset.tab);
    else if (link.dataset.f !== undefined) {
      const from = link.closest("#source") ? "source" : link.closest("#detail") ? "address" : "table";
      choose(Number(link.dataset.f.split(" ")[0]), from);
    } else if (address.startsWith("#L")) goLine(address.slice(1));
    else if (address.startsWith("#P")) goPage(address.slice(1));
  });

  // Keyboard: 1-5 change the pane, arrows move within a table, Escape closes.
  for (const table of document.querySelectorAll(".statement table")) {
    for (const [place, link] of table.querySelectorAll("a.v").entries()) link.tabIndex = place ? -1 : 0;
  }
  const step = (link, key) => {
    const cell = link.closest("td");
    const rows = [...cell.closest("tbody").rows];
    const at = [rows.indexOf(cell.parentElement), cell.cellIndex];
    const move = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
    for (let r = at[0] + move[0], c = at[1] + move[1]; rows[r] && rows[r].cells[c]; r += move[0], c += move[1]) {
      const next = rows[r].cells[c].querySelector("a.v");
      if (next) return next;
    }
    return null;
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") forget();
    const tab = { 1: "findings", 2: "statements", 3: "review", 4: "source", 5: "pages" }[event.key];
    if (tab && document.getElementById(tab)) show(tab);
    const link = event.target.closest && event.target.closest("a.v");
    if (link && event.key.startsWith("Arrow")) {
      const next = step(link, event.key);
      event.preventDefault();
      if (!next) return;
      link.tabIndex = -1;
      next.tabIndex = 0;
      next.focus();
      choose(Number(next.dataset.f), "table");
    }
  });
  const follow = () => {
    const target = location.hash.slice(1);
    if (/^F\d+$/.test(target) && data.facts[target.slice(1)]) choose(Number(target.slice(1)), "address");
    else if (/^L\d+$/.test(target)) goLine(target);
    else if (/^P\d+$/.test(target)) goPage(target);
    else if (["findings", "statements", "review", "source", "pages"].includes(target) && document.getElementById(target)) {
      show(target);
      scrollTo(0, 0);
      if (document.activeElement) document.activeElement.blur();
    }
  };
  addEventListener("hashchange", follow);
  follow();
})();
