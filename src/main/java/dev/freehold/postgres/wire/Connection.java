package dev.freehold.postgres.wire;

import dev.freehold.postgres.PostgresException;
import dev.freehold.postgres.PostgresFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One connection to PostgreSQL, logged in, on which batches are sent without waiting for the
/// replies to those before. What is submitted from other threads while the event loop is busy goes
/// out in one write.
final class Connection extends ByteToMessageDecoder {
  private static final int HEADER_BYTES = 5;

  /// PostgreSQL's own limit for a value.
  private static final int MAX_MESSAGE_BYTES = 1 << 30;

  /// Pieces of a large value.
  private static final int PIECE_BYTES = 1 << 16;

  /// Told about a connection's life, on its event loop.
  interface Owner {
    /// A batch is through.
    ///
    /// @param nanos what PostgreSQL took, without the batches before it
    void answered(Connection connection, Exchange exchange, long nanos);

    void closed(Connection connection);

    /// Whether statements are to be kept prepared.
    boolean prepares();
  }

  private final Owner owner;
  private final Channel channel;
  private final boolean shared;
  private final PreparedStatements statements = new PreparedStatements();
  private final Queue<Exchange> submitted = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean scheduled = new AtomicBoolean();
  private final AtomicInteger load = new AtomicInteger();
  private final ArrayDeque<Exchange> pending = new ArrayDeque<>();
  private final long openedNanos = System.nanoTime();
  private long answeredNanos;
  private int statement;
  private long largeLeft;
  private byte gatheredType;
  private byte @Nullable [] gathered;
  private int gatheredBytes;
  private @Nullable LargeValue large;
  private long generation;
  private final AtomicLong wantedGeneration = new AtomicLong();
  private volatile boolean closed;
  private volatile boolean retiring;
  private volatile boolean idleInTransaction;

  /// @param shared batches of several callers follow one another on it
  Connection(Channel channel, boolean shared, Owner owner) {
    this.channel = channel;
    this.shared = shared;
    this.owner = owner;
  }

  /// Sends a batch; its exchange says when it is through.
  void submit(Exchange exchange) {
    load.incrementAndGet();
    submitted.add(exchange);
    if (scheduled.compareAndSet(false, true)) {
      channel.eventLoop().execute(this::send);
    }
  }

  /// Batches submitted and not through.
  int load() {
    return load.get();
  }

  boolean open() {
    return !closed && channel.isActive();
  }

  boolean inTransaction() {
    return idleInTransaction;
  }

  long openedNanos() {
    return openedNanos;
  }

  /// Since when it has had nothing to do; now, when it has. On the event loop.
  long idleSinceNanos(long now) {
    return load() > 0 ? now : answeredNanos == 0 ? openedNanos : answeredNanos;
  }

  /// When the oldest batch that is not through was sent; now, when there is none. On the event
  /// loop.
  long oldestNanos(long now) {
    var oldest = pending.peek();
    return oldest == null ? now : oldest.sentNanos();
  }

  /// Statements are prepared anew from here on: the schema has changed.
  void forgetStatements() {
    wantedGeneration.incrementAndGet();
  }

  /// Closes once all submitted batches are through.
  void retire() {
    retiring = true;
    channel.eventLoop().execute(this::closeIfRetired);
  }

  private void closeIfRetired() {
    if (retiring && load.get() == 0) {
      close();
    }
  }

  void close() {
    channel
        .eventLoop()
        .execute(() -> {
          if (channel.isActive()) {
            var out = channel.alloc().buffer(HEADER_BYTES);
            Frames.terminate(out);
            Pipes.send(channel, out);
          }
          Pipes.close(channel);
        });
  }

  private void send() {
    scheduled.set(false);
    if (closed) {
      refuseSubmitted();
      return;
    }
    var out = channel.alloc().buffer(1024);
    long now = System.nanoTime();
    renew(out);
    for (var next = submitted.poll(); next != null; next = submitted.poll()) {
      next.sent(now);
      pending.add(next);
      write(out, next);
    }
    Pipes.send(channel, out);
  }

  private void renew(ByteBuf out) {
    long wanted = wantedGeneration.get();
    if (generation != wanted) {
      generation = wanted;
      statements.clear().forEach(name -> Frames.closeStatement(out, name));
    }
  }

  private void write(ByteBuf out, Exchange exchange) {
    for (var query : exchange.batch().queries()) {
      var name = statements.find(query.sql());
      if (name != null && exchange.afresh()) {
        Frames.closeStatement(out, name);
        name = null;
      }
      if (name == null) {
        name = owner.prepares() ? statements.add(query.sql()) : PreparedStatements.UNNAMED;
        Frames.parse(out, name, query);
        exchange.parsing(query.sql(), name);
      }
      Frames.bind(out, name, query.values());
      Frames.execute(out);
    }
    statements.surplus().forEach(name -> Frames.closeStatement(out, name));
    Frames.sync(out);
  }

