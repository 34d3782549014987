// Runs checks one after another and prints TAP: a line per check, the reason under a failed one.

/** A check that hangs is a failure, so a dead server ends the run within minutes. Milliseconds. */
const PATIENCE = 20_000;

export class Run {
  #number = 0;
  passed = 0;
  failed = 0;

  constructor(only) {
    this.only = only;
  }

  async check(name, body) {
    if (this.only && !name.includes(this.only)) return;
    this.#number++;
    try {
      await inTime(body());
      this.passed++;
      console.log(`ok ${this.#number} - ${name}`);
    } catch (error) {
      this.failed++;
      console.log(`not ok ${this.#number} - ${name}`);
      for (const line of String(error?.message ?? JSON.stringify(error)).split("\n")) console.log(`  # ${line}`);
    }
  }

  end() {
    console.log(`1..${this.#number}`);
    console.log(`${this.passed} passed, ${this.failed} failed`);
    return this.failed === 0 && this.passed > 0 ? 0 : 1;
  }
}

async function inTime(promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${PATIENCE} ms`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The data of an answer that must not be an error. */
export function good({ data, error }) {
  if (error) throw new Error(`unexpected error: ${describe(error)}`);
  return data;
}

/** The error of an answer that must be one, with this code and, where given, this HTTP status. */
export function bad(answer, code, status) {
  const { error, data } = answer;
  if (!error) throw new Error(`expected an error ${code}, got data ${JSON.stringify(data)}`);
  if (code !== undefined && error.code !== code) throw new Error(`expected code ${code}: ${describe(error)}`);
  const seen = answer.status ?? error.status;
  if (status !== undefined && seen !== status) {
    throw new Error(`expected status ${status}, got ${seen}: ${describe(error)}`);
  }
  return error;
}

function describe(error) {
  const { code, status, message, details, hint } = error;
  return JSON.stringify({ code, status, message, details, hint });
}
