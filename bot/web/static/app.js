// The page: what is tapped, typed and shown.
import { Incoming, Outgoing, Refusal, Sleeper, ask, newId, pause } from "./net.js";
import { shrink } from "./photo.js";
import * as view from "./view.js";

const by = (id) => document.getElementById(id);
const text = by("text");
const notice = by("notice");
const TYPING = 30000; // milliseconds; an answer that takes longer comes when it comes

let photo = null; // chosen, not sent yet
let typingTimer = 0;
let noticeTimer = 0;

const outgoing = new Outgoing({
  sent(item) {
    reached(true);
    view.mark(item.id, "sent");
    incoming.run();
    if (!view.isAnswered()) expectAnswer();
  },
  refused(item, words) { reached(true); view.mark(item.id, words); tell("这条没有发出，原因写在它下面。"); },
  slow(words) { reached(true); tell(words); },
  reached,
});
const incoming = new Incoming({ news, reached });
const starting = new Sleeper();

function news(answer, isFirst) {
  const draw = () => answer.messages.forEach((message) => view.show(message, tapped));
  if (isFirst) view.quietly(draw); else draw();
  view.enliven(answer.alive);
  const last = answer.messages[answer.messages.length - 1];
  if (last && !last.mine) stopTyping();
}

function reached(isReached) {
  by("offline").hidden = isReached;
  if (!isReached) {
    stopTyping();
    outgoing.items.forEach((item) => view.mark(item.id, "waiting"));
  }
}

function expectAnswer() {
  view.setTyping(true);
  clearTimeout(typingTimer);
  typingTimer = setTimeout(stopTyping, TYPING);
}

function stopTyping() {
  clearTimeout(typingTimer);
  view.setTyping(false);
}

function tell(words) {
  notice.textContent = words;
  notice.hidden = false;
  clearTimeout(noticeTimer);
  noticeTimer = setTimeout(() => { notice.hidden = true; }, 8000);
}

function say(item) {
  const sent = { id: newId(), ...item };
  notice.hidden = true;
  draw(sent);
  outgoing.add(sent);
}

/** Show what is on its way, before the server has it. */
function draw(item) {
  view.show({
    id: `u${item.id}`, uuid: item.id, early: true, mine: true, at: new Date().toISOString(),
    text: item.label || item.text, location: item.location,
    photos: item.photo ? [URL.createObjectURL(item.photo)] : [],
  });
}

function tapped({ message, index, label, byKeyboard }) {
  say({ button: [message, index], label });
  if (byKeyboard) text.focus(); // the button is gone; a finger would not want the keyboard to rise
}

by("write").addEventListener("submit", (event) => {
  event.preventDefault();
  const words = text.value.trim();
  if (!words && !photo) { text.focus(); return; }
  say(photo ? { photo, text: words } : { text: words });
  setPhoto(null);
  text.value = "";
  grow();
});

text.addEventListener("keydown", (event) => {
  const composing = event.isComposing || event.keyCode === 229; // choosing a character
  if (event.key !== "Enter" || event.shiftKey || composing) return;
  event.preventDefault();
  by("send").click();
});
text.addEventListener("input", grow);

function grow() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight + 2}px`;
}

by("photo").addEventListener("change", async (event) => {
  const file = event.target.files[0];
  event.target.value = ""; // the same photo can be chosen again
  if (file) setPhoto(await shrink(file));
});
by("preview-remove").addEventListener("click", () => { setPhoto(null); text.focus(); });

function setPhoto(chosen) {
  const image = by("preview-image");
  if (image.src) URL.revokeObjectURL(image.src);
  photo = chosen;
  by("preview").hidden = !chosen;
  if (chosen) {
    image.src = URL.createObjectURL(chosen);
    text.focus();
  } else {
    image.removeAttribute("src");
  }
}

by("place").addEventListener("click", () => {
  if (!navigator.geolocation || !window.isSecureContext) {
    tell("这个浏览器不能读位置。请直接写地址，比如“3号楼2单元门口”。");
    return;
  }
  tell("正在读取位置，请允许……");
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => say({ location: [coords.latitude, coords.longitude] }),
    () => tell("没有读到位置。请直接写地址，比如“3号楼2单元门口”。"),
    { enableHighAccuracy: true, timeout: 15000, maximumAge: 60000 },
  );
});

const large = by("large");
function showSize() {
  large.setAttribute("aria-pressed", String(document.documentElement.classList.contains("large")));
}
large.addEventListener("click", () => {
  const isLarge = document.documentElement.classList.toggle("large");
  try { localStorage.setItem("linli.large", isLarge ? "1" : "0"); } catch { /* this time only */ }
  showSize();
  grow();
  view.toEnd();
});

by("code-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  const json = { code: by("code").value };
  try {
    await ask("/api/hello", { method: "POST" });
    const { name } = await ask("/api/code", { method: "POST", json });
    by("code").value = "";
    greet(name);
    closeMore();
    tell("好了，社区已经知道是您本人。");
    incoming.run();
  } catch (error) {
    by("code-note").classList.add("bad");
    by("code-note").textContent = error instanceof Refusal ? error.message : "网络不通，请稍后再试。";
    by("code").focus();
  }
});

by("forget").addEventListener("click", async () => {
  if (!window.confirm("清除后，这台设备上看不到以前的对话了。已经报的事照样办。确定清除吗？")) return;
  try {
    await ask("/api/forget", { method: "POST" });
  } catch {
    tell("网络不通，没有清除。请稍后再试。");
    return;
  }
  outgoing.clear();
  location.reload();
});

function greet(name) {
  if (name) by("who").textContent = `已确认：${name}`;
}

function closeMore() {
  by("more").open = false;
}
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && by("more").open) {
    closeMore();
    by("more").querySelector("summary").focus();
  }
});
document.addEventListener("click", (event) => {
  if (!by("more").contains(event.target)) closeMore();
});

function tryAgain() {
  starting.wake();
  incoming.again();
  outgoing.flush();
}
window.addEventListener("online", tryAgain);
window.addEventListener("offline", () => reached(false));
document.addEventListener("visibilitychange", () => { if (!document.hidden) tryAgain(); });

/** The conversation of this device, if it has one; a device is only registered when it speaks. */
async function start() {
  showSize();
  for (let attempt = 0; ; attempt += 1) {
    try {
      const { known, name } = await ask("/api/hello");
      reached(true);
      greet(name);
      outgoing.known = known;
      if (known) incoming.run();
      break;
    } catch {
      reached(false);
      await starting.sleep(pause(attempt));
    }
  }
  outgoing.items.forEach(draw); // what an earlier visit could not send
  outgoing.flush();
}

start();
