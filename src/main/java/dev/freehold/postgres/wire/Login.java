package dev.freehold.postgres.wire;

import com.ongres.scram.client.ScramClient;
import com.ongres.scram.common.exception.ScramException;
import dev.freehold.digest.Digest;
import dev.freehold.postgres.Database;
import dev.freehold.postgres.Database.Tls;
import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/// Logs a fresh connection in: encryption first if wanted, then SCRAM-SHA-256, MD5 or a plain
/// password, as the server asks. A plain password is sent only over TLS, a unix socket or loopback.
///
/// Source: the PostgreSQL documentation, "Message Flow", "Start-up".
final class Login extends ByteToMessageDecoder {
  private static final int HEADER_BYTES = 5;

  /// The longest message of a login.
  private static final int MAX_MESSAGE_BYTES = 1 << 16;

  private final Database database;
  private final boolean local;
  private final CompletableFuture<ChannelHandlerContext> ready;
  private boolean asksForTls;
  private boolean encrypted;
  private @Nullable ScramClient scram;

  /// @param local the server is on this machine
  /// @param ready is told the context once the server awaits the first query
  Login(Database database, boolean local, CompletableFuture<ChannelHandlerContext> ready) {
    this.database = database;
    this.local = local;
    this.ready = ready;
  }

  @Override
  public void channelActive(ChannelHandlerContext context) {
    var out = context.alloc().buffer();
    asksForTls = database.tls() != Tls.DISABLE && !database.onSocket();
    if (asksForTls) {
      Frames.sslRequest(out);
      Pipes.send(context, out);
    } else {
      out.release();
      start(context);
    }
  }

  private void start(ChannelHandlerContext context) {
    var out = context.alloc().buffer();
    Frames.startup(
        out,
        List.of(
            "user",
            database.user(),
            "database",
            database.name(),
            "application_name",
            "freehold",
            "client_encoding",
            "UTF8"));
    Pipes.send(context, out);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
      throws SSLException {
    if (asksForTls) {
      asksForTls = false;
      encrypt(context, in);
      return;
    }
    if (in.readableBytes() < HEADER_BYTES) {
      return;
    }
    int length = in.getInt(in.readerIndex() + 1);
    if (length < 4 || length > MAX_MESSAGE_BYTES) {
      throw new IllegalStateException("the server does not speak PostgreSQL's protocol");
    }
    if (in.readableBytes() > length) {
      byte type = in.readByte();
      var body = in.readSlice(length).skipBytes(4);
      message(context, type, body);
    }
  }

  private void encrypt(ChannelHandlerContext context, ByteBuf in) throws SSLException {
    if (in.readByte() == 'S') {
      if (in.isReadable()) {
        throw new IllegalStateException("the server sent data before the TLS handshake");
      }
      encrypted = true;
      var handler = tls().newHandler(context.alloc(), database.host(), database.port());
      if (database.tls() == Tls.VERIFY_FULL) {
        var parameters = handler.engine().getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        handler.engine().setSSLParameters(parameters);
      }
      context.pipeline().addFirst(handler);
    } else if (database.tls() != Tls.PREFER) {
      throw new IllegalStateException("the server does not support TLS");
    }
    start(context);
  }

  private SslContext tls() throws SSLException {
    var builder = SslContextBuilder.forClient().endpointIdentificationAlgorithm(null);
    return switch (database.tls()) {
      case VERIFY_CA, VERIFY_FULL -> builder.build();
      case DISABLE, PREFER, REQUIRE ->
          builder.trustManager(InsecureTrustManagerFactory.INSTANCE).build();
    };
  }

  private void message(ChannelHandlerContext context, byte type, ByteBuf body) {
    switch (type) {
      case 'R' -> authenticate(context, body);
      case 'E' -> fail(context, ServerMessage.readAtLogin(body));
      case 'Z' -> ready.complete(context);
      default -> {
        // Parameters and the key for cancelling.
      }
    }
  }

  private void authenticate(ChannelHandlerContext context, ByteBuf body) {
    try {
      switch (body.readInt()) {
        case 0 -> {
          // Logged in.
        }
        case 3 -> {
          if (!encrypted && !local) {
            throw new IllegalStateException("the server asks for a password in the clear");
          }
          answer(context, zeroEnded(database.password()));
        }
        case 5 -> answer(context, zeroEnded(md5(body)));
        case 10 -> offer(context, body);
        case 11 -> {
          var client = scram();
          client.serverFirstMessage(text(body));
          answer(context, utf8(client.clientFinalMessage().toString()));
        }
        case 12 -> scram().serverFinalMessage(text(body));
        default -> throw new IllegalStateException("the server asks for an unknown login method");
      }
    } catch (ScramException e) {
      fail(context, unreachable("SCRAM: " + e.getMessage()));
    }
  }

  private void offer(ChannelHandlerContext context, ByteBuf body) {
    var mechanisms = new ArrayList<String>();
    for (int length = body.bytesBefore((byte) 0); length > 0; length = body.bytesBefore((byte) 0)) {
      mechanisms.add(body.toString(body.readerIndex(), length, StandardCharsets.UTF_8));
      body.skipBytes(length + 1);
    }
    mechanisms.removeIf(mechanism -> mechanism.endsWith("-PLUS"));
    var client =
        ScramClient.builder()
            .advertisedMechanisms(mechanisms)
            .username("*")
            .password(database.password().toCharArray())
            .build();
    scram = client;
    var first = utf8(client.clientFirstMessage().toString());
    var name = zeroEnded(client.getScramMechanism().getName());
    var out = context.alloc().buffer();
    out.writeBytes(name).writeInt(first.length).writeBytes(first);
    var content = new byte[out.readableBytes()];
    out.readBytes(content).release();
    answer(context, content);
  }

  private ScramClient scram() {
    var client = scram;
    if (client == null) {
      throw new IllegalStateException("SCRAM went on before it began");
    }
    return client;
  }

  private String md5(ByteBuf body) {
    var salt = new byte[4];
    body.readBytes(salt);
    var digest = Digest.MD5.start();
    digest.update(utf8(Digest.MD5.hex(database.password() + database.user())));
    digest.update(salt);
    return "md5" + HexFormat.of().formatHex(digest.digest());
  }

  private static void answer(ChannelHandlerContext context, byte[] content) {
    var out = context.alloc().buffer();
    Frames.password(out, content);
    Pipes.send(context, out);
  }

  private static String text(ByteBuf body) {
    return body.toString(StandardCharsets.UTF_8);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static byte[] zeroEnded(String text) {
    return utf8(text + '\0');
  }

  private static PostgresException unreachable(String message) {
    return new PostgresException(new PostgresFailure.Unreachable(message));
  }

  private void fail(ChannelHandlerContext context, PostgresException error) {
    ready.completeExceptionally(error);
    Pipes.close(context.channel());
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    fail(context, unreachable("the server closed the connection during the login"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    fail(context, unreachable(String.valueOf(cause.getMessage())));
  }
}
