package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.synthlab.call.CallReport;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;

/** The vectors of some texts. The arrays belong to the caller: nothing else keeps them. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Embeddings {
  private final List<float[]> vectors;
  private final String requestedModel;
  private final String respondedModel;
  private final Usage usage;
  private final CallReport report;

  Embeddings(
      List<float[]> vectors,
      String requestedModel,
      String respondedModel,
      Usage usage,
      CallReport report) {
    this.vectors = List.copyOf(vectors);
    this.requestedModel = requestedModel;
    this.respondedModel = respondedModel;
    this.usage = usage;
    this.report = report;
  }

  /** {@return one vector for each input, in the order of the inputs, all of one length} */
  public List<float[]> vectors() {
    return vectors;
  }

  /** {@return the model that the request names} */
  public String requestedModel() {
    return requestedModel;
  }

  /** {@return the model that the response names} */
  public String respondedModel() {
    return respondedModel;
  }

  /** {@return the tokens of all requests together} */
  public Usage usage() {
    return usage;
  }

  /**
   * {@return how the call went; where it took several requests, with the attempts of all of them}
   */
  public CallReport report() {
    return report;
  }

  /**
   * The cost of the call, by the prices of the {@link ModelCatalogue}.
   *
   * @return US dollars; empty when the price is not known
   */
  public Optional<BigDecimal> costUsd() {
    return report.spend().costUsd();
  }

  /**
   * The length of each vector.
   *
   * @return at least 1
   */
  public int dimensions() {
    return vectors.getFirst().length;
  }

  /**
   * The cosine similarity of two vectors.
   *
   * @param one a vector
   * @param other a vector of the same length
   * @return from -1 to 1; 1 for the same direction, 0 when one of them has only zeros
   * @throws IllegalArgumentException when their lengths differ
   */
  public static double cosine(float[] one, float[] other) {
    if (one.length != other.length) {
      throw new IllegalArgumentException(
          "vectors must have the same length to be compared, these have "
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
    return vectors.size() + " vectors of " + dimensions() + " numbers by " + respondedModel;
  }
}
