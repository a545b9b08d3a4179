package dev.synthlab.config;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A builder of {@link Settings} by hand; made by {@link Settings#builder()}. It reads no
 * environment; what is not set has the default of its variable. For one thread.
 */
public final class SettingsBuilder {
  private final List<ConfigException.Problem> problems = new ArrayList<>();
  private Environment environment = Environment.of(Map.of());

  SettingsBuilder() {}

  /**
   * Sets the API key of the model server.
   *
   * @param key the key
   * @return this
   */
  public SettingsBuilder apiKey(Secret key) {
    return set(Variable.OPENAI_API_KEY, key.reveal(), "apiKey");
  }

  /**
   * Sets the base URL of the model server. Default: OpenAI's.
   *
   * @param address for example {@code https://eu.example/v1}
   * @return this
   */
  public SettingsBuilder baseUrl(String address) {
    return set(Variable.OPENAI_BASE_URL, address, "baseUrl");
  }

  /**
   * Uses the embedded model of {@code synthlab-local} instead of a server.
   *
   * @return this
   */
  public SettingsBuilder embeddedModel() {
    return set(Variable.SYNTHLAB_PROVIDER, "local", "embeddedModel");
  }

  /**
   * Sets the model of chat requests that name none.
   *
   * @param name the name of the model
   * @return this
   */
  public SettingsBuilder model(String name) {
    return set(Variable.SYNTHLAB_DEFAULT_MODEL, name, "model");
  }

  /**
   * Sets the models that are tried in turn when one cannot answer.
   *
   * @param names the names of the models
   * @return this
   */
  public SettingsBuilder fallbackModels(String... names) {
    return set(Variable.SYNTHLAB_FALLBACK_MODELS, String.join(",", names), "fallbackModels");
  }

  /**
   * Sets the timeout of one attempt, its body included.
   *
   * @param limit positive
   * @return this
   */
  public SettingsBuilder timeout(Duration limit) {
    return set(Variable.SYNTHLAB_TIMEOUT, limit.toMillis() + "ms", "timeout");
  }

  /**
   * Sets the deadline of one call, all attempts and the waits between them included.
   *
   * @param within positive
   * @return this
   */
  public SettingsBuilder deadline(Duration within) {
    return set(Variable.SYNTHLAB_CALL_DEADLINE, within.toMillis() + "ms", "deadline");
  }

  /**
   * Sets the maximum number of requests of one call to one model, the first included.
   *
   * @param count at least 1
   * @return this
   */
  public SettingsBuilder maxAttempts(int count) {
    return set(Variable.SYNTHLAB_LLM_MAX_ATTEMPTS, Integer.toString(count), "maxAttempts");
  }

  /**
   * Sets the maximum number of requests per minute to one model with one key.
   *
   * @param count at least 1
   * @return this
   */
  public SettingsBuilder requestsPerMinute(int count) {
    return set(Variable.SYNTHLAB_RPM, Integer.toString(count), "requestsPerMinute");
  }

  /**
   * Sets the maximum number of tokens per minute to one model with one key.
   *
   * @param count at least 1
   * @return this
   */
  public SettingsBuilder tokensPerMinute(int count) {
    return set(Variable.SYNTHLAB_TPM, Integer.toString(count), "tokensPerMinute");
  }

  /**
   * Sets the concurrency of calls for many requests.
   *
   * @param count at least 1
   * @return this
   */
  public SettingsBuilder concurrency(int count) {
    return set(Variable.SYNTHLAB_CONCURRENCY, Integer.toString(count), "concurrency");
  }

  /**
   * Sets the maximum cost per day (UTC).
   *
   * @param usd US dollars
   * @return this
   */
  public SettingsBuilder budgetUsd(BigDecimal usd) {
    return set(Variable.SYNTHLAB_BUDGET_USD, usd.toPlainString(), "budgetUsd");
  }

  /**
   * Sets the SQLite file of the embedded database.
   *
   * @param file the file
   * @return this
   */
  public SettingsBuilder databaseFile(Path file) {
    return set(Variable.SYNTHLAB_DB_PATH, file.toString(), "databaseFile");
  }

  /**
   * Sets the PostgreSQL server, in place of the SQLite file.
   *
   * @param url {@code postgresql://user:password@host:port/database}
   * @return this
   */
  public SettingsBuilder databaseUrl(Secret url) {
    return set(Variable.DATABASE_URL, url.reveal(), "databaseUrl");
  }

  /**
   * Sets whether each call is recorded in the database; needs {@code synthlab-store}.
   *
   * @param on false by default
   * @return this
   */
  public SettingsBuilder ledger(boolean on) {
    return set(Variable.SYNTHLAB_LEDGER, on ? "on" : "off", "ledger");
  }

  /**
   * Sets whether answers are cached in the database; needs {@code synthlab-store}.
   *
   * @param on false by default
   * @return this
   */
  public SettingsBuilder cache(boolean on) {
    return set(Variable.SYNTHLAB_CACHE, on ? "on" : "off", "cache");
  }

  /**
   * Sets any other setting by the name of its variable.
   *
   * @param variable the variable
   * @param value its value, in the syntax of the variable
   * @return this
   */
  public SettingsBuilder set(Variable variable, String value) {
    return set(variable, value, variable.name());
  }

  private SettingsBuilder set(Variable variable, String value, String field) {
    if (value.isBlank()) {
      problems.add(new ConfigException.Problem(field, "", "must not be blank"));
      return this;
    }
    environment = environment.withField(variable, value, field);
    return this;
  }

  /**
   * Builds the settings.
   *
   * @return the settings
   * @throws ConfigException with everything that is not allowed
   */
  public Settings build() {
    List<ConfigException.Problem> all = new ArrayList<>(problems);
    try {
      Settings settings = Settings.from(environment);
      if (all.isEmpty()) {
        return settings;
      }
    } catch (ConfigException e) {
      all.addAll(e.problems());
    }
    throw new ConfigException(all);
  }
}
