package dev.synthlab.spans;

import dev.synthlab.Internal;
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
 * The masking of spans: the parts of calls that they must not show. Immutable.
 *
 * @param hidden the parts that are left out or replaced with {@code __REDACTED__}
 * @param imageLength the maximum length of a {@code data:} URL of an image, in characters; longer
 *     ones are replaced with {@code __REDACTED__}
 * @see <a href="https://github.com/Arize-ai/openinference/blob/main/spec/configuration.md">the
 *     OpenInference specification on configuration</a>
 */
@Internal
public record TraceMasking(Set<Hidden> hidden, int imageLength) {
  /** The replacement of hidden values. */
  static final String REDACTED = "__REDACTED__";

  private static final int DEFAULT_IMAGE_LENGTH = 32_000;
  private static final String IMAGE_LENGTH = "OPENINFERENCE_BASE64_IMAGE_MAX_LENGTH";

  /** No masking, except of images with more than 32,000 characters. */
  public static final TraceMasking NONE = new TraceMasking(Set.of(), DEFAULT_IMAGE_LENGTH);

  /** The parts of a call that can be hidden; each has the name of its environment variable. */
  public enum Hidden {
    /** The whole input: value, messages and tools. */
    OPENINFERENCE_HIDE_INPUTS,
    /** The whole output: value and messages. */
    OPENINFERENCE_HIDE_OUTPUTS,
    /** Input messages. */
    OPENINFERENCE_HIDE_INPUT_MESSAGES,
    /** Output messages. */
    OPENINFERENCE_HIDE_OUTPUT_MESSAGES,
    /** Input images. */
    OPENINFERENCE_HIDE_INPUT_IMAGES,
    /** Texts of input messages. */
    OPENINFERENCE_HIDE_INPUT_TEXT,
    /** Texts of output messages. */
    OPENINFERENCE_HIDE_OUTPUT_TEXT,
    /** Invocation parameters. */
    OPENINFERENCE_HIDE_LLM_INVOCATION_PARAMETERS,
    /** Tool definitions. */
    OPENINFERENCE_HIDE_LLM_TOOLS,
    /** Prompts of the legacy completions API. */
    OPENINFERENCE_HIDE_PROMPTS,
    /** Choices of the legacy completions API. */
    OPENINFERENCE_HIDE_CHOICES,
    /** Embedding vectors. */
    OPENINFERENCE_HIDE_EMBEDDINGS_VECTORS,
    /** Texts of embeddings. */
    OPENINFERENCE_HIDE_EMBEDDINGS_TEXT
  }

  /** Copies the set. */
  public TraceMasking {
    hidden = Set.copyOf(hidden);
    if (imageLength < 0) {
      throw new IllegalArgumentException("imageLength must be at least 0, was " + imageLength);
    }
  }

  /**
   * Reads the environment variables of the specification.
   *
   * @param environment the environment
   * @return the masking
   * @throws ConfigException if a value is not valid
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

  /** Whether messages of a server must be hidden, since they may repeat the input. */
  boolean hidesMessages() {
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
