package dev.freehold.http;

import dev.freehold.problem.ProblemException;
import dev.freehold.telemetry.Events;
import io.vertx.core.buffer.Buffer;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Answers exchanges with blocking handlers, each on a virtual thread of its own.
///
/// A [ProblemException] becomes problem details; any other error a bare 500 whose cause goes out as
/// a [RequestFailed] event and never to the client.
public final class HandlerRunner {
  private static final byte[] NONE = new byte[0];

  /// Which part of the heap bodies may hold. A handler often needs as much again, more than once.
  private static final int HEAP_PART = 8;

  private final Events events;
  private final BodyMemory memory;

  HandlerRunner(Events events) {
    this(events, new BodyMemory(Runtime.getRuntime().maxMemory() / HEAP_PART));
  }

  HandlerRunner(Events events, BodyMemory memory) {
    this.events = events;
    this.memory = memory;
  }

  /// Reads the body, unless the handler does that by itself, and runs the handler.
  ///
  /// @param path what the handler is to see: the exchange's path, or what follows a mount's prefix
  /// @param maxBodyBytes 413 above
  public void run(Exchange exchange, String path, int maxBodyBytes, Handler handler) {
    if (handler instanceof StreamHandler streamed) {
      stream(exchange, path, streamed);
      return;
    }
    if (handler instanceof QuickHandler quick && isRead(exchange)) {
      var head = request(exchange, path, NONE, null);
      var answer = quick.atOnce(head, task -> exchange.context().runOnContext(v -> task.run()));
      if (answer != null) {
        answerQuickly(exchange, head, answer, handler);
        return;
      }
    }
    if (Handshake.isAskedFor(exchange)) {
      // Not read: should the handler agree, these bytes are the socket's.
      exchange.request().pause();
      start(exchange, request(exchange, path, NONE, null), handler);
      return;
    }
    if (handler.streams(exchange.method(), path)) {
      var body = BodyStream.of(exchange);
      start(exchange, request(exchange, path, NONE, body), handler);
      return;
    }
    new BodyReader(
            exchange,
            maxBodyBytes,
            memory,
            (body, share) -> {
              share.keep();
              start(exchange, request(exchange, path, body, null), handler, share::close);
            })
        .read();
  }

  /// A body that came with the read was dropped.
  private void answerQuickly(
      Exchange exchange,
      Request head,
      CompletableFuture<Optional<Response>> answer,
      Handler handler) {
    var unused =
        answer.whenComplete((found, bug) -> {
          if (bug != null) {
            write(exchange, failed(head.method(), head.path(), bug), null);
          } else if (found.isPresent()) {
            write(exchange, found.get(), null);
          } else if (!exchange.over()) {
            start(exchange, head, handler);
          }
        });
  }

  private static boolean isRead(Exchange exchange) {
    return exchange.method().equals("GET") || exchange.method().equals("HEAD");
  }

  private void stream(Exchange exchange, String path, StreamHandler handler) {
    exchange.answersBy(this);
    if (!Relay.asksForWebSocket(exchange)) {
      exchange.request().pause();
    }
    var head = request(exchange, path, NONE, null);
    Thread.ofVirtual()
        .name("http " + head.method() + " " + head.path())
        .start(() -> {
          try {
            handler.stream(exchange, head);
          } catch (ProblemException problem) {
            exchange.answer(ProblemAnswers.of(problem.problem()));
          } catch (Throwable bug) {
            exchange.answer(failed(head.method(), head.path(), bug));
          }
        });
  }

  /// On the event loop. What was not read of the request is dropped.
  void answer(Exchange exchange, Response answer) {
    if (exchange.over()) {
      return;
    }
    if (exchange.response().headWritten()) {
      exchange.cut();
      return;
    }
    exchange.closeAfterAnswer();
    write(exchange, answer, null);
  }

  private static Request request(
      Exchange exchange, String path, byte[] body, @Nullable BodyStream arriving) {
    List<Headers.Field> fields = new ArrayList<>();
    for (var field : exchange.request().headers()) {
      fields.add(new Headers.Field(field.getKey(), field.getValue()));
    }
    return new Request(
        exchange.method(),
        path,
        exchange.query(),
        exchange.scheme(),
        exchange.host(),
        exchange.remote(),
        Headers.of(fields),
        body,
        arriving);
  }

  private void start(Exchange exchange, Request request, Handler handler) {
    start(exchange, request, handler, () -> {});
  }

  private void start(Exchange exchange, Request request, Handler handler, Runnable whenDone) {
    Thread.ofVirtual()
        .name("http " + request.method() + " " + request.path())
        .start(() -> {
          try {
            respond(exchange, request, handler);
          } finally {
            whenDone.run();
          }
        });
  }

  private void respond(Exchange exchange, Request request, Handler handler) {
    var answer = answer(request, handler);
    var pump =
        answer.body() instanceof Body.Stream(var pieces, _)
            ? new StreamPump(exchange, pieces)
            : null;
    exchange
        .context()
        .runOnContext(v -> {
          if (request.arriving() instanceof BodyStream unread) {
            unread.leave();
          }
          write(exchange, answer, pump);
        });
    if (pump != null) {
      pump.drive();
    }
  }

