package dev.synthlab.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Everything this process was told, read once. */
public record Settings(Llm llm, Local local, Paths paths, Logs logs, List<String> warnings) {

  public static Settings get() {
    throw new IllegalStateException();
  }

  public record Llm(
      URI baseUrl,
      Optional<Secret> key,
      String keyName,
      Optional<Secret> userInfo,
      Optional<String> organization,
      Optional<String> project,
      Map<String, Secret> headers,
      Optional<String> azureApiVersion,
      String model,
      Duration timeout,
      int maxAttempts,
      Duration backoffFirst,
      Duration backoffMax,
      Duration callDeadline,
      int concurrency) {
    public void requireKey() {}
  }

  public record Local(boolean chosen, Optional<Path> model, URI modelUrl, Path cache, int slots, int maxTokens) {}

  public record Paths(Path outputDirectory, Path database) {}

  public record Logs(String level, String format) {}
}
