package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;

/**
 * A completion that was read as a value of a type. Immutable if the value is.
 *
 * @param <T> the type of the value
 */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class TypedCompletion<T> {
  private final T value;
  private final Completion completion;
  private final int rounds;

  TypedCompletion(T value, Completion completion, int rounds) {
    this.value = value;
    this.completion = completion;
    this.rounds = rounds;
  }

  /** {@return the value that the answer was read as} */
  public T value() {
    return value;
  }

  /**
   * {@return the answer that was read; {@link Completion#earlier()} has the answers that did not
   * fit}
   */
  public Completion completion() {
    return completion;
  }

  /**
   * {@return the number of requests for the value: 1, or 2 if the model had to repair its answer}
   */
  public int rounds() {
    return rounds;
  }

  /**
   * The tokens of all rounds.
   *
   * @return the sum; known if the tokens of every round are known
   */
  public Usage totalUsage() {
    return completion.totalUsage();
  }
}
