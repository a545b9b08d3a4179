package dev.synthlab.config;

import dev.synthlab.Internal;
import dev.synthlab.config.ConfigException.Problem;
import java.net.URI;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * The settings of a client that is built by hand: values that are checked as those of variables
 * are, under the names of the builder, with the same defaults. Reads no environment. For one
 * thread.
 */
@Internal
public final class LlmSettings {
  private final Optional<Settings.Llm> base;
  private final List<Problem> problems = new ArrayList<>();
  private final Set<Variable> set = EnumSet.noneOf(Variable.class);
  private final Map<String, Secret> headers = new LinkedHashMap<>();
  private Environment environment = Environment.of(Map.of());
  private String keyName = "apiKey";

  private LlmSettings(Optional<Settings.Llm> base) {
    this.base = base;
  }

  /**
   * Settings with the defaults of the project.
   *
   * @return nothing is set
   */
  public static LlmSettings defaults() {
    return new LlmSettings(Optional.empty());
  }

  /**
   * Settings that begin with others.
   *
   * @param base has the values of what is not set
   * @return nothing else is set
   */
  public static LlmSettings of(Settings.Llm base) {
    LlmSettings settings = new LlmSettings(Optional.of(base));
    settings.keyName = base.keyName();
    return settings;
  }

  /**
   * Sets the value of a variable.
   *
   * @param variable the variable with the same meaning
   * @param value its value, in the syntax of the variable
   * @param field the name in the builder, for messages
   */
  public void set(Variable variable, String value, String field) {
    if (value.isBlank()) {
      problems.add(new Problem(field, "", "must not be blank"));
      return;
    }
    set.add(variable);
    environment = environment.withField(variable, value, field);
  }

  /**
   * Sets the key.
   *
   * @param key the key
   */
  public void key(Secret key) {
    set(Variable.OPENAI_API_KEY, key.reveal(), "apiKey");
  }

  /**
   * Names the account whose key it is.
   *
   * @param name a short name without spaces
   */
  public void keyName(String name) {
    if (name.isBlank()) {
      problems.add(new Problem("keyName", "", "must not be blank"));
      return;
    }
    keyName = name;
  }

  /**
   * Adds a header.
   *
   * @param name its name
   * @param value its value
   */
  public void header(String name, Secret value) {
    if (!ValueParser.isOwnHeader(name, value.reveal())) {
      problems.add(
          new Problem(
              "header", name, "must be a name and a value that HTTP allows, and not set by us"));
      return;
    }
    headers.put(name, value);
  }

  /**
   * Adds a header whose value is no secret.
   *
   * @param name its name
   * @param value its value
   */
  public void header(String name, String value) {
    header(name, Secret.notMasked(value));
  }

  /**
   * The settings.
   *
   * @param keyIsSupplied whether the key is asked for each attempt, so that none is set
   * @return the settings
   * @throws ConfigException with all problems, if there are any
   */
  public Settings.Llm build(boolean keyIsSupplied) {
    if (base.isPresent() && set.isEmpty() && headers.isEmpty() && problems.isEmpty()) {
      return named(base.get());
    }
    Settings.Llm own = parsed();
    Settings.Llm all = merged(base.orElse(own), own);
    if (base.isEmpty() && all.key().isEmpty() && !keyIsSupplied && all.needsKey()) {
      problems.add(
          new Problem(
              "apiKey",
              "",
              "is not set, and "
                  + all.baseUrl().getHost()
                  + " needs a key: set apiKey or credential, or the baseUrl of another server"));
    }
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return all;
  }

  /** The values that are set, and the defaults; wrong ones are noted as problems. */
  private Settings.Llm parsed() {
    try {
      return Settings.from(environment).llm();
    } catch (ConfigException e) {
      problems.addAll(0, e.problems());
      return Settings.from(Environment.of(Map.of())).llm();
    }
  }

  private Settings.Llm named(Settings.Llm llm) {
    return llm.keyName().equals(keyName) ? llm : copy(llm, llm, Set.of(), keyName, llm.headers());
  }

  private Settings.Llm merged(Settings.Llm from, Settings.Llm own) {
    Map<String, Secret> all = new LinkedHashMap<>(from.headers());
    all.putAll(headers);
    return copy(from, own, set, keyName, all);
  }

  private static Settings.Llm copy(
      Settings.Llm from,
      Settings.Llm own,
      Set<Variable> set,
      String keyName,
      Map<String, Secret> headers) {
    Pick pick = new Pick(set);
    URI address = pick.of(Variable.OPENAI_BASE_URL, from.baseUrl(), own.baseUrl());
    return new Settings.Llm(
        address,
        pick.of(Variable.OPENAI_API_KEY, from.key(), own.key()),
        keyName,
        pick.of(Variable.OPENAI_BASE_URL, from.userInfo(), own.userInfo()),
        pick.of(Variable.OPENAI_ORG_ID, from.organization(), own.organization()),
        pick.of(Variable.OPENAI_PROJECT_ID, from.project(), own.project()),
        headers,
        pick.of(Variable.OPENAI_API_VERSION, from.azureApiVersion(), own.azureApiVersion()),
        pick.of(Variable.SYNTHLAB_DEFAULT_MODEL, from.model(), own.model()),
        pick.of(Variable.SYNTHLAB_EMBEDDING_MODEL, from.embeddingModel(), own.embeddingModel()),
        pick.of(Variable.SYNTHLAB_IMAGE_MODEL, from.imageModel(), own.imageModel()),
        pick.of(Variable.SYNTHLAB_TIMEOUT, from.timeout(), own.timeout()),
        pick.of(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, from.maxAttempts(), own.maxAttempts()),
        pick.of(Variable.SYNTHLAB_BACKOFF_MIN, from.backoffFirst(), own.backoffFirst()),
        pick.of(Variable.SYNTHLAB_BACKOFF_MAX, from.backoffMax(), own.backoffMax()),
        pick.of(Variable.SYNTHLAB_CALL_DEADLINE, from.callDeadline(), own.callDeadline()),
        pick.of(Variable.SYNTHLAB_FALLBACK_MODELS, from.fallbackModels(), own.fallbackModels()),
        pick.of(Variable.SYNTHLAB_MODELS_FILE, from.modelsFile(), own.modelsFile()));
  }

  /** Chooses what is set. */
  private record Pick(Set<Variable> set) {
    <T> T of(Variable variable, T base, T own) {
      return Objects.requireNonNull(set.contains(variable) ? own : base);
    }
  }
}
