package dev.freehold.cluster;

import dev.freehold.os.OsUser;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/// The server's configuration, written anew at each start and lying outside the data folder, where
/// the server's own OS user cannot change it. `ALTER SYSTEM` still works: it writes
/// `postgresql.auto.conf` in the data folder, which PostgreSQL reads last.
///
/// Sized for a small host that runs several Clusters beside the apps: the idle server takes about
/// 50 MB. Every growth is bounded: connections, the write-ahead log, and the log a forgotten
/// replication slot may hold back.
record ClusterSettings(PostgresEngine engine, int port, Path home) {
  /// A unix socket's address holds 107 bytes; the socket's own name needs up to 20 of them.
  private static final int MAX_SOCKET_FOLDER_BYTES = 87;

  private static final int DIRECT_IO_METHOD_SINCE = 18;

  static Path socketFolder(Path home) {
    return home.resolve("socket");
  }

  /// Whether clients can use a unix socket here: the folder's path may be too long for one.
  static boolean socketsFit(Path home) {
    return socketFolder(home).toString().getBytes(StandardCharsets.UTF_8).length
        <= MAX_SOCKET_FOLDER_BYTES;
  }

  String server() {
    return """
    # Written by Freehold at each start. Change settings with ALTER SYSTEM.
    listen_addresses = '127.0.0.1'
    port = %d
    unix_socket_directories = %s
    unix_socket_permissions = 0700
    hba_file = %s
    ident_file = %s
    max_connections = 60
    superuser_reserved_connections = 3
    password_encryption = scram-sha-256

    shared_buffers = 64MB
    work_mem = 4MB
    maintenance_work_mem = 64MB
    effective_cache_size = 512MB
    temp_buffers = 4MB
    temp_file_limit = 4GB
    huge_pages = off
    jit = off

    wal_level = logical
    max_wal_senders = 10
    max_replication_slots = 10
    max_slot_wal_keep_size = 1GB
    min_wal_size = 32MB
    max_wal_size = 512MB
    wal_compression = on
    checkpoint_completion_target = 0.9

    max_worker_processes = 8
    max_parallel_workers = 2
    max_parallel_workers_per_gather = 1
    autovacuum_max_workers = 2
    %s
    log_destination = 'stderr'
    logging_collector = off
    log_min_messages = log
    log_min_error_statement = panic
    log_checkpoints = off
    log_line_prefix = '%%m [%%p] '
    log_timezone = 'UTC'
    timezone = 'UTC'
    datestyle = 'iso, mdy'
    default_text_search_config = 'pg_catalog.english'
    """
        .formatted(
            port,
            quoted(socketsFit(home) ? socketFolder(home).toString() : ""),
            quoted(home.resolve("pg_hba.conf").toString()),
            quoted(home.resolve("pg_ident.conf").toString()),
            // Without worker processes for reading and writing: three processes less to hold.
            engine.major() >= DIRECT_IO_METHOD_SINCE ? "io_method = sync" : "");
  }

  /// Who may come: local clients with a password; and through the socket, without one, whoever may
  /// change the data folder anyhow, so that the owner's `psql` and `pg_dump` need no secret.
  static String clients() {
    return """
    # Written by Freehold at each start.
    local  all          %s,postgres  peer map=owner
    local  all          all                      scram-sha-256
    host   all          all  127.0.0.1/32        scram-sha-256
    local  replication  all                      scram-sha-256
    host   replication  all  127.0.0.1/32        scram-sha-256
    """
        .formatted(Cluster.SUPERUSER);
  }

  /// Which accounts of the machine are meant by `owner`: the server's own, and root.
  static String accounts(OsUser server) {
    return """
    # Written by Freehold at each start.
    owner  "%1$s"  %2$s
    owner  "%1$s"  postgres
    owner  root  %2$s
    owner  root  postgres
    """
        .formatted(server.name(), Cluster.SUPERUSER);
  }

  private static String quoted(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "''") + "'";
  }
}
