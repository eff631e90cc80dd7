// Talks to the server: the device's key, what goes out (in order, each once), what comes in.

const PAUSES = [1, 2, 4, 8, 15, 30]; // seconds between attempts, then the last again and again
const PATIENCE = 40000; // milliseconds; the server answers a waiting request within 25 seconds

export class Refusal extends Error {
  constructor(status, words, retryAfter) {
    super(words);
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** Ask the server; throws Refusal when it says no, and something else when it is out of reach. */
export async function ask(path, { method = "GET", json, form, giveUp = new AbortController() } = {}) {
  const headers = { "X-Linli": "1" };
  if (json) headers["Content-Type"] = "application/json";
  const timer = setTimeout(() => giveUp.abort(), PATIENCE);
  try {
    const response = await fetch(path, {
      method, headers, body: json ? JSON.stringify(json) : form, signal: giveUp.signal,
      credentials: "same-origin", cache: "no-store",
    });
    if (response.status >= 502) throw new Error("out of reach"); // a proxy before a resting server
    const body = await response.json();
    if (!response.ok) {
      throw new Refusal(response.status, body.error, Number(response.headers.get("Retry-After")));
    }
    return body;
  } finally {
    clearTimeout(timer);
  }
}

/** 1, 2, 4 … seconds, a little uneven so that a whole city does not come back at once. */
export function pause(attempt) {
  const seconds = PAUSES[Math.min(attempt, PAUSES.length - 1)];
  return 1000 * seconds * (0.8 + 0.4 * Math.random());
}

/** Sleeps; wake() ends the sleep early. */
export class Sleeper {
  sleep(milliseconds) {
    return new Promise((done) => {
      this.wake = () => { clearTimeout(timer); done(); };
      const timer = setTimeout(this.wake, milliseconds);
    });
  }
  wake() {}
}

export function newId() {
  if (crypto.randomUUID) return crypto.randomUUID(); // only where the page came by https
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20)}`;
}

const KEPT = "linli.unsent";

/** What is not sent yet: kept in the browser (but for photos), so that a reload loses nothing. */
export class Outgoing {
  constructor(events) {
    this.events = events; // sent(item), refused(item, words), slow(words), reached(bool)
    this.items = this.stored();
    this.known = false; // whether this device has a key; it gets one when it first speaks
    this.sleeper = new Sleeper();
    this.busy = false;
  }

  stored() {
    try { return JSON.parse(localStorage.getItem(KEPT)) || []; } catch { return []; }
  }

  store() {
    try {
      localStorage.setItem(KEPT, JSON.stringify(this.items.filter((item) => !item.photo)));
    } catch { /* no storage: kept as long as the page lives */ }
  }

  add(item) {
    this.items.push(item);
    this.store();
    this.flush();
  }

  remove(id) {
    this.items = this.items.filter((item) => item.id !== id);
    this.store();
  }

  clear() {
    this.items = [];
    this.store();
  }

  async flush() {
    if (this.busy) { this.sleeper.wake(); return; }
    this.busy = true;
    for (let attempt = 0; this.items.length > 0;) {
      const item = this.items[0];
      try {
        await this.post(item);
        attempt = 0;
        this.remove(item.id);
        this.events.sent(item);
      } catch (error) {
        attempt = await this.cope(item, error, attempt);
      }
    }
    this.busy = false;
  }

  /** Waits or gives up; returns how many attempts there have been. */
  async cope(item, error, attempt) {
    if (error instanceof Refusal && error.status === 401) {
      this.known = false;
      if (attempt === 0) return 1;
    }
    if (error instanceof Refusal && error.status === 429) {
      this.events.slow(error.message);
      await this.sleeper.sleep(1000 * (error.retryAfter || 5));
      return attempt;
    }
    if (error instanceof Refusal && error.status < 500 && error.status !== 401) {
      this.remove(item.id);
      this.events.refused(item, error.message);
      return 0;
    }
    if (!(error instanceof Refusal)) this.events.reached(false);
    await this.sleeper.sleep(pause(attempt));
    return attempt + 1;
  }

  async post(item) {
    if (!this.known) await ask("/api/hello", { method: "POST" });
    this.known = true;
    if (!item.photo) {
      const { id, text, button, location } = item;
      return ask("/api/messages", { method: "POST", json: { id, text, button, location } });
    }
    const form = new FormData();
    form.set("id", item.id);
    form.set("text", item.text || "");
    form.set("photo", item.photo, "photo");
    return ask("/api/photos", { method: "POST", form });
  }
}

/** Asks for news for ever; calls news(answer) with each answer. */
export class Incoming {
  constructor(events) {
    this.events = events; // news(answer, isFirst), reached(bool)
    this.cursor = "";
    this.sleeper = new Sleeper();
    this.running = false;
    this.asking = null; // the request under way
    this.renewed = false; // it was given up in favour of a new one
  }

  async run() {
    if (this.running) return;
    this.running = true;
    for (let attempt = 0, first = true; this.running;) {
      try {
        const wait = first || attempt ? 0 : 25; // after a break, learn at once whether it works
        this.asking = new AbortController();
        const answer = await ask(
          `/api/messages?after=${this.cursor}&wait=${wait}`, { giveUp: this.asking },
        );
        this.asking = null;
        this.renewed = false;
        this.cursor = answer.cursor;
        this.events.reached(true);
        this.events.news(answer, first);
        attempt = 0;
        first = false;
      } catch (error) {
        if (this.renewed) { this.renewed = false; attempt = 1; continue; }
        if (error instanceof Refusal && error.status === 401) { this.running = false; return; }
        if (!(error instanceof Refusal)) this.events.reached(false);
        this.asking = null;
        const slow = error.retryAfter ? 1000 * error.retryAfter : pause(attempt);
        await this.sleeper.sleep(slow);
        attempt += 1;
      }
    }
  }

  /** Ask anew, now: what hangs on a dead connection is given up. */
  again() {
    if (this.asking) {
      this.renewed = true;
      this.asking.abort();
    }
    this.sleeper.wake();
  }
}
