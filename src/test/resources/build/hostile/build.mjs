// A build that tries what it should not be able to do, and writes down how that went.
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';

const [dataFolder, loopbackPort] = process.env.ATTACK.split(' ');
const tried = {};

function attempt(name, action) {
  try {
    tried[name] = String(action());
  } catch (error) {
    tried[name] = error.code ?? error.message;
  }
}

async function connect(name, port, host) {
  tried[name] = await new Promise((done) => {
    const socket = net.connect({ port, host, timeout: 3000 }, () => done('connected'));
    socket.on('error', (error) => done(error.code));
    socket.on('timeout', () => done('timeout'));
  });
}

async function request(name, url) {
  try {
    tried[name] = (await fetch(url)).status;
  } catch (error) {
    tried[name] = 'refused';
  }
}

attempt('root', () => fs.readdirSync('/root'));
attempt('data', () => fs.readdirSync(dataFolder));
attempt('others', () => fs.readdirSync('/work').sort());
attempt('etc', () => fs.writeFileSync('/etc/mine', 'x'));
attempt('tools', () => fs.writeFileSync(process.execPath, 'x'));
attempt('ours', () => fs.writeFileSync('/freehold/forward.mjs', 'x'));
attempt('user', () => os.userInfo().username);
attempt('secrets', () => Object.keys(process.env).filter((name) => /SECRET|TOKEN|AWS/.test(name)));
attempt('dotenv', () => fs.readFileSync('.env', 'utf8').trim());
attempt('variable', () => process.env.VITE_SUPABASE_URL);
await connect('loopback', Number(loopbackPort), '127.0.0.1');
await connect('outside', 80, '1.1.1.1');
await request('elsewhere', 'https://example.com/');
await request('registry', 'https://registry.npmjs.org/left-pad/1.3.0');

fs.mkdirSync('dist/assets', { recursive: true });
fs.writeFileSync('dist/index.html', '<p>built</p>');
fs.writeFileSync('dist/tried.json', JSON.stringify(tried));
fs.writeFileSync('dist/.env', 'LEFT=1');
fs.symlinkSync('/etc/passwd', 'dist/passwd');
process.exit(Number(process.env.EXIT ?? 0));
