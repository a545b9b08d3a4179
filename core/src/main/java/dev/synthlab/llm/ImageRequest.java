package dev.synthlab.llm;

import java.util.Objects;
import java.util.Optional;

/**
 * A request for generated images. Immutable. Further parameters, such as {@code background}, {@code
 * output_format} or {@code moderation}, are set by {@link ModelRequest#with(String, Object)}.
 *
 * @param prompt describes the images
 * @param size width and height, for example {@code 1024x1024}, else the default of the model
 * @param quality for example {@code low}, {@code medium}, {@code high}, else the default of the
 *     model
 * @param count the number of images
 * @param output bytes or URLs
 * @param options of the request
 */
public record ImageRequest(
    String prompt,
    Optional<String> size,
    Optional<String> quality,
    int count,
    OutputKind output,
    CallOptions options)
    implements ModelRequest<ImageRequest> {

  /** Whether the response has the image or its URL. */
  public enum OutputKind {
    /** The bytes of the image. */
    BYTES,
    /** A URL that is valid for a while; {@code gpt-image} models do not support it. */
    URL
  }

  /** Checks the prompt and the count. */
  public ImageRequest {
    Objects.requireNonNull(size);
    Objects.requireNonNull(quality);
    Objects.requireNonNull(output);
    Objects.requireNonNull(options);
    if (prompt.isBlank()) {
      throw new IllegalArgumentException("the prompt is blank: describe the image");
    }
    if (count < 1) {
      throw new IllegalArgumentException("count must be at least 1, was " + count);
    }
  }

  /**
   * A request for one image, as bytes.
   *
   * @param prompt describes the image
   * @return a request
   */
  public static ImageRequest of(String prompt) {
    return new ImageRequest(
        prompt, Optional.empty(), Optional.empty(), 1, OutputKind.BYTES, CallOptions.NONE);
  }

  @Override
  public ImageRequest with(CallOptions other) {
    return new ImageRequest(prompt, size, quality, count, output, other);
  }

  /**
   * The same request with a size.
   *
   * @param widthAndHeight for example {@code 1536x1024}
   * @return a new request
   */
  public ImageRequest withSize(String widthAndHeight) {
    return new ImageRequest(prompt, Optional.of(widthAndHeight), quality, count, output, options);
  }

  /**
   * The same request with a quality.
   *
   * @param word a value of the model, for example {@code high}
   * @return a new request
   */
  public ImageRequest withQuality(String word) {
    return new ImageRequest(prompt, size, Optional.of(word), count, output, options);
  }

  /**
   * The same request with a number of images.
   *
   * @param images at least 1
   * @return a new request
   */
  public ImageRequest withCount(int images) {
    return new ImageRequest(prompt, size, quality, images, output, options);
  }

  /**
   * The same request for bytes or for URLs.
   *
   * @param what the response has
   * @return a new request
   */
  public ImageRequest withOutput(OutputKind what) {
    return new ImageRequest(prompt, size, quality, count, what, options);
  }
}
