package dev.synthlab.llm;

import java.util.Objects;
import java.util.Optional;

/**
 * A picture that a model shall make, and how. Immutable. What it has no word for, as {@code
 * background}, {@code output_format} or {@code moderation}, goes by {@link
 * ModelRequest#with(String, Object)}; how a text is worded has no meaning here and is not sent.
 *
 * @param prompt what is to be seen
 * @param size width and height, for example {@code 1024x1024}, else the model's choice
 * @param quality for example {@code low}, {@code medium}, {@code high}, else the model's choice
 * @param count how many pictures
 * @param form what comes of each
 * @param options how it is asked
 */
public record ImageRequest(
    String prompt,
    Optional<String> size,
    Optional<String> quality,
    int count,
    OutputKind form,
    CallOptions options)
    implements ModelRequest<ImageRequest> {

  /** What comes of a picture. */
  public enum OutputKind {
    /** The picture itself. */
    BYTES,
    /**
     * An address where the server keeps it for a while; {@code gpt-image} models have none to give.
     */
    URL
  }

  /** Checks that something is asked. */
  public ImageRequest {
    Objects.requireNonNull(size);
    Objects.requireNonNull(quality);
    Objects.requireNonNull(form);
    Objects.requireNonNull(options);
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("the prompt is blank: say what is to be seen");
    }
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, was " + count);
    }
  }

  /**
   * One picture, in bytes.
   *
   * @param prompt what is to be seen
   * @return a request
   */
  public static ImageRequest of(String prompt) {
    return new ImageRequest(
        prompt, Optional.empty(), Optional.empty(), 1, OutputKind.BYTES, CallOptions.NONE);
  }

  @Override
  public ImageRequest with(CallOptions other) {
    return new ImageRequest(prompt, size, quality, count, form, other);
  }

  /**
   * The same request for a size.
   *
   * @param widthAndHeight for example {@code 1536x1024}
   * @return a new request
   */
  public ImageRequest withSize(String widthAndHeight) {
    return new ImageRequest(prompt, Optional.of(widthAndHeight), quality, count, form, options);
  }

  /**
   * The same request for a quality.
   *
   * @param word as the model calls it
   * @return a new request
   */
  public ImageRequest withQuality(String word) {
    return new ImageRequest(prompt, size, Optional.of(word), count, form, options);
  }

  /**
   * The same request for several pictures.
   *
   * @param images at least 1
   * @return a new request
   */
  public ImageRequest withCount(int images) {
    return new ImageRequest(prompt, size, quality, images, form, options);
  }

  /**
   * The same request for bytes or for an address.
   *
   * @param what comes of each picture
   * @return a new request
   */
  public ImageRequest withForm(OutputKind what) {
    return new ImageRequest(prompt, size, quality, count, what, options);
  }
}
