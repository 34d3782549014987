// The client suite: what real exports do with supabase-js, against a running server over HTTP.
//
//   SUPABASE_URL, SUPABASE_ANON_KEY, SUPABASE_SERVICE_ROLE_KEY   required
//   SUPABASE_PUBLISHABLE_KEY                                     optional, a key of the newer form
//   STORAGE_S3_ACCESS_KEY_ID, STORAGE_S3_SECRET                  optional, for the S3 endpoint
//   SUPABASE_SWITCHED                                            set where the server's configuration allows
//                                                                plans, aggregates and Prefer: tx
//   node suite.mjs [part of a check's name]
//
// The server's database holds schema.sql. Accounts are made anew in each run and deleted at its end, so a
// run may be repeated on the same server. TAP on stdout, then `N passed, N failed`; exit code 0 or 1.
import { createClient as createCurrent } from "@supabase/supabase-js";
import { createClient as createOld } from "supabase-js-old";
import { Run } from "./harness.mjs";
import { accounts } from "./checks/accounts.mjs";
import { administration } from "./checks/administration.mjs";
import { files } from "./checks/files.mjs";
import { filters } from "./checks/filters.mjs";
import { procedures } from "./checks/procedures.mjs";
import { reading } from "./checks/reading.mjs";
import { resumable } from "./checks/resumable.mjs";
import { s3 } from "./checks/s3.mjs";
import { security } from "./checks/security.mjs";
import { switched } from "./checks/switched.mjs";
import { writing } from "./checks/writing.mjs";
import { Salon } from "./salon.mjs";

const required = ["SUPABASE_URL", "SUPABASE_ANON_KEY", "SUPABASE_SERVICE_ROLE_KEY"];
const missing = required.filter((name) => !process.env[name]);
if (missing.length > 0) {
  console.error(`set ${missing.join(", ")}`);
  process.exit(2);
}

const CLIENTS = [
  { label: "current", createClient: createCurrent },
  { label: "old", createClient: createOld },
];

const PARTS = [accounts, administration, reading, filters, writing, procedures, security, files, resumable];
if (process.env.STORAGE_S3_SECRET) PARTS.push(s3);
if (process.env.SUPABASE_SWITCHED) PARTS.push(switched);

const run = new Run(process.argv[2]);
for (const { label, createClient } of CLIENTS) {
  const salon = new Salon(label, createClient, process.env);
  const check = (name, body) => run.check(`${label}: ${name}`, body);
  try {
    await salon.open();
  } catch (error) {
    await check("two accounts with rows", () => Promise.reject(error));
    continue;
  }
  for (const part of PARTS) {
    await part(check, salon);
  }
  await check("the accounts of this run can be deleted", () => salon.close());
}
process.exit(run.end());
