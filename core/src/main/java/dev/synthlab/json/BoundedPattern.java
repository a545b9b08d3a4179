package dev.synthlab.json;

import com.google.re2j.PatternSyntaxException;
import dev.synthlab.Internal;
import java.util.function.LongConsumer;

/**
 * A regular expression of JSON Schema that is matched in bounded time. RE2, whose time is linear in
 * the length of the text, matches it; expressions that RE2 lacks (lookaround, backreferences) are
 * matched by {@code java.util.regex}, which is stopped after too many steps or when its stack is
 * too small. Immutable; safe for use by many threads.
 *
 * @see <a href="https://github.com/google/re2j">RE2/J</a>
 */
@Internal
public final class BoundedPattern {
  /** The steps that one match may take. */
  private static final long MAX_STEPS = 200_000_000;

  private static final int STEPS_OF_A_LOOK = 8;

  private final String source;
  private final Engine engine;
  private final int weight;

  /** A matcher of the expression. */
  private interface Engine {
    boolean find(CharSequence text);
  }

  /** Says that a match needs more time or stack than it may use. */
  public static final class UnjudgedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UnjudgedException(String reason) {
      super(reason, null, false, false);
    }
  }

  private BoundedPattern(String source, Engine engine, int weight) {
    this.source = source;
    this.engine = engine;
    this.weight = weight;
  }

  /**
   * * A pattern.
   *
   * @param source a regular expression as ECMA-262 has it
   * @return the pattern
   * @throws IllegalArgumentException when it is invalid; the message says why
   */
  public static BoundedPattern of(String source) {
    try {
      com.google.re2j.Pattern linear =
          com.google.re2j.Pattern.compile(EcmaPattern.translate(source, false));
      int weight = STEPS_OF_A_LOOK + linear.programSize();
      return new BoundedPattern(source, text -> linear.matcher(text).find(), weight);
    } catch (PatternSyntaxException | StackOverflowError e) {
      return backtracking(source);
    }
  }

  private static BoundedPattern backtracking(String source) {
    try {
      java.util.regex.Pattern pattern =
          java.util.regex.Pattern.compile(EcmaPattern.translate(source, true));
      return new BoundedPattern(source, text -> pattern.matcher(text).find(), STEPS_OF_A_LOOK);
    } catch (java.util.regex.PatternSyntaxException e) {
      throw new IllegalArgumentException(
          "the pattern " + source + " is not a regular expression: " + e.getDescription(), e);
    } catch (StackOverflowError e) {
      throw new IllegalArgumentException(
          "the pattern of " + source.length() + " characters is nested too deeply", e);
    }
  }

  /** The expression of JSON Schema. */
  String source() {
    return source;
  }

  /**
   * * Whether the expression is in the text.
   *
   * @param text to look in
   * @return whether a part of it matches
   * @throws UnjudgedException when that takes too many steps
   */
  public boolean find(String text) {
    long[] left = {MAX_STEPS};
    return find(
        text,
        steps -> {
          left[0] -= steps;
          if (left[0] < 0) {
            throw new UnjudgedException("takes more than " + MAX_STEPS + " steps");
          }
        });
  }

  /** The same with a consumer of its steps, which may end it by an exception. */
  boolean find(String text, LongConsumer spend) {
    try {
      return engine.find(new Counted(text, weight, spend));
    } catch (StackOverflowError e) {
      throw new UnjudgedException("needs more stack than there is");
    }
  }

  @Override
  public String toString() {
    return source;
  }

  /** A text that counts the reads of its characters. For one match. */
  private static final class Counted implements CharSequence {
    private static final int AT_ONCE = 1_024;

    private final String text;
    private final int weight;
    private final LongConsumer spend;
    private int looks;

    Counted(String text, int weight, LongConsumer spend) {
      this.text = text;
      this.weight = weight;
      this.spend = spend;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      looks++;
      if (looks == AT_ONCE) {
        looks = 0;
        spend.accept((long) AT_ONCE * weight);
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
