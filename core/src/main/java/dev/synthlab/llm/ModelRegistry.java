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

/** What a client knows of the models it asks. Safe for use by many threads. */
final class ModelRegistry {
  private static final Logger log = Logging.component("llm");
  private static final int DAYS_BEFORE = 30;

  /** Whose models an address serves. */
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

  ModelRegistry(Settings.Llm settings, Timer timer) {
    // The table that ships is read when it is asked; a file of the user's is judged at once.
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

  /** The model of that name, as the server of this client serves it. */
  Optional<Model> find(String name) {
    if (embedded) {
      return Optional.empty();
    }
    ModelCatalogue catalogue = own.orElseGet(ModelCatalogue::bundled);
    return provider
        .flatMap(whose -> catalogue.exact(whose + "/" + name))
        .or(() -> catalogue.find(name));
  }

  /** The body as the model takes it; that of an unknown model is left alone. */
  Map<String, Object> fitted(String name, Map<String, Object> body) {
    Optional<Model> model = find(name);
    model.ifPresent(this::warnOfItsEnd);
    return model
        .map(known -> ParameterAdapter.takenBy(known, body, (what, how) -> say(name, what, how)))
        .orElse(body);
  }

  private void say(String model, String parameter, String how) {
    if (said.add(List.of(model, parameter))) {
      log.warn("{} does not take {} as it was set: {}", model, parameter, how);
    }
  }

  /** Says once that a model is near its end, or behind it. */
  void warnOfTheEnd(String name) {
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

  /** What an answer used, at the price of the model that answered, else of the one asked. */
  Spend spend(String request, String answered, Usage usage) {
    return CallReports.spend(
        usage.inputTokens(),
        usage.outputTokens(),
        usage.cachedTokens(),
        usage.reasoningTokens(),
        cost(request, answered, usage));
  }

  /** The table that a cost was reckoned by; empty where none is known. */
  Optional<String> prices(Spend spend) {
    return embedded || spend.costUsd().isEmpty()
        ? Optional.empty()
        : Optional.of(own.orElseGet(ModelCatalogue::bundled).source());
  }

  private Optional<BigDecimal> cost(String request, String answered, Usage usage) {
    return embedded
        ? Optional.of(BigDecimal.ZERO)
        : find(answered)
            .filter(model -> model.price().isPresent())
            .or(() -> find(request))
            .flatMap(model -> model.costUsd(usage));
  }

  /**
   * What answers of a model may cost at most; empty when price or length have no known bound.
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
