// Search as you type, and copy buttons. The pages work without: the form is sent, text can be marked.
"use strict";

document.documentElement.classList.add("scripted");

const form = document.getElementById("search");
if (form) {
  const found = document.getElementById("found");
  const box = form.elements.q;
  let asked = 0;
  let last = null;
  let waiting;

  async function search() {
    const words = new URLSearchParams();
    for (const [name, value] of new FormData(form)) {
      if (value) words.set(name, value);
    }
    // leaving the box is a change too: what is focused by then must not be replaced
    if (String(words) === last) return;
    last = String(words);
    const number = ++asked;
    const address = words.size ? `?${words}` : form.getAttribute("action");
    history.replaceState(null, "", address);
    words.set("part", "results");
    const answer = await fetch(`?${words}`).catch(() => null);
    // an answer that comes after a later question's is of no use
    if (number !== asked || !answer) return;
    const text = await answer.text();
    if (number === asked && answer.ok) found.innerHTML = text;
  }

  for (const kind of ["input", "change"]) {
    form.addEventListener(kind, () => {
      clearTimeout(waiting);
      waiting = setTimeout(search, 60);
    });
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(waiting);
    search();
  });
  document.addEventListener("keydown", (event) => {
    const writes = /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName);
    if (event.key === "/" && !writes && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box.focus();
      box.select();
    }
    if (event.key === "ArrowDown" && document.activeElement === box) {
      event.preventDefault();
      found.querySelector("a")?.focus();
    }
  });
}

for (const button of document.querySelectorAll("button.copy")) {
  button.addEventListener("click", async () => {
    const code = document.getElementById(button.dataset.copies);
    let isCopied = true;
    try {
      await navigator.clipboard.writeText(code.textContent);
    } catch {
      // without permission it is marked, to be copied by hand
      isCopied = false;
      getSelection().selectAllChildren(code);
    }
    button.textContent = isCopied ? "Copied" : "Marked";
    setTimeout(() => { button.textContent = "Copy"; }, 1600);
  });
}