  @Override
  protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
    while (largeLeft > 0 ? piece(in) : gathered == null ? message(in) : gather(in)) {
      // Each turn has consumed something.
    }
  }

  /// Takes more of a message that comes in many reads.
  private boolean gather(ByteBuf in) {
    var content = gathered;
    int size = content == null ? 0 : Math.min(in.readableBytes(), content.length - gatheredBytes);
    if (content == null || size == 0) {
      return false;
    }
    in.readBytes(content, gatheredBytes, size);
    gatheredBytes += size;
    if (gatheredBytes == content.length) {
      gathered = null;
      take(gatheredType, Unpooled.wrappedBuffer(content), content.length);
    }
    return true;
  }

  /// The decoder would ask for more by itself whenever a read gave no message; while a large value
  /// waits for its reader, nothing more is wanted.
  @Override
  public void channelReadComplete(ChannelHandlerContext context) {
    discardSomeReadBytes();
    context.fireChannelReadComplete();
  }

  private boolean piece(ByteBuf in) {
    var value = large;
    int length = (int) Math.min(Math.min(in.readableBytes(), largeLeft), PIECE_BYTES);
    if (length == 0 || value == null) {
      return false;
    }
    var piece = new byte[length];
    in.readBytes(piece);
    largeLeft -= length;
    value.offer(piece, largeLeft == 0);
    return true;
  }

  private boolean message(ByteBuf in) {
    if (in.readableBytes() < HEADER_BYTES) {
      return false;
    }
    int start = in.readerIndex();
    byte type = in.getByte(start);
    int length = in.getInt(start + 1);
    if (length < 4 || length > MAX_MESSAGE_BYTES) {
      throw new IllegalStateException("a message of " + length + " bytes");
    }
    var current = pending.peek();
    if (type == 'D'
        && current != null
        && length > current.batch().kind().gatheredBytes()
        && statement == current.batch().queries().size() - 1) {
      return largeRow(in, start);
    }
    if (in.readableBytes() < length + 1) {
      if (length > PIECE_BYTES) {
        in.skipBytes(HEADER_BYTES);
        gatheredType = type;
        gathered = new byte[length - 4];
        gatheredBytes = 0;
        return true;
      }
      return false;
    }
    in.skipBytes(HEADER_BYTES);
    int end = start + 1 + length;
    take(type, in, length);
    in.readerIndex(end);
    return true;
  }

  private void take(byte type, ByteBuf in, int length) {
    var current = pending.peek();
    switch (type) {
      case 'D' -> current(current).row(statement, new Row(columns(in)), length);
      case 'C', 'I' -> statement++;
      case '1' -> current(current).parseComplete();
      case 'E' -> {
        var error = ServerMessage.read(in);
        if (current == null) {
          // An administrator's farewell; the connection is closed by the server next.
          closed = true;
        } else {
          current.failed(error);
        }
      }
      case 'Z' -> ready(in.readByte());
      default -> {
        // Bind and close confirmed, notices, parameters, notifications: nothing to do.
      }
    }
  }

  private static Exchange current(@Nullable Exchange exchange) {
    if (exchange == null) {
      throw new IllegalStateException("an answer to nothing");
    }
    return exchange;
  }

  private void ready(byte status) {
    var done = pending.remove();
    if (done.failed()) {
      done.unconfirmed().forEach(parse -> statements.forget(parse.sql(), parse.name()));
    }
    long now = System.nanoTime();
    long nanos = now - Math.max(done.sentNanos(), answeredNanos);
    answeredNanos = now;
    statement = 0;
    large = null;
    idleInTransaction = status != 'I';
    load.decrementAndGet();
    owner.answered(this, done, nanos);
    done.finish();
    closeIfRetired();
  }

  private static byte[] @Nullable [] columns(ByteBuf in) {
    var columns = new byte[in.readUnsignedShort()] @Nullable [];
    for (int i = 0; i < columns.length; i++) {
      int size = in.readInt();
      if (size >= 0) {
        var value = new byte[size];
        in.readBytes(value);
        columns[i] = value;
      }
    }
    return columns;
  }

  /// Takes the columns of a large row but the last, as soon as they are there.
  private boolean largeRow(ByteBuf in, int start) {
    int at = start + HEADER_BYTES;
    if (in.writerIndex() < at + 2) {
      return false;
    }
    int count = in.getUnsignedShort(at);
    at += 2;
    var columns = new byte[count] @Nullable [];
    for (int i = 0; i < count - 1; i++) {
      if (in.writerIndex() < at + 4) {
        return false;
      }
      int size = in.getInt(at);
      at += 4;
      if (size >= 0) {
        if (in.writerIndex() < at + size) {
          return false;
        }
        var value = new byte[size];
        in.getBytes(at, value);
        columns[i] = value;
        at += size;
      }
    }
    if (in.writerIndex() < at + 4) {
      return false;
    }
    int size = in.getInt(at);
    in.readerIndex(at + 4);
    begin(new Row(columns), size);
    return true;
  }

  private void begin(Row row, int size) {
    var exchange = current(pending.peek());
    if (exchange.batch().kind() == Batch.Kind.STEP) {
      throw new IllegalStateException("a result of " + size + " bytes is too large here");
    }
    if (shared) {
      // Whoever reads it may be slow, and others wait behind it: each is asked anew, alone.
      closed = true;
      Pipes.close(channel);
      return;
    }
    exchange.row(statement, row, size);
    var value = new LargeValue(channel, size);
    large = value;
    largeLeft = size;
    if (size <= 0) {
      largeLeft = 0;
      return;
    }
    exchange.begins(value);
  }

  @Override
  public void channelInactive(ChannelHandlerContext context) {
    closed = true;
    var error =
        new PostgresException(
            new PostgresFailure.Broken("server closed the connection unexpectedly"));
    for (var next = pending.poll(); next != null; next = pending.poll()) {
      load.decrementAndGet();
      next.abort(error);
    }
    refuseSubmitted();
    owner.closed(this);
  }

  private void refuseSubmitted() {
    var error = new PostgresException(new PostgresFailure.Broken("the connection was closed"));
    for (var next = submitted.poll(); next != null; next = submitted.poll()) {
      load.decrementAndGet();
      next.abort(error);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
    var error =
        new PostgresException(new PostgresFailure.Broken(String.valueOf(cause.getMessage())));
    var current = pending.peek();
    if (current != null) {
      current.failed(error);
    }
    Pipes.close(context.channel());
  }
}
