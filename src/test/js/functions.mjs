// Calls edge functions as an app does, with the real client. Arguments: the app's address and its
// anon key. Prints one line of JSON.
import { createClient } from '@supabase/supabase-js';

const [url, key] = process.argv.slice(2);
const supabase = createClient(url, key, { auth: { persistSession: false } });
const said = {};

const hello = await supabase.functions.invoke('hello', { body: { name: 'Ada' } });
said.hello = hello.data;

const form = new FormData();
form.set('field', 'value');
said.form = (await supabase.functions.invoke('hello', { body: form })).data;

const text = await supabase.functions.invoke('hello/text', { method: 'GET' });
said.text = text.data;

const refused = await supabase.functions.invoke('hello/refuse', { body: {} });
said.refused = [refused.error?.name, refused.error?.context?.status];

const missing = await supabase.functions.invoke('nobody');
said.missing = [missing.error?.name, missing.error?.context?.status];

const events = await supabase.functions.invoke('hello/events', { body: {} });
said.events = await events.data.text();

console.log(JSON.stringify(said));
