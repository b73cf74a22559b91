// Unfolds a level of the tree in place. Without this script each name is a link to a page with the same children.
async function fetchChildren(item) {
  const response = await fetch(item.dataset.children, { headers: { Accept: "text/html" } });
  if (!response.ok || response.redirected) throw new Error(response.status);
  const list = document.createElement("template");
  list.innerHTML = await response.text();
  return list.content.querySelector(".tree");
}

async function unfold(item, button) {
  const isOpen = button.getAttribute("aria-expanded") === "true";
  let list = item.querySelector(":scope > .tree");
  if (!list) {
    button.disabled = true;
    try {
      list = await fetchChildren(item);
    } catch {
      location.assign(item.querySelector("a").href);
      return;
    } finally {
      button.disabled = false;
    }
    item.append(list);
    addButtons(list);
  }
  list.hidden = isOpen;
  button.setAttribute("aria-expanded", String(!isOpen));
  button.focus();
}

function addButtons(list) {
  list.classList.add("foldable");
  for (const item of list.querySelectorAll(":scope > li[data-children]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "fold";
    button.setAttribute("aria-expanded", "false");
    button.setAttribute("aria-label", `${item.querySelector("a").textContent}的下级`);
    button.addEventListener("click", () => unfold(item, button));
    item.querySelector(".node").prepend(button);
  }
}

for (const tree of document.querySelectorAll("[data-tree] > .tree")) addButtons(tree);
