package dev.synthlab.llm;

import dev.synthlab.call.CallReports;
import dev.synthlab.call.Spend;
import dev.synthlab.call.Timer;
import dev.synthlab.config.Settings;
import dev.synthlab.logging.Logging;
import java.math.BigDecimal;
import java.net.URI;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;

/**
 * What one client knows about the models of its server: the catalogue, and what the server reports.
 * Safe for use by many threads.
 */
final class ModelRegistry {
  private static final Logger log = Logging.component("llm");
  private static final int DAYS_BEFORE = 30;
  private static final int MAX_FOUND = 1_000;

  /** The provider of the models at an address. */
  private static final Map<String, String> PROVIDERS =
      Map.of(
          "api.openai.com", "openai",
          "openai.azure.com", "azure",
          "cognitiveservices.azure.com", "azure",
          "api.anthropic.com", "anthropic",
          "generativelanguage.googleapis.com", "gemini",
          "api.mistral.ai", "mistral",
          "api.deepseek.com", "deepseek",
          "api.groq.com", "groq");

  private final Optional<ModelCatalogue> own;
  private final boolean embedded;
  private final Optional<String> provider;
  private final Timer timer;
  private final Set<List<String>> said = ConcurrentHashMap.newKeySet();

  /** What lookups have found, also nothing. */
  private final Map<String, Optional<Model>> found = new ConcurrentHashMap<>();

  ModelRegistry(Settings.Llm settings, Timer timer) {
    // The bundled table is read at the first lookup; a file of the user is checked at once.
    this.own = settings.modelsFile().map(file -> ModelCatalogue.bundled().with(file));
    this.embedded = "local".equals(settings.baseUrl().getScheme());
    this.provider = provider(settings);
    this.timer = timer;
  }

  private static Optional<String> provider(Settings.Llm settings) {
    if (settings.azureApiVersion().isPresent()) {
      return Optional.of("azure");
    }
    URI address = settings.baseUrl();
    String host = Optional.ofNullable(address.getHost()).orElse("").toLowerCase(Locale.ROOT);
    return PROVIDERS.entrySet().stream()
        .filter(each -> host.equals(each.getKey()) || host.endsWith("." + each.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** The model with that name at the server of this client. */
  Optional<Model> find(String name) {
    if (embedded) {
      return Optional.empty();
    }
    Optional<Model> known = found.get(name);
    if (known == null) {
      known = lookUp(name);
      if (found.size() < MAX_FOUND) {
        found.put(name, known);
      }
    }
    return known;
  }

  private Optional<Model> lookUp(String name) {
    ModelCatalogue catalogue = own.orElseGet(ModelCatalogue::bundled);
    return provider
        .flatMap(whose -> catalogue.exact(whose + "/" + name))
        .or(() -> catalogue.find(name));
  }

  /** The body with the parameters that the model accepts; unchanged for an unknown model. */
  Map<String, Object> fitted(String name, Map<String, Object> body) {
    Optional<Model> model = find(name);
    if (model.isEmpty()) {
      return body;
    }
    warnOfItsEnd(model.get());
    return ParameterAdapter.adapted(model.get(), body, (what, how) -> say(name, what, how));
  }

  private void say(String model, String parameter, String how) {
    if (said.add(List.of(model, parameter))) {
      log.warn("{} does not take {} as it was set: {}", model, parameter, how);
    }
  }

  /** Warns once that the shut-off date of a model is near or past. */
  void warnOfShutOff(String name) {
    find(name).ifPresent(this::warnOfItsEnd);
  }

  private void warnOfItsEnd(Model model) {
    if (model.shutOff().isEmpty()) {
      return;
    }
    LocalDate end = model.shutOff().get();
    long days = ChronoUnit.DAYS.between(timer.now().atZone(ZoneOffset.UTC).toLocalDate(), end);
    if (days <= DAYS_BEFORE && said.add(List.of(model.name(), "its end"))) {
      String when = days > 0 ? "is shut off on {}, in " + days + " days" : "was shut off on {}";
      log.warn("the model {} " + when + ": name another", model.name(), end);
    }
  }

  /**
   * The tokens and cost of an answer, by the price of the responding or else the requested model.
   */
  Spend spend(String request, String answered, Usage usage) {
    return CallReports.spend(
        usage.inputTokens(),
        usage.outputTokens(),
        usage.cachedTokens(),
        usage.reasoningTokens(),
        cost(request, answered, usage));
  }

  /** The source of the prices of a cost; empty when the cost is not known. */
  Optional<String> prices(Spend spend) {
    return embedded || spend.costUsd().isEmpty()
        ? Optional.empty()
        : Optional.of(own.orElseGet(ModelCatalogue::bundled).source());
  }

  private Optional<BigDecimal> cost(String request, String answered, Usage usage) {
    if (embedded) {
      return Optional.of(BigDecimal.ZERO);
    }
    Optional<Model> model = find(answered);
    if (model.isEmpty() || model.get().price().isEmpty()) {
      model = find(request);
    }
    return model.isEmpty() ? Optional.empty() : model.get().costUsd(usage);
  }

  /**
   * The maximum cost of answers; empty when the price or the maximum length is not known.
   *
   * @param bound the most tokens of an answer, or 0 when the request names none
   */
  Optional<BigDecimal> maxCostUsd(String name, long input, long bound, long answers) {
    if (embedded) {
      return Optional.of(BigDecimal.ZERO);
    }
    return find(name)
        .filter(model -> bound > 0 || model.maxOutput().isPresent())
        .flatMap(
            model -> {
              long output = bound > 0 ? bound : model.maxOutput().getAsLong();
              return model.costUsd(new Usage(input, output * answers, 0, 0, true));
            });
  }
}
