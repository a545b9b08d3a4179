package dev.synthlab.llm;

import dev.synthlab.call.Fault;
import dev.synthlab.call.Route;
import dev.synthlab.config.Secret;
import dev.synthlab.config.Settings;
import dev.synthlab.http.Headers;
import dev.synthlab.http.Request;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.regex.Pattern;

/** The address of the requests of one client, and their headers. */
final class Endpoint {
  private static final String LOCAL = "local";
  private static final String CHAT = "/chat/completions";

  /** A path with the version of an API, or of a deployment at Azure. */
  private static final Pattern VERSIONED = Pattern.compile("/v\\d|/openai/deployments/");

  private static final String COMPLETE =
      "the address of most servers ends with /v1: see OPENAI_BASE_URL";

  private final Settings.Llm settings;
  private final boolean keyIsSupplied;
  private final ModelRegistry known;
  private final Headers headers;
  private final URI chat;

  /** The endpoint; the key is in its headers, unless each attempt gets one of its own. */
  Endpoint(Settings.Llm settings, boolean keyIsSupplied, ModelRegistry known) {
    if (!keyIsSupplied) {
      settings.requireKey();
    }
    this.keyIsSupplied = keyIsSupplied;
    this.settings = settings;
    this.known = known;
    this.headers = headers();
    this.chat = address(CHAT);
  }

  Settings.Llm settings() {
    return settings;
  }

  /** The models of the server. */
  ModelRegistry known() {
    return known;
  }

  /** The model of the request; the embedded server has only its own. */
  String model(CompletionRequest request) {
    if (embedded()) {
      return settings.model();
    }
    return request.body().get("model") instanceof String named && !named.isBlank()
        ? named
        : request.options().model().orElse(settings.model());
  }

  String model(EmbeddingRequest request) {
    return model(request.options(), settings.embeddingModel());
  }

  String model(ImageRequest request) {
    return model(request.options(), settings.imageModel());
  }

  /** Whether the model runs in this process. */
  boolean embedded() {
    return LOCAL.equals(settings.baseUrl().getScheme());
  }

  private String model(CallOptions options, String byDefault) {
    return embedded() ? settings.model() : options.model().orElse(byDefault);
  }

  Route route(String model) {
    return new Route(settings.baseUrl(), settings.keyName(), model);
  }

  Request chat(byte[] json) {
    return Request.post(chat, headers, json);
  }

  Request post(String path, byte[] json) {
    return Request.post(address(path), headers, json);
  }

  Request models() {
    return Request.get(address("/models"), headers);
  }

  Fault explained(Fault fault) {
    if (fault.kind() == Fault.Kind.AUTHENTICATION) {
      String name = settings.keyName();
      boolean sent = settings.key().isPresent() || keyIsSupplied;
      return hinted(fault, sent ? "the key is that of " + name : "no key was sent: set " + name);
    }
    return fault.kind() == Fault.Kind.NOT_FOUND && incomplete(fault)
        ? hinted(fault, COMPLETE)
        : fault;
  }

  private static Fault hinted(Fault fault, String hint) {
    return fault.as(fault.kind(), fault.message() + " (" + hint + ")");
  }

  /** Whether the address was not found, rather than the model. */
  private boolean incomplete(Fault fault) {
    String path = String.valueOf(settings.baseUrl().getRawPath());
    boolean complete = VERSIONED.matcher(path).find() || settings.azureApiVersion().isPresent();
    return !complete && fault.code().filter(Fault.MODEL_NOT_FOUND::equals).isEmpty();
  }

  private URI address(String path) {
    String query = settings.azureApiVersion().map(v -> "?api-version=" + v).orElse("");
    return URI.create(settings.baseUrl() + path + query);
  }

  private Headers headers() {
    Headers all =
        Headers.of("Accept", "application/json, text/event-stream", "User-Agent", "synthlab");
    if (settings.key().isPresent() && !keyIsSupplied) {
      String key = settings.key().get().reveal();
      all =
          settings.azureApiVersion().isPresent()
              ? all.with("api-key", key)
              : all.with("Authorization", "Bearer " + key);
    } else if (settings.userInfo().isPresent() && !keyIsSupplied) {
      byte[] pair = settings.userInfo().get().reveal().getBytes(StandardCharsets.UTF_8);
      all = all.with("Authorization", "Basic " + basic(pair).reveal());
    }
    if (settings.organization().isPresent()) {
      all = all.with("OpenAI-Organization", settings.organization().get());
    }
    if (settings.project().isPresent()) {
      all = all.with("OpenAI-Project", settings.project().get());
    }
    for (Map.Entry<String, Secret> more : settings.headers().entrySet()) {
      all = all.with(more.getKey(), more.getValue().reveal());
    }
    return all;
  }

  /** A secret too, since a server may quote what was sent. */
  private static Secret basic(byte[] pair) {
    return Secret.of(Base64.getEncoder().encodeToString(pair));
  }
}
