// What the page shows. Everything becomes text: nothing that comes from elsewhere is ever markup.

export const at = (id) => document.getElementById(id);

export const show = (...ids) => ids.forEach((id) => (at(id).hidden = false));
export const hide = (...ids) => ids.forEach((id) => (at(id).hidden = true));

// Shows pairs of a name and what it is.
export function list(id, pairs) {
  const rows = pairs.flatMap(([name, value]) => [element("dt", name), element("dd", value)]);
  at(id).replaceChildren(...rows);
  show(id);
}

export function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}

export function say(id, text) {
  at(id).textContent = text;
  at(id).className = "";
}

// On a click, does one thing at a time, and says where it fails in `said`.
export function onClick(id, said, does) {
  const button = at(id);
  button.addEventListener("click", async () => {
    button.disabled = true;
    say(said, "");
    try {
      await does();
    } catch (why) {
      say(said, why.message);
      at(said).className = "failed";
    }
    button.disabled = false;
  });
}

// A link that saves these bytes under this name.
export function download(name, bytes) {
  const link = element("a", name);
  link.href = URL.createObjectURL(new Blob([bytes], { type: "application/octet-stream" }));
  link.download = name;
  return link;
}
