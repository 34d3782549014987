package dev.freehold.backend.supabase.jobs;

import java.util.ArrayList;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;

/// Works the queue of requests off, a bounded number at the same time, oldest first. [#step] is
/// driven by a thread of [Jobs], and by hand in tests.
final class NetWorker {
  /// Requests under way at the same time.
  static final int MAX_IN_FLIGHT = 32;

  private static final int MAX_ANSWERS_AT_ONCE = 100;

  private final NetBook book;
  private final NetSender sender;
  private final JobLog log;
  private final Runnable wake;
  private final Set<Long> inFlight = ConcurrentHashMap.newKeySet();
  private final ConcurrentLinkedQueue<NetAnswer> answers = new ConcurrentLinkedQueue<>();

  /// @param wake asks for a step soon
  NetWorker(NetBook book, NetSender sender, JobLog log, Runnable wake) {
    this.book = book;
    this.sender = sender;
    this.log = log;
    this.wake = wake;
  }

  /// Writes answers down and sends what waits. Every request that is answered asks for a step, so
  /// the queue goes on by itself until it is empty.
  ///
  /// @throws dev.freehold.postgres.PostgresException when the books cannot be reached; no answer is
  ///   lost by it
  void step() {
    writeAnswers();
    int places = MAX_IN_FLIGHT - inFlight.size();
    if (places > 0) {
      for (var request : book.take(places)) {
        inFlight.add(request.id());
        Thread.ofVirtual().name("net-" + request.id()).start(() -> send(request));
      }
    }
  }

  /// After the database was away, or this server was.
  void recover() {
    writeAnswers();
    int left = book.recover(Set.copyOf(inFlight));
    if (left > 0) {
      log.say(left + " requests of the database were cut off by a restart and are not sent again");
    }
  }

  void sweep() {
    while (book.sweep()) {}
  }

  /// Requests under way.
  int inFlight() {
    return inFlight.size();
  }

  private void send(NetRequest request) {
    NetAnswer answer;
    try {
      answer = sender.send(request);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return;
    } catch (RuntimeException e) {
      log.say("request " + request.id() + " of the database failed: " + e);
      answer = NetAnswer.failed(request.id(), "Failed sending data to the peer");
    }
    answers.add(answer);
    wake.run();
  }

  void writeAnswers() {
    while (!answers.isEmpty()) {
      var some = new ArrayList<NetAnswer>();
      for (var answer : answers) {
        if (some.size() < MAX_ANSWERS_AT_ONCE) {
          some.add(answer);
        }
      }
      book.answer(some);
      some.forEach(written -> {
        answers.remove(written);
        inFlight.remove(written.id());
      });
    }
  }
}
