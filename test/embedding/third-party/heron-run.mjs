/** One run, from waking to resting. What it does is decided by the first word it is told. */
export class HeronRun {
  #words;
  #talk;
  #sign;
  #murmurs = [];
  #isHushed = false;
  #hasFailed = false;
  #isDeaf = false;
  #stir = Promise.withResolvers();
  #chosen = Promise.withResolvers();

  constructor({ words, talk, sign }) {
    this.#words = words;
    this.#talk = talk;
    this.#sign = sign;
  }

  get pending() {
    return this.#murmurs.length;
  }

  async perform() {
    this.#sign("wakes");
    this.#hear(this.#words);
    await this.#act(this.#words.split(" ")[0]);
    while (this.#murmurs.length > 0 && !this.#isOver) {
      const words = this.#murmurs.shift();
      this.#hear(words);
      this.#say(`You murmured: ${words}`);
    }
  }

  murmur(words) {
    this.#murmurs.push(words);
    this.#wake();
  }

  hush() {
    if (this.#isDeaf) return;
    this.#isHushed = true;
    this.#wake();
    this.#chosen.resolve(undefined);
  }

  forget() {
    return this.#murmurs.splice(0).length;
  }

  choose({ is }) {
    this.#chosen.resolve(is);
  }

  async #act(word) {
    switch (word) {
      case "muse":
        this.#sign("begins");
        this.#sign("muses", { words: "What is a pond?" });
        this.#sign("says", { words: "A pond is a " });
        this.#sign("says", { words: "small lake." });
        return this.#close({ words: "A pond is a small lake.", mused: "What is a pond?" });
      case "fish":
        // It reaches for the stone without a word.
        this.#sign("begins");
        this.#close({ words: "" });
        this.#sign("lifts", { stone: "s1", tool: "shell", input: { command: "ls" } });
        this.#sign("drops", { stone: "s1", tool: "shell", result: "a fish\n", isClumsy: false });
        return this.#say("I have a fish.");
      case "wade":
        this.#say("First the near bank.");
        this.#sign("rests", { isTerminal: false });
        await new Promise((resolve) => setImmediate(resolve));
        this.#sign("wakes");
        return this.#say("Then the far one.");
      case "slip":
        this.#fail("The stone was wet.");
        this.#hasFailed = false;
        this.#sign("stumbles", { attempt: 1, of: 3, cause: "The stone was wet." });
        this.#say("I stand.");
        return this.#sign("recovers", {});
      case "fall":
        return this.#fail("The water is too deep.");
      case "riddle": {
        this.#sign("wonders", { riddle: "r1", words: "Which bank?", choices: ["left", "right"] });
        const bank = await this.#chosen.promise;
        return this.#isOver ? undefined : this.#say(`The ${bank ?? "nearest"} bank, then.`);
      }
      case "stand":
        return await this.#speakUntilStirred();
      case "sleep":
        this.#isDeaf = true;
        return await this.#speakUntilStirred();
      case "count":
        return this.#say('{"herons":1,"fish":0}');
      case "vanish":
        process.exit(70);
    }
    this.#say("Croak.");
  }

  get #isOver() {
    return this.#isHushed || this.#hasFailed;
  }

  async #speakUntilStirred() {
    this.#sign("begins");
    this.#sign("says", { words: "I stand still." });
    await this.#stir.promise;
    this.#close({ words: "I stand still.", end: this.#isHushed ? "hushed" : "calm" });
  }

  #wake() {
    if (!this.#isDeaf) this.#stir.resolve();
  }

  #hear(words) {
    this.#talk.add("you", words);
    this.#sign("hears", { words });
  }

  #say(words) {
    this.#sign("begins");
    this.#sign("says", { words });
    this.#close({ words });
  }

  #fail(cause) {
    this.#hasFailed = true;
    this.#sign("begins");
    this.#close({ words: "", end: "startled", cause });
  }

  #close(message) {
    if (message.words !== "") this.#talk.add("me", message.words);
    this.#sign("said", { end: "calm", ...message });
  }
}
