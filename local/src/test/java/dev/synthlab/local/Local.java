package dev.synthlab.local;

import dev.synthlab.config.Environment;
import dev.synthlab.config.NetworkSettings;
import dev.synthlab.config.Settings;
import dev.synthlab.config.TraceSettings;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import dev.synthlab.http.Response;
import dev.synthlab.http.Transport;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** What the tests of this module share: settings, the real weights, and one chat call. */
final class Local {
  static final Path CACHE = Path.of(System.getProperty("user.home"), ".cache", "synthlab");
  static final Weights.Progress QUIET =
      new Weights.Progress() {
        @Override
        public void moved(String source, long bytes, long total) {}

        @Override
        public void note(String line) {}
      };
  private static final URI HUB =
      URI.create(
          "https://huggingface.co/bartowski/SmolLM2-135M-Instruct-GGUF/resolve/main/"
              + "SmolLM2-135M-Instruct-Q4_1.gguf");

  private Local() {}

  static Settings settings(Optional<Path> model, Path cache, int slots, int maxTokens) {
    Settings.Llm llm =
        new Settings.Llm(
            URI.create("local:///smollm2-135m"),
            Optional.empty(),
            "OPENAI_API_KEY",
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Map.of(),
            Optional.empty(),
            "smollm2-135m",
            "smollm2-135m",
            "smollm2-135m",
            Duration.ofSeconds(60),
            3,
            Duration.ofSeconds(1),
            Duration.ofSeconds(10),
            Duration.ofSeconds(180),
            List.of(),
            Optional.empty());
    return new Settings(
        llm,
        new Settings.Limits(
            OptionalInt.of(slots),
            OptionalInt.empty(),
            OptionalInt.empty(),
            true,
            true,
            Optional.empty()),
        new Settings.Local(true, model, HUB, cache, slots, maxTokens),
        NetworkSettings.direct(),
        new Settings.Paths(Path.of("output"), Path.of("output", "synthlab.db")),
        new Settings.Database(
            Optional.empty(),
            10,
            Duration.ofSeconds(5),
            Duration.ofSeconds(60),
            List.of(),
            false,
            "prefer",
            Optional.empty()),
        new Settings.Ledger(false, Optional.empty(), false),
        new Settings.Cache(false, Duration.ofDays(7), 512),
        new Settings.Logs("INFO", "text"),
        TraceSettings.OFF,
        Environment.of(Map.of()),
        List.of());
  }

  /** Engines for conversations only. */
  static EngineFactory engines(int count, EnginePool.Source<Engine> source) {
    return new EngineFactory(
        new EnginePool<>("chat", count, source),
        new EnginePool<>(
            "vectors",
            1,
            () -> {
              throw new EngineException("no vectors here");
            }));
  }

  /**
   * The real file, fetched if this machine does not have it yet: by the proxies of its environment.
   */
  static Path weights() throws IOException, InterruptedException {
    Map<String, String> variables = new HashMap<>(System.getenv());
    variables.put("SYNTHLAB_PROVIDER", "local");
    variables.put("SYNTHLAB_CACHE_DIR", CACHE.toString());
    variables.remove("SYNTHLAB_LOCAL_MODEL");
    return Weights.ensure(Settings.from(Environment.of(variables)), QUIET);
  }

  static Response send(Transport transport, String body) throws IOException, InterruptedException {
    return send(transport, "/chat/completions", body);
  }

  static Response send(Transport transport, String path, String body)
      throws IOException, InterruptedException {
    URI uri = URI.create("local:///smollm2-135m" + path);
    byte[] json = body.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return transport.send(Request.post(uri, Headers.NONE, json), Duration.ofSeconds(30));
  }

  static String text(Response response) throws IOException {
    try (var body = response.body()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  static JsonNode answer(Transport transport, String body)
      throws IOException, InterruptedException {
    return JsonMapper.shared().readTree(text(send(transport, body)));
  }

  static String content(JsonNode answer) {
    return answer.at("/choices/0/message/content").stringValue();
  }

  static String finish(JsonNode answer) {
    return answer.at("/choices/0/finish_reason").stringValue();
  }
}