  private Response answer(Request request, Handler handler) {
    try {
      var answer = handler.handle(request);
      if (answer.status() < 200 || answer.status() > 599) {
        throw new IllegalStateException("A handler answered with status " + answer.status());
      }
      return answer;
    } catch (ProblemException problem) {
      return ProblemAnswers.of(problem.problem());
    } catch (Throwable bug) {
      return failed(request.method(), request.path(), bug);
    }
  }

  private Response failed(String method, String path, Throwable bug) {
    events.publish(new RequestFailed(method, path, bug));
    return Response.text(500, "The server failed to answer this request.\n");
  }

  void stateFailure(Exchange exchange, RuntimeException bug) {
    events.publish(new RequestFailed(exchange.method(), exchange.path(), bug));
  }

  private void write(Exchange exchange, Response answer, @Nullable StreamPump pump) {
    if (exchange.over()) {
      drop(answer, pump);
      return;
    }
    if (answer.body() instanceof Body.Socket socket) {
      Handshake.answer(exchange, socket);
      return;
    }
    if (Handshake.isAskedFor(exchange)) {
      exchange.request().resume();
    }
    try {
      exchange.response().setStatusCode(answer.status());
      answer.headers().fields().forEach(field -> addField(exchange, field));
    } catch (IllegalArgumentException illegalHeader) {
      drop(answer, pump);
      failed(exchange.method(), exchange.path(), illegalHeader);
      exchange.refuse(500, "The server failed to answer this request.");
      return;
    }
    boolean bodyless =
        answer.status() == 204 || answer.status() == 304 || exchange.method().equals("HEAD");
    switch (answer.body()) {
      case Body.Bytes(var bytes) -> writeBytes(exchange, bytes, bodyless);
      case Body.Shared(var bytes) -> writeShared(exchange, bytes, bodyless);
      case Body.Socket _ -> throw new IllegalStateException("answered above");
      case Body.Stream stream when bodyless -> {
        if (exchange.method().equals("HEAD") && stream.length() != Body.Stream.UNKNOWN) {
          exchange.response().putHeader(FieldNames.CONTENT_LENGTH, Long.toString(stream.length()));
        }
        exchange.response().end();
        drop(answer, pump);
      }
      case Body.File file -> sendFile(exchange, file);
      case Body.Stream stream -> {
        if (stream.length() != Body.Stream.UNKNOWN) {
          exchange.response().putHeader(FieldNames.CONTENT_LENGTH, Long.toString(stream.length()));
        }
        if (pump != null) {
          pump.begin();
        }
      }
    }
  }

  /// Lets go of a body that nobody will read.
  private static void drop(Response answer, @Nullable StreamPump pump) {
    if (pump != null) {
      pump.clientGone();
    }
    if (answer.body() instanceof Body.File file) {
      Exchange.close(file.channel());
    }
  }

  private static void sendFile(Exchange exchange, Body.File file) {
    int status = exchange.response().getStatusCode();
    if (status == 204 || status == 304) {
      Exchange.close(file.channel());
      exchange.response().end();
    } else {
      exchange.sendFile(file.channel(), file.first(), file.length());
    }
  }

  private static void writeShared(Exchange exchange, ByteBuffer bytes, boolean bodyless) {
    var response = exchange.response();
    if (response.getStatusCode() != 204 && response.getStatusCode() != 304) {
      response.putHeader(FieldNames.CONTENT_LENGTH, Integer.toString(bytes.remaining()));
    }
    if (bodyless) {
      response.end();
    } else {
      response.end(Exchange.buffer(bytes));
    }
  }

  private static void writeBytes(Exchange exchange, byte[] bytes, boolean bodyless) {
    var response = exchange.response();
    if (!bodyless) {
      response.putHeader(FieldNames.CONTENT_LENGTH, Integer.toString(bytes.length));
      response.end(Buffer.buffer(bytes));
      return;
    }
    boolean lengthKnown = response.headers().contains("Content-Length");
    if (!lengthKnown && response.getStatusCode() != 204 && bytes.length > 0) {
      response.putHeader(FieldNames.CONTENT_LENGTH, Integer.toString(bytes.length));
    }
    response.end();
  }

  /// The connection is ours to manage: a handler does not say how its answer is framed.
  private static void addField(Exchange exchange, Headers.Field field) {
    var name = field.name();
    boolean ours =
        switch (name.length()) {
          case 4 -> name.equalsIgnoreCase("date");
          case 10 -> name.equalsIgnoreCase("connection") || name.equalsIgnoreCase("keep-alive");
          case 17 -> name.equalsIgnoreCase("transfer-encoding");
          default -> false;
        };
    if (!ours) {
      exchange.response().headers().add(FieldNames.of(name), field.value());
    }
  }
}
