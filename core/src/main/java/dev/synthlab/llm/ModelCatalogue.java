package dev.synthlab.llm;

import dev.synthlab.config.ConfigException;
import dev.synthlab.config.ConfigException.Problem;
import dev.synthlab.config.Utf8;
import dev.synthlab.config.Variable;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The catalogue of models with prices, limits and abilities: the table that is bundled with the
 * library, made from LiteLLM's map, and the additions of a file. Immutable; safe for use by many
 * threads.
 *
 * @see <a href="https://github.com/BerriAI/litellm">LiteLLM</a>
 */
public final class ModelCatalogue {
  /** A dated snapshot of a model. */
  private static final Pattern SNAPSHOT =
      Pattern.compile("(.+?)[-@](\\d{4}-\\d{2}-\\d{2}|\\d{8}|\\d{4})");

  /** A fine-tuned model: {@code ft:}, the base model, {@code :} and the owner. */
  private static final Pattern TUNED = Pattern.compile("(ft:[^:]+):.*");

  private static final ReentrantLock LOCK = new ReentrantLock();
  private static @Nullable ModelCatalogue shipped;

  /** The lines of the bundled table; a line is parsed when its model is looked up. */
  private final Map<String, String> lines;

  private final Map<String, Map<String, Object>> added;
  private final String source;
  private final Map<String, Model> made = new ConcurrentHashMap<>();

  private ModelCatalogue(
      Map<String, String> lines, Map<String, Map<String, Object>> added, String source) {
    this.lines = lines;
    this.added = added;
    this.source = source;
  }

  /**
   * The bundled catalogue; read at the first call.
   *
   * @return the same catalogue at every call
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
      byte[] all = Objects.requireNonNull(in, "models.json is in the jar").readAllBytes();
      ModelTable table = ModelTable.of(new String(all, StandardCharsets.ISO_8859_1));
      return new ModelCatalogue(table.byName(), Map.of(), table.source());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * This catalogue with the additions and changes of a file.
   *
   * @param file a JSON object of models by name, each an object with the fields of LiteLLM's map,
   *     for example {@code input_cost_per_token}; other fields stay as they are
   * @return another catalogue
   * @throws ConfigException when the file cannot be read or has a value that is not allowed
   */
  public ModelCatalogue with(Path file) {
    try (InputStream in =
        Utf8.checked(
            Files.newInputStream(file),
            reason -> unusable(file, "must be UTF-8, and it " + reason))) {
      Map<String, Map<String, Object>> all = new HashMap<>(added);
      ModelTableReader.read(in)
          .forEach(
              (name, said) -> {
                Map<String, Object> merged = new HashMap<>(facts(name).orElse(Map.of()));
                merged.putAll(said);
                ModelTableReader.model(name, merged); // or it fails here
                all.put(name, merged);
              });
      return new ModelCatalogue(lines, all, source + ", and " + file);
    } catch (IOException e) {
      String reason = e.getClass().getSimpleName() + ": " + e.getMessage();
      throw unusable(file, "must be a readable file (" + reason + ")");
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
   * Looks up a model: by its name, else without a prefix before a slash, else by the model of a
   * dated snapshot ({@code gpt-4o-mini-2024-07-18}) or the base of a fine-tuned one ({@code
   * ft:...}).
   *
   * @param name of the model in a request
   * @return the model, or empty when it is not known
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
    Model known = made.get(name);
    if (known != null) {
      return Optional.of(known);
    }
    Optional<Model> read = facts(name).map(facts -> ModelTableReader.model(name, facts));
    read.ifPresent(model -> made.put(name, model));
    return read;
  }

  private Optional<Map<String, Object>> facts(String name) {
    return Optional.ofNullable(added.get(name))
        .or(
            () ->
                Optional.ofNullable(lines.get(name))
                    .map(line -> ModelTableReader.facts(name, line)));
  }

  /**
   * All models.
   *
   * @return the models, sorted by name
   */
  public List<Model> models() {
    Set<String> names = new TreeSet<>(lines.keySet());
    names.addAll(added.keySet());
    return names.stream().map(name -> exact(name).orElseThrow()).toList();
  }

  /**
   * The source and the date of the catalogue.
   *
   * @return a text for people
   */
  public String source() {
    return source;
  }
}
