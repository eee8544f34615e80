// A host's own script, as small as it gets: buttons that open the widget and take it away, and a list of what it tells.
(() => {
  const say = (text) => (document.querySelector("ol").appendChild(document.createElement("li")).textContent = text);
  const post = async (path, body) => {
    const headers = { "content-type": "application/json" };
    return (await fetch(path, { method: "POST", headers, body: JSON.stringify(body) })).json();
  };
  const token = async () => (await post("/api/link-token", {})).link_token;
  const onSuccess = async ({ publicToken }) => {
    const { institution } = await post("/api/exchange", { public_token: publicToken });
    say(`linked: ${institution}`);
  };
  const onExit = ({ reason }) => say(`left: ${reason}`);
  let widget;
  document.querySelector("#connect").addEventListener("click", () => {
    widget = Linchpin.create({ token, onSuccess, onExit });
    widget.open();
  });
  document.querySelector("#leave").addEventListener("click", () => widget.destroy());
})();
