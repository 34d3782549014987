// Calls edge functions as an app does, with the real client. Arguments: the app's address and its
// anon key. Prints one line of JSON: what each call answered, or how it failed.
import { createClient } from '@supabase/supabase-js';

const [url, key] = process.argv.slice(2);
const supabase = createClient(url, key, {
  auth: { persistSession: false, autoRefreshToken: false },
  realtime: { transport: class {} },
});

async function call(name, options) {
  const { data, error } = await supabase.functions.invoke(name, options);
  if (!error) {
    return data instanceof Response ? await data.text() : data;
  }
  const answer = error.context;
  return answer instanceof Response
    ? { error: error.name, status: answer.status, body: await answer.text() }
    : { error: error.name, cause: String(answer?.cause ?? answer) };
}

const form = new FormData();
form.set('field', 'value');
const said = {
  hello: await call('hello', { body: { name: 'Ada' } }),
  form: await call('hello', { body: form }),
  text: await call('hello/text', { method: 'GET' }),
  nobody: await call('hello/who', { method: 'GET' }),
  refused: await call('hello/refuse', { body: {} }),
  missing: await call('nobody'),
  events: await call('hello/events', { body: {} }),
};

const made = await supabase.auth.signUp({ email: 'ada@example.com', password: 'correct horse battery' });
said.user = made.error ? String(made.error) : await call('hello/who', { method: 'GET' });

const stranger = await fetch(`${url}/functions/v1/hello/text`);
said.stranger = { status: stranger.status, code: stranger.headers.get('sb-error-code') };

console.log(JSON.stringify(said));
