package dev.synthlab.llm;

import dev.synthlab.config.ConfigException;
import dev.synthlab.config.ConfigException.Problem;
import dev.synthlab.config.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What is known of models: the table that ships with the library, which is made from LiteLLM's map,
 * and what a file of the user's adds to it. Immutable; safe for use by many threads.
 *
 * @see <a href="https://github.com/BerriAI/litellm">LiteLLM</a>
 */
public final class ModelCatalogue {
  /** A snapshot of a model, by the day it was made. */
  private static final Pattern SNAPSHOT =
      Pattern.compile("(.+?)[-@](\\d{4}-\\d{2}-\\d{2}|\\d{8}|\\d{4})");

  /** A model of one's own: {@code ft:} the base {@code :} whose it is. */
  private static final Pattern TUNED = Pattern.compile("(ft:[^:]+):.*");

  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable ModelCatalogue shipped;

  private final Map<String, Map<String, Object>> facts;
  private final String source;
  private final Map<String, Model> made = new ConcurrentHashMap<>();

  private ModelCatalogue(Map<String, Map<String, Object>> facts, String source) {
    this.facts = facts;
    this.source = source;
  }

  /**
   * The table that ships with the library; read at the first call.
   *
   * @return the same at every call
   */
  public static ModelCatalogue bundled() {
    LOCK.lock();
    try {
      ModelCatalogue known = shipped;
      if (known == null) {
        known = read();
        shipped = known;
      }
      return known;
    } finally {
      LOCK.unlock();
    }
  }

  private static ModelCatalogue read() {
    try (InputStream in = ModelCatalogue.class.getResourceAsStream("models.json")) {
      ModelFile file = ModelFile.read(Objects.requireNonNull(in, "models.json is in the jar"));
      return new ModelCatalogue(file.models(), file.source());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * This catalogue with what a file adds, or says otherwise.
   *
   * @param file a JSON object of models by name, each an object with the fields of LiteLLM's map,
   *     for example {@code input_cost_per_token}; fields it does not name stay as they are
   * @return another catalogue
   * @throws ConfigException when the file cannot be read, or says something that cannot be
   */
  public ModelCatalogue with(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      Map<String, Map<String, Object>> all = new HashMap<>(facts);
      ModelFile more = ModelFile.read(in);
      more.models()
          .forEach(
              (name, said) -> {
                Map<String, Object> merged = new HashMap<>(all.getOrDefault(name, Map.of()));
                merged.putAll(said);
                all.put(name, merged);
              });
      more.models().keySet().forEach(name -> ModelFile.model(name, all.getOrDefault(name, Map.of())));
      return new ModelCatalogue(all, source + ", and " + file);
    } catch (IOException e) {
      String why = e.getClass().getSimpleName() + ": " + e.getMessage();
      throw unusable(file, "must be a readable file (" + why + ")");
    } catch (IllegalArgumentException e) {
      throw unusable(
          file,
          "must be JSON, {\"MODEL\": {\"input_cost_per_token\": 1e-7, ...}, ...}, with the fields"
              + " of LiteLLM's map: "
              + e.getMessage());
    }
  }

  private static ConfigException unusable(Path file, String allowed) {
    Variable variable = Variable.SYNTHLAB_MODELS_FILE;
    return new ConfigException(List.of(new Problem(variable.name(), file.toString(), allowed)));
  }

  /**
   * Looks a model up: by its name, else without what stands before a slash, else by the family of a
   * dated snapshot ({@code gpt-4o-mini-2024-07-18}) or the base of a tuned one ({@code ft:...}).
   *
   * @param name as a request names it
   * @return what is known of it, or empty
   */
  public Optional<Model> find(String name) {
    Optional<Model> exact = exact(name);
    if (exact.isPresent()) {
      return exact;
    }
    int slash = name.indexOf('/');
    if (slash >= 0) {
      return find(name.substring(slash + 1));
    }
    Matcher tuned = TUNED.matcher(name);
    if (tuned.matches()) {
      return find(tuned.group(1));
    }
    Matcher snapshot = SNAPSHOT.matcher(name);
    return snapshot.matches()
        ? exact(snapshot.group(1)).map(family -> family.as(name))
        : Optional.empty();
  }

  Optional<Model> exact(String name) {
    Map<String, Object> known = facts.get(name);
    return known == null
        ? Optional.empty()
        : Optional.of(made.computeIfAbsent(name, same -> ModelFile.model(same, known)));
  }

  /**
   * All models.
   *
   * @return in the order of their names
   */
  public List<Model> models() {
    return facts.keySet().stream().sorted().map(name -> exact(name).orElseThrow()).toList();
  }

  /**
   * What the catalogue was made from, and when.
   *
   * @return for people to read
   */
  public String source() {
    return source;
  }
}
