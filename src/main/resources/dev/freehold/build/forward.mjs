// Runs a command inside a build's sandbox, which has no network, and gives it one proxy: each
// connection to a port of the sandbox's own loopback is handed to the socket that Freehold's
// registry gate listens on, outside.
//
// Arguments: the socket's path, then the command and its arguments. Ends as the command ends.
import net from 'node:net';
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

const [socket, command, ...rest] = process.argv.slice(2);

const listener = net.createServer({ allowHalfOpen: true }, (client) => {
  const gate = net.connect({ path: socket, allowHalfOpen: true });
  const end = () => {
    client.destroy();
    gate.destroy();
  };
  client.on('error', end);
  gate.on('error', end);
  client.pipe(gate);
  gate.pipe(client);
});

listener.listen(0, '127.0.0.1', () => {
  const proxy = `http://127.0.0.1:${listener.address().port}`;
  const env = { ...process.env };
  for (const name of ['http_proxy', 'https_proxy', 'HTTP_PROXY', 'HTTPS_PROXY']) {
    env[name] = proxy;
  }
  const child = spawn(command, rest, { env, stdio: ['ignore', 'inherit', 'inherit'] });
  child.on('error', (error) => {
    console.error(`could not start ${command}: ${error.message}`);
    process.exit(127);
  });
  child.on('exit', (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
});
