// An app process for the edge's tests: says its port on stdout, then answers.
const http = require('node:http');
const crypto = require('node:crypto');

const server = http.createServer((req, res) => {
  const path = req.url.split('?')[0];
  if (path === '/echo') {
    res.setHeader('X-Hop', 'gone');
    res.setHeader('Connection', 'X-Hop, keep-alive');
    res.setHeader('Set-Cookie', ['a=1', 'b=2']);
    res.end(JSON.stringify({ method: req.method, url: req.url, headers: req.rawHeaders }));
  } else if (path === '/count') {
    let n = 0;
    req.on('data', (d) => (n += d.length));
    req.on('end', () => res.end(String(n)));
  } else if (path === '/events') {
    res.setHeader('Content-Type', 'text/event-stream');
    res.write('data: 0\n\n');
    let n = 1;
    const timer = setInterval(() => res.write(`data: ${n++}\n\n`), 50);
    res.on('close', () => { clearInterval(timer); console.log('events closed'); });
  } else if (path === '/flood') {
    let sent = 0;
    const piece = Buffer.alloc(65536, 'x');
    const more = () => {
      while (sent < 64 * 1024 * 1024) {
        sent += piece.length;
        if (!res.write(piece)) { res.once('drain', more); return; }
      }
      res.end();
    };
    res.on('close', () => console.log('flood ' + sent));
    more();
  } else if (path === '/break') {
    res.writeHead(200, { 'Content-Length': '100' });
    res.write('half');
    setTimeout(() => req.socket.destroy(), 50);
  } else if (path === '/drop') {
    req.socket.destroy();
  } else if (path === '/wait') {
    req.on('close', () => console.log('wait closed'));
    console.log('wait begun');
  } else if (path === '/slow') {
    console.log('slow begun');
    setTimeout(() => res.end('slow but whole'), 400);
  } else if (path === '/early') {
    res.statusCode = 413;
    res.end('too big for me');
  } else if (path === '/none') {
    res.statusCode = 204;
    res.end();
  } else {
    res.statusCode = 404;
    res.end('app says no');
  }
});

server.on('upgrade', (req, socket) => {
  if (req.url === '/refused') {
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno');
    return;
  }
  const accept = crypto.createHash('sha1')
    .update(req.headers['sec-websocket-key'] + '258EAFA5-E914-47DA-95CA-C5AB0DC85B11').digest('base64');
  socket.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n' +
    `Sec-WebSocket-Accept: ${accept}\r\n\r\n`);
  socket.on('error', () => {});
  socket.on('close', () => console.log('socket closed'));
  socket.on('end', () => socket.end());
  socket.on('data', (frame) => {
    // One short masked text frame at a time is all the tests send.
    const length = frame[1] & 0x7f;
    if ((frame[0] & 0x0f) !== 1) { socket.end(frame); return; }
    const mask = frame.subarray(2, 6);
    const text = Buffer.from(frame.subarray(6, 6 + length).map((b, i) => b ^ mask[i % 4]));
    socket.write(Buffer.concat([Buffer.from([0x81, text.length + 5]), Buffer.from('echo '), text]));
  });
});

server.listen(0, '127.0.0.1', () => console.log('port ' + server.address().port));
process.stdin.resume();
process.stdin.on('end', () => process.exit(0));
