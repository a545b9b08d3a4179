package dev.synthlab.bench;

import dev.synthlab.config.Environment;
import dev.synthlab.config.Settings;
import dev.synthlab.llm.LlmClient;
import dev.synthlab.llm.LlmClientBuilder;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Clients of ours for a server on loopback, set up by variables alone. */
final class Clients {
  private Clients() {}

  static LlmClientBuilder of(URI base, Map<String, String> variables) {
    Map<String, String> all = new HashMap<>(variables);
    all.put("OPENAI_BASE_URL", base.toString());
    return LlmClient.builder()
        .settings(Settings.from(Environment.of(all)).llm());
  }
}
