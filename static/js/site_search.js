// While somebody types a site's name, code or pinyin initials, the drop-down beside it offers what there is.
const WAIT = 250;

for (const input of document.querySelectorAll("input[data-site-search]")) {
  const place = input.closest(".site-search");
  const select = place.querySelector("select");
  const status = place.querySelector("[role=status]");
  let timer = 0;
  let asked = null;

  const show = ({ sites, has_more: hasMore }) => {
    const rows = sites.map(([value, label]) => new Option(label, value));
    select.replaceChildren(new Option("请选择", ""), ...rows);
    select.hidden = sites.length === 0;
    if (sites.length === 1) select.value = rows[0].value;
    status.textContent = sites.length === 0 ? "没有找到" : hasMore ? `先列出 ${sites.length} 个，多写几个字更准` : `找到 ${sites.length} 个`;
  };

  const ask = async () => {
    asked?.abort();
    asked = new AbortController();
    const words = input.value.trim();
    if (!words) {
      select.replaceChildren();
      select.hidden = true;
      status.textContent = "";
      return;
    }
    const address = new URL(input.dataset.siteSearch, location.href);
    address.searchParams.set("q", words);
    try {
      const answer = await fetch(address, { signal: asked.signal });
      if (answer.ok) show(await answer.json());
    } catch (error) {
      if (error.name !== "AbortError") status.textContent = ""; // without network the form looks it up when it is sent
    }
  };

  input.addEventListener("input", () => {
    clearTimeout(timer);
    select.value = ""; // what was chosen before no longer counts
    timer = setTimeout(ask, WAIT);
  });
}
