package dev.synthlab.examples;

import dev.synthlab.Synthlab;
import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.test.ScriptedServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A client for programs to run with, and what they print. */
record Stage(Synthlab layer) implements AutoCloseable {
  /** An example. */
  @FunctionalInterface
  interface Program {
    void run(LlmClient llm, PrintStream out) throws Exception;
  }

  static Stage over(ScriptedServer server) {
    return over(server.base());
  }

  private static Stage over(URI base) {
    return with(
        Map.of(
            "OPENAI_BASE_URL",
            base.toString(),
            "OPENAI_API_KEY",
            "sk-test-0123456789abcdef",
            "OPEN_METEO_BASE_URL",
            base.toString()));
  }

  /** The embedded model, fetched if this machine does not have it yet. */
  static Stage embedded() {
    Path cache = Path.of(System.getProperty("user.home"), ".cache", "synthlab");
    return with(
        Map.of(
            "SYNTHLAB_PROVIDER",
            "local",
            "SYNTHLAB_CACHE_DIR",
            cache.toString(),
            "SYNTHLAB_LOCAL_MAX_TOKENS",
            "400"));
  }

  private static Stage with(Map<String, String> environment) {
    return new Stage(Synthlab.of(Settings.from(Environment.of(environment))));
  }

  LlmClient llm() {
    return layer.llm();
  }

  List<String> prints(Program program) throws Exception {
    return prints(llm(), program);
  }

  static List<String> prints(LlmClient llm, Program program) throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8)) {
      program.run(llm, out);
    }
    return bytes.toString(StandardCharsets.UTF_8).lines().toList();
  }

  @Override
  public void close() {
    layer.close();
  }
}
