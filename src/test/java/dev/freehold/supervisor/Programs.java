package dev.freehold.supervisor;

import dev.freehold.os.Command;
import dev.freehold.supervisor.ProcessSpec.LogLabels;
import java.time.Duration;

/// Small Node programs that behave and misbehave.
final class Programs {
  /// Answers; says so; finishes a request in flight when asked to stop.
  static final String SERVER =
      """
      const server = require('node:http').createServer((request, answer) => {
        if (request.url === '/exit') process.exit(7);
        if (request.url === '/hang') for (;;);
        answer.statusCode = request.url === '/bad' ? 503 : 404;
        answer.end('hello');
      });
      server.listen(Number(process.env.PORT), '127.0.0.1', () => console.log('listening'));
      process.on('SIGTERM', () => { console.log('asked to stop'); server.close(); });
      """;

  /// Ends with status 3 after a word of explanation.
  static final String CRASH = "console.error('SUPABASE_URL is not set'); process.exit(3)";

  /// Runs, starts a child of its own, and heeds no request to stop.
  static final String STUBBORN =
      """
      process.on('SIGTERM', () => {});
      const child = require('node:child_process').spawn(process.execPath,
        ['-e', "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000)"], {detached: true});
      console.log('child ' + child.pid);
      require('node:http').createServer((q, a) => a.end()).listen(process.env.PORT, '127.0.0.1');
      """;

  private static final LogLabels LABELS = new LogLabels("app", "shop/production", 3);

  private Programs() {}

  static Command node(String program) {
    return Command.of("node", "-e", program);
  }

  static ProcessSpec spec(String id, String program, int port) {
    return ProcessSpec.of(id, node(program).with("PORT", "" + port), port, LABELS)
        .stoppingWithin(Duration.ofSeconds(5));
  }
}
