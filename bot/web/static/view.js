// Draws the conversation. Text is only ever text: nothing a person wrote becomes markup.

const log = document.getElementById("log");
const typing = document.getElementById("typing");
// A community has one clock, whatever zone the visitor's phone is set to.
const ZONE = "Asia/Shanghai";
const DAY = new Intl.DateTimeFormat("zh-CN", { month: "long", day: "numeric", weekday: "short", timeZone: ZONE });
const TIME = new Intl.DateTimeFormat("zh-CN", { hour: "2-digit", minute: "2-digit", hour12: false, timeZone: ZONE });
const CALLS = new Set(["110", "119", "120", "122", "12345"]);

const drawn = new Map(); // id or UUID → element
let lastDay = "";

function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text) element.textContent = text;
  return element;
}

/** Numbers to call in need can be tapped. */
function write(paragraph, text) {
  for (const part of text.split(/([0-9-]+)/)) {
    if (CALLS.has(part)) {
      const link = make("a", "", part);
      link.href = `tel:${part}`;
      paragraph.append(link);
    } else {
      paragraph.append(part);
    }
  }
}

function dayBefore(at, place) {
  const day = DAY.format(at);
  if (day === lastDay) return;
  lastDay = day;
  const today = DAY.format(new Date()) === day;
  place(make("p", "day", today ? "今天" : day));
}

const atEnd = (element) => log.append(element);
const beforeUnsent = (element) => log.insertBefore(element, log.querySelector(".unsent"));

function isNearEnd() {
  return log.scrollHeight - log.scrollTop - log.clientHeight < 120;
}

export function toEnd() {
  log.scrollTop = log.scrollHeight;
}

function picture(url, bubble) {
  const follow = isNearEnd();
  const image = make("img", "photo");
  image.alt = bubble.classList.contains("mine") ? "我发的照片" : "照片";
  image.addEventListener("load", () => { if (follow) toEnd(); }, { once: true });
  image.addEventListener("error", () => image.remove(), { once: true });
  image.src = url;
  return image;
}

function fill(bubble, { mine, at, text, photos = [], location, buttons = [] }, onTap) {
  bubble.append(make("span", "hidden", mine ? "我：" : "邻里通："));
  for (const url of photos) bubble.append(picture(url, bubble));
  if (location) bubble.append(make("p", "text place", "我的位置"));
  if (text) {
    const paragraph = make("p", "text");
    if (mine) paragraph.textContent = text; else write(paragraph, text);
    bubble.append(paragraph);
  }
  if (buttons.length) bubble.append(choices(bubble.id, buttons, onTap));
  const foot = make("p", "foot");
  const time = make("time", "", TIME.format(at));
  time.dateTime = at.toISOString();
  foot.append(time, make("span", "state"));
  bubble.append(foot);
}

function choices(id, labels, onTap) {
  const group = make("div", "choices");
  group.setAttribute("role", "group");
  group.setAttribute("aria-label", "可以点的回答");
  labels.forEach((label, index) => {
    const button = make("button", "choice", label);
    button.type = "button";
    button.addEventListener("click", (event) => {
      for (const other of group.children) other.disabled = true;
      button.classList.add("chosen");
      button.setAttribute("aria-pressed", "true");
      onTap({ message: id, index, label, byKeyboard: event.detail === 0 });
    });
    group.append(button);
  });
  return group;
}

/** Draw a message once; one that was drawn `early`, before it was sent, is only marked as sent. */
export function show(message, onTap) {
  if (drawn.has(message.id)) return;
  const known = message.uuid && drawn.get(message.uuid);
  if (known) {
    drawn.set(message.id, known);
    mark(message.uuid, "sent");
    return;
  }
  const follow = isNearEnd() || message.mine;
  const at = new Date(message.at);
  const place = message.early ? atEnd : beforeUnsent;
  dayBefore(at, place);
  const bubble = make("div", `said ${message.mine ? "mine" : "desk"}`);
  bubble.id = message.id;
  drawn.set(message.id, bubble);
  fill(bubble, { ...message, at }, onTap);
  if (message.uuid) {
    drawn.set(message.uuid, bubble);
    mark(message.uuid, message.early ? "sending" : "sent");
  }
  place(bubble);
  if (follow) toEnd();
}

const STATES = { sending: "发送中", waiting: "没发出，连上后自动发", sent: "已收到" };

/** Say under a message how far it is: sending, waiting, sent, or what went wrong. */
export function mark(uuid, state) {
  const bubble = drawn.get(uuid);
  if (!bubble) return;
  bubble.classList.toggle("unsent", state === "sending" || state === "waiting");
  bubble.classList.toggle("waiting", state === "waiting");
  bubble.classList.toggle("refused", !(state in STATES));
  bubble.querySelector(".state").textContent = STATES[state] || `没有发出：${state}`;
}

/** Buttons may be tapped on these messages only. */
export function enliven(ids) {
  const alive = new Set(ids);
  for (const bubble of log.querySelectorAll(".said.desk")) {
    const used = bubble.querySelector(".chosen");
    for (const button of bubble.querySelectorAll(".choice")) {
      button.disabled = Boolean(used) || !alive.has(bubble.id);
    }
  }
}

/** Run `draw` without a screen reader reading out the whole past. */
export function quietly(draw) {
  log.setAttribute("aria-live", "off");
  draw();
  toEnd();
  setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
}

export function isAnswered() {
  return log.lastElementChild.classList.contains("desk");
}

export function setTyping(isTyping) {
  const follow = isNearEnd();
  typing.hidden = !isTyping;
  if (follow) toEnd();
}
