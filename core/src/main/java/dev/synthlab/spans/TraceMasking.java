package dev.synthlab.spans;

import dev.synthlab.config.ConfigException;
import dev.synthlab.config.ConfigException.Problem;
import dev.synthlab.config.Environment;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * What of a call no span may show. Immutable.
 *
 * @param hidden what is left out, or put as {@code __REDACTED__}
 * @param imageLength pictures in {@code data:} addresses longer than this are put as {@code
 *     __REDACTED__}, in characters
 * @see <a href="https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md">the
 *     OpenInference specification on configuration</a>
 */
public record TraceMasking(Set<Hidden> hidden, int imageLength) {
  /** What stands in the place of what is hidden. */
  static final String REDACTED = "__REDACTED__";

  private static final int DEFAULT_IMAGE_LENGTH = 32_000;
  private static final String IMAGE_LENGTH = "OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH";

  /** Nothing is hidden but pictures of more than 32,000 characters. */
  public static final TraceMasking NONE = new TraceMasking(Set.of(), DEFAULT_IMAGE_LENGTH);

  /** Parts of a call that can be hidden, each by the variable of its name. */
  public enum Hidden {
    /** Everything that is sent: value, messages, tools. */
    OPENINFERENCE_HIDE_INPUTS,
    /** Everything that is answered: value, messages. */
    OPENINFERENCE_HIDE_OUTPUTS,
    /** Messages that are sent. */
    OPENINFERENCE_HIDE_INPUT_MESSAGES,
    /** Messages that are answered. */
    OPENINFERENCE_HIDE_OUTPUT_MESSAGES,
    /** Pictures that are sent. */
    OPENINFERENCE_HIDE_INPUT_IMAGES,
    /** Texts of messages that are sent. */
    OPENINFERENCE_HIDE_INPUT_TEXT,
    /** Texts of messages that are answered. */
    OPENINFERENCE_HIDE_OUTPUT_TEXT,
    /** The parameters of a call. */
    OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS,
    /** The tools a model is offered. */
    OPENINFERENCE_HIDE_LLM_TOOLS,
    /** Prompts of the older completions. */
    OPENINFERENCE_HIDE_PROMPTS,
    /** Choices of the older completions. */
    OPENINFERENCE_HIDE_CHOICES,
    /** Vectors. */
    OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS,
    /** Texts that vectors are made of. */
    OPENINFERENCE_HIDE_EMBEDDINGS_TEXT
  }

  /** Keeps a copy. */
  public TraceMasking {
    hidden = Set.copyOf(hidden);
    if (imageLength < 0) {
      throw new IllegalArgumentException("imageLength must be at least 0, was " + imageLength);
    }
  }

  /**
   * Reads the variables of the specification.
   *
   * @param environment what was set
   * @return what is hidden
   * @throws ConfigException when one is neither true nor false, or no length
   */
  public static TraceMasking from(Environment environment) {
    List<Problem> problems = new ArrayList<>();
    Set<Hidden> hidden = EnumSet.noneOf(Hidden.class);
    for (Hidden part : Hidden.values()) {
      if (isSet(environment, part.name(), problems)) {
        hidden.add(part);
      }
    }
    if (isSet(environment, "OPENINFERENCE_HIDE_EMBEDDING_VECTORS", problems)) {
      hidden.add(Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS);
    }
    int length = imageLength(environment, problems);
    if (!problems.isEmpty()) {
      throw new ConfigException(problems);
    }
    return new TraceMasking(hidden, length);
  }

  private static boolean isSet(Environment environment, String name, List<Problem> problems) {
    String value = environment.convention(name).orElse("").strip();
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true", "1" -> true;
      case "", "false", "0" -> false;
      default -> {
        problems.add(new Problem(name, value, "must be true or false"));
        yield true;
      }
    };
  }

  private static int imageLength(Environment environment, List<Problem> problems) {
    Optional<String> given = environment.convention(IMAGE_LENGTH).map(String::strip);
    if (given.isPresent() && !given.get().matches("\\d{1,9}")) {
      problems.add(new Problem(IMAGE_LENGTH, given.get(), "must be a whole number"));
      return DEFAULT_IMAGE_LENGTH;
    }
    return given.map(Integer::parseInt).orElse(DEFAULT_IMAGE_LENGTH);
  }

  boolean hides(Hidden... any) {
    for (Hidden part : any) {
      if (hidden.contains(part)) {
        return true;
      }
    }
    return false;
  }

  /** Whether words that came from a server, and may repeat what was sent, must not be shown. */
  boolean hidesWords() {
    return hides(
        Hidden.OPENINFERENCE_HIDE_INPUTS,
        Hidden.OPENINFERENCE_HIDE_OUTPUTS,
        Hidden.OPENINFERENCE_HIDE_INPUT_MESSAGES,
        Hidden.OPENINFERENCE_HIDE_OUTPUT_MESSAGES,
        Hidden.OPENINFERENCE_HIDE_INPUT_TEXT,
        Hidden.OPENINFERENCE_HIDE_OUTPUT_TEXT,
        Hidden.OPENINFERENCE_HIDE_EMBEDDINGS_TEXT);
  }
}
