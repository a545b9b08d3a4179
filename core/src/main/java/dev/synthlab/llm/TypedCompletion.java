package dev.synthlab.llm;

/**
 * An answer of a certain form, and all there is to know of how it came. Immutable if the value is.
 *
 * @param value what the model's answer was read as
 * @param completion the answer it was read from; {@link Completion#earlier()} has the ones that did
 *     not fit
 * @param rounds how often the model was asked for it: 1, or 2 when it had to mend its answer
 * @param <T> the form
 */
public record TypedCompletion<T>(T value, Completion completion, int rounds) {

  /**
   * The tokens of all rounds.
   *
   * @return known if those of every round are
   */
  public Usage totalUsage() {
    return completion.totalUsage();
  }
}
