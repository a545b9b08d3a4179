package dev.synthlab.store;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** A PostgreSQL server of its own on a free port of the loopback, in a directory of its own. */
final class PostgresServer implements AutoCloseable {
  private static final String PASSWORD = "canary-of-the-database-1";
  private static final AtomicInteger DATABASES = new AtomicInteger();
  private static final List<String> UNPRIVILEGED = List.of("postgres", "nobody");

  private final Path binaries;
  private final Path home;
  private final int port;
  private boolean frozen;

  private PostgresServer(Path binaries, Path home, int port) {
    this.binaries = binaries;
    this.home = home;
    this.port = port;
  }

  /** The one that tests share which do it no harm; it ends with the JVM. */
  static PostgresServer shared() {
    return Shared.SERVER;
  }

  private static final class Shared {
    static final PostgresServer SERVER = start();

    static {
      Runtime.getRuntime().addShutdownHook(new Thread(SERVER::close));
    }
  }

  static PostgresServer start() {
    try {
      Path home = Files.createTempDirectory("synthlab-pg");
      PostgresServer server = new PostgresServer(binaries(home), home, freePort());
      Path password = Files.writeString(home.resolve("password"), PASSWORD + "\n");
      if (isRoot()) {
        execute(List.of("chown", "-R", user(), home.toString()));
      }
      server.run(
          "initdb",
          "-D",
          server.data(),
          "-U",
          "ada",
          "-A",
          "scram-sha-256",
          "--pwfile=" + password,
          "-E",
          "UTF8",
          "--no-sync");
      server.restart();
      return server;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The address of a new, empty database. */
  String newDatabase() {
    String name = "lab" + DATABASES.incrementAndGet();
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:postgresql://127.0.0.1:" + port + "/postgres", "ada", PASSWORD);
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE DATABASE " + name);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    return address(name);
  }

  String address(String database) {
    return "postgres://ada:" + PASSWORD + "@127.0.0.1:" + port + "/" + database;
  }

  String password() {
    return PASSWORD;
  }

  /** Kills it and all that it started, as a power cut would. */
  void kill() {
    ProcessHandle postmaster = postmaster();
    List<ProcessHandle> all =
        Stream.concat(Stream.of(postmaster), postmaster.descendants()).toList();
    all.forEach(ProcessHandle::destroyForcibly);
    all.forEach(one -> one.onExit().join());
  }

  /** All of it stands still: connections stay open, and nothing answers. */
  void freeze() {
    frozen = true;
    signal("-STOP");
  }

  void thaw() {
    frozen = false;
    signal("-CONT");
  }

  void restart() {
    run(
        "pg_ctl",
        "-D",
        data(),
        "-l",
        home.resolve("log").toString(),
        "-w",
        "-o",
        "-p " + port + " -k " + home + " -c listen_addresses=127.0.0.1 -c fsync=off",
        "start");
  }

  @Override
  public void close() {
    if (frozen) {
      thaw();
    }
    kill();
    try (Stream<Path> files = Files.walk(home)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void signal(String signal) {
    ProcessHandle postmaster = postmaster();
    Stream.concat(Stream.of(postmaster), postmaster.descendants())
        .forEach(one -> execute(List.of("kill", signal, Long.toString(one.pid()))));
  }

  private ProcessHandle postmaster() {
    try {
      Path file = Path.of(data(), "postmaster.pid");
      return ProcessHandle.of(Long.parseLong(Files.readAllLines(file).getFirst())).orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String data() {
    return home.resolve("data").toString();
  }

  private void run(String program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("runuser", "-u", user(), "--"));
    }
    command.add(binaries.resolve(program).toString());
    command.addAll(List.of(arguments));
    execute(command);
  }

  private static void execute(List<String> command) {
    try {
      Path said = Files.createTempFile("synthlab-pg", ".txt");
      Process process =
          new ProcessBuilder(command)
              .directory(new File("/"))
              .redirectErrorStream(true)
              .redirectOutput(said.toFile())
              .start();
      int code = process.waitFor();
      String text = Files.readString(said);
      Files.delete(said);
      if (code != 0) {
        throw new IllegalStateException(command + " ended with " + code + ": " + text);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Path binaries(Path home) throws IOException {
    Path system = Path.of("/usr/lib/postgresql");
    Optional<Path> newest = Optional.empty();
    if (Files.isDirectory(system)) {
      try (Stream<Path> versions = Files.list(system)) {
        newest =
            versions
                .map(version -> version.resolve("bin"))
                .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                .max(Comparator.naturalOrder());
      }
    }
    return newest
        .or(
            () ->
                Stream.of(System.getenv("PATH").split(File.pathSeparator))
                    .map(Path::of)
                    .filter(bin -> Files.isExecutable(bin.resolve("initdb")))
                    .findFirst())
        .orElseGet(() -> unpacked(home));
  }

  /** From the jar that the build brings where the system has no server. */
  private static Path unpacked(Path home) {
    String system = System.getProperty("os.name").startsWith("Mac") ? "darwin" : "linux";
    String machine = System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
    String name = "/postgres-" + system + "-" + machine + ".txz";
    try (InputStream bundled = PostgresServer.class.getResourceAsStream(name)) {
      if (bundled == null) {
        throw new IllegalStateException(
            "the tests of the store need PostgreSQL's programs (initdb, pg_ctl) in"
                + " /usr/lib/postgresql/*/bin, on the PATH or in the class path's "
                + name);
      }
      Path archive = home.resolve("postgres.txz");
      Path directory = Files.createDirectory(home.resolve("postgres"));
      Files.copy(bundled, archive);
      execute(List.of("tar", "-xJf", archive.toString(), "-C", directory.toString()));
      return directory.resolve("bin");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isRoot() {
    return System.getProperty("user.name").equals("root");
  }

  private static String user() {
    try {
      List<String> lines = Files.readAllLines(Path.of("/etc/passwd"));
      return UNPRIVILEGED.stream()
          .filter(name -> lines.stream().anyMatch(line -> line.startsWith(name + ":")))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
