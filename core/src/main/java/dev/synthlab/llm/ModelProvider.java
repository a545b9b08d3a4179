package dev.synthlab.llm;

import dev.synthlab.call.Route;
import java.util.Locale;
import java.util.Optional;

/** The provider of a model, by the host of its address, in the words of traces and metrics. */
final class ModelProvider {
  private ModelProvider() {}

  /** The name of the host, or {@code local} for a model in this process. */
  static String server(Route route) {
    return Optional.ofNullable(route.base().getHost()).orElse("local");
  }

  /** The provider, or OpenAI for an unknown server, since it has the API of OpenAI. */
  static String system(Route route) {
    String provider = provider(route);
    return provider.isEmpty() ? "openai" : provider;
  }

  /** The provider by its name in the semantic conventions of OpenTelemetry. */
  static String name(Route route) {
    String provider = system(route);
    return switch (provider) {
      case "azure" -> "azure.ai.openai";
      case "google" -> "gcp.gemini";
      case "mistralai" -> "mistral_ai";
      case "xai" -> "x_ai";
      default -> provider;
    };
  }

  /** The provider by its name in OpenInference; empty for an unknown host. */
  static String provider(Route route) {
    String host = Optional.ofNullable(route.base().getHost()).orElse("").toLowerCase(Locale.ROOT);
    if (host.endsWith(".azure.com")) {
      return "azure";
    }
    return switch (host) {
      case "api.openai.com" -> "openai";
      case "api.anthropic.com" -> "anthropic";
      case "generativelanguage.googleapis.com" -> "google";
      case "api.mistral.ai" -> "mistralai";
      case "api.deepseek.com" -> "deepseek";
      case "api.groq.com" -> "groq";
      case "api.x.ai" -> "xai";
      default -> "";
    };
  }
}
