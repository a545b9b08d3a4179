package dev.synthlab.llm;

import com.fasterxml.jackson.annotation.JsonAutoDetect;
import com.fasterxml.jackson.annotation.JsonAutoDetect.Visibility;
import dev.synthlab.call.CallReport;
import java.util.List;

/** The images that a model made for one prompt. Immutable. */
@JsonAutoDetect(fieldVisibility = Visibility.ANY, getterVisibility = Visibility.NONE)
public final class Images {
  private final List<GeneratedImage> images;
  private final String requestedModel;
  private final Usage usage;
  private final CallReport report;

  Images(List<GeneratedImage> images, String requestedModel, Usage usage, CallReport report) {
    this.images = List.copyOf(images);
    this.requestedModel = requestedModel;
    this.usage = usage;
    this.report = report;
  }

  /** {@return the images, at least one} */
  public List<GeneratedImage> images() {
    return images;
  }

  /** {@return the model that the request names} */
  public String requestedModel() {
    return requestedModel;
  }

  /** {@return the tokens, as far as the model counts them} */
  public Usage usage() {
    return usage;
  }

  /** {@return how the call went: attempts, waits, times} */
  public CallReport report() {
    return report;
  }
}
