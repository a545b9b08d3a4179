package dev.synthlab.llm;

import dev.synthlab.call.CallReport;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/**
 * The vectors of some texts. The arrays are the caller's own: nothing else keeps them.
 *
 * @param vectors one for each input, in the order of the inputs, all of one length
 * @param modelAsked the model the request named
 * @param modelAnswered the model that answered, by its own word
 * @param usage the tokens of all requests together
 * @param report how the call went; where it took several requests, with the attempts of all
 */
public record Embeddings(
    List<float[]> vectors,
    String modelAsked,
    String modelAnswered,
    Usage usage,
    CallReport report) {

  /** Keeps a copy of the list, not of the arrays. */
  public Embeddings {
    vectors = List.copyOf(vectors);
  }

  /**
   * What it cost, by the price list of the {@link ModelCatalogue}.
   *
   * @return US dollars; empty when the price is not known
   */
  public Optional<BigDecimal> costUsd() {
    return report.spend().costUsd();
  }

  /**
   * How many numbers each vector has.
   *
   * @return at least 1
   */
  public int dimensions() {
    return vectors.getFirst().length;
  }

  /**
   * How alike the directions of two vectors are.
   *
   * @param one a vector
   * @param other a vector of the same length
   * @return from -1 to 1; 1 for the same direction, 0 when one of them is all zeros
   * @throws IllegalArgumentException when their lengths differ
   */
  public static double cosine(float[] one, float[] other) {
    if (one.length != other.length) {
      throw new IllegalArgumentException(
          "only vectors of one length can be compared, these have "
              + one.length
              + " and "
              + other.length
              + " numbers");
    }
    double product = 0;
    double squareOfOne = 0;
    double squareOfOther = 0;
    for (int i = 0; i < one.length; i++) {
      product += (double) one[i] * other[i];
      squareOfOne += (double) one[i] * one[i];
      squareOfOther += (double) other[i] * other[i];
    }
    double lengths = Math.sqrt(squareOfOne) * Math.sqrt(squareOfOther);
    return lengths == 0 ? 0 : Math.clamp(product / lengths, -1, 1);
  }

  @Override
  public String toString() {
    return vectors.size() + " vectors of " + dimensions() + " numbers by " + modelAnswered;
  }
}
