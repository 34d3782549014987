// Calls Lovable's AI gateway by its own address, in each of the ways that apps do, with the real
// packages. Run with `--import freehold-preload.mjs` and FREEHOLD_CALLS. Prints one line of JSON.
import https from 'node:https';
import axios from 'axios';
import { createOpenAI } from '@ai-sdk/openai';
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { embed, generateText, streamText, tool, jsonSchema } from 'ai';
import OpenAI, { toFile } from 'openai';

const key = process.env.LOVABLE_API_KEY;
const base = 'https://ai.gateway.lovable.dev/v1';
const messages = [{ role: 'user', content: 'Hello?' }];
const said = {};

async function tried(name, call) {
  try {
    said[name] = await call();
  } catch (error) {
    said[name] = { failed: error.name, status: error.status ?? error.statusCode, message: error.message };
  }
}

function plain(body, init = {}) {
  return fetch(`${base}/chat/completions`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ messages, ...body }),
    ...init,
  });
}

await tried('fetch', async () => {
  const answer = await plain({ model: 'google/gemini-2.5-flash', max_tokens: 30 });
  return (await answer.json()).choices[0].message.content;
});
await tried('request', async () => {
  const asked = new Request(`${base}/chat/completions`, {
    method: 'POST',
    headers: { 'Lovable-API-Key': key, 'Content-Type': 'application/json' },
    body: JSON.stringify({ model: 'usual', messages }),
  });
  const answer = await fetch(asked);
  const run = answer.headers.get('x-lovable-aig-run-id');
  return [(await answer.json()).choices[0].message.content, run.length];
});
await tried('rawStream', async () => {
  const answer = await plain({ model: 'usual', stream: true });
  const text = await answer.text();
  return [answer.headers.get('content-type'), text.split('data: ').length - 1, text.includes('usage')];
});
await tried('image', async () => {
  const answer = await plain({ model: 'usual', modalities: ['image', 'text'] });
  return (await answer.json()).choices[0].message.images[0].image_url.url;
});
await tried('rateLimit', async () => {
  const answer = await plain({ model: 'busy' });
  return [answer.status, answer.headers.get('retry-after'), (await answer.json()).error.message];
});

const openai = new OpenAI({ apiKey: key, baseURL: base, maxRetries: 0 });
await tried('openai', async () => {
  const answer = await openai.chat.completions.create({ model: 'usual', messages });
  return [answer.choices[0].message.content, answer.usage.total_tokens];
});
await tried('openaiStream', async () => {
  const parts = [];
  let usage;
  const stream = await openai.chat.completions.create({
    model: 'usual',
    messages,
    stream: true,
    stream_options: { include_usage: true },
  });
  for await (const part of stream) {
    parts.push(part.choices[0]?.delta?.content ?? '');
    usage = part.usage ?? usage;
  }
  return [parts.join(''), usage.total_tokens];
});
await tried('openaiTools', async () => {
  const tools = [{ type: 'function', function: { name: 'weather', parameters: { type: 'object' } } }];
  const answer = await openai.chat.completions.create({ model: 'usual', messages, tools });
  return answer.choices[0].message.tool_calls[0].function;
});
await tried('openaiPicky', async () => {
  const answer = await openai.chat.completions.create({
    model: 'picky', messages, max_tokens: 9, temperature: 0.2,
  });
  return answer.choices[0].message.content;
});
await tried('openaiImage', async () => {
  const answer = await openai.images.generate({ model: 'painter', prompt: 'a cat', n: 2 });
  return answer.data[0].b64_json;
});
await tried('openaiSound', async () => {
  const file = await toFile(Buffer.alloc(200_000, 7), 'voice.webm');
  const answer = await openai.audio.transcriptions.create({ model: 'google/ears', file });
  return answer.text;
});
await tried('openaiSpeech', async () => {
  const answer = await openai.audio.speech.create({ model: 'voice', voice: 'alloy', input: 'Hi' });
  return (await answer.arrayBuffer()).byteLength;
});
await tried('openaiModels', async () => (await openai.models.list()).data[0].id);
await tried('openaiResponses', async () => {
  const answer = await openai.responses.create({ model: 'usual', input: 'Hello?' });
  return answer.output_text;
});
await tried('openaiBroken', async () => {
  await openai.chat.completions.create({ model: 'broken', messages });
});

const gateway = createOpenAICompatible({
  name: 'lovable', baseURL: base, headers: { 'Lovable-API-Key': key, 'X-Lovable-AIG-SDK': 'vercel-ai-sdk' },
});
await tried('sdk', async () => (await generateText({ model: gateway('usual'), prompt: 'Hello?' })).text);
await tried('sdkStream', async () => {
  const result = streamText({ model: gateway('usual'), prompt: 'Hello?' });
  const at = [];
  for await (const part of result.textStream) at.push(part);
  return at;
});
await tried('sdkTools', async () => {
  const weather = tool({ description: 'w', inputSchema: jsonSchema({ type: 'object', properties: {} }) });
  const result = await generateText({ model: gateway('usual'), prompt: 'Hello?', tools: { weather } });
  return result.toolCalls[0].input;
});
await tried('sdkEmbedding', async () => {
  const model = gateway.textEmbeddingModel('google/text-embedding-004');
  return (await embed({ model, value: 'words' })).embedding;
});
await tried('sdkResponses', async () => {
  const provider = createOpenAI({ apiKey: key, baseURL: base });
  const result = streamText({ model: provider.responses('openai/gpt-6-astra'), prompt: 'Hello?' });
  return await result.text;
});

await tried('axios', async () => {
  const answer = await axios.post(`${base}/chat/completions`, { model: 'usual', messages }, {
    headers: { Authorization: `Bearer ${key}` },
  });
  return answer.data.choices[0].message.content;
});
await tried('nodeHttps', () => new Promise((resolve, reject) => {
  const body = JSON.stringify({ model: 'usual', messages });
  const asked = https.request(
    { hostname: 'ai.gateway.lovable.dev', path: '/v1/chat/completions', method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) } },
    (answer) => {
      let text = '';
      answer.on('data', (piece) => (text += piece));
      answer.on('end', () => resolve(JSON.parse(text).choices[0].message.content));
    },
  );
  asked.on('error', reject);
  asked.end(body);
}));

await tried('leaveStream', async () => {
  const leaving = new AbortController();
  const answer = await plain({ model: 'endless', stream: true }, { signal: leaving.signal });
  const reader = answer.body.getReader();
  for (let i = 0; i < 3; i++) await reader.read();
  leaving.abort();
  return 'left';
});
await tried('leaveWaiting', async () => {
  const leaving = new AbortController();
  setTimeout(() => leaving.abort(), 300);
  await plain({ model: 'asleep' }, { signal: leaving.signal }).then((answer) => answer.text());
});

console.log(JSON.stringify(said));
